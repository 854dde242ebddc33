"""Forms about organisations and partners."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Fieldset, Layout, Row, Submit
from django import forms
from django.db import transaction
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from calls.models import Ket, Programme
from consortia import identifiers
from consortia.countries import COUNTRIES, country_name
from consortia.enums import OrganisationKind, PartnerRole
from consortia.models import Consortium, Organisation, Partner
from consortia.names import normalise_name
from consortia.selectors import Place, likely_same, offered_regions, place_of_postcode
from consortia.services import invite_partner, note_organisation
from rocket.core.errors import RocketError

OUTSIDE = "outside"
NEW = "new"


def country_choices(programme: Programme | None) -> list[tuple[str, Any]]:
    """The programme's countries first, then the others by name."""
    own = [country.code for country in programme.countries.all()] if programme else []
    others = sorted((code for code in COUNTRIES if code not in own), key=country_name)
    return [("", _("Choose a country")), *[(code, country_name(code)) for code in [*own, *others]]]


def region_choices(places: Iterable[Place], given: Iterable[str] = ()) -> list[tuple[Any, Any]]:
    """The places by country, each as ``version:code``, and the place outside of them.

    A place that is among ``given`` by any of its codes has that one, so that choosing the same place changes
    nothing; every other has its newest.
    """
    groups: dict[str, list[tuple[str, str]]] = {}
    for place in places:
        values = {_value(*key) for key in place.keys}
        value = next((value for value in given if value in values), _value(*place.newest_key))
        groups.setdefault(str(place.country.name), []).append((value, place.name))
    return [("", _("From the postcode")), *groups.items(), (OUTSIDE, _("Outside the programme area"))]


def _value(code: str, version: int) -> str:
    return f"{version}:{code}"


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


class OrganisationForm(forms.Form):
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
        label=_("What it is"),
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
        """The name of the place that was filled in from the postcode; empty where the person chose it."""
        if organisation is not None:
            given.append(region_value(organisation))
        choices = region_choices(self.places, given)
        if organisation is not None:
            choices = _with_region_of(organisation, choices)
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

    def _choice(self, name: str) -> forms.ChoiceField:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        return field

    def ask_whether_new(self) -> None:
        """Show the question whether it is none of those that are alike, above the button."""
        if "is_new" not in _names(self.helper.layout.fields):
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
        ):
            if country and values.get(field):
                try:
                    values[field] = clean(country, values[field])
                except RocketError as error:
                    self.add_error(field, str(error))
        postcode = values.get("postcode", "")
        if country and postcode and "region" not in self.errors:
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

    def _region_of_postcode(self, country: str, postcode: str) -> str:
        """The region as a choice; empty, with the way out said at the field, where the postcode does not tell one."""
        place = place_of_postcode(country, postcode, self.places)
        if place.is_one:
            region = place.regions[0] if place.regions else None
            self.region_by_postcode = region.name if region else gettext("Outside the programme area")
            return _value(*region.newest_key) if region else OUTSIDE
        if place.is_known:
            names = [region.name for region in place.regions]
            if place.may_be_outside:
                names.append(gettext("Outside the programme area"))
            message = gettext(
                "The postcode %(postcode)s lies in more than one place: %(places)s. Choose the one of your establishment."
            ) % {"postcode": postcode, "places": "; ".join(names)}
        else:
            message = gettext(
                "The portal does not know in which region the postcode %(postcode)s lies. Check it, or choose the region."
            ) % {"postcode": postcode}
        self.add_error("region", message)
        return ""

    def _compare_with_postcode(self, country: str, postcode: str, region: str, ticked: list[str]) -> None:
        """Ask to confirm a region in which the postcode does not lie. What is saved so already is not asked again."""
        place = place_of_postcode(country, postcode, self.places)
        saved = self.organisation
        if saved is not None and (saved.country, saved.postcode, region_value(saved)) == (
            country,
            postcode,
            region,
        ):
            return
        if region == OUTSIDE:
            agrees = place.may_be_outside
        else:
            version, code = region.split(":", 1)
            agrees = place.holds(code, int(version))
        if not place.is_known or agrees:
            return
        chosen = _label_of(region, self._choice("region").choices)
        by_postcode = "; ".join(one.name for one in place.regions) or gettext("Outside the programme area")
        # Bound to what it confirms: another region or postcode asks again.
        key = f"{region} {postcode}"
        confirmed = self.fields["region_confirmed"]
        assert isinstance(confirmed, forms.MultipleChoiceField)
        confirmed.choices = [
            (key, gettext("%(region)s is right: the establishment works there.") % {"region": chosen})
        ]
        if "region_confirmed" not in _names(self.helper.layout.fields):
            self.helper.layout.fields.insert(0, "region_confirmed")
        if key not in ticked:
            self.add_error(
                "region_confirmed",
                gettext(
                    "The postcode %(postcode)s lies here: %(place)s. You chose %(region)s. Change one of them, or confirm the region."
                )
                % {"postcode": postcode, "place": by_postcode, "region": chosen},
            )

    def _take_region(self, values: dict[str, Any], country: str, value: str) -> None:
        version, code = value.split(":", 1)
        key = (code, int(version))
        found = next((place for place in self.places if key in place.keys), None)
        if found is not None and country and found.country.code != country:
            self.add_error(
                "region",
                gettext(
                    "%(region)s lies in %(country)s. Choose the region and the country of the same establishment."
                )
                % {"region": found.name, "country": country_name(found.country.code)},
            )
        name = found.name if found else self.organisation.region_name if self.organisation else ""
        values.update(region_code=code, region_version=key[1], region_name=name)

    def details(self) -> dict[str, Any]:
        """What the services take: the details alone."""
        return {
            name: self.cleaned_data[name]
            for name in (
                "name",
                "legal_form",
                "kind",
                "country",
                "region_code",
                "region_version",
                "region_name",
                "outside_area",
                "postcode",
                "town",
                "street",
                "register_number",
                "vat_number",
                "website",
                "offers",
                "seeks",
                "consultants_may_write",
            )
        }


