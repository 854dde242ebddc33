"""The rows of related enterprises and other holders."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from calls.models import Programme
from consortia import identifiers
from consortia.declaration_forms.rows import MOST_ROWS, SPARE_ROWS, headcount_field, share_field
from consortia.forms import country_choices
from consortia.names import normalise_name
from rocket.core.errors import RocketError
from rocket.core.fields import EuroFormField

HOLDER_KINDS = (
    ("enterprise", _("Enterprise")),
    ("natural_person", _("Natural person")),
    ("venture_capital", _("Venture capital firm")),
    ("business_angel", _("Business angel")),
    ("public_investment", _("Public investment corporation")),
    ("university", _("University or non-profit research centre")),
    ("institutional_investor", _("Institutional investor")),
    ("regional_fund", _("Regional development fund")),
    ("local_authority", _("Local authority")),
    ("public_body", _("Other public body")),
)
"""In the words of Recommendation 2003/361/EC, Annex, Art. 3(2) and 3(4)."""
CONTROLS = (
    ("", _("None beyond the shares")),
    ("appoints_board", _("Right to appoint or remove a majority of the board")),
    ("has_dominant_influence", _("Dominant influence by contract or articles")),
    ("agreement", _("Majority of votes by agreement with other holders")),
)
HOLDS_US, HELD_BY_US = "holds_us", "held_by_us"


class RelatedForm(forms.Form):
    """An enterprise or another holder that holds a part of the enterprise, or of which it holds a part."""

    @property
    def title(self) -> Any:
        """What the row is called in the list of problems."""
        return self["name"].value()

    name = forms.CharField(label=_("Name"), max_length=200)
    # Browsers post the first choice of an untouched list; as initial value it leaves an empty row unchanged.
    kind = forms.ChoiceField(label=_("What it is"), choices=HOLDER_KINDS, initial=HOLDER_KINDS[0][0])
    country = forms.ChoiceField(label=_("Country"))
    register_number = forms.CharField(
        label=_("Register number"),
        max_length=80,
        required=False,
        help_text=_("By it the portal knows when two partners belong to one group."),
    )
    direction = forms.ChoiceField(
        label=_("Who holds whom"),
        choices=[
            (HOLDS_US, _("It holds a part of us, or of the one named next")),
            (HELD_BY_US, _("We, or the one named next, hold a part of it")),
        ],
        initial=HOLDS_US,
    )
    counterpart = forms.ChoiceField(
        label=_("The other side of this holding"),
        required=False,
        help_text=_(
            "For a chain, such as a holder of your holder: choose the row of the enterprise between."
        ),
    )
    capital = share_field(label=_("Share of the capital, %"))
    votes = share_field(label=_("Share of the votes, %"))
    control = forms.ChoiceField(label=_("Other rights of control"), choices=CONTROLS, required=False)
    headcount = headcount_field(label=_("Headcount, latest period"), required=False)
    turnover = EuroFormField(label=_("Turnover, latest period, EUR"), required=False)
    balance_sheet = EuroFormField(label=_("Balance sheet total, latest period, EUR"), required=False)
    previous_headcount = headcount_field(label=_("Headcount, period before"), required=False)
    previous_turnover = EuroFormField(label=_("Turnover, period before, EUR"), required=False)
    previous_balance_sheet = EuroFormField(label=_("Balance sheet total, period before, EUR"), required=False)
    annual_budget = EuroFormField(
        label=_("Annual budget, EUR"), required=False, help_text=_("Only for a local authority.")
    )
    inhabitants = forms.IntegerField(
        label=_("Inhabitants"), min_value=0, required=False, help_text=_("Only for a local authority.")
    )
    invested = EuroFormField(
        label=_("Invested in the enterprise, EUR"), required=False, help_text=_("Only for a business angel.")
    )
    market = forms.CharField(
        label=_("Market of the enterprise held"),
        max_length=60,
        required=False,
        help_text=_(
            "Only for a natural person. Two enterprises of one person are linked if their markets are the same or "
            "adjacent: give those the same word."
        ),
    )
    acting_group = forms.CharField(
        label=_("Acts jointly with"),
        max_length=60,
        required=False,
        help_text=_("Only for natural persons who act jointly, such as a family: give them the same word."),
    )

    def __init__(
        self,
        *args: Any,
        programme: Programme | None = None,
        others: Sequence[tuple[str, str]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        country = self.fields["country"]
        assert isinstance(country, forms.ChoiceField)
        country.choices = country_choices(programme)
        counterpart = self.fields["counterpart"]
        assert isinstance(counterpart, forms.ChoiceField)
        counterpart.choices = [("", _("The enterprise that declares")), *others]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        # In a chain the holder is the other side of the row: a person's second enterprise, held by the person's row.
        is_held_in_chain = values.get("direction") == HELD_BY_US and values.get("counterpart")
        if values.get("kind") and values["kind"] != "natural_person" and not is_held_in_chain:
            for name in ("market", "acting_group"):
                if values.get(name):
                    self.add_error(
                        name, gettext("This is for a natural person only. Empty it, or change what it is.")
                    )
        if values.get("register_number") and values.get("country"):
            try:
                values["register_number"] = identifiers.register_number(
                    values["country"], values["register_number"]
                )
            except RocketError as error:
                self.add_error("register_number", str(error))
        if "name" in values and not normalise_name(values["name"]):
            self.add_error("name", gettext("Enter letters or digits of the name."))
        return values


class RelatedFormSet(forms.BaseFormSet):  # type: ignore[type-arg]
    """The rows; each can name another one as the other side of its holding, so that chains can be told."""

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {**super().get_form_kwargs(index), "others": self._others(index)}

    def _others(self, own: int | None) -> list[tuple[str, str]]:
        """Number and name of every other row."""
        found = []
        for number in range(self.total_form_count()):
            if number == own:
                continue
            if self.is_bound:
                name = str(self.data.get(f"{self.add_prefix(number)}-name", ""))[:200].strip()
            else:
                initial = self.initial or []
                name = initial[number].get("name", "") if number < len(initial) else ""
            title = gettext("Enterprise or holder %(n)s") % {"n": number + 1}
            found.append((str(number), f"{number + 1}: {name}" if name else title))
        return found

    def clean(self) -> None:
        """The row that another one names must hold an enterprise."""
        for form in self.forms:
            chosen = form.cleaned_data.get("counterpart") if form.is_valid() else ""
            if chosen and not self.forms[int(chosen)].has_changed():
                form.add_error(
                    "counterpart", gettext("Fill the row that you choose here, or choose another one.")
                )


RelatedRows = forms.formset_factory(
    RelatedForm, formset=RelatedFormSet, extra=SPARE_ROWS, max_num=MOST_ROWS, absolute_max=MOST_ROWS
)
