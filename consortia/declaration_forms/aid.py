"""The form of the de minimis declaration, with its rows of earlier aids."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from calls.models import Programme
from consortia.declaration_forms.rows import MOST_ROWS, SPARE_ROWS, AnyRows, DayInput, filled
from consortia.forms import country_choices
from consortia.models import DeMinimisDeclaration
from consortia.services.declarations import EarlierAid
from rocket.core.fields import EuroFormField

REGULATIONS = (
    ("2023/2831", _("Regulation (EU) 2023/2831, general")),
    ("1407/2013", _("Regulation (EU) No 1407/2013, general, until 2024")),
    ("1408/2013", _("Regulation (EU) No 1408/2013, agriculture")),
    ("717/2014", _("Regulation (EU) No 717/2014, fisheries")),
    ("360/2012", _("Regulation (EU) No 360/2012, services of general economic interest, until 2023")),
    ("2023/2832", _("Regulation (EU) 2023/2832, services of general economic interest")),
)


class DeMinimisForm(forms.Form):
    has_aid = forms.ChoiceField(
        label=_("De minimis aid in the three years before today"),
        choices=[("none", _("None")), ("some", _("The aids below, and no others"))],
        widget=forms.RadioSelect,
        help_text=_(
            "Aid to every enterprise counts that is linked with yours by a majority of votes, by the right to appoint "
            "the board, by contract or by agreement: together they are a single undertaking."
        ),
    )


class AidForm(forms.Form):
    """One earlier aid."""

    @property
    def title(self) -> Any:
        """What the row is called in the list of problems."""
        return self["granting_body"].value()

    granted_on = forms.DateField(
        label=_("Granted on"), widget=DayInput(), help_text=_("The day of the decision, not of the payment.")
    )
    granting_body = forms.CharField(label=_("Granted by"), max_length=200)
    country = forms.ChoiceField(label=_("Country that granted it"))
    regulation = forms.ChoiceField(label=_("Regulation"), choices=REGULATIONS, initial=REGULATIONS[0][0])
    amount = EuroFormField(label=_("Gross grant equivalent in EUR"))

    def __init__(self, *args: Any, programme: Programme | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        country = self.fields["country"]
        assert isinstance(country, forms.ChoiceField)
        country.choices = country_choices(programme)


AidRows = forms.formset_factory(AidForm, extra=SPARE_ROWS, max_num=MOST_ROWS, absolute_max=MOST_ROWS)


def aids_of(form: DeMinimisForm, rows: AnyRows) -> list[EarlierAid] | None:
    """The aids that both valid forms declare; None, with the mistake added, where they contradict each other."""
    typed = [row.cleaned_data for row in filled(rows)]
    if form.cleaned_data["has_aid"] == "none":
        if typed:
            form.add_error(
                "has_aid",
                ngettext(
                    "You declare no aid, but %(n)s row below is filled. Empty it, or choose “The aids below”.",
                    "You declare no aid, but %(n)s rows below are filled. Empty them, or choose “The aids below”.",
                    len(typed),
                )
                % {"n": len(typed)},
            )
            return None
        return []
    if not typed:
        form.add_error("has_aid", gettext("Enter at least one aid below, or choose “None”."))
        return None
    return [EarlierAid(**values) for values in typed]


def aid_initial(declaration: DeMinimisDeclaration | None) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What the standing declaration says, for the form and for its rows."""
    if declaration is None:
        return {}, []
    rows = [
        {
            "granted_on": aid.granted_on,
            "granting_body": aid.granting_body,
            "country": aid.country,
            "regulation": aid.regulation,
            "amount": aid.amount,
        }
        for aid in declaration.aids.all()
    ]
    return {"has_aid": "some" if rows else "none"}, rows
