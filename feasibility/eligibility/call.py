"""Rules on what the call takes, and when."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from .dossier import Dossier
from .finding import Evidence, Finding, Remedy
from .rule import Rule
from .values import Moment, Value


def edit_section(section: str, field: str) -> Remedy:
    """A link to one field of one section of the proposal."""
    return Remedy("edit_section", {"section": section, "field": field})


@dataclass(frozen=True, kw_only=True)
class KetCall(Rule):
    """The proposal's main key enabling technology is one that the call takes.

    Source: programme manual; text of the call.
    """

    code = "KET-CALL"
    title = _("The technology belongs to the call")
    requirement = _("The main technology is one that the call takes.")
    source = _("Programme manual; text of the call")
    messages = {
        "passed": _("The call takes proposals in %(ket)s."),
        "failed": _("The call takes no proposals in %(ket)s."),
        "unknown": _("The proposal names no main technology yet."),
    }

    def judge(self, dossier: Dossier) -> Finding:
        code = dossier.proposal.main_ket
        remedy = edit_section("technology", "main_ket")
        if not code:
            return self.unknown(remedies=[remedy])
        ket = dossier.name_of("ket", code)
        evidence = [Evidence("ket", code, "main_ket", {"name": ket})]
        if code not in dossier.call.kets:
            return self.failed(evidence=evidence, remedies=[remedy], ket=ket)
        return self.passed(evidence=evidence, ket=ket)


@dataclass(frozen=True, kw_only=True)
class FieldCall(Rule):
    """The proposal names at least one application field, and the call takes each that it names.

    Source: programme manual; text of the call.
    """

    code = "FIELD-CALL"
    title = _("The application field belongs to the call")
    requirement = _("The application fields are ones that the call takes.")
    source = _("Programme manual; text of the call")
    derogable = True
    messages = {
        "passed": ngettext_lazy(
            "The call takes proposals for the field %(fields)s.",
            "The call takes proposals for the fields %(fields)s.",
            "count",
        ),
        "failed": ngettext_lazy(
            "The call takes no proposals for the field %(fields)s.",
            "The call takes no proposals for the fields %(fields)s.",
            "count",
        ),
        "unknown": _("The proposal names no application field yet."),
    }

    def judge(self, dossier: Dossier) -> Finding:
        chosen = sorted(dossier.proposal.fields)
        remedy = edit_section("technology", "fields")
        if not chosen:
            return self.unknown(remedies=[remedy])
        others = [code for code in chosen if code not in dossier.call.fields]
        shown = others or chosen
        values: dict[str, Value] = {
            "count": len(shown),
            "fields": tuple(dossier.name_of("field", code) for code in shown),
        }
        fact = "field_not_in_call" if others else "field_in_call"
        evidence = [Evidence("field", code, fact, {"name": dossier.name_of("field", code)}) for code in shown]
        if others:
            return self.failed("failed", evidence, [remedy], **values)
        return self.passed("passed", evidence, **values)


@dataclass(frozen=True, kw_only=True)
class CallOpen(Rule):
    """The call is published and open at the dossier's moment: ``opens_at <= now < closes_at``.

    17:00:00.000 is late where the call closes at 17:00. The moment is the proposal's arrival at the server.
    Source: programme manual; text of the call.
    """

    code = "CALL-OPEN"
    title = _("The call is open")
    requirement = _("The proposal arrives while the call is open.")
    source = _("Programme manual; text of the call")
    messages = {
        "passed": _("The call is open until %(closes)s."),
        "not_published": _("The call is not published."),
        "too_early": _("The call opens on %(opens)s."),
        "too_late": _("The call closed on %(closes)s; it is %(now)s."),
    }

    def judge(self, dossier: Dossier) -> Finding:
        call, now, zone = dossier.call, dossier.now, dossier.programme.zone
        if not call.published or call.opens_at is None or call.closes_at is None:
            return self.failed("not_published", remedies=[Remedy("choose_call")])
        opens, closes = Moment(call.opens_at, zone), Moment(call.closes_at, zone)
        moments: dict[str, Value] = {"opens": opens, "closes": closes, "now": Moment(now, zone)}
        evidence = [Evidence("call", "", "call_times", moments)]
        if now < call.opens_at:
            return self.failed(
                "too_early", evidence, [Remedy("wait_for_opening", {"opens": opens})], **moments
            )
        if now >= call.closes_at:
            return self.failed("too_late", evidence, [Remedy("choose_call")], **moments)
        return self.passed("passed", evidence, **moments)
