"""Forms about organisations and partners."""

from consortia.forms.choices import OUTSIDE, country_choices, region_choices, region_value
from consortia.forms.organisation import OrganisationForm, SearchForm
from consortia.forms.partners import NEW, InviteColleagueForm, InvitePartnerForm, one_line

__all__ = [
    "NEW",
    "OUTSIDE",
    "InviteColleagueForm",
    "InvitePartnerForm",
    "OrganisationForm",
    "SearchForm",
    "country_choices",
    "one_line",
    "region_choices",
    "region_value",
]
