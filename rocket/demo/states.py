"""The second programme's cases: a proposal, a project and a product in every state that the portal knows.

``data/next.toml`` tells each case with days before the demonstration is loaded, so that its open call is always open.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from calls.models import Call
from consortia.models import Organisation
from feasibility import services
from feasibility.enums import Outcome, SectionName
from feasibility.models import DerogationRequest
from feasibility.transitions import DECISION_VERBS
from reporting.services import award, move_project
from reporting.transitions import PROJECT
from rocket.accounts.models import User
from rocket.demo.history import DATA, Case, History, read_organisations

OUTCOMES = {verb: Outcome(outcome) for outcome, verb in DECISION_VERBS.items()}
CONSORTIUM = ("reopen", "accept", "withdraw")
"""Steps of a proposal that its lead partner takes."""
WRITTEN = timedelta(days=3)
"""A proposal is written this long before it is submitted."""


class States(History):
    """Writes the cases of ``data/next.toml``, each step by the person whose step it is, at its own moment."""

    def __init__(
        self,
        people: dict[str, User],
        now: datetime,
        *,
        past: History,
        firms: dict[str, Organisation],
        calls: dict[str, Call],
    ) -> None:
        """``past`` knows the invented organisations and their owners; ``firms`` are those of the people who sign in."""
        super().__init__(people, "rocket-next")
        self.now, self.calls = now, calls
        self.firms, self.owners = past.firms | firms, past.owners | {key: people[key] for key in firms}
        self.declared = {
            (firm.pk, self.ago(days).year) for firm in firms.values() for days in range(0, 400, 30)
        }

    def ago(self, days: float) -> datetime:
        return self.now - timedelta(days=days)

    def replay(self) -> None:
        rows = {key: {"key": key} for key in self.firms} | {row["key"]: row for row in read_organisations()}
        for plan in read_cases():
            CaseInState(self, self.dated(plan), rows).plan()
        for step in sorted(self.steps):
            step.do(step.at)

    def dated(self, plan: dict[str, Any]) -> dict[str, Any]:
        """With what the history's own cases give as days: first day, years, names of the kind."""
        products = [
            one | {"market_year": self.now.year + one["market_year"]} for one in plan.get("products", [])
        ]
        kind = "feasibility_study" if plan["call"] == "earlier" else "innovation_project"
        return {
            "kets": [],
            **plan,
            "kind": kind,
            "products": products,
            "starts_on": self.ago(plan["starts"]).date(),
        }


class CaseInState(Case):
    """A proposal of the second programme, from its first draft to the state in which it is shown."""

    history: States

    def plan(self) -> None:
        then, ago, plan = self.history.then, self.history.ago, self.plan_of
        if submitted := plan.get("submitted"):
            then(ago(submitted + 10), self.start)
            then(ago(submitted) - WRITTEN, self.write)
            if "derogation" in plan:
                then(ago(submitted + 2), self.ask_and_grant)
            then(ago(submitted), self.submit)
        else:
            then(ago(12), self.start)
            then(ago(11), self.begin_to_write)
            for asked in plan.get("asks", []):
                self.plan_request(asked)
        for step in plan.get("steps", []):
            then(ago(step["ago"]), self.step(**{key: value for key, value in step.items() if key != "ago"}))
        for product in plan["products"]:
            for stage in product["stages"]:
                then(ago(stage["ago"]), self.stage_of(product, stage))

    def begin_to_write(self, now: datetime) -> None:
        """The summary of a draft; nothing is ticked as completed."""
        plan = self.plan_of
        services.save_summary(
            proposal=self.proposal,
            title=plan["title"],
            summary=plan["summary"],
            starts_on=plan["starts_on"],
            months=plan["months"],
            **self.as_seen(SectionName.SUMMARY, now) | {"is_completed": False},
        )

    def step(
        self, do: str, reason: str = "", conditions: str = "", due: float | None = None
    ) -> Callable[[datetime], None]:
        """The step ``do`` of the table of proposals, or of projects, taken by the person whose step it is."""

        def take(now: datetime) -> None:
            self.proposal.refresh_from_db()
            manager, words = self.history.manager, {"reason": reason} if reason else {}
            if do in OUTCOMES:
                _decision, self.project = award(
                    proposal=self.proposal, outcome=OUTCOMES[do], reason=reason, conditions=conditions,
                    by=manager, now=now,
                )  # fmt: skip
            elif do in {row.verb for row in PROJECT}:
                assert self.project is not None
                move_project(project=self.project, verb=do, by=manager, now=now, **words)
            elif do in CONSORTIUM:
                getattr(services, do)(proposal=self.proposal, by=self.lead, now=now, **words)
            else:
                moment = None if due is None else self.history.moment(self.history.ago(due).date(), 17)
                services.move(proposal=self.proposal, verb=do, by=manager, now=now, due=moment, **words)

        return take

    def stage_of(self, product: dict[str, Any], stage: dict[str, Any]) -> Callable[[datetime], None]:
        if "sold" in stage:
            stage = stage | {"first_sold_on": self.history.ago(stage["sold"]).date()}
        return super().stage_of(product, stage)

    def ask(self, rule: str, reason: str, now: datetime) -> DerogationRequest:
        return services.ask_for_derogation(
            proposal=self.proposal, rule_code=rule, reason=reason, by=self.lead, now=now
        )

    def ask_and_grant(self, now: datetime) -> None:
        wanted = self.plan_of["derogation"]
        request = self.ask(wanted["rule"], wanted["asked"], now - timedelta(hours=20))
        services.grant_request(request=request, reason=wanted["answer"], by=self.history.manager, now=now)

    def plan_request(self, asked: dict[str, Any]) -> None:
        """A request of a draft: it waits, or the office has refused it."""
        then, ago = self.history.then, self.history.ago

        def ask(now: datetime) -> None:
            request = self.ask(asked["rule"], asked["reason"], now)
            if "refused" in asked:
                services.refuse_derogation(
                    request=request,
                    reason=asked["refused"],
                    by=self.history.manager,
                    now=ago(asked["answered"]),
                )

        then(ago(asked["ago"]), ask)


def read_cases() -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = tomllib.loads((DATA / "next.toml").read_text("utf-8"))["proposals"]
    return cases
