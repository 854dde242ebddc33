"""What all sections of a proposal share: the version that was seen, the tick, autosave."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout, Submit
from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from feasibility.models import Section
from rocket.core.money import euro_text


def shown_value(field: forms.Field, value: Any) -> str:
    """One value of a form as text; what was typed and can't be read stays as it was typed."""
    if value in (None, "", []):
        return "–"
    if isinstance(field, forms.ModelChoiceField) and field.queryset is not None:
        chosen = {str(pk) for pk in (value if isinstance(value, list | tuple) else [value])}
        return (
            ", ".join(field.label_from_instance(row) for row in field.queryset if str(row.pk) in chosen)
            or "–"
        )
    if isinstance(field, forms.ChoiceField):
        return str(dict(field.choices).get(value, value))  # type: ignore[arg-type]
    if isinstance(value, Decimal):
        return euro_text(value)
    if isinstance(value, date):
        return date_format(value, "DATE_FORMAT")
    return str(value)


class LongText(forms.CharField):
    """A text of several lines; a line end counts once against the limit, as the counter on the page counts it."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n").replace("\r", "\n")


class DraftForm(forms.Form):
    """What saves itself while somebody writes: it names the version of its section that the person saw."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    draft_needs: tuple[str, ...] = ()
    """Fields without which not even a draft can be stored."""
    is_draft = False
    # A draft may leave everything open; "optional" would read as if submission did not ask for it.
    mark_optional = False

    def __init__(self, *args: Any, section: Section, **kwargs: Any) -> None:
        self.section = section
        kwargs["initial"] = {"seen_version": section.version, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.attrs = {"data-autosave": "", "novalidate": ""}

    def as_draft(self) -> None:
        """The page saves by itself: what is still open is no mistake. To be called before ``is_valid``."""
        self.is_draft = True
        for name, field in self.fields.items():
            if name not in ("seen_version", *self.draft_needs):
                field.required = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.demands_all(cleaned):
            for name, message in self.missing(cleaned).items():
                if name not in self.errors:
                    self.add_error(name, message)
        return cleaned

    def demands_all(self, cleaned: dict[str, Any]) -> bool:
        """Whether what is missing is a mistake now."""
        return not self.is_draft

    def missing(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        """What must be there in the end and is lacking: field name to sentence. Drafts may hold less."""
        return {}

    def answers(self) -> list[tuple[Any, str]]:
        """Every question with its present value as a reader sees it: names in place of keys, days and amounts in words."""
        return [
            (field.label, shown_value(self.fields[field.name], field.value()))
            for field in self.visible_fields()
            if field.name != "is_completed"
        ]


class SectionForm(DraftForm):
    """A whole section, with the tick that completes it."""

    is_completed = forms.BooleanField(label=_("I have completed this section"), required=False)
    section_fields: tuple[Any, ...] = ()

    def __init__(self, *args: Any, section: Section, **kwargs: Any) -> None:
        kwargs["initial"] = {"is_completed": section.is_completed, **(kwargs.get("initial") or {})}
        super().__init__(*args, section=section, **kwargs)
        self.helper.layout = self.make_layout()

    def make_layout(self) -> Layout:
        return Layout(
            "seen_version",
            *self.section_fields,
            "is_completed",
            Div(Submit("save", _("Save and continue")), css_class="form-actions"),
        )

    def demands_all(self, cleaned: dict[str, Any]) -> bool:
        return bool(cleaned.get("is_completed")) and not self.is_draft


class RowForm(DraftForm, forms.ModelForm):
    """One row of a section that is saved piece by piece: a product, a work package.

    ``save(commit=False)`` gives the row with its values, for the service to store.
    """


class TickForm(forms.Form):
    """Completes a section whose content was saved piece by piece."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    is_completed = forms.BooleanField(label=_("I have completed this section"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("save", _("Save and continue")))
