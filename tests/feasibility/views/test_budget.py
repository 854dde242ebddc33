"""The page of one partner's budget: funders by row, sums and limits, and the overview of all partners."""

from __future__ import annotations

import re
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.urls import reverse

from feasibility import services
from feasibility.enums import FundingSource, SectionName
from feasibility.models import FundingLine, Proposal
from feasibility.services.sections import section_of
from tests.feasibility.pages import findings_on, text_of


@pytest.fixture
def proposal(cast: Any) -> Proposal:
    """Just started: the lead partner is alone and has no budget."""
    return services.start_proposal(
        call=cast.call,
        kind=cast.call.kinds.get(),
        organisation=cast.builder.firms["lead"],
        title="LumiWeave",
        by=cast.people["lead"],
        now=cast.now,
    )


def url_of(proposal: Proposal) -> str:
    return reverse("partner_budget", args=[proposal.number, proposal.consortium.lead_partner.pk])


def values(proposal: Proposal, *funders: tuple[str, ...], **over: Any) -> dict[str, Any]:
    """What the page would post: 1,000 EUR of staff, which flat rates make 1,300 EUR, and rows of name, amount, kind."""
    part = proposal.consortium.lead_partner
    staff = proposal.call.programme.cost_categories.get(code="staff")
    rows: dict[str, Any] = {}
    for n, (name, amount, *kind) in enumerate(funders):
        rows |= {f"funder-{n}-name": name, f"funder-{n}-amount": amount}
        rows[f"funder-{n}-source"] = kind[0] if kind else "public"
    version = section_of(proposal, SectionName.BUDGET, part).version
    return {"seen_version": version, f"cost_{staff.pk}": "1000", **rows, **over}


def funders_of(proposal: Proposal) -> list[tuple[str, str, str, bool]]:
    lines = FundingLine.objects.filter(proposal=proposal).exclude(source__in=["grant", "own"])
    return [(line.funder, line.source, str(line.amount), line.is_secured) for line in lines]


