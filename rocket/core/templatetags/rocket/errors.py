"""What is wrong with a field, in sentences."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.utils.translation import gettext

from rocket.core.templatetags.rocket.library import register


def _default_texts() -> dict[str, set[str]]:
    """Django's own wordings of what a field can be told, in the active language."""
    return {
        "required": {str(forms.Field.default_error_messages["required"])},
        "max_value": {str(MaxValueValidator.message)},
        "min_value": {str(MinValueValidator.message)},
        "max_length": {str(MaxLengthValidator.message)},
        "invalid": {
            str(kind.default_error_messages["invalid"])
            for kind in (forms.IntegerField, forms.DecimalField, forms.DateField, forms.DateTimeField)
        },
    }


@register.filter
def error_texts(field: Any) -> list[str]:
    """What is wrong with a field, in sentences that name the field; the summary and the field say the same.

    A message that a form wrote itself stays as it is. Only Django's general ones ("This field is required.") are put
    in other words, since in a summary they would not tell which field they mean.
    """
    defaults, label = _default_texts(), str(field.label)
    texts = []
    for error in field.errors.as_data():
        text = str(error.message)
        code = str(error.code or "")
        if text not in defaults.get(code, ()) and text not in defaults["invalid"]:
            texts += [str(message) for message in error.messages]
            continue
        if code == "required":
            if isinstance(
                field.field.widget, (forms.RadioSelect, forms.Select, forms.CheckboxSelectMultiple)
            ):
                texts.append(gettext("Choose an answer: %(label)s") % {"label": label})
            elif isinstance(field.field.widget, forms.CheckboxInput):
                texts.append(gettext("Tick this to go on: %(label)s") % {"label": label})
            elif isinstance(field.field.widget, forms.FileInput):
                texts.append(gettext("Choose a file: %(label)s") % {"label": label})
            else:
                texts.append(gettext("Fill in: %(label)s") % {"label": label})
        elif code in {"max_value", "min_value"}:
            limit = error.params["limit_value"]
            limit = limit() if callable(limit) else limit
            sentence = (
                gettext("%(label)s: at most %(limit)s")
                if code == "max_value"
                else gettext("%(label)s: at least %(limit)s")
            )
            texts.append(sentence % {"label": label, "limit": limit})
        else:
            texts += [f"{label}: {message}" for message in error.messages]
    return texts
