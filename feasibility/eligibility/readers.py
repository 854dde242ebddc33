"""Who does what about a finding: the partner itself, the lead partner, or anybody of the consortium."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from .finding import Finding, Remedy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Text = str | _StrPromise

ASKED_OF_PARTNER: Mapping[str, Text] = {
    "declare_sme": _("Ask %(partner)s to declare its size with its figures."),
    "declare_holdings": _("Ask %(partner)s to declare its holdings."),
    "declare_de_minimis": _("Ask %(partner)s to declare its earlier de minimis aid."),
    "edit_region": _("Ask %(partner)s to enter the region in which it works."),
    "declare": _("Ask %(partner)s to make its declarations."),
    "choose_aid_basis": _("Ask %(partner)s to choose its aid basis."),
    "edit_budget": _("Ask %(partner)s to mend its budget."),
    "lower_grant": _("Ask %(partner)s to lower its grant to at most %(largest)s."),
}
"""The same for a reader who acts for another partner: whom to ask for what."""

ASKED_OF_LEAD: Mapping[str, Text] = {
    "choose_lead": _("Ask the lead partner to hand the lead over to an SME."),
    "invite_partner": _("Ask the lead partner to invite a partner."),
    "invite_sme": ngettext_lazy(
        "Ask the lead partner to invite one more independent SME.",
        "Ask the lead partner to invite %(missing)s more independent SMEs.",
        "missing",
    ),
    "invite_sme_from": _("Ask the lead partner to invite an independent SME from %(country)s."),
    "send_invitation": _("Ask the lead partner to send the invitation to %(partner)s again."),
    "remove_partner": _("Ask the lead partner to take %(partner)s out of the consortium."),
    "choose_country": _("Ask the lead partner to choose for which country they count: %(partners)s."),
    "ask_derogation": _("Ask the lead partner to ask for a derogation."),
}
"""What only the lead partner does, for a reader of another partner."""

BY_PARTNER_ALONE = ("declare_sme", "declare_holdings", "declare_de_minimis", "edit_region", "declare")
"""What only the partner's own people do; the lead partner asks them for it."""


@dataclass(frozen=True)
class Reader:
    """For whom remedies are worded: the partners (by key) for which the person acts, and whether one of them leads."""

    own: frozenset[str]
    leads: bool

    def does(self, remedy: Remedy) -> bool:
        """Whether this person does it, and does not ask somebody else to."""
        concerned = {str(remedy.parameters.get("key", "")), *_keys(remedy)}
        if remedy.code in BY_PARTNER_ALONE:
            return bool(self.own & concerned)
        if remedy.code in ASKED_OF_PARTNER or remedy.code == "choose_country":
            return self.leads or bool(self.own & concerned)
        return self.leads or remedy.code not in ASKED_OF_LEAD


def _keys(remedy: Remedy) -> tuple[str, ...]:
    keys = remedy.parameters.get("keys", ())
    return tuple(str(key) for key in keys) if isinstance(keys, tuple) else ()


def first_for(finding: Finding, reader: Reader | None) -> Remedy | None:
    """The first thing that this reader does about it; where others do everything, the first to ask for."""
    if reader is None:
        return finding.remedy
    return next((remedy for remedy in finding.remedies if reader.does(remedy)), finding.remedy)
