"""Rows of a declaration: a form each, a spare one at the end; and the fields that they share."""

from __future__ import annotations

from typing import Any, TypeAlias

from django import forms
from django.forms.utils import ErrorDict, ErrorList

SPARE_ROWS = 1
MOST_ROWS = 60


class DayInput(forms.DateInput):
    """The browser's own field for a day; the value is ISO whatever the language."""

    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


AnyRows: TypeAlias = "forms.BaseFormSet[Any]"


def filled(rows: AnyRows) -> list[Any]:
    """The valid forms of the rows that hold something: empty ones are left out."""
    return [form for form in rows.forms if form.has_changed() and form.cleaned_data]


def quiet(form: forms.Form, rows: AnyRows) -> None:
    """Let bound forms show what was typed without saying yet what is wrong with it."""
    for one in (form, *rows.forms):
        one._errors, one.cleaned_data = ErrorDict(), {}  # type: ignore[attr-defined]
    rows._errors, rows._non_form_errors = [{} for _form in rows.forms], ErrorList()  # type: ignore[attr-defined]


def headcount_field(**kwargs: Any) -> forms.DecimalField:
    return forms.DecimalField(
        min_value=0,
        max_digits=10,
        decimal_places=2,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "w-10 num", "autocomplete": "off"}),
        **kwargs,
    )


def share_field(**kwargs: Any) -> forms.DecimalField:
    """A share in per cent."""
    return forms.DecimalField(
        min_value=0,
        max_value=100,
        max_digits=7,
        decimal_places=4,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "w-10 num", "autocomplete": "off"}),
        **kwargs,
    )
