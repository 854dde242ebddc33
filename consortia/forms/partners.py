"""Forms that invite: a colleague, or a partner."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.db import transaction
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from calls.models import Programme
from consortia.countries import country_name
from consortia.enums import PartnerRole
from consortia.forms.choices import country_choices
from consortia.models import Consortium, Organisation, Partner
from consortia.names import normalise_name
from consortia.selectors import likely_same
from consortia.services import invite_partner, note_organisation

NEW = "new"


class InviteColleagueForm(forms.Form):
    """A colleague who shall act for the organisation too."""

    email = forms.EmailField(
        label=_("E-mail address of your colleague"),
        help_text=_("A mail goes there. Whoever has no account makes one with this address."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )


class InvitePartnerForm(forms.Form):
    """Ask an organisation to become a partner: one that the portal knows, or a new one, by name.

    A first look at the name may bring up organisations that are alike; then the form asks which one is meant, and
    creates nothing before that.
    """

    mark_optional = False  # the country is asked for as soon as it is needed
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
        label=_("Country"), required=False, help_text=_("Needed where the organisation is new in the portal.")
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
