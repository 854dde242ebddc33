"""The work plan: two people write two packages at once, nothing is overwritten unseen, the order is theirs."""

from __future__ import annotations

from typing import Any

import pytest

from feasibility import services
from feasibility.enums import SectionName
from feasibility.models import Deliverable, Proposal, Section, WorkPackage
from feasibility.models.work_plan import MAX_DELIVERABLES, MAX_PACKAGES
from feasibility.selectors import parts_of
from feasibility.services.sections import section_of
from rocket.core.audit import chain_is_whole
from rocket.core.errors import Refused, RocketError, Stale
from rocket.core.models import AuditEntry


def version(proposal: Proposal) -> int:
    return section_of(proposal, SectionName.WORK_PLAN).version


def save(cast: Any, proposal: Proposal, package: WorkPackage | None = None, **over: Any) -> WorkPackage:
    values: dict[str, Any] = {
        "package": package or WorkPackage(title="Trial", first_month=1, last_month=3),
        "partners": [],
        "deliverables": [],
        "seen_version": version(proposal),
        "by": cast.people["lead"],
        "now": cast.now,
    }
    return services.save_work_package(proposal=proposal, **{**values, **over})


def titles(proposal: Proposal) -> list[str]:
    return [package.title for package in WorkPackage.objects.filter(proposal=proposal)]


class TestSave:
    def test_a_new_package_stands_at_the_end_with_its_deliverables_in_order(self, cast: Any) -> None:
        proposal = cast.draft()
        lead, partner, research = parts_of(proposal)
        package = save(
            cast,
            proposal,
            WorkPackage(title=" Trial\x00 ", lead=lead, first_month=1, last_month=3),
            partners=[lead, partner, research],
            deliverables=[Deliverable(title="B", due_month=3), Deliverable(title="A", proof="x\r\ny")],
        )
        package = WorkPackage.objects.get(pk=package.pk)
        assert titles(proposal)[-1] == package.title == "Trial"
        assert set(package.partners.all()) == {partner, research}, "who leads does not take part twice"
        assert [(one.title, one.proof, one.due_month) for one in package.deliverables.all()] == [
            ("B", "", 3),
            ("A", "x\ny", None),
        ]

    def test_saving_again_replaces_the_deliverables(self, cast: Any) -> None:
        proposal = cast.draft()
        package = save(cast, proposal, deliverables=[Deliverable(title="A"), Deliverable(title="B")])
        save(cast, proposal, package, deliverables=[Deliverable(title="C")])
        assert [one.title for one in Deliverable.objects.filter(package=package)] == ["C"]

    def test_a_second_press_adds_nothing(self, cast: Any) -> None:
        proposal = cast.draft()
        seen, count = version(proposal), proposal.work_packages.count()
        first = save(cast, proposal, deliverables=[Deliverable(title="A")], seen_version=seen)
        second = save(cast, proposal, deliverables=[Deliverable(title="A")], seen_version=seen)
        assert first == second
        assert WorkPackage.objects.filter(proposal=proposal).count() == count + 1

    def test_somebody_else_does_not_get_at_a_package_by_writing_the_same(self, cast: Any) -> None:
        proposal = cast.draft()
        save(cast, proposal)
        with pytest.raises(Refused):
            save(cast, proposal, by=cast.people["newcomer"])

    def test_a_partner_of_another_consortium_takes_no_part(self, cast: Any) -> None:
        proposal, other = cast.draft(), cast.draft("Other")
        stranger = other.consortium.lead_partner
        for change in (
            {"package": WorkPackage(title="X", lead=stranger)},
            {"partners": [stranger]},
        ):
            with pytest.raises(RocketError) as refused:
                save(cast, proposal, **change)
            assert refused.value.code == "partner"
        assert "X" not in titles(proposal)

    def test_there_is_an_end_to_packages_and_deliverables(self, cast: Any) -> None:
        proposal = cast.draft()
        with pytest.raises(RocketError):
            save(
                cast,
                proposal,
                deliverables=[Deliverable(title=str(number)) for number in range(MAX_DELIVERABLES + 1)],
            )
        WorkPackage.objects.bulk_create(
            WorkPackage(proposal=proposal, position=number, title=str(number))
            for number in range(9, 9 + MAX_PACKAGES - proposal.work_packages.count())
        )
        with pytest.raises(RocketError):
            save(cast, proposal)
        assert WorkPackage.objects.filter(proposal=proposal).count() == MAX_PACKAGES

    def test_history_holds_what_changed(self, cast: Any) -> None:
        proposal = cast.draft()
        package = save(cast, proposal)
        package.last_month = 9
        save(cast, proposal, package)
        entry = AuditEntry.objects.about(proposal).order_by("-sequence").first()
        assert (entry.verb, entry.before, entry.after) == (
            "saved_work_plan",
            {"months": [1, 3], "package": None},
            {"months": [1, 9], "package": package.pk},
        )
        assert chain_is_whole(proposal)

    @pytest.mark.parametrize("who", ["outsider", "consultant", "manager", "newcomer"])
    def test_nobody_outside_the_consortium_writes(self, cast: Any, who: str) -> None:
        proposal = cast.draft()
        before = titles(proposal)
        with pytest.raises(Refused):
            save(cast, proposal, by=cast.people[who])
        package = proposal.work_packages.first()
        with pytest.raises(Refused):
            services.remove_work_package(
                package=package, seen_version=version(proposal), by=cast.people[who], now=cast.now
            )
        assert titles(proposal) == before

    def test_a_submitted_plan_is_closed(self, cast: Any) -> None:
        proposal = cast.submitted()
        package = proposal.work_packages.first()
        seen = version(proposal)
        for change in (
            lambda: save(cast, proposal),
            lambda: save(cast, proposal, package),
            lambda: services.move_work_package(
                package=package, step=1, seen_version=seen, by=cast.people["lead"], now=cast.now
            ),
            lambda: services.remove_work_package(
                package=package, seen_version=seen, by=cast.people["lead"], now=cast.now
            ),
        ):
            with pytest.raises(Refused):
                change()
        assert version(proposal) == seen


