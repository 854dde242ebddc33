"""Every address as every role. An address without a row fails: nothing is open by accident."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from calls.services import CallContent, create_call, questions
from consortia.enums import PartnerRole
from consortia.models import Membership, Organisation
from consortia.services import ask_to_join, invite_colleague, invite_partner, invite_staff
from feasibility.models import Annex, ExpectedProduct, WorkPackage
from reporting.models import Project
from reporting.services import ask_report, make_report
from rocket.core.models import SavedList
from rocket.core.text import LocalisedText
from tests.factories.calls import ProgrammeFactory

ROLES = (
    "anonymous", "newcomer", "outsider", "lead", "partner", "consultant", "consultant.nl",
    "assessor", "controller", "auditor", "manager",
)  # fmt: skip
SIGNED_IN = ROLES[1:]


@dataclass(frozen=True)
class Row:
    """One address: how to reach it and who may. Everybody else finds ``otherwise`` (hidden, denied or login)."""

    name: str
    args: Callable[[Any], tuple[Any, ...]]
    open_to: tuple[str, ...]
    otherwise: str = "hidden"
    denied: tuple[str, ...] = ()
    """Who sees the thing but may not do this: refused with the reason."""
    method: str = "get"
    data: dict[str, Any] | Callable[[Any], dict[str, Any]] | None = None
    alias: str = ""
    anonymous: str = "login"
    """What somebody who is not signed in finds, where it is not open to them."""


def _none(case: Any) -> tuple[Any, ...]:
    return ()


def _number(case: Any) -> tuple[Any, ...]:
    return (case.draft.number,)


def _answer(case: Any) -> dict[str, Any]:
    return {"advice": case.advice.pk, "text": "It is shorter now."}


PUBLIC = ROLES
CONSORTIUM = ("lead", "partner")
READERS = (*CONSORTIUM, "consultant")
DESK = ("manager", "auditor")
ORGANISATION_READERS = ("lead", "consultant", "controller", *DESK)

QUALIFIED = {
    "place": "NL213/2024", "staff": "49", "turnover": "10000000", "balance": "", "partner": "found",
    "ket": "NT", "field": "health",
}  # fmt: skip

ROWS: tuple[Row, ...] = (
    # Portal
    Row("healthz", _none, PUBLIC),
    Row("readyz", _none, PUBLIC),
    Row("gallery", _none, PUBLIC),
    Row("demo_mail", _none, PUBLIC),
    Row("demo_mail_message", lambda c: (c.mail.pk,), PUBLIC),
    *(Row(name, _none, PUBLIC) for name in ("privacy", "imprint", "accessibility", "help", "feedback")),
    Row("feedback", _none, PUBLIC, method="post", data={"text": "It breaks."}, alias="send"),
    Row(
        "save_list",
        _none,
        SIGNED_IN,
        method="post",
        data={"page": "/calls/", "choice": "state=open", "name": "Open"},
    ),
    Row("forget_list", lambda c: (c.saved_list.pk,), ("manager",), method="post"),
    Row("set_language", _none, PUBLIC, method="post", data={"language": "de"}),
    # Sign-in (allauth); pages for people who are signed in send them on.
    *(
        Row(name, _none, PUBLIC)
        for name in (
            "account_login",
            "account_logout",
            "account_signup",
            "account_inactive",
            "account_email_verification_sent",
            "account_reset_password",
            "account_reset_password_done",
            "account_reset_password_from_key_done",
        )
    ),
    Row("account_confirm_email", lambda c: ("a-key",), PUBLIC),
    Row("account_reset_password_from_key", lambda c: ("1", "a-key"), PUBLIC),
    *(
        Row(name, _none, SIGNED_IN)
        for name in (
            "account_email",
            "account_change_password",
            "account_set_password",
            "account_reauthenticate",
        )
    ),
    Row("account_confirm_login_code", _none, SIGNED_IN),
    Row("my_account", _none, SIGNED_IN),
    Row("sign_out_everywhere", _none, SIGNED_IN, method="post"),
    *(
        Row(name, _none, SIGNED_IN)
        for name in (
            "mfa_index",
            "mfa_authenticate",
            "mfa_reauthenticate",
            "mfa_activate_totp",
            "mfa_generate_recovery_codes",
            "mfa_list_webauthn",
            "mfa_add_webauthn",
            "mfa_reauthenticate_webauthn",
        )
    ),
    *(
        Row(name, _none, ())
        for name in ("mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_download_recovery_codes")
    ),
    Row("mfa_login_webauthn", _none, SIGNED_IN),
    *(
        Row(name, lambda c: (999,), (), otherwise="open")
        for name in ("mfa_remove_webauthn", "mfa_edit_webauthn")
    ),
    # Calls
    Row("home", _none, PUBLIC),
    Row("calls", _none, PUBLIC),
    Row("calls_calendar", _none, PUBLIC),
    Row("calls_feed", _none, PUBLIC),
    Row("call", lambda c: (c.call.slug,), PUBLIC),
    Row("call_calendar", lambda c: (c.call.slug,), PUBLIC),
    Row("call_calendar", lambda c: (c.draft_call.slug,), (), alias="a draft has none", anonymous="hidden"),
    Row("call", lambda c: (c.draft_call.slug,), DESK, alias="a draft is the desk's", anonymous="hidden"),
    Row("ask_call", lambda c: (c.call.slug,), SIGNED_IN),
    Row("ask_call", lambda c: (c.call.slug,), SIGNED_IN, method="post", data={"text": "How?"}, alias="send"),
    Row("ask_call", lambda c: (c.draft_call.slug,), (), alias="of a draft", denied=DESK),
    Row("desk_questions", lambda c: (c.programme.code,), DESK),
    Row("desk_mails", lambda c: (c.programme.code,), DESK),
    *(
        Row(
            name,
            lambda c: (c.programme.code, c.stuck.pk),
            ("manager",),
            denied=("auditor",),
            method=method,
            alias=method,
        )
        for name, method in (
            ("desk_mail_arrived", "post"),
            ("desk_mail_again", "get"),
            ("desk_mail_again", "post"),
        )
    ),
    Row(
        "answer_question",
        lambda c: (c.programme.code, c.question.pk),
        ("manager",),
        denied=("auditor",),
    ),
    Row("programme_colours", lambda c: (c.programme.code,), PUBLIC),
    Row("desk_calls", lambda c: (c.programme.code,), DESK),
    Row("desk_call", lambda c: (c.programme.code, c.call.slug), DESK),
    Row("desk_call_new", lambda c: (c.programme.code,), ("manager",), denied=("auditor",)),
    Row("desk_call_edit", lambda c: (c.programme.code, c.draft_call.slug), ("manager",), denied=("auditor",)),
    Row(
        "desk_call_step",
        lambda c: (c.programme.code, c.draft_call.slug, "publish"),
        ("manager",),
        denied=("auditor",),
        method="post",
    ),
    # Organisations and invitations
    *(
        Row(name, _none, SIGNED_IN)
        for name in ("my_organisations", "register_organisation", "register_organisation_details")
    ),
    Row("claim_organisation", lambda c: (c.unclaimed.pk,), SIGNED_IN, method="post"),
    Row("organisation", lambda c: (c.organisation.pk,), ORGANISATION_READERS),
    *(
        Row(name, lambda c: (c.organisation.pk,), ("lead",), denied=ORGANISATION_READERS[1:])
        for name in ("edit_organisation", "sme_declaration", "de_minimis_declaration")
    ),
    Row("ask_to_join", lambda c: (c.organisation.pk,), SIGNED_IN, method="post"),
    Row(
        "invite_colleague",
        lambda c: (c.organisation.pk,),
        ("lead",),
        denied=ORGANISATION_READERS[1:],
        method="post",
    ),
    Row(
        "leave_organisation",
        lambda c: (c.organisation.pk,),
        ("lead",),
        denied=ORGANISATION_READERS[1:],
        method="post",
    ),
    *(
        Row(name, lambda c: (c.membership.pk,), ("lead",), method="post")
        for name in ("remove_member", "hand_over_organisation")
    ),
    Row(
        "answer_join_request",
        lambda c: (c.join_request.pk,),
        ("lead",),
        method="post",
        data={"answer": "grant"},
    ),
    Row("take_back_colleague_invitation", lambda c: (c.letter.pk,), ("lead",), method="post"),
    Row("colleague_invitation", lambda c: (c.letter.token,), ("anonymous", "outsider"), otherwise="denied"),
    Row(
        "answer_colleague_invitation",
        lambda c: (c.letter.token,),
        ("outsider",),
        otherwise="denied",
        method="post",
        data={"answer": "accept"},
    ),
    Row("own_colleague_invitation", lambda c: (c.letter.pk,), ("outsider",)),
    Row(
        "answer_own_colleague_invitation",
        lambda c: (c.letter.pk,),
        ("outsider",),
        method="post",
        data={"answer": "accept"},
    ),
    Row("invitation", lambda c: (c.token,), ("anonymous", "partner"), otherwise="denied"),
    Row(
        "answer_invitation",
        lambda c: (c.token,),
        ("partner",),
        otherwise="denied",
        method="post",
        data={"answer": "accept"},
    ),
    Row("own_invitation", lambda c: (c.invitation.pk,), ("partner",)),
    Row(
        "answer_own_invitation",
        lambda c: (c.invitation.pk,),
        ("partner",),
        method="post",
        data={"answer": "accept"},
    ),
    # Roles
    Row("desk_people", lambda c: (c.programme.code,), DESK),
    Row(
        "desk_people",
        lambda c: (c.programme.code,),
        ("manager",),
        method="post",
        data={"email": "new@demo.example", "role": "auditor"},
        alias="offer",
    ),
    Row("revoke_role", lambda c: (c.programme.code, c.grant.pk), ("manager",)),
    Row("take_back_role_offer", lambda c: (c.programme.code, c.offer.pk), ("manager",), method="post"),
    # To another address it is not open: 403 with the way out.
    Row(
        "staff_invitation",
        lambda c: (c.offer.token,),
        ("anonymous", "outsider"),
        otherwise="denied",
    ),
    Row(
        "answer_staff_invitation",
        lambda c: (c.offer.token,),
        ("outsider",),
        otherwise="denied",
        method="post",
        data={"answer": "decline"},
    ),
    # Reporting
    Row("programme", lambda c: (c.neighbour.code,), PUBLIC),
    Row("projects", _none, PUBLIC),
    Row("project", lambda c: (c.project.number,), PUBLIC),
    Row("desk", lambda c: (c.programme.code,), DESK),
    Row("desk_projects", lambda c: (c.programme.code,), DESK),
    Row("desk_project", lambda c: (c.programme.code, c.project.number), DESK),
    Row(
        "move_project",
        lambda c: (c.programme.code, c.project.number, "start"),
        ("manager",),
        method="post",
        denied=("auditor",),
    ),
    Row(
        "move_project",
        lambda c: (c.programme.code, c.project.number, "terminate"),
        ("manager",),
        alias="asks why",
        denied=("auditor",),
    ),
    Row("desk_products", lambda c: (c.programme.code,), DESK),
    Row(
        "product_stage",
        lambda c: (c.programme.code, c.project.products.first().pk),
        ("manager",),
        denied=("auditor",),
    ),
    *(
        Row("figures_file", lambda c, form=form: (c.programme.code, form), DESK, alias=form)
        for form in ("xlsx", "csv", "json")
    ),
    Row("audit_trail", lambda c: (c.programme.code,), DESK),
    Row("reports", lambda c: (c.programme.code,), DESK),
    Row(
        "reports",
        lambda c: (c.programme.code,),
        DESK,
        method="post",
        data={"format": "csv", "language": "en"},
        alias="ask",
    ),
    Row("report", lambda c: (c.programme.code, c.report.pk), DESK),
    Row("report_file", lambda c: (c.programme.code, c.report.pk), DESK),
    Row(
        "cancel_report",
        lambda c: (c.programme.code, c.report.pk),
        ("manager",),
        denied=("auditor",),
        method="post",
    ),
    Row(
        "decide_proposal", lambda c: (c.programme.code, c.submitted.number), ("manager",), denied=("auditor",)
    ),
    # Feasibility: everybody
    Row("qualify", _none, PUBLIC),
    Row("qualify", _none, PUBLIC, alias="answered", data=QUALIFIED),
    # Feasibility: applicants
    Row("my_work", _none, SIGNED_IN),
    Row("start_proposal", lambda c: (c.call.slug,), SIGNED_IN),
    Row("proposal", _number, READERS),
    Row("proposal_eligibility", _number, READERS),
    Row("withdraw_proposal", _number, ("lead",), denied=("partner", "consultant")),
    *(
        Row(f"section_{name}", _number, READERS)
        for name in (
            "summary",
            "cross_border",
            "technology",
            "partners",
            "work_plan",
            "budget",
            "products",
            "annexes",
            "declarations",
        )
    ),
    *(
        Row(
            f"section_{name}",
            _number,
            CONSORTIUM,
            denied=("consultant",),
            method="post",
            data={},
            alias="save",
        )
        for name in ("partners", "work_plan", "products", "annexes")
    ),
    Row(
        "section_declarations",
        _number,
        (),
        denied=READERS,
        method="post",
        data={},
        alias="nobody declares for nobody",
    ),
    Row("new_work_package", _number, CONSORTIUM, denied=("consultant",)),
    Row("edit_work_package", lambda c: (c.draft.number, c.package.pk), READERS),
    Row(
        "move_work_package",
        lambda c: (c.draft.number, c.package.pk),
        CONSORTIUM,
        denied=("consultant",),
        method="post",
        data={"to": "down"},
    ),
    Row(
        "remove_work_package",
        lambda c: (c.draft.number, c.package.pk),
        CONSORTIUM,
        denied=("consultant",),
        method="post",
    ),
    Row("partner_budget", lambda c: (c.draft.number, c.lead_part.pk), READERS),
    Row(
        "resend_invitation",
        lambda c: (c.draft.number, c.lead_part.pk),
        ("lead",),
        denied=("partner", "consultant"),
        method="post",
    ),
    Row(
        "remove_partner",
        lambda c: (c.draft.number, c.lead_part.pk),
        ("lead",),
        denied=("partner", "consultant"),
        method="post",
    ),
    Row("choose_country", _number, CONSORTIUM, denied=("consultant",), method="post"),
    Row(
        "remind_partner",
        lambda c: (c.draft.number, c.partner_part.pk),
        ("lead",),
        denied=("partner", "consultant"),
        method="post",
    ),
    Row(
        "take_over_figures",
        lambda c: (c.draft.number, c.partner_part.pk),
        CONSORTIUM,
        denied=("consultant",),
        method="post",
    ),
    Row("lead_of_proposal", _number, READERS),
    Row(
        "lead_of_proposal",
        _number,
        READERS,
        method="post",
        data={"do": "offer", "partner": "0"},
        alias="offer to nobody",
    ),
    Row("copy_proposal", _number, ("lead",), denied=("partner", "consultant")),
    Row(
        "copy_proposal",
        lambda c: (c.submitted.number,),
        ("lead",),
        denied=("partner", "consultant", *DESK),
        alias="submitted",
    ),
    Row("ask_derogation", _number, ("lead",), denied=("partner", "consultant")),
    Row(
        "take_back_derogation",
        lambda c: (c.draft.number, c.asked.pk),
        ("lead",),
        denied=("partner", "consultant"),
        method="post",
    ),
    Row("new_product", _number, CONSORTIUM, denied=("consultant",)),
    Row("edit_product", lambda c: (c.draft.number, c.product.pk), CONSORTIUM, denied=("consultant",)),
    Row(
        "remove_product",
        lambda c: (c.draft.number, c.product.pk),
        CONSORTIUM,
        denied=("consultant",),
        method="post",
    ),
    Row(
        "upload_annex",
        lambda c: (c.draft.number, c.annex.code),
        CONSORTIUM,
        denied=("consultant",),
        method="post",
    ),
    Row("annex_template", lambda c: (c.draft.number, "partnership_letter"), READERS),
    Row("annex_file", lambda c: (c.draft.number, c.annex.pk), READERS),
    Row(
        "remove_annex",
        lambda c: (c.draft.number, c.annex.pk),
        CONSORTIUM,
        denied=("consultant",),
        method="post",
    ),
    Row("check_answers", _number, READERS),
    Row("submit_proposal", _number, ("lead",), denied=("partner", "consultant"), method="post"),
    Row(
        "reopen_proposal",
        lambda c: (c.submitted.number,),
        ("lead",),
        denied=("partner", "consultant", *DESK),
        method="post",
    ),
    Row(
        "accept_grant",
        lambda c: (c.submitted.number,),
        ("lead",),
        denied=("partner", "consultant", *DESK),
        method="post",
    ),
    Row("receipt", lambda c: (c.submitted.number, c.submission.receipt_number), (*READERS, *DESK)),
    *(
        Row(name, lambda c: (c.submitted.number, c.submission.receipt_number), (*READERS, *DESK))
        for name in ("receipt_pdf", "receipt_json")
    ),
    Row("draft_pdf", _number, READERS),
    # Feasibility: consultants
    Row("in_my_care", _none, ("consultant", "consultant.nl"), otherwise="denied"),
    Row("organisations_in_care", _none, ("consultant", "consultant.nl"), otherwise="denied"),
    Row("draft_in_care", _number, ("consultant",), denied=CONSORTIUM),
    Row("draft_in_care", _number, ("consultant",), denied=CONSORTIUM, method="post", alias="advise"),
    # Advice is between the consortium and its consultants, whatever becomes of the proposal.
    Row("proposal_advice", _number, READERS),
    Row("proposal_advice", lambda c: (c.submitted.number,), READERS, denied=DESK, alias="after submission"),
    Row("proposal_advice", _number, READERS, method="post", data=_answer, alias="answer"),
    *(
        Row(name, lambda c: (c.draft.number, c.advice.pk), READERS, method="post")
        for name in ("advice_done", "advice_reopen")
    ),
    # Feasibility: the desk
    Row("desk_proposals", lambda c: (c.programme.code,), DESK),
    Row("desk_proposal", lambda c: (c.programme.code, c.submitted.number), DESK),
    Row(
        "desk_proposal",
        lambda c: (c.programme.code, c.draft.number),
        (),
        alias="a draft is nobody's on the desk",
    ),
    Row(
        "desk_step",
        lambda c: (c.programme.code, c.submitted.number, "confirm_eligible"),
        ("manager",),
        method="post",
    ),
    Row("desk_derogations", lambda c: (c.programme.code,), DESK),
    # Assessors read what passed the formal check, controllers what is funded, with the files; and nothing else.
    Row("assessment", lambda c: (c.programme.code,), ("assessor", *DESK)),
    Row("assessed_proposal", lambda c: (c.programme.code, c.checked.number), ("assessor", *DESK)),
    Row(
        "assessed_proposal",
        lambda c: (c.programme.code, c.submitted.number),
        (),
        alias="before the formal check",
    ),
    Row(
        "receipt_pdf",
        lambda c: (c.checked.number, c.checked.submissions.last().receipt_number),
        ("assessor", *READERS, *DESK),
        alias="under assessment",
    ),
    Row(
        "receipt_pdf",
        lambda c: (c.project.proposal.number, c.project.proposal.submissions.last().receipt_number),
        ("controller", *READERS, *DESK),
        alias="funded",
    ),
    *(
        Row(
            "annex_file",
            lambda c, of=of: (of(c).number, Annex.objects.filter(proposal=of(c)).first().pk),
            (role, *READERS, *DESK),
            alias=alias,
        )
        for role, alias, of in (
            ("assessor", "under assessment", lambda c: c.checked),
            ("controller", "funded", lambda c: c.project.proposal),
        )
    ),
    Row("control", lambda c: (c.programme.code,), ("controller", *DESK)),
    Row("controlled_project", lambda c: (c.programme.code, c.project.number), ("controller", *DESK)),
    Row("desk_search", lambda c: (c.programme.code,), DESK, data={"q": "Münster"}),
    Row("desk_organisations", lambda c: (c.programme.code,), DESK),
    Row("desk_organisation", lambda c: (c.programme.code, c.organisation.pk), DESK),
    Row("grant_derogation", lambda c: (c.programme.code, c.draft.number), ("manager",)),
    Row("answer_derogation", lambda c: (c.programme.code, c.asked.pk), ("manager",)),
)


def _names(patterns: list[URLPattern | URLResolver]) -> set[str]:
    found: set[str] = set()
    for entry in patterns:
        if isinstance(entry, URLResolver):
            found |= _names(entry.url_patterns)
        else:
            found.add(entry.name or str(entry.pattern))
    return found


def test_every_address_has_a_row() -> None:
    assert _names(get_resolver().url_patterns) == {row.name for row in ROWS}


@dataclass
class Case:
    """One draft and one submitted proposal of the same consortium, and what hangs on them."""

    cast: Any

    def __post_init__(self) -> None:
        from feasibility import services
        from feasibility.enums import SectionName
        from feasibility.selectors import parts_of
        from rocket.core.models import OutboxMessage

        cast = self.cast
        self.programme, self.call = cast.builder.programme, cast.call
        self.neighbour = ProgrammeFactory(code="neighbour", short_name="NEIGHBOUR")
        self.draft, self.submitted = cast.draft(), cast.submitted()
        self.submission = self.submitted.submissions.get()
        self.lead_part = parts_of(self.draft)[0]
        self.partner_part = parts_of(self.draft)[1]
        self.product = ExpectedProduct.objects.filter(proposal=self.draft).first()
        self.package = WorkPackage.objects.filter(proposal=self.draft).first()
        self.annex = Annex.objects.filter(proposal=self.draft).first()
        self.advice = services.advise(
            proposal=self.draft,
            section=SectionName.SUMMARY,
            text="Shorter.",
            by=cast.people["consultant"],
            now=cast.now,
        )
        self.asked = services.ask_for_derogation(
            proposal=self.draft, rule_code="ANNEXES", reason="Fire in the archive.", by=cast.people["lead"], now=cast.now
        )  # fmt: skip
        self.mail = OutboxMessage.objects.first()
        self.stuck = OutboxMessage.objects.create(
            to="nobody@demo.example", subject="Lost", text="Lost.", language="en", state="failed",
            attempts=6, last_error="SMTPDataError: (550, b'no')", created_at=cast.now, next_try_at=cast.now,
        )  # fmt: skip
        self.organisation = cast.builder.firms["lead"]
        self.unclaimed = Organisation.objects.create(
            name="Erfundene Liste GmbH", country="DE", source="keep.eu", created_at=cast.now
        )
        # One invitation is still open, in a proposal of its own.
        second = services.start_proposal(
            call=self.call, kind=self.call.kinds.get(), organisation=self.organisation, title="PulsePatch",
            by=cast.people["lead"], now=cast.now,
        )  # fmt: skip
        self.invitation = invite_partner(
            consortium=second.consortium, organisation=cast.builder.firms["partner"], email=cast.people["partner"].email,
            role=PartnerRole.PROJECT, by=cast.people["lead"], now=cast.now,
        )  # fmt: skip
        self.token = self.invitation.token
        self._invite_people()
        self._offer_roles()
        self.draft_call = create_call(
            programme=self.programme,
            content=CallContent(title=LocalisedText("Next round")),
            by=cast.people["manager"],
            now=cast.now,
        )
        self.question = questions.ask(
            call=self.call, text="May two firms share a laboratory?", language="en", by=cast.people["lead"],
            now=cast.now,
        )  # fmt: skip
        funded = cast.submitted("LumiGrid")
        cast.builder.decide(funded)
        self.project = Project.objects.get()
        self.checked = cast.submitted("BarnSense")
        services.move(proposal=self.checked, verb="confirm_eligible", by=cast.people["manager"], now=cast.now)
        self.report = ask_report(
            programme=self.programme, format="csv", language="en", as_of=cast.now, by=cast.people["manager"], now=cast.now
        )  # fmt: skip
        make_report(self.report.pk)

    def _offer_roles(self) -> None:
        from rocket.accounts.models import RoleGrant
        from rocket.accounts.roles import Role

        self.offer = invite_staff(
            programme=self.programme, email="outsider@demo.example", role=Role.AUDITOR, cluster=None,
            by=self.cast.people["manager"], now=self.cast.now,
        )  # fmt: skip
        self.saved_list = SavedList.objects.create(
            user=self.cast.people["manager"], page="/calls/", name="Open", query="state=open"
        )
        self.grant = RoleGrant.objects.get(
            user=self.cast.people["assessor"], programme_code=self.programme.code, revoked_at=None
        )

    def _invite_people(self) -> None:
        """The lead organisation has a colleague, an open letter to the outsider, and a request of the newcomer."""
        from rocket.accounts.models import User

        cast, owner = self.cast, self.cast.people["lead"]
        colleague = User.objects.create_user("colleague@demo.example", "x", name="Carla Colleague")
        self.membership = Membership.objects.create(
            user=colleague, organisation=self.organisation, joined_at=cast.now
        )
        outsider = cast.people["outsider"]
        EmailAddress.objects.create(user=outsider, email=outsider.email, verified=True, primary=True)
        self.letter = invite_colleague(
            organisation=self.organisation, email=outsider.email, by=owner, now=cast.now
        )
        self.join_request = ask_to_join(
            organisation=self.organisation, by=cast.people["newcomer"], now=cast.now
        )


@pytest.fixture
def case(cast: Any, settings: Any) -> Case:
    settings.DEMO = True
    return Case(cast)


def _outcome(response: Any) -> str:
    if response.status_code == 302 and response["Location"].startswith("/account/login/"):
        return "login"
    return {403: "denied", 404: "hidden", 405: "wrong method"}.get(response.status_code, "open")


def _expected(row: Row, role: str) -> str:
    if role in row.open_to:
        return "open"
    if role == "anonymous":
        return row.anonymous
    return "denied" if role in row.denied else row.otherwise


@pytest.mark.django_db
def test_every_address_as_every_role(case: Case) -> None:
    """One case for all: what a request writes is rolled back before the next."""
    wrong = []
    for row in ROWS:
        url = reverse(row.name, args=row.args(case))
        for role in ROLES:
            client = case.cast.client(role)
            with transaction.atomic():
                response = getattr(client, row.method)(
                    url, row.data(case) if callable(row.data) else row.data or {}
                )
                transaction.set_rollback(True)
            if (found := _outcome(response)) != (expected := _expected(row, role)):
                wrong.append(
                    f"{row.method} {row.name} {row.alias} as {role}: {found} ({response.status_code}), not {expected}"
                )
    assert wrong == []
