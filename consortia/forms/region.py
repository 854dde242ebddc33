"""What the postcode says about the region of an organisation."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext

from consortia.countries import country_name
from consortia.forms.choices import (
    OUTSIDE,
    key_of,
    label_of,
    names,
    region_value,
)
from consortia.models import Organisation
from consortia.selectors import Place, place_of_postcode


class RegionByPostcode(forms.Form):
    """Takes the region from the postcode, or compares the one that was chosen with it."""

    organisation: Organisation | None
    helper: FormHelper
    places: list[Place]
    region_by_postcode: str
    """The name of the place that was filled in from the postcode; empty where the person chose it."""

    def _choice(self, name: str) -> forms.ChoiceField:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        return field

    def _region_of_postcode(self, country: str, postcode: str) -> str:
        """The region as a choice; empty, with the way out said at the field, where the postcode does not tell one."""
        place = place_of_postcode(country, postcode, self.places)
        if place.is_one:
            region = place.regions[0] if place.regions else None
            self.region_by_postcode = region.name if region else gettext("Outside the programme area")
            return key_of(*region.newest_key) if region else OUTSIDE
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
        chosen = label_of(region, self._choice("region").choices)
        by_postcode = "; ".join(one.name for one in place.regions) or gettext("Outside the programme area")
        # Bound to what it confirms: another region or postcode asks again.
        key = f"{region} {postcode}"
        confirmed = self.fields["region_confirmed"]
        assert isinstance(confirmed, forms.MultipleChoiceField)
        confirmed.choices = [
            (key, gettext("%(region)s is right: the establishment works there.") % {"region": chosen})
        ]
        if "region_confirmed" not in names(self.helper.layout.fields):
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