class TestFunders:
    def test_rows_are_saved_and_come_back_with_a_spare_one(self, cast: Any, proposal: Proposal) -> None:
        client, url = cast.client("lead"), url_of(proposal)
        answer = client.post(
            url,
            values(
                proposal,
                ("Stadt Münster", "1.234,56"),
                ("", ""),
                ("Sparkasse", "0.10", "private"),
                **{"funder-2-secured": "on"},
            ),
        )
        assert (answer.status_code, answer["Location"]) == (302, proposal.get_absolute_url())
        assert funders_of(proposal) == [
            ("Stadt Münster", "public", "1234.56", False),
            ("Sparkasse", "private", "0.10", True),
        ]
        html = client.get(url).content.decode()
        assert re.findall(r'name="funder-(\d+)-name"', html.split("<template")[0]) == ["0", "1", "2"]
        assert 'value="1,234.56"' in html

    def test_add_another_saves_and_stays_without_javascript(self, cast: Any, proposal: Proposal) -> None:
        client, url = cast.client("lead"), url_of(proposal)
        answer = client.post(url, values(proposal, ("Stadt", "1"), add_funder="1"))
        assert (answer.status_code, answer["Location"]) == (302, f"{url}#funders")
        assert funders_of(proposal) == [("Stadt", "public", "1.00", False)]

    def test_remove_takes_out_that_row_and_saves_the_others(self, cast: Any, proposal: Proposal) -> None:
        client, url = cast.client("lead"), url_of(proposal)
        rows = (("Stadt", "1"), ("Land", "2"), ("Bank", "3", "private"))
        answer = client.post(url, values(proposal, *rows, remove_funder="1"))
        assert answer["Location"] == f"{url}#funders"
        assert [row[0] for row in funders_of(proposal)] == ["Stadt", "Bank"]

    def test_the_first_button_of_the_form_saves(self, cast: Any, proposal: Proposal) -> None:
        """Enter in a field presses the first button: that must not be the one that takes a funder out."""
        html = cast.client("lead").get(url_of(proposal)).content.decode()
        form = html[html.index("data-budget") :]
        assert re.findall(r'<button[^>]* name="(\w+)"', form)[0] == "save"

    def test_public_funders_of_the_programme_are_offered_in_the_readers_language(
        self, cast: Any, proposal: Proposal
    ) -> None:
        html = cast.client("lead", "de").get(url_of(proposal)).content.decode()
        assert '<option value="Provinz Overijssel">' in html
        assert "Europäischer Fonds für regionale Entwicklung" not in html

    def test_the_name_of_a_known_funder_follows_the_reader(self, cast: Any, proposal: Proposal) -> None:
        cast.client("lead").post(url_of(proposal), values(proposal, ("Province of Drenthe", "1")))
        html = cast.client("lead", "de").get(url_of(proposal)).content.decode()
        assert 'value="Provinz Drenthe"' in html

    def test_an_amount_without_a_name_from_an_earlier_portal_is_shown_and_can_be_named(
        self, cast: Any, proposal: Proposal
    ) -> None:
        FundingLine.objects.create(
            proposal=proposal,
            partner=proposal.consortium.lead_partner,
            source=FundingSource.PUBLIC,
            amount=Decimal("500.00"),
        )
        client = cast.client("lead")
        overview = client.get(reverse("section_budget", args=[proposal.number]))
        assert "Funder not named yet public, not promised yet" in text_of(overview)
        html = client.get(url_of(proposal)).content.decode()
        assert re.search(r'name="funder-0-amount"[^>]*value="500.00"', html)

    @pytest.mark.parametrize(
        ("typed", "words"),
        [
            ("-5", "Enter an amount of 0 or more"),
            ("0.001", "An amount has at most two decimals"),
            ("9999999999999999", "This amount is too large"),
            ("twelve", "Enter an amount, for example 1,234.56"),
        ],
    )
    @pytest.mark.parametrize("field", ["funder-0-amount", "funding_grant", "funding_own"])
    def test_every_amount_is_read_as_money(
        self, cast: Any, proposal: Proposal, field: str, typed: str, words: str
    ) -> None:
        data = {**values(proposal, ("Stadt", "1")), field: typed}
        page = cast.client("lead").post(url_of(proposal), data)
        assert page.status_code == 422
        assert page.context["form"].errors == {field: [words]}
        assert f'value="{typed}"' in page.content.decode()
        assert f'href="#id_{field}"' in page.content.decode()

    def test_a_draft_may_lack_a_name_or_an_amount_a_completed_budget_not(
        self, cast: Any, proposal: Proposal
    ) -> None:
        client, url = cast.client("lead"), url_of(proposal)
        rows = (
            ("", "10"),
            ("Stadt", ""),
            ("Province of Drenthe", "1", "private"),
            ("Europees Fonds voor Regionale Ontwikkeling", "1"),
        )
        page = client.post(url, values(proposal, *rows, is_completed="on"))
        assert page.status_code == 422
        assert page.context["form"].errors == {
            "funder-0-name": ["Say who gives this money"],
            "funder-1-amount": ["Enter what Stadt gives"],
            "funder-2-source": ["Province of Drenthe is a public funder"],
            "funder-3-name": [
                "Europees Fonds voor Regionale Ontwikkeling is part of the grant. Enter it there."
            ],
        }
        assert client.post(url, values(proposal, *rows)).status_code == 302
        assert len(funders_of(proposal)) == 4

    @pytest.mark.parametrize(
        ("over", "field"),
        [
            ({"funder-0-source": "grant"}, "funder-0-source"),
            ({"funder-0-name": "x" * 161}, "funder-0-name"),
        ],
    )
    def test_what_no_page_offers_is_refused(
        self, cast: Any, proposal: Proposal, over: dict[str, str], field: str
    ) -> None:
        page = cast.client("lead").post(url_of(proposal), {**values(proposal, ("Stadt", "1")), **over})
        assert list(page.context["form"].errors) == [field]

    def test_many_rows_are_all_kept(self, cast: Any, proposal: Proposal) -> None:
        rows = [("Stadt", "1")] * 300
        assert cast.client("lead").post(url_of(proposal), values(proposal, *rows)).status_code == 302
        assert len(funders_of(proposal)) == 300

    def test_they_save_themselves_while_somebody_writes(self, cast: Any, proposal: Proposal) -> None:
        data = values(proposal, ("Stadt", "1"), ("Ba", ""))
        answer = cast.client("lead").post(url_of(proposal), data, headers={"X-Autosave": "1"})
        assert (answer.status_code, answer.json()["version"]) == (200, 1)
        assert [row[0] for row in funders_of(proposal)] == ["Stadt", "Ba"]

    def test_a_concurrent_change_shows_both_funders(self, cast: Any, proposal: Proposal) -> None:
        client, url = cast.client("lead"), url_of(proposal)
        mine = values(proposal, ("Mine", "1"))
        client.post(url, values(proposal, ("Province of Drenthe", "22.22"), **{"funder-0-secured": "on"}))
        page = client.post(url, mine)
        assert page.status_code == 409
        assert "Province of Drenthe (public, promised) EUR 22.22" in text_of(page)
        assert 'value="Mine"' in page.content.decode()