class TestTwoPeople:
    def test_two_packages_are_written_at_once(self, cast: Any) -> None:
        """Both opened their page at the same version; neither touches the other's package."""
        proposal = cast.draft()
        first, second = proposal.work_packages.all()[:2]
        seen = version(proposal)
        first.title, second.title = "Of the lead", "Of the partner"
        save(cast, proposal, first, seen_version=seen)
        save(cast, proposal, second, seen_version=seen, by=cast.people["partner"])
        first.aim = "And on."
        save(cast, proposal, first, seen_version=first.saved_in)
        assert titles(proposal)[:2] == ["Of the lead", "Of the partner"]
        assert version(proposal) == seen + 3

    def test_the_second_of_two_on_one_package_is_refused(self, cast: Any) -> None:
        proposal = cast.draft()
        seen = version(proposal)
        mine, theirs = (proposal.work_packages.get(position=1) for _number in range(2))
        theirs.title, mine.title = "Theirs", "Mine"
        save(cast, proposal, theirs, seen_version=seen, by=cast.people["partner"])
        entries = AuditEntry.objects.count()
        with pytest.raises(Stale) as stale:
            save(cast, proposal, mine, seen_version=seen)
        assert "Joris Veldhuis changed this section in the meantime." in str(stale.value)
        assert titles(proposal)[0] == "Theirs"
        assert AuditEntry.objects.count() == entries

    def test_what_somebody_removed_is_not_written_again_unseen(self, cast: Any) -> None:
        proposal = cast.draft()
        mine = proposal.work_packages.get(position=1)
        seen = version(proposal)
        services.remove_work_package(
            package=proposal.work_packages.get(position=1),
            seen_version=seen,
            by=cast.people["partner"],
            now=cast.now,
        )
        with pytest.raises(Stale):
            save(cast, proposal, mine, seen_version=seen)
        assert not WorkPackage.objects.filter(pk=mine.pk).exists()

    def test_what_somebody_changed_is_not_removed_unseen(self, cast: Any) -> None:
        proposal = cast.draft()
        mine, theirs = (proposal.work_packages.get(position=1) for _number in range(2))
        seen = version(proposal)
        theirs.aim = "More."
        save(cast, proposal, theirs, seen_version=seen, by=cast.people["partner"])
        with pytest.raises(Stale):
            services.remove_work_package(
                package=mine, seen_version=seen, by=cast.people["lead"], now=cast.now
            )
        assert WorkPackage.objects.filter(pk=mine.pk).exists()

    def test_a_version_from_the_future_is_refused(self, cast: Any) -> None:
        proposal = cast.draft()
        with pytest.raises(Stale):
            save(cast, proposal, proposal.work_packages.first(), seen_version=version(proposal) + 7)

    def test_the_tick_sees_every_change(self, cast: Any) -> None:
        """Whoever ticks the section completes what they saw, not what another one has written since."""
        proposal = cast.draft()
        seen = version(proposal)
        save(cast, proposal, by=cast.people["partner"])
        with pytest.raises(Stale):
            services.set_completed(
                proposal=proposal,
                name=SectionName.WORK_PLAN,
                is_completed=True,
                seen_version=seen,
                by=cast.people["lead"],
                now=cast.now,
            )


class TestOrder:
    @pytest.mark.parametrize(
        ("place", "step", "expected"),
        [(0, 1, "bac"), (2, -1, "acb"), (0, -1, "abc"), (2, 1, "abc"), (0, 2, "bca"), (1, -9, "bac")],
    )
    def test_a_package_moves_within_the_plan(self, cast: Any, place: int, step: int, expected: str) -> None:
        proposal = cast.draft()
        WorkPackage.objects.filter(proposal=proposal).delete()
        for title in "abc":
            save(cast, proposal, WorkPackage(title=title))
        services.move_work_package(
            package=proposal.work_packages.all()[place],
            step=step,
            seen_version=version(proposal),
            by=cast.people["partner"],
            now=cast.now,
        )
        assert "".join(titles(proposal)) == expected

    def test_a_new_package_comes_after_all_others_whatever_was_removed(self, cast: Any) -> None:
        proposal = cast.draft()
        services.remove_work_package(
            package=proposal.work_packages.get(position=1),
            seen_version=version(proposal),
            by=cast.people["lead"],
            now=cast.now,
        )
        save(cast, proposal, WorkPackage(title="Last"))
        assert titles(proposal)[-1] == "Last"


def test_a_partner_that_is_removed_leaves_its_packages_without_a_leader(cast: Any) -> None:
    """Its row stays with the state withdrawn; the rule then says that the leader no longer takes part."""
    from feasibility.selectors import load, report_of

    proposal = cast.draft()
    _lead, partner, _research = parts_of(proposal)
    type(partner).objects.filter(pk=partner.pk).update(state="withdrawn")
    finding = report_of(load(proposal.pk), now=cast.now).finding("WORK-PLAN")
    assert finding is not None
    assert {one.fact for one in finding.evidence} == {"package_lead_gone"}


def test_the_section_belongs_to_the_whole_consortium(cast: Any) -> None:
    proposal = cast.draft()
    save(cast, proposal, by=cast.people["research"])
    assert Section.objects.get(proposal=proposal, name="work_plan").changed_by == cast.people["research"]
