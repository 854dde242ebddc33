"""Rows that come in one query are what each query gives by itself."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import Count
from django.db.models.functions import Lower

from feasibility.models import (
    Advice,
    Annex,
    BudgetLine,
    Deliverable,
    ExpectedProduct,
    PartnerDeclaration,
    Proposal,
    Section,
    WorkPackage,
)
from feasibility.selectors.proposal import CONTENT, _content_of
from rocket.accounts.models import User
from rocket.core.models import Document
from rocket.core.together import Together, rows_together


def plain(row: Any) -> dict[str, Any]:
    """What an instance holds, without asking for what it left out."""
    return {name: value for name, value in vars(row).items() if not name.startswith("_")}


def test_every_row_has_the_values_the_types_and_the_order_of_its_own_query(cast: Any) -> None:
    proposal = cast.draft()
    for question, found in zip(_content_of(proposal.pk), CONTENT.about(proposal.pk), strict=True):
        alone = list(question) if question.ordered else list(question.order_by("pk"))
        assert [plain(row) for row in found] == [plain(row) for row in alone], question.model
        types = [[[type(value) for value in plain(row).values()] for row in rows] for rows in (found, alone)]
        assert types[0] == types[1], question.model
    filled = (
        BudgetLine,
        PartnerDeclaration,
        ExpectedProduct,
        WorkPackage,
        Section,
        Annex,
        Deliverable,
        Document,
    )
    kinds = {
        question.model: found
        for question, found in zip(_content_of(proposal.pk), CONTENT.about(proposal.pk), strict=True)
    }
    assert [model.__name__ for model in filled if not kinds[model]] == []


def test_it_is_one_query_and_each_key_gets_its_own_rows(cast: Any, django_assert_num_queries: Any) -> None:
    first, second = cast.draft("LumiWeave"), cast.draft("GridSkin")
    CONTENT.about(first.pk)
    for proposal in (first, second):
        with django_assert_num_queries(1):
            found = CONTENT.about(proposal.pk)
        rows = [row for rows in found for row in rows if hasattr(row, "proposal_id")]
        assert {row.proposal_id for row in rows} == {proposal.pk}
        assert len(rows) > 30
    assert all(rows == [] for rows in CONTENT.about(first.pk + second.pk + 1))


def test_what_is_left_out_stays_left_out(cast: Any) -> None:
    few = Together(lambda pk: [User.objects.filter(pk=pk).only("name")])
    ((lead,),) = few.about(cast.people["lead"].pk)
    assert lead.get_deferred_fields() >= {"password", "email"}
    assert lead.name == cast.people["lead"].name


def test_values_joined_columns_and_counts_come_as_they_are(cast: Any, django_assert_num_queries: Any) -> None:
    proposal = cast.draft()
    cast.builder.talk(proposal)
    questions = (
        Proposal.objects.values("number", "call__closes_at", "call__programme__code"),
        Advice.objects.order_by().values("section").annotate(n=Count("pk")),
        User.objects.annotate(address=Lower("email")).values("pk", "address"),
        Proposal.objects.none().values("pk"),
    )
    with django_assert_num_queries(1):
        together = rows_together(*questions)

    def sorted_rows(rows: Any) -> list[Any]:
        return sorted(rows, key=repr)

    assert [sorted_rows(rows) for rows in together] == [sorted_rows(list(rows)) for rows in questions]


@pytest.mark.django_db
def test_without_any_row_each_answer_is_empty() -> None:
    assert rows_together(Proposal.objects.values("pk"), User.objects.values("pk")) == [[], []]
