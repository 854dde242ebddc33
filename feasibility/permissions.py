"""Who may do what with a proposal. What is not in the table is allowed to nobody."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from calls.models import Call
from consortia.enums import PartnerState
from consortia.models import Membership, Partner
from feasibility.enums import APPROVED, NOT_YET_SUBMITTED, UNDER_ASSESSMENT, ProposalState, SectionName
from feasibility.models import Advice, Annex, Proposal, Section, Submission
from rocket.accounts.permissions import has_role, is_manager, is_signed_in
from rocket.accounts.roles import Role
from rocket.core.permissions import register
from rocket.core.predicates import ActionTable, predicate


def _proposal_of(obj: Any) -> Proposal:
    return obj if isinstance(obj, Proposal) else obj.proposal


def organisations_of(user: Any) -> frozenset[int]:
    """Ids of the person's organisations; one query for the life of the object."""
    if not hasattr(user, "_organisation_ids"):
        user._organisation_ids = frozenset(
            Membership.objects.filter(user=user).values_list("organisation_id", flat=True)
        )
    return user._organisation_ids  # type: ignore[no-any-return]


def clusters_of(user: Any) -> frozenset[int]:
    """Ids of the cluster organisations for which the person advises; one query for the life of the object."""
    if not hasattr(user, "_cluster_ids"):
        user._cluster_ids = frozenset(user.consultancies.values_list("cluster_id", flat=True))
    return user._cluster_ids  # type: ignore[no-any-return]


def own_partners(user: Any, proposal: Proposal) -> list[Partner]:
    """The confirmed partners of the proposal for which the person acts; uses prefetched partners."""
    own = organisations_of(user)
    return [
        partner
        for partner in proposal.consortium.partners.all()
        if partner.organisation_id in own and partner.state == PartnerState.CONFIRMED
    ]


@predicate(_("Only people of the consortium's confirmed partners may do this."))
def is_of_consortium(user: Any, obj: Any) -> bool:
    return bool(own_partners(user, _proposal_of(obj)))


@predicate(_("Only people of the lead partner may do this."))
def is_of_lead_partner(user: Any, obj: Any) -> bool:
    return any(partner.is_lead for partner in own_partners(user, _proposal_of(obj)))


@predicate(_("Only the partner itself and the lead partner may change these figures."))
def is_own_part(user: Any, obj: Section) -> bool:
    """A partner's budget belongs to the partner and the lead; every other section to the whole consortium."""
    mine = own_partners(user, obj.proposal)
    if obj.name == SectionName.BUDGET and obj.partner_id is not None:
        return any(partner.is_lead or partner.pk == obj.partner_id for partner in mine)
    return bool(mine)


@predicate(_("Each partner declares for itself: only people of the organisation may do this."))
def declares_for_itself(user: Any, obj: Section) -> bool:
    """Nobody declares for another organisation, not even the lead partner. Other sections ask nothing here."""
    if obj.name != SectionName.DECLARATIONS or obj.partner_id is None:
        return True
    return any(partner.pk == obj.partner_id for partner in own_partners(user, obj.proposal))


@predicate(_("The proposal is submitted. Reopen it to change it, as long as the call is open."))
def is_editable(user: Any, obj: Any) -> bool:
    return _proposal_of(obj).is_editable


@predicate(_("Only a consultant of the cluster organisation that looks after this proposal may do this."))
def has_it_in_care(user: Any, obj: Any) -> bool:
    return _proposal_of(obj).cluster_id in clusters_of(user)


@predicate(_("You may not advise a proposal in which your own organisation takes part."))
def has_no_conflict(user: Any, obj: Any) -> bool:
    own = organisations_of(user)
    return not any(partner.organisation_id in own for partner in _proposal_of(obj).consortium.partners.all())


@predicate(_("A proposal that was never submitted is seen by its consortium and its consultant alone."))
def was_submitted(user: Any, obj: Any) -> bool:
    proposal = _proposal_of(obj)
    if proposal.state == ProposalState.WITHDRAWN:
        return proposal.submissions.exists()
    return proposal.state not in NOT_YET_SUBMITTED


@predicate(_("This project is funded. Start a new proposal for another one."))
def is_not_funded(user: Any, obj: Any) -> bool:
    return _proposal_of(obj).state not in APPROVED


@predicate(_("Assessors read a proposal from the formal check to its decision."))
def waits_for_decision(user: Any, obj: Any) -> bool:
    return _proposal_of(obj).state in UNDER_ASSESSMENT


@predicate(_("Your own organisation takes part in this proposal, so somebody else assesses it."))
def takes_no_part(user: Any, obj: Any) -> bool:
    return bool(has_no_conflict(user, obj))


@predicate(_("Controllers read what is funded."))
def is_funded(user: Any, obj: Any) -> bool:
    return _proposal_of(obj).state in APPROVED


is_advising_consultant = has_it_in_care & has_no_conflict
is_desk = has_role(Role.MANAGER, Role.AUDITOR) & was_submitted
is_assessor = has_role(Role.ASSESSOR) & waits_for_decision & takes_no_part
is_controller = has_role(Role.CONTROLLER) & is_funded
reads_submission = is_desk | is_assessor | is_controller

PROPOSAL = ActionTable(
    {
        "view": is_of_consortium | is_advising_consultant | reads_submission,
        "view_draft": is_of_consortium | is_advising_consultant,
        "edit": is_of_consortium & is_editable,
        "invite": is_of_lead_partner & is_editable,
        "submit": is_of_lead_partner,
        "reopen": is_of_lead_partner,
        "withdraw": is_of_lead_partner,
        "accept": is_of_lead_partner,
        "copy": is_of_lead_partner & is_not_funded,
        "remind": is_of_lead_partner & is_editable,
        "ask_derogation": is_of_lead_partner & is_editable,
        "advise": is_advising_consultant,
        "view_on_desk": is_desk,
        "view_for_assessment": is_desk & waits_for_decision | is_assessor,
        "check": is_manager & was_submitted,
        "decide": is_manager & was_submitted,
        "grant_derogation": is_manager,
    }
)
SECTION = ActionTable(
    {
        "view": is_of_consortium | is_advising_consultant,
        "edit": is_own_part & declares_for_itself & is_editable,
    }
)
SUBMISSION = ActionTable({"view": is_of_consortium | is_advising_consultant | reads_submission})
ANNEX = ActionTable(
    {
        "view": is_of_consortium | is_advising_consultant | reads_submission,
        "remove": is_of_consortium & is_editable,
    }
)
ADVICE = ActionTable(
    {
        "view": is_of_consortium | is_advising_consultant,
        "answer": is_of_consortium | is_advising_consultant,
        "finish": is_of_consortium,
        "reopen": is_of_consortium | is_advising_consultant,
    }
)
"""No manager and no auditor: what consultants say to a consortium is between the two, also after submission."""


def may_start(user: Any, call: Call) -> bool:
    """Everybody who is signed in may start a proposal; for whom, the page asks."""
    return bool(is_signed_in(user, call))


def register_tables() -> None:
    register(Proposal, PROPOSAL)
    register(Section, SECTION)
    register(Submission, SUBMISSION)
    register(Annex, ANNEX)
    register(Advice, ADVICE)
