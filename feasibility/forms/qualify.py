"""The five questions of "check if you qualify"."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Fieldset, Layout, Submit
from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from calls.models import Programme, Region
from feasibility import qualify
from feasibility.eligibility import Region as RegionFacts


class QualifyForm(forms.Form):
    """Five questions to somebody who has not signed in. It is asked by GET: the address is the answer."""

    place = forms.ChoiceField(label=_("In which region does your company work?"))
    staff = forms.ChoiceField(
        label=_("How many people work for it?"),
        choices=qualify.Staff.choices,
        widget=forms.RadioSelect,
        help_text=_(
            "Full-time posts, over a year. The figures of companies that hold more than half of it count as well."
        ),
    )
    turnover = forms.ChoiceField(
        label=_("Turnover in a year"),
        required=False,
        choices=[("", _("Not known")), *qualify.Turnover.choices],
    )
    balance = forms.ChoiceField(
        label=_("Balance sheet total"),
        required=False,
        choices=[("", _("Not known")), *qualify.Balance.choices],
    )
    partner = forms.ChoiceField(
        label=_("Do you have a partner across the border?"),
        choices=qualify.OtherSide.choices,
        widget=forms.RadioSelect,
    )
    ket = forms.ChoiceField(label=_("Which technology is it about?"), widget=forms.RadioSelect)
    field = forms.ChoiceField(label=_("For which field of use?"), widget=forms.RadioSelect)
    mark_optional = False

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        regions = list(programme.regions.select_related("country"))
        self.countries = {country.code: country for country in programme.countries.all()}
        choices: list[Any] = [("", _("Choose a region"))]
        for code, country in self.countries.items():
            own = sorted((r for r in regions if r.country_id == country.pk), key=lambda region: region.name)
            elsewhere = (code, _("Elsewhere in this country: %(country)s") % {"country": country.name})
            choices.append((str(country.name), [*((self.key_of(r), r.name) for r in own), elsewhere]))
        choices.append(("other", _("In another country")))
        self.places = {self.key_of(region): region for region in regions}
        self._choose("place", choices)
        self._choose("ket", [(ket.code, str(ket.name)) for ket in programme.kets.all()])
        self._choose("field", [(one.code, str(one.name)) for one in programme.application_fields.all()])
        self.helper = FormHelper()
        self.helper.form_method = "get"
        # Named, since a form without an action keeps the place in the page where somebody came to change an answer.
        self.helper.form_action = reverse("qualify")
        self.helper.layout = Layout(
            "place",
            Fieldset(_("How large is your company?"), "staff", "turnover", "balance"),
            "partner",
            "ket",
            "field",
            Div(Submit("", _("See the answer")), css_class="form-actions"),
        )

    @staticmethod
    def key_of(region: Region) -> str:
        """A region in the address: its newest code with the version, so that a link lasts."""
        code, version = region.newest_key
        return f"{code}/{version}"

    @property
    def region(self) -> Region | None:
        """The region that was chosen; None outside the area."""
        return self.places.get(self.cleaned_data["place"])

    def _choose(self, name: str, choices: list[Any]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def answers(self) -> qualify.Answers:
        """What was answered, for the rules. The form must be valid."""
        given = self.cleaned_data
        region = self.region
        country = region.country.code if region else given["place"]
        return qualify.Answers(
            country=country if country in self.countries else "",
            region=RegionFacts(region.code, region.version) if region else None,
            staff=qualify.Staff(given["staff"]),
            turnover=qualify.Turnover(given["turnover"]) if given["turnover"] else None,
            balance=qualify.Balance(given["balance"]) if given["balance"] else None,
            other_side=qualify.OtherSide(given["partner"]),
            ket=given["ket"],
            application_field=given["field"],
        )

    def answered(self) -> list[dict[str, str]]:
        """Question and answer as the page repeats them."""
        region = self.region
        return [
            {
                "key": str(bound.label),
                "value": region.name
                if bound.name == "place" and region
                else shown_choice(bound.field, self.cleaned_data[bound.name]),
            }
            for bound in self
        ]


def shown_choice(field: Any, value: str) -> str:
    """The words of a choice, also where choices stand in groups."""
    for key, words in field.choices:
        for code, text in words if isinstance(words, list | tuple) else [(key, words)]:
            if str(code) == value:
                return str(text)
    return value