class TestSums:
    def page(self, cast: Any, proposal: Proposal, *funders: tuple[str, ...], **over: Any) -> str:
        """The page after a save, as text."""
        client, url = cast.client("lead"), url_of(proposal)
        assert client.post(url, values(proposal, *funders, **over)).status_code == 302
        return text_of(client.get(url))

    def test_flat_rates_and_totals_are_worked_out(self, cast: Any, proposal: Proposal) -> None:
        text = self.page(cast, proposal, ("Stadt", "100"), funding_own="200")
        assert "Office and administration 15 % of Staff, worked out for you 150 .00" in text
        assert "Total eligible cost 1,300 .00" in text
        assert "Total of all sources 300 .00" in text
        assert "EUR 1,000.00 is still missing: costs are higher than sources." in text

    @pytest.mark.parametrize(
        ("own", "words"),
        [
            ("1200", "Costs and sources agree."),
            ("1200.01", "EUR 0.01 too much: sources are higher than costs."),
            ("1199,99", "EUR 0.01 is still missing: costs are higher than sources."),
        ],
    )
    def test_the_difference_names_amount_and_direction(
        self, cast: Any, proposal: Proposal, own: str, words: str
    ) -> None:
        assert words in self.page(cast, proposal, ("Stadt", "100"), funding_own=own)

    def test_the_rule_says_the_same(self, cast: Any, proposal: Proposal) -> None:
        cast.client("lead").post(url_of(proposal), values(proposal, ("Stadt", "100"), funding_own="200"))
        finding = findings_on(cast.client("lead").get(url_of(proposal)))["BUDGET-SUM"]
        assert finding.message == (
            "Lichtmess Optik GmbH: the sources are EUR 1,000.00 below the costs (EUR 300.00 for EUR 1,300.00)."
        )

    def test_what_cannot_be_read_gives_no_sum(self, cast: Any, proposal: Proposal) -> None:
        page = cast.client("lead").post(
            url_of(proposal), values(proposal, ("Stadt", "1,2,3"), funding_own="200")
        )
        text = text_of(page)
        assert "Total eligible cost 1,300 .00" in text
        assert "Total of all sources –" in text
        assert "An amount can't be read." in text


