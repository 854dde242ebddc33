"""Pills: each takes one choice away and leaves the rest as it was."""

import pytest
from django import forms
from django.test import RequestFactory

from rocket.core.filtering import pills, without_choices


class Choices(forms.Form):
    kind = forms.ChoiceField(label="Kind", choices=[("", "All"), ("study", "Study")], required=False)
    field = forms.ChoiceField(
        label="Field", choices=[("", "All"), ("health", "Health & more")], required=False
    )


@pytest.mark.parametrize(
    ("asked", "expected", "cleared"),
    [
        ("", [], "/list/"),
        ("kind=study", [("Kind: Study", "/list/")], "/list/"),
        (
            "kind=study&field=health&sort=-a&page=3",
            [
                ("Kind: Study", "/list/?field=health&sort=-a"),
                ("Field: Health & more", "/list/?kind=study&sort=-a"),
            ],
            "/list/?sort=-a",
        ),
        ("kind=nonsense&field=", [], "/list/"),
        ("other=1", [], "/list/?other=1"),
    ],
)
def test_choices_that_count_have_a_pill(asked, expected, cleared):
    request = RequestFactory().get(f"/list/?{asked}")
    form = Choices(request.GET)
    assert [(pill.text, pill.url) for pill in pills(request, form)] == expected
    assert without_choices(request, form) == cleared
