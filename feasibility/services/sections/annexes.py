"""The files of a proposal."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from feasibility.annex_limits import annex_limits
from feasibility.enums import SectionName
from feasibility.models import Annex, Proposal
from feasibility.services.sections._claim import claim, record, section_of
from rocket.accounts.models import User
from rocket.core.documents import check_file, stored
from rocket.core.errors import RocketError
from rocket.core.permissions import demand


def save_annex(
    *, proposal: Proposal, code: str, file: Any, seen_version: int, by: User, now: datetime
) -> Annex:
    """Keep ``file`` as the annex ``code``; an earlier one stays in the archive. Raises ``DocumentRefused``.

    The file is checked and brought to the disk before the transaction begins: nobody else waits for it. Where the
    transaction fails, it is deleted again.
    """
    spec = next((annex for annex in proposal.kind.annexes if annex["code"] == code), None)
    if spec is None:
        raise RocketError("annex", _("The call asks for no such annex."))
    demand(by, "edit", section_of(proposal, SectionName.ANNEXES))
    limits = annex_limits(spec)
    checked = check_file(file, kinds=limits.kinds, max_bytes=limits.max_bytes)
    with stored(checked, by=by, now=now) as document, transaction.atomic():
        section = claim(
            proposal, SectionName.ANNEXES, by=by, now=now, seen_version=seen_version, is_completed=None
        )
        document.save()
        Annex.objects.filter(proposal=proposal, code=code, removed_at=None).update(removed_at=now)
        annex = Annex.objects.create(proposal=proposal, code=code, document=document)
        record(proposal, section, by, now, {}, {code: document.name, "sha256": document.sha256})
    return annex


@transaction.atomic
def remove_annex(*, annex: Annex, seen_version: int, by: User, now: datetime) -> None:
    proposal = annex.proposal
    section = claim(
        proposal, SectionName.ANNEXES, by=by, now=now, seen_version=seen_version, is_completed=None
    )
    Annex.objects.filter(pk=annex.pk, removed_at=None).update(removed_at=now)
    record(proposal, section, by, now, {annex.code: annex.document.name}, {annex.code: None})