class TestLargestGrant:
    def shown(self, cast: Any, proposal: Proposal, *funders: tuple[str, ...], **over: Any) -> str:
        client, url = cast.client("lead"), url_of(proposal)
        basis = proposal.call.programme.aid_bases.get(code=over.pop("basis", "none"))
        data = values(proposal, *funders, aid_basis=basis.pk, **over)
        assert client.post(url, data).status_code == 302
        return text_of(client.get(url))

    def test_the_rate_of_the_programme(self, cast: Any, proposal: Proposal) -> None:
        assert "At most EUR 780.00: 60 % of the total eligible cost." in self.shown(cast, proposal)

    def test_the_intensity_less_other_public_money(self, cast: Any, proposal: Proposal) -> None:
        """Article 25, experimental development by a small enterprise alone: 45 % of 1,300 EUR, less 85 EUR."""
        text = self.shown(
            cast,
            proposal,
            ("Stadt", "85"),
            ("Bank", "500", "private"),
            basis="gber_25",
            research_category="experimental_development",
        )
        assert "At most EUR 500.00: the aid intensity of 45 %, less other public money." in text

    def test_headroom_and_what_is_not_settled(self, cast: Any, proposal: Proposal) -> None:
        cap = "At most EUR 300,000.00: what the programme pays one SME."
        staff = {"funding_own": "0"}
        pk = proposal.call.programme.cost_categories.get(code="staff").pk
        text = self.shown(cast, proposal, **staff, **{f"cost_{pk}": "900000"})
        assert cap in text
        assert "may become less" not in text
        text = self.shown(
            cast, proposal, basis="gber_25", research_category="", **staff, **{f"cost_{pk}": "900000"}
        )
        assert f"{cap} It may become less once the aid basis is settled." in text

    def test_a_grant_above_it_says_by_how_much(self, cast: Any, proposal: Proposal) -> None:
        assert "EUR 0.01 too much" in self.shown(cast, proposal, funding_grant="780.01")
        assert "EUR 0.01 too much" not in self.shown(cast, proposal, funding_grant="780.00")

    def test_the_page_knows_the_limits_of_every_basis_for_its_script(
        self, cast: Any, proposal: Proposal
    ) -> None:
        import json

        html = cast.client("lead").get(url_of(proposal)).content.decode()
        data = json.loads(unescape(re.search(r'data-ledger="([^"]*)"', html)[1]))  # type: ignore[index]
        bases = {basis.code: basis.pk for basis in proposal.call.programme.aid_bases.all()}
        assert data["limits"]["programme"][0]["rate"] == "0.60"
        research = data["limits"]["basis"][f"{bases['gber_25']}|industrial_research"]
        assert [(one["rate"], one["public"]) for one in research["limits"]] == [("0.70", True)]
        assert data["euro"] == "EUR\u00a0{n}"


class TestOverview:
    def test_costs_and_sources_of_all_partners_add_up_both_ways(self, cast: Any) -> None:
        proposal = cast.draft()
        text = text_of(cast.client("partner").get(reverse("section_budget", args=[proposal.number])))
        assert "Staff 180,000 .00 180,000 .00 180,000 .00 540,000 .00" in text
        assert "Total eligible cost 288,000 .00 288,000 .00 288,000 .00 864,000 .00" in text
        assert "Province of Overijssel public, promised – 28,800 .00 – 28,800 .00" in text
        assert "Own contribution 144,000 .00 115,200 .00 86,400 .00 345,600 .00" in text
        assert "Total of all sources 288,000 .00 288,000 .00 288,000 .00 864,000 .00" in text
        assert "Sources less costs" not in text
        assert "Cooperation costs (GBER, Art. 20)" in text

    def test_what_is_off_stands_below(self, cast: Any) -> None:
        proposal = cast.draft()
        part = proposal.consortium.lead_partner
        part.funding_lines.filter(source="own").update(amount=Decimal("143999.99"))
        text = text_of(cast.client("lead").get(reverse("section_budget", args=[proposal.number])))
        assert "Sources less costs -0 .01 – – -0 .01" in text


class TestCheckAndDesk:
    FULL = (
        "Province of Gelderland public, promised",
        "External expertise and services 24,000 .00",
        "Cooperation costs (GBER, Art. 20)",
        "Finds coating faults on the running loom; weaving mills on both sides buy it.",
        "Readiness level now 4: Validated in the laboratory",
        "accounts.pdf · 359 bytes",
    )

    def test_check_your_answers_shows_everything_with_its_link(self, cast: Any) -> None:
        proposal = cast.draft()
        page = cast.client("lead").get(reverse("check_answers", args=[proposal.number]))
        text, html = text_of(page), page.content.decode()
        for words in self.FULL:
            assert words in text, words
        for name in ("summary", "technology", "partners", "budget", "products", "annexes"):
            assert f'href="{reverse(f"section_{name}", args=[proposal.number])}"' in html, name

    def test_a_part_that_is_empty_says_so_and_leads_there(self, cast: Any, proposal: Proposal) -> None:
        page = cast.client("lead").get(reverse("check_answers", args=[proposal.number]))
        assert "Expected products Change : Expected products Nothing here yet." in text_of(page)

    def test_the_desk_reads_the_same_as_submitted(self, cast: Any) -> None:
        proposal = cast.submitted()
        code = proposal.call.programme.code
        page = cast.client("manager").get(reverse("desk_proposal", args=[code, proposal.number]))
        text = text_of(page)
        for words in self.FULL:
            assert words in text, words
        places = [text.index(name) for name in ("Staff 180", "Office and administration 27", "Equipment 30")]
        assert places == sorted(places)
