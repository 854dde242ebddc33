"""What managers type about calls."""

from datetime import datetime, time
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Fieldset, Layout, Row, Submit
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from calls.clock import NoSuchMoment, local_moment
from calls.models import Call, Programme
from calls.models.question import MAX_ANSWER, MAX_QUESTION
from calls.services import CallContent, CallRefused
from rocket.core.fields import EuroFormField
from rocket.core.money import euro_text
from rocket.core.text import LANGUAGES, LocalisedText, without_controls

LABELS = {
    "title": {"en": _("Title in English"), "de": _("Title in German"), "nl": _("Title in Dutch")},
    "summary": {"en": _("Summary in English"), "de": _("Summary in German"), "nl": _("Summary in Dutch")},
    "text": {"en": _("Text in English"), "de": _("Text in German"), "nl": _("Text in Dutch")},
}
LONGEST = {"title": 120, "summary": 300, "text": 8000}


class PlainText(forms.CharField):
    """A text without characters that a database may refuse."""

    def to_python(self, value: Any) -> str:
        return without_controls(super().to_python(value) or "")


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(attrs={"class": "w-10"}, format="%Y-%m-%d")


class ClockInput(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(attrs={"class": "w-10"}, format="%H:%M")


class TextsForm(forms.Form):
    """Title, summary and text in three languages, with the version that the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    programme: Programme
    mark_optional = False
    """A draft may leave anything open; what publishing needs, the call's page on the desk says."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, labels in LABELS.items():
            for language in LANGUAGES:
                attrs = {
                    "lang": language,
                    **({} if name == "title" else {"rows": 3 if name == "summary" else 8}),
                }
                widget = forms.TextInput if name == "title" else forms.Textarea
                self.fields[f"{name}_{language}"] = PlainText(
                    label=labels[language],
                    max_length=LONGEST[name],
                    required=False,
                    widget=widget(attrs=attrs),
                )

    def texts(self, name: str) -> LocalisedText:
        """One text in the languages that are filled in."""
        return LocalisedText({code: self.cleaned_data.get(f"{name}_{code}", "") for code in LANGUAGES})

    def _moment(self, name: str) -> datetime | None:
        """Day and time of ``name`` (opens, closes) as one moment in the programme's zone."""
        day, at = self.cleaned_data.get(f"{name}_on"), self.cleaned_data.get(f"{name}_time")
        if day is None or at is None:
            has_error = self.has_error(f"{name}_on") or self.has_error(f"{name}_time")
            if (day is None) != (at is None) and not has_error:
                missing = f"{name}_on" if day is None else f"{name}_time"
                self.add_error(missing, gettext("Enter day and time together."))
            return None
        try:
            return local_moment(day, at, self.programme.zone)
        except NoSuchMoment as error:
            self.add_error(f"{name}_time", str(error))
            return None

    def refuse(self, refused: CallRefused) -> None:
        """Show what the service found at the fields that mend it."""
        for gap in refused.gaps:
            self.add_error(gap.field if gap.field in self.fields else None, gap.message)

    @staticmethod
    def texts_of(call: Call) -> dict[str, Any]:
        """Initial values."""
        texts = {"title": call.title, "summary": call.summary, "text": call.text}
        return {f"{name}_{code}": text.get(code, "") for name, text in texts.items() for code in LANGUAGES}

    @staticmethod
    def times_of(call: Call) -> dict[str, Any]:
        """Initial values, in the programme's zone."""
        zone = call.programme.zone
        values: dict[str, Any] = {}
        for name, moment in (("opens", call.opens_at), ("closes", call.closes_at)):
            local = moment and moment.astimezone(zone)
            values |= {f"{name}_on": local and local.date(), f"{name}_time": local and local.time()}
        return values

    def _texts_layout(self) -> list[Any]:
        return [
            Fieldset(_("Title"), *(f"title_{code}" for code in LANGUAGES)),
            Fieldset(_("Summary"), *(f"summary_{code}" for code in LANGUAGES)),
            Fieldset(_("Text of the call"), *(f"text_{code}" for code in LANGUAGES)),
        ]


def _decision_day() -> forms.DateField:
    return forms.DateField(
        label=_("Decision expected by"),
        required=False,
        widget=DayInput,
        help_text=_("Shown on the page of the call. Leave it empty as long as it is not known."),
    )


class CallForm(TextsForm):
    """A draft: everything about it may be open but its title."""

    opens_on = forms.DateField(label=_("Opens on"), required=False, widget=DayInput)
    opens_time = forms.TimeField(label=_("Opens at"), required=False, widget=ClockInput)
    closes_on = forms.DateField(label=_("Closes on"), required=False, widget=DayInput)
    closes_time = forms.TimeField(
        label=_("Closes at"),
        required=False,
        widget=ClockInput,
    )
    decision_expected_on = _decision_day()
    budget = EuroFormField(label=_("Budget of the call in EUR"), required=False)
    grant_cap_sme = EuroFormField(label=_("Largest grant per SME in EUR"), required=False)
    grant_cap_project = EuroFormField(
        label=_("Largest grant per project in EUR"),
        required=False,
        help_text=_("Empty leaves the limits of the programme as they are."),
    )
    kinds: Any = forms.ModelMultipleChoiceField(
        None, label=_("Kinds of project"), required=False, widget=forms.CheckboxSelectMultiple
    )
    kets: Any = forms.ModelMultipleChoiceField(
        None, label=_("Key enabling technologies"), required=False, widget=forms.CheckboxSelectMultiple
    )
    fields_of_application: Any = forms.ModelMultipleChoiceField(
        None, label=_("Application fields"), required=False, widget=forms.CheckboxSelectMultiple
    )
    slug = forms.CharField(
        label=_("Last part of the address"),
        required=False,
        max_length=80,
        validators=[validate_slug],
        help_text=_("Small letters, digits and hyphens. Empty takes it from the English title."),
    )
    is_pioneer_round = forms.BooleanField(
        label=_("Pioneer round: a direct award that is not counted as a call"), required=False
    )

    def __init__(self, *args: Any, programme: Programme, call: Call | None = None, **kwargs: Any) -> None:
        self.programme, self.call = programme, call
        kwargs.setdefault("initial", self._initial(programme, call))
        super().__init__(*args, **kwargs)
        choices = {
            "kinds": programme.kinds.all(),
            "kets": programme.kets.all(),
            "fields_of_application": programme.application_fields.all(),
        }
        for name, rows in choices.items():
            self.fields[name].queryset = rows  # type: ignore[attr-defined]
        self.fields["grant_cap_sme"].help_text = _("The programme allows at most %(cap)s.") % {
            "cap": euro_text(programme.grant_cap)
        }
        self.helper = FormHelper()
        self.helper.layout = Layout(
            "version",
            *self._texts_layout()[:2],
            Fieldset(
                _("Times"),
                HTML(f'<p class="muted">{_zone_line(programme)}</p>'),
                Row("opens_on", "opens_time"),
                Row("closes_on", "closes_time"),
                "decision_expected_on",
            ),
            Fieldset(_("What it takes"), "kinds", "kets", "fields_of_application"),
            Fieldset(_("Money"), "budget", "grant_cap_sme", "grant_cap_project"),
            self._texts_layout()[2],
            Fieldset(_("Address and counting"), "slug", "is_pioneer_round"),
        )
        self.helper.add_input(Submit("save", _("Save draft")))

    def _initial(self, programme: Programme, call: Call | None) -> dict[str, Any]:
        if call is None:
            return {"closes_time": time(17), "opens_time": time(9)}
        return {
            **self.texts_of(call),
            **self.times_of(call),
            "version": call.version,
            "decision_expected_on": call.decision_expected_on,
            "budget": call.budget,
            "grant_cap_sme": call.grant_cap_sme,
            "grant_cap_project": call.grant_cap_project,
            "kinds": call.kinds.all(),
            "kets": call.kets.all(),
            "fields_of_application": call.fields.all(),
            "slug": call.slug,
            "is_pioneer_round": call.is_pioneer_round,
        }

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if slug != slug.lower():
            raise ValidationError(gettext("Small letters, digits and hyphens only."))
        return slug

    def clean(self) -> dict[str, Any]:
        self.cleaned_data["opens_at"] = self._day_without_time_is_open("opens")
        self.cleaned_data["closes_at"] = self._day_without_time_is_open("closes")
        return self.cleaned_data

    def _day_without_time_is_open(self, name: str) -> datetime | None:
        """A time stands in the form from the start; without a day it says nothing yet."""
        if self.cleaned_data.get(f"{name}_on") is None and not self.has_error(f"{name}_on"):
            return None
        return self._moment(name)

    def content(self) -> CallContent:
        """The form as the services take it; only after ``is_valid()``."""
        data = self.cleaned_data
        return CallContent(
            title=self.texts("title"),
            summary=self.texts("summary"),
            text=self.texts("text"),
            slug=data["slug"],
            opens_at=data["opens_at"],
            closes_at=data["closes_at"],
            decision_expected_on=data["decision_expected_on"],
            budget=data["budget"],
            grant_cap_sme=data["grant_cap_sme"],
            grant_cap_project=data["grant_cap_project"],
            is_pioneer_round=data["is_pioneer_round"],
            kinds=list(data["kinds"]),
            kets=list(data["kets"]),
            fields=list(data["fields_of_application"]),
        )

    def refuse(self, refused: CallRefused) -> None:
        for gap in refused.gaps:
            name = {"fields": "fields_of_application"}.get(gap.field, gap.field)
            self.add_error(name if name in self.fields else None, gap.message)


class AmendForm(TextsForm):
    """What may still change about a published call."""

    closes_on = forms.DateField(label=_("Closes on"), widget=DayInput)
    closes_time = forms.TimeField(
        label=_("Closes at"), widget=ClockInput, help_text=_("A published deadline may only become later.")
    )
    decision_expected_on = _decision_day()

    def __init__(self, *args: Any, call: Call, **kwargs: Any) -> None:
        self.programme, self.call = call.programme, call
        times = self.times_of(call)
        initial = {
            **self.texts_of(call),
            "version": call.version,
            "decision_expected_on": call.decision_expected_on,
        }
        kwargs.setdefault("initial", initial | {name: times[name] for name in ("closes_on", "closes_time")})
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout(
            "version",
            Fieldset(
                _("Deadline"),
                HTML(f'<p class="muted">{_zone_line(self.programme)}</p>'),
                Row("closes_on", "closes_time"),
                "decision_expected_on",
            ),
            *self._texts_layout(),
        )
        self.helper.add_input(Submit("save", _("Save changes")))

    def clean(self) -> dict[str, Any]:
        self.cleaned_data["closes_at"] = self._moment("closes")
        return self.cleaned_data


def _zone_line(programme: Programme) -> str:
    return gettext("Times are in %(zone)s. A proposal that arrives at the closing time is late.") % {
        "zone": programme.time_zone
    }


class QuestionForm(forms.Form):
    """A question about a call."""

    text = PlainText(
        label=_("Your question"),
        widget=forms.Textarea,
        max_length=MAX_QUESTION,
        help_text=_(
            "It is published with its answer in the language in which you ask, without your name. Leave out what "
            "only your consortium should know."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("ask", _("Ask the programme desk")))


class AnswerForm(forms.Form):
    """The desk's answer, in the language of the question."""

    text = PlainText(label=_("Answer"), widget=forms.Textarea, max_length=MAX_ANSWER)
    is_public = forms.BooleanField(
        label=_("Publish question and answer on the page of the call"),
        required=False,
        initial=True,
        help_text=_("Without the tick only the person who asked gets the answer, by mail."),
    )

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = {"en": _("Write in English."), "de": _("Write in German."), "nl": _("Write in Dutch.")}
        self.fields["text"].help_text = names.get(language, "")
        self.helper = FormHelper()
        self.helper.add_input(Submit("answer", _("Answer")))
