"""A work package with its deliverables."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consortia.enums import PartnerRole
from consortia.models import Partner
from feasibility.forms.base import LongText, RowForm, shown_value
from feasibility.models import Deliverable, Proposal, Section, WorkPackage
from feasibility.models.work_plan import MAX_AIM, MAX_DELIVERABLES, MAX_PROOF
from feasibility.selectors import parts_of

MONTH = {"class": "w-5", "min": 1, "max": 120, "inputmode": "numeric"}


class DeliverableForm(forms.Form):
    """One row. An empty one is left out."""

    title = forms.CharField(label=_("Title"), max_length=120, required=False)
    proof = LongText(
        label=_("What it is, and how one sees that it is there"),
        max_length=MAX_PROOF,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "data-count": "characters", "data-limit": MAX_PROOF}),
    )
    due_month = forms.IntegerField(
        label=_("Due in month"),
        required=False,
        min_value=1,
        max_value=120,
        widget=forms.NumberInput(attrs=MONTH),
    )
    mark_optional = False

    @property
    def is_filled(self) -> bool:
        """Something stands in it that is to be kept. The row must be valid."""
        return any(self.cleaned_data.get(name) for name in ("title", "proof", "due_month"))

    def deliverable(self) -> Deliverable:
        return Deliverable(**{name: self.cleaned_data[name] for name in ("title", "proof", "due_month")})


DeliverableRows = forms.formset_factory(
    DeliverableForm, extra=1, max_num=MAX_DELIVERABLES, absolute_max=MAX_DELIVERABLES
)


class WorkPackageForm(RowForm):
    """A work package; its deliverables stand in rows below, with a spare one at the end."""

    class Meta:
        model = WorkPackage
        field_classes = {"aim": LongText}
        fields = ("title", "aim", "lead", "partners", "first_month", "last_month")
        labels = {
            "title": _("Title"),
            "aim": _("What is done, and to what end?"),
            "lead": _("Leading partner"),
            "partners": _("Who takes part beside it?"),
            "first_month": _("First month"),
            "last_month": _("Last month"),
        }
        widgets = {
            "aim": forms.Textarea(attrs={"rows": 5, "data-count": "characters", "data-limit": MAX_AIM}),
            "partners": forms.CheckboxSelectMultiple,
            "first_month": forms.NumberInput(attrs=MONTH),
            "last_month": forms.NumberInput(attrs=MONTH),
        }

    def __init__(self, data: Any = None, *, proposal: Proposal, section: Section, **kwargs: Any) -> None:
        super().__init__(data, section=section, **kwargs)
        self.helper.form_tag = False
        everybody = Partner.objects.filter(consortium=proposal.consortium_id).taking_part()
        everybody = everybody.select_related("organisation")
        lead, partners = self.fields["lead"], self.fields["partners"]
        lead.queryset = everybody.exclude(role=PartnerRole.ASSOCIATED)  # type: ignore[attr-defined]
        lead.empty_label = _("Not chosen yet")  # type: ignore[attr-defined]
        partners.queryset = everybody  # type: ignore[attr-defined]
        for field in (lead, partners):
            field.label_from_instance = lambda partner: str(partner.organisation)  # type: ignore[attr-defined]
        if len(parts_of(proposal)) == 1:
            partners.help_text = _("Partners that you invite on the page of the partnership stand here too.")
        # Held against what is saved, a row that saved itself would count as unchanged, and so as an empty one.
        self.rows = DeliverableRows(
            data, prefix="deliverables", initial=self._given_rows() if data is None else None
        )

    def _given_rows(self) -> list[dict[str, Any]]:
        if self.instance.pk is None:
            return []
        return [
            {"title": one.title, "proof": one.proof, "due_month": one.due_month}
            for one in self.instance.deliverables.all()
        ]

    def is_valid(self) -> bool:
        """The package and every row; rows are held against the months only where the package itself can be read."""
        is_valid, rows_are_valid = super().is_valid(), self.rows.is_valid()
        if rows_are_valid and not self.is_draft:
            self._hold_rows_against(self.cleaned_data)
        return is_valid and self.rows.is_valid()

    def _hold_rows_against(self, cleaned: dict[str, Any]) -> None:
        first, last = cleaned.get("first_month"), cleaned.get("last_month")
        for row in self.rows:
            due = row.cleaned_data.get("due_month")
            if row.is_filled and not row.cleaned_data.get("title"):
                row.add_error("title", gettext("Name the deliverable"))
            if due and first and last and first <= last and not first <= due <= last:
                row.add_error(
                    "due_month",
                    gettext("The work package runs from month %(first)s to %(last)s")
                    % {"first": first, "last": last},
                )

    def missing(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if not cleaned.get("title"):
            found["title"] = _("Give the work package a title")
        first, last = cleaned.get("first_month"), cleaned.get("last_month")
        if first and last and last < first:
            found["last_month"] = _("The last month is not before the first one")
        return found

    def deliverables(self) -> list[Deliverable]:
        """The deliverables in their order. The form must be valid."""
        return [row.deliverable() for row in self.rows if row.is_filled]

    def answers(self) -> list[tuple[Any, str]]:
        rows = [
            (
                gettext("Deliverable %(n)s") % {"n": number},
                " · ".join(
                    shown_value(field, row[name].value())
                    for name, field in row.fields.items()
                    if row[name].value()
                ),
            )
            for number, row in enumerate(self.rows, 1)
            if any(row[name].value() for name in row.fields)
        ]
        return [*super().answers(), *rows]

    @property
    def is_full(self) -> bool:
        """No further deliverable can be added."""
        return len(self.rows) >= MAX_DELIVERABLES
