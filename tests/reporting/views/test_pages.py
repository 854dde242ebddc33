import pytest
from django.db import transaction
from django.urls import reverse

from feasibility.enums import Outcome, ProposalState
from feasibility.models import Decision
from reporting.models import Project, Report
from reporting.services import make_report
from rocket.core import audit
from tests.factories import reporting as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client):
    def sign_in(**roles):
        client.force_login(make.person(**roles), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


DESK = ("desk", "desk_projects", "reports")


@pytest.mark.parametrize("name", DESK)
@pytest.mark.parametrize("role", ["manager", "auditor"])
def test_managers_and_auditors_read_the_desk(rocket, signed_in, name, role):
    assert signed_in(**{role: "rocket"}).get(reverse(name, args=["rocket"])).status_code == 200


@pytest.mark.parametrize("name", DESK)
@pytest.mark.parametrize(
    "roles",
    [{}, {"manager": "other"}, {"consultant": "rocket"}, {"assessor": "rocket"}, {"controller": "rocket"}],
)
def test_for_others_the_desk_is_not_there(rocket, signed_in, name, roles):
    assert signed_in(**roles).get(reverse(name, args=["rocket"])).status_code == 404


@pytest.mark.parametrize("name", DESK)
def test_who_is_not_signed_in_is_asked_to(rocket, client, name):
    answer = client.get(reverse(name, args=["rocket"]))
    assert (answer.status_code, answer.url.partition("?")[0]) == (302, reverse("account_login"))


def test_an_empty_programme_shows_no_zero(signed_in):
    make.programme()
    page = signed_in(manager="rocket").get(reverse("desk", args=["rocket"])).content.decode()
    assert "Nothing is funded yet, and no call has been published." in page
    assert "figures__value" not in page
    assert "0.00" not in page


def test_files_are_downloads_named_after_programme_and_day(rocket, signed_in, monkeypatch):
    monkeypatch.setattr("rocket.core.middleware.timezone.now", lambda: make.AS_OF)
    client = signed_in(manager="rocket")
    for form, kind in (("json", "application/json"), ("csv", "text/csv; charset=utf-8")):
        answer = client.get(reverse("figures_file", args=["rocket", form]))
        assert (answer["Content-Type"], answer["Content-Disposition"]) == (
            kind,
            f'attachment; filename="rocket-2017-10-31.{form}"',
        )


def test_the_report_comes_in_the_language_that_was_asked_for(rocket, signed_in):
    import pikepdf

    client = signed_in(manager="rocket")
    client.post(reverse("reports", args=["rocket"]), {"format": "pdf", "language": "de"})
    report = Report.objects.get()
    make_report(report.pk)
    report.refresh_from_db()
    with pikepdf.open(report.document.file) as pdf:
        assert str(pdf.Root.Lang) == "de"


def test_without_the_libraries_the_page_says_so_and_the_report_fails_with_the_reason(
    rocket, signed_in, monkeypatch
):
    for place in ("rocket.core.pdf", "reporting.views.reports"):
        monkeypatch.setattr(f"{place}.missing_pdf_libraries", lambda: "PDF files need libpango-1.0-0.")
    client = signed_in(manager="rocket")
    assert (
        "PDF files need libpango-1.0-0." in client.get(reverse("reports", args=["rocket"])).content.decode()
    )
    client.post(reverse("reports", args=["rocket"]), {"format": "pdf", "language": "en"})
    report = Report.objects.get()
    make_report(report.pk)
    page = client.get(report.get_absolute_url()).content.decode()
    assert "PDF files need libpango-1.0-0." in page


# The decision ------------------------------------------------------------------------------------------------


@pytest.fixture
def proposal(rocket):
    return make.proposal(make.call(rocket, "call-9"), "PulsePatch")


def decide(client, proposal, **values):
    return client.post(
        reverse("decide_proposal", args=["rocket", proposal.number]),
        {"outcome": "approved", "reason": "First rank.", "confirmed": "on", **values},
    )


def test_an_approval_leads_to_the_projects(proposal, signed_in):
    answer = decide(signed_in(manager="rocket"), proposal)
    assert (answer.status_code, answer.url) == (302, reverse("desk_projects", args=["rocket"]))
    project = Project.objects.get(proposal=proposal)
    assert (project.title, project.decision.reason) == ("PulsePatch", "First rank.")


def test_a_rejection_leads_back_to_the_proposal(proposal, signed_in):
    answer = decide(signed_in(manager="rocket"), proposal, outcome="rejected")
    assert (answer.status_code, answer.url) == (
        302,
        reverse("desk_proposal", args=["rocket", proposal.number]),
    )
    assert not Project.objects.filter(proposal=proposal).exists()


@pytest.mark.parametrize(
    "values",
    [
        {"reason": " "},
        {"outcome": ""},
        {"outcome": "returned"},
        {"confirmed": ""},
        {"outcome": "approved_conditions", "conditions": ""},
        {"outcome": "approved", "conditions": "A bank statement."},
    ],
)
def test_an_incomplete_decision_is_shown_again_and_nothing_is_decided(proposal, signed_in, values):
    before = Decision.objects.count()
    answer = decide(signed_in(manager="rocket"), proposal, **values)
    proposal.refresh_from_db()
    assert (answer.status_code, proposal.state, Decision.objects.count()) == (
        422,
        ProposalState.DECISION_PENDING,
        before,
    )


def test_an_approval_with_conditions_keeps_them(proposal, signed_in):
    decide(
        signed_in(manager="rocket"), proposal, outcome="approved_conditions", conditions="A bank statement."
    )
    decision = proposal.decisions.get()
    assert (decision.outcome, decision.conditions) == (
        Outcome.APPROVED_WITH_CONDITIONS,
        "A bank statement.",
    )


def test_deciding_twice_decides_once(proposal, signed_in):
    client = signed_in(manager="rocket")
    decide(client, proposal)
    again = decide(client, proposal, outcome="rejected")
    assert (again.status_code, proposal.decisions.get().outcome) == (422, Outcome.APPROVED)


def test_a_failed_blocking_rule_is_not_approved(proposal, signed_in):
    submission = proposal.submissions.get()
    submission.findings = {**submission.findings, "is_eligible": False}
    submission.save()
    answer = decide(signed_in(manager="rocket"), proposal)
    assert answer.status_code == 422
    assert "A blocking rule failed in the submission" in answer.content.decode()


def test_a_proposal_that_is_not_up_for_decision_shows_no_form(rocket, signed_in):
    early = make.proposal(make.call(rocket, "call-8"), state=ProposalState.SUBMITTED)
    page = signed_in(manager="rocket").get(reverse("decide_proposal", args=["rocket", early.number]))
    assert "In its present state no decision is possible." in page.content.decode()


@pytest.mark.parametrize(
    ("roles", "status"),
    [({"auditor": "rocket"}, 403), ({"manager": "other"}, 404), ({"consultant": "rocket"}, 404), ({}, 404)],
)
def test_only_the_manager_decides(proposal, signed_in, roles, status):
    client = signed_in(**roles)
    assert decide(client, proposal).status_code == status
    assert not proposal.decisions.exists()


def test_a_proposal_of_another_programme_is_not_there(proposal, signed_in):
    make.programme("other")
    client = signed_in(manager="other")
    assert client.get(reverse("decide_proposal", args=["other", proposal.number])).status_code == 404


def test_the_desk_counts_once_until_something_happens_that_may_count(rocket, signed_in, monkeypatch):
    """What was counted is shown to the next reader; a step in the programme is seen at once, a saved draft changes
    nothing that is counted here."""
    from reporting.views import desk as view

    counted = []
    really = view.programme_figures
    monkeypatch.setattr(view, "programme_figures", lambda *given: counted.append(given) or really(*given))
    client, url = signed_in(manager="rocket"), reverse("desk", args=["rocket"])
    first = client.get(url).content
    assert client.get(url).content.count(b"<svg") == first.count(b"<svg") > 0
    assert len(counted) == 1
    project = Project.objects.first()
    with transaction.atomic():
        audit.record(subject=project.proposal, verb="saved_summary", by=None, now=make.AS_OF)
    client.get(url)
    assert len(counted) == 1
    with transaction.atomic():
        audit.record(subject=project, verb="project_moved", by=None, now=make.AS_OF)
    client.get(url)
    assert len(counted) == 2
    client.get(url, {"as_of": "2017-12-31"})
    client.get(url, {"as_of": "2017-12-31"})
    assert len(counted) == 4
