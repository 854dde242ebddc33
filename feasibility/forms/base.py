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


class SectionForm(forms.Form):
    """A section with its version as the person saw it, and the tick that completes it."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    is_completed = forms.BooleanField(label=_("I have completed this section"), required=False)
    section_fields: tuple[Any, ...] = ()
    is_draft = False
    """Set while the page saves by itself: a draft may hold less than a completed section."""
    # A draft may leave everything open; "optional" would read as if submission did not ask for it.
    mark_optional = False

    def __init__(self, *args: Any, section: Section, **kwargs: Any) -> None:
        self.section = section
        kwargs["initial"] = {
            "seen_version": section.version,
            "is_completed": section.is_completed,
            **kwargs.get("initial", {}),
        }
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.attrs = {"data-autosave": "", "novalidate": ""}
        self.helper.layout = self.make_layout()

    def make_layout(self) -> Layout:
        return Layout(
            "seen_version",
            *self.section_fields,
            "is_completed",
            Div(Submit("save", _("Save and continue")), css_class="form-actions"),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("is_completed") and not self.is_draft:
            for name, message in self.missing(cleaned).items():
                if name not in self.errors:
                    self.add_error(name, message)
        return cleaned

    def answers(self) -> list[tuple[Any, str]]:
        """Every question with its present value as a reader sees it: names in place of keys, days and amounts in words."""
        return [
            (field.label, shown_value(self.fields[field.name], field.value()))
            for field in self.visible_fields()
            if field.name != "is_completed"
        ]

    def missing(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        """What a completed section must hold and this one lacks: field name to sentence. Drafts may hold less."""
        return {}


class TickForm(forms.Form):
    """Completes a section whose content was saved piece by piece."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    is_completed = forms.BooleanField(label=_("I have completed this section"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("save", _("Save and continue")))