def _with_region_of(organisation: Organisation, choices: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """An imported organisation may lie in a region that this programme does not have; it can stay so."""
    value = region_value(organisation)
    known = {key for group in choices for key, _name in _pairs(group)}
    if not value or value in known:
        return choices
    return [*choices, (value, organisation.region_name or organisation.region_code)]


def _names(fields: Iterable[Any]) -> list[str]:
    """Names of the fields that stand in a layout outside of any group."""
    return [name for name in fields if isinstance(name, str)]


def _label_of(value: str, choices: Any) -> str:
    return next((str(name) for group in choices for key, name in _pairs(group) if key == value), value)


def _pairs(group: Any) -> list[tuple[Any, Any]]:
    """The choices of a group, or the choice itself."""
    key, value = group
    return list(value) if isinstance(value, list) else [(key, value)]


def region_value(organisation: Organisation) -> str:
    """The region of an organisation as the form's choice, by the code and the version that it has."""
    if organisation.outside_area:
        return OUTSIDE
    return _value(*organisation.region) if organisation.region is not None else ""


class InviteColleagueForm(forms.Form):
    """A colleague who shall act for the organisation too."""

    email = forms.EmailField(
        label=_("E-mail address of your colleague"),
        help_text=_("A letter goes there. Whoever has no account makes one with this address."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )


class InvitePartnerForm(forms.Form):
    """Ask an organisation to become a partner: one that the portal knows, or a new one, by name.

    A first look at the name may bring up organisations that are alike; then the form asks which one is meant, and
    creates nothing before that.
    """

    is_inviting = forms.CharField(initial="1", required=False, widget=forms.HiddenInput)
    name = forms.CharField(
        label=_("Organisation"),
        max_length=250,
        help_text=_("Enter its name. If the portal knows it, you choose it in the next step."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    chosen = forms.ChoiceField(
        label=_("Which organisation do you mean?"), required=False, widget=forms.RadioSelect
    )
    country = forms.ChoiceField(
        label=_("Country"), required=False, help_text=_("Only for an organisation that is new in the portal.")
    )
    email = forms.EmailField(
        label=_("E-mail address of the person who confirms"),
        help_text=_("The invitation goes to this address, and only its owner can accept it."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        label=pgettext_lazy("of a partner", "Role"),
        choices=[(role.value, role.label) for role in (PartnerRole.PROJECT, PartnerRole.ASSOCIATED)],
        initial=PartnerRole.PROJECT.value,
        widget=forms.RadioSelect,
        help_text=_("An associated partner has no budget and does not count for the rules."),
    )

    def __init__(self, *args: Any, programme: Programme | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        country = self.fields["country"]
        assert isinstance(country, forms.ChoiceField)
        country.choices = country_choices(programme)
        self.alike = self._find_alike()
        chosen = self.fields["chosen"]
        assert isinstance(chosen, forms.ChoiceField)
        if self.alike:
            chosen.choices = [
                *[(str(organisation.pk), one_line(organisation)) for organisation in self.alike],
                (NEW, _("None of these: it is new in the portal")),
            ]
        else:
            del self.fields["chosen"]
        self.helper = FormHelper()
        self.helper.layout = Layout(
            "is_inviting", "name", *(["chosen"] if self.alike else []), "country", "email", "role"
        )
        self.helper.add_input(Submit("invite", _("Send the invitation"), css_class="button--secondary"))

    def _find_alike(self) -> list[Organisation]:
        name = str(self.data.get(self.add_prefix("name"), "")) if self.is_bound else ""
        return likely_same(name[:250]) if normalise_name(name) else []

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if not normalise_name(name):
            raise forms.ValidationError(_("Enter letters or digits of the name."))
        return name

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        chosen = values.get("chosen", "")
        if self.alike and not chosen and "chosen" not in self.errors:
            self.add_error(
                "chosen",
                gettext("The portal knows organisations of this name. Choose the one that you mean."),
            )
        is_new = chosen == NEW or (not self.alike and "name" in values)
        if is_new and not values.get("country"):
            self.add_error("country", gettext("Choose the country in which the new organisation works."))
        return values

    def invite(self, *, consortium: Consortium, by: Any, now: datetime) -> Partner:
        """Send the invitation; a new organisation is entered for it. Raises ``RocketError``."""
        values = self.cleaned_data
        with transaction.atomic():
            if values.get("chosen") and values["chosen"] != NEW:
                organisation = next(o for o in self.alike if str(o.pk) == values["chosen"])
            else:
                organisation = note_organisation(
                    name=values["name"], country=values["country"], by=by, now=now
                )
            invitation = invite_partner(
                consortium=consortium,
                organisation=organisation,
                email=values["email"],
                role=values["role"],
                by=by,
                now=now,
            )
        return invitation.partner


def one_line(organisation: Organisation) -> str:
    """Name, town and country in one line; where it came from an import, its source."""
    place = ", ".join(part for part in (organisation.town, country_name(organisation.country)) if part)
    if organisation.source == "keep.eu":
        return gettext("%(name)s, %(place)s (source: keep.eu)") % {"name": organisation.name, "place": place}
    return f"{organisation.name}, {place}"
