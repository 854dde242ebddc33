"""The forms of an organisation: looked up, registered, changed."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Fieldset, Layout, Row, Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from calls.models import Ket, Programme
from consortia import identifiers
from consortia.enums import OrganisationKind
from consortia.forms.choices import (
    OUTSIDE,
    country_choices,
    names,
    region_choices,
    region_value,
    with_region_of,
)
from consortia.forms.region import RegionByPostcode
from consortia.models import Organisation
from consortia.names import normalise_name
from consortia.selectors import offered_regions
from consortia.services.organisations import DETAILS
from rocket.core.errors import RocketError


class SearchForm(forms.Form):
    """What is looked up before an organisation is registered."""

    q = forms.CharField(
        label=_("Name of your organisation"),
        max_length=250,
        help_text=_("One word of the name is enough. The legal form and accents do not matter."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    next = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_method = "get"
        self.helper.disable_csrf = True
        self.helper.layout = Layout("q", "next")
        self.helper.add_input(Submit("", _("Search")))

    def clean_q(self) -> str:
        name = " ".join(self.cleaned_data["q"].split())
        if not normalise_name(name):
            raise forms.ValidationError(_("Enter letters or digits of the name."))
        return name


class TickedAgain(forms.MultipleChoiceField):
    """Boxes that come and go with what was typed: a tick for one that went is no mistake, and counts for nothing."""

    def valid_value(self, value: Any) -> bool:
        return True


class OrganisationForm(RegionByPostcode):
    """Details of an organisation, by the establishment that does the work."""

    name = forms.CharField(
        label=_("Name"), max_length=250, widget=forms.TextInput(attrs={"autocomplete": "organization"})
    )
    legal_form = forms.CharField(
        label=_("Legal form"),
        max_length=60,
        required=False,
        help_text=_("For example GmbH, B.V. or e.V."),
        widget=forms.TextInput(attrs={"class": "w-20"}),
    )
    kind = forms.ChoiceField(
        label=_("Kind of organisation"),
        choices=OrganisationKind.choices,
        widget=forms.RadioSelect,
        help_text=_("Whether it counts as an SME follows from the figures that you declare later."),
    )
    country = forms.ChoiceField(
        label=_("Country"), help_text=_("Where the establishment is that does the work, not its parent.")
    )
    region = forms.ChoiceField(
        label=_("Region"),
        required=False,
        help_text=_(
            "Left at “From the postcode”, the portal fills it in when you save, and says which one it is."
        ),
    )
    region_confirmed = TickedAgain(
        label=_("Region and postcode differ"), required=False, widget=forms.CheckboxSelectMultiple
    )
    street = forms.CharField(
        label=_("Street and number"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    postcode = forms.CharField(
        label=_("Postcode"),
        help_text=_("Germany: five digits. Netherlands: four digits and two letters."),
        max_length=12,
        widget=forms.TextInput(attrs={"class": "w-10", "autocomplete": "postal-code"}),
    )
    town = forms.CharField(
        label=_("Town"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "address-level2"})
    )
    register_number = forms.CharField(
        label=_("Register number"),
        max_length=80,
        required=False,
        help_text=_(
            "Netherlands: the eight digits of the KvK. Germany: court, register and number, such as Münster HRB 4711."
        ),
    )
    vat_number = forms.CharField(
        label=_("VAT number"), max_length=20, required=False, widget=forms.TextInput(attrs={"class": "w-20"})
    )
    website = forms.URLField(
        label=_("Website"),
        max_length=300,
        required=False,
        assume_scheme="https",
        widget=forms.TextInput(attrs={"inputmode": "url"}),
    )
    kets = forms.ModelMultipleChoiceField(
        label=_("Key enabling technologies that it works with"),
        queryset=Ket.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    offers = forms.CharField(
        label=_("What it offers to partners"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "data-count": "characters"}),
    )
    seeks = forms.CharField(
        label=_("What it seeks in partners"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "data-count": "characters"}),
    )
    consultants_may_write = forms.BooleanField(
        label=_("Consultants of our region may write to us"),
        required=False,
        help_text=_("They then see the names and addresses of the people who act for it."),
    )
    is_new = forms.BooleanField(label=_("It is none of the organisations above"), required=False)
    seen_version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    next = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        programme: Programme | None,
        organisation: Organisation | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.organisation = organisation
        self.alike: list[Organisation] = []
        self.programme = programme
        self._choice("country").choices = country_choices(programme)
        self.places = offered_regions()
        given = [str(self.data.get(self.add_prefix("region"), ""))]
        self.region_by_postcode = ""
        if organisation is not None:
            given.append(region_value(organisation))
        choices = region_choices(self.places, given)
        if organisation is not None:
            choices = with_region_of(organisation, choices)
        self._choice("region").choices = choices
        if programme is not None:
            self.fields["kets"].queryset = programme.kets.all()  # type: ignore[attr-defined]
        self.helper = FormHelper()
        self.helper.layout = Layout(
            Fieldset(_("The organisation"), "name", "legal_form", "kind"),
            Fieldset(_("Where it works"), "country", "street", Row("postcode", "town"), "region"),
            Fieldset(_("Registers"), "register_number", "vat_number", "website"),
            Fieldset(_("What it works on"), "kets", "offers", "seeks", "consultants_may_write"),
            "seen_version",
            "next",
        )
        self.helper.add_input(Submit("save", _("Save") if organisation else _("Register the organisation")))

    def ask_whether_new(self) -> None:
        """Show the question whether it is none of those that are alike, above the button."""
        if "is_new" not in names(self.helper.layout.fields):
            self.helper.layout.fields.insert(0, HTML('{% include "consortia/_alike.html" %}'))
            self.helper.layout.fields.insert(1, "is_new")

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if not normalise_name(name):
            raise forms.ValidationError(_("Enter letters or digits of the name."))
        return name

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        country, region = values.get("country", ""), values.get("region", "")
        for field, clean in (
            ("register_number", identifiers.register_number),
            ("vat_number", identifiers.vat_number),
            ("postcode", identifiers.postcode),
        ):
            if country and values.get(field):
                try:
                    values[field] = clean(country, values[field])
                except RocketError as error:
                    self.add_error(field, str(error))
        postcode = values.get("postcode", "")
        if country and postcode and "postcode" not in self.errors and "region" not in self.errors:
            if region:
                self._compare_with_postcode(country, postcode, region, values.get("region_confirmed", []))
            else:
                region = self._region_of_postcode(country, postcode)
        values["region"] = region
        values["outside_area"] = region == OUTSIDE
        values.update(region_code="", region_version=None, region_name="")
        if region and region != OUTSIDE:
            self._take_region(values, country, region)
        return values

    def details(self) -> dict[str, Any]:
        """What the services take: the details alone."""
        return {name: self.cleaned_data[name] for name in DETAILS}
