"""What people type into a proposal: in as text, out as clean values."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Fieldset, Layout, Submit
from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from calls.models import AidBasis, ApplicationField, Call, CostCategory, Ket, Programme, ProjectKind, Region
from consortia.models import Organisation, Partner
from feasibility import qualify
from feasibility.annex_limits import AnnexLimits
from feasibility.eligibility import Region as RegionFacts
from feasibility.eligibility.values import Rate
from feasibility.enums import FundingSource, Research, SectionName
from feasibility.models import ExpectedProduct, Proposal, Section
from feasibility.models.proposal import MAX_SUMMARY, MAX_TITLE
from rocket.core.fields import EuroFormField
from rocket.core.money import euro_text

MAX_VALUE_TEXT = 3000


class StartForm(forms.Form):
    """For whom, what kind, and a first title."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Lead partner"), empty_label=None
    )
    kind = forms.ModelChoiceField(
        ProjectKind.objects.none(), label=_("Kind of project"), empty_label=None, widget=forms.RadioSelect
    )
    title = forms.CharField(
        label=_("Title of the project"),
        max_length=MAX_TITLE,
        help_text=_("You can change it until you submit."),
    )

    def __init__(self, *args: Any, call: Call, organisations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]
        kinds = call.kinds.all()
        self.fields["kind"].queryset = kinds  # type: ignore[attr-defined]
        self.fields["kind"].initial = kinds[0] if len(kinds) == 1 else None
        self.helper = FormHelper()
        self.helper.add_input(Submit("start", _("Start the proposal")))


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


class SummaryForm(SectionForm):
    title = forms.CharField(label=_("Title of the project"), max_length=MAX_TITLE)
    summary = LongText(
        label=_("What do you want to do?"),
        help_text=_(
            "For a reader from another trade: the problem, your idea, and what will exist at the end."
        ),
        max_length=MAX_SUMMARY,
        required=False,
        widget=forms.Textarea(attrs={"rows": 8, "data-count": "characters", "data-limit": MAX_SUMMARY}),
    )
    cross_border_value = LongText(
        label=_("Why across the border?"),
        help_text=_("What each side brings that the other does not have."),
        max_length=MAX_VALUE_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "data-count": "characters", "data-limit": MAX_VALUE_TEXT}),
    )
    starts_on = forms.DateField(
        label=_("First day of the project"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "w-20"}, format="%Y-%m-%d"),
    )
    months = forms.IntegerField(
        label=_("Duration in months"),
        required=False,
        min_value=1,
        max_value=120,
        widget=forms.NumberInput(attrs={"class": "w-5"}),
    )
    section_fields = ("title", "summary", "cross_border_value", "starts_on", "months")

    def __init__(self, *args: Any, proposal: Proposal, **kwargs: Any) -> None:
        kwargs["initial"] = {name: getattr(proposal, name) for name in self.section_fields}
        super().__init__(*args, **kwargs)

    def missing(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        questions = {
            "summary": _("Say what you want to do"),
            "cross_border_value": _("Say why the project needs both sides of the border"),
            "starts_on": _("Enter the first day of the project"),
            "months": _("Enter the duration in months"),
        }
        return {name: text for name, text in questions.items() if not cleaned.get(name)}


class TechnologyForm(SectionForm):
    main_ket = forms.ModelChoiceField(
        Ket.objects.none(),
        label=_("Main technology"),
        help_text=_("The one that the result rests on. It carries the budget in the programme's figures."),
        required=False,
        empty_label=None,
        widget=forms.RadioSelect,
    )
    kets = forms.ModelMultipleChoiceField(
        Ket.objects.none(),
        label=_("Further technologies"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    fields_of_application = forms.ModelMultipleChoiceField(
        ApplicationField.objects.none(),
        label=_("Fields of application"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    section_fields = ("main_ket", "kets", "fields_of_application")

    def __init__(self, *args: Any, proposal: Proposal, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "main_ket": proposal.main_ket_id,
            "kets": [ket.pk for ket in proposal.kets.all()],
            "fields_of_application": [field.pk for field in proposal.fields.all()],
        }
        super().__init__(*args, **kwargs)
        # All of the programme's, not only the call's: what does not belong to the call, the rule says in words.
        programme = proposal.call.programme_id
        for name in ("main_ket", "kets"):
            self.fields[name].queryset = Ket.objects.filter(programme=programme)  # type: ignore[attr-defined]
        self.fields["fields_of_application"].queryset = ApplicationField.objects.filter(  # type: ignore[attr-defined]
            programme=programme
        )

    def missing(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        questions = {
            "main_ket": _("Choose the main technology"),
            "fields_of_application": _("Choose at least one field of application"),
        }
        return {name: text for name, text in questions.items() if not cleaned.get(name)}


class BudgetForm(SectionForm):
    """Costs by category, who pays them, and on what basis; amounts in EUR."""

    def __init__(self, *args: Any, proposal: Proposal, partner: Partner, **kwargs: Any) -> None:
        self.partner = partner
        programme = proposal.call.programme_id
        self.categories = list(CostCategory.objects.filter(programme=programme).order_by("position"))
        costs = {f"cost_{line.category_id}": line.amount for line in partner.budget_lines.all()}
        funding = {f"funding_{line.source}": line.amount for line in partner.funding_lines.all()}
        basis = getattr(partner, "budget", None)
        kwargs["initial"] = {
            **costs,
            **funding,
            "aid_basis": basis.aid_basis_id if basis else None,
            "research_category": basis.research_category if basis else "",
        }
        self._bases = AidBasis.objects.filter(programme=programme, code__in=proposal.kind.aid_bases)
        super().__init__(*args, **kwargs)
        for category in self.categories:
            field = EuroFormField(label=str(category.name), required=False)
            if category.flat_rate is not None:
                field.disabled = True
                field.help_text = _("%(rate)s of other costs, worked out when you save.") % {
                    "rate": str(Rate(category.flat_rate))
                }
            self.fields[f"cost_{category.pk}"] = field
        hints = {
            FundingSource.GRANT: _("What you ask of the programme."),
            FundingSource.OWN: _("What your organisation pays itself."),
        }
        for source in FundingSource:
            self.fields[f"funding_{source}"] = EuroFormField(
                label=source.label, required=False, help_text=hints.get(source, "")
            )
        self.fields["aid_basis"] = forms.ModelChoiceField(
            self._bases,
            label=_("Basis under State aid law"),
            help_text=_(
                "Your consultant knows which one fits. De minimis needs a declaration of earlier aid."
            ),
            required=False,
            empty_label=_("Not chosen yet"),
        )
        self.fields["research_category"] = forms.ChoiceField(
            choices=[("", _("Not chosen yet")), *Research.choices],
            label=_("Kind of work"),
            help_text=_("Only needed where the basis is Article 25 of the block exemption (GBER)."),
            required=False,
        )
        self.helper.layout = self.make_layout()

    def make_layout(self) -> Layout:
        if "aid_basis" not in self.fields:
            return Layout()
        costs = [f"cost_{category.pk}" for category in self.categories]
        return Layout(
            "seen_version",
            Fieldset(str(_("Cost by category")), *costs, css_class="money-rows"),
            Fieldset(
                str(_("Who pays for it")),
                *(f"funding_{source}" for source in FundingSource),
                css_class="money-rows",
            ),
            "aid_basis",
            "research_category",
            "is_completed",
            Div(Submit("save", _("Save and continue")), css_class="form-actions"),
        )

    def amounts(self) -> dict[CostCategory, Decimal]:
        return {
            category: self.cleaned_data.get(f"cost_{category.pk}") or Decimal("0.00")
            for category in self.categories
            if not category.is_flat_rate
        }

    def funding(self) -> dict[FundingSource, Decimal]:
        return {
            source: self.cleaned_data.get(f"funding_{source}") or Decimal("0.00") for source in FundingSource
        }

    def missing(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        entered = [name for name in cleaned if name.startswith("cost_") and cleaned[name]]
        if not entered:
            first = next(c for c in self.categories if not c.is_flat_rate)
            found[f"cost_{first.pk}"] = _("Enter at least one cost")
        if cleaned.get("funding_grant") and not cleaned.get("aid_basis"):
            found["aid_basis"] = _("Choose the basis on which the grant is paid")
        basis = cleaned.get("aid_basis")
        if basis and basis.code == "gber_25" and not cleaned.get("research_category"):
            found["research_category"] = _("Choose the kind of work")
        return found


class ProductForm(forms.ModelForm):
    seen_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    class Meta:
        model = ExpectedProduct
        field_classes = {"description": LongText}
        fields = ("name", "description", "ket", "owner", "trl_start", "trl_end", "market_year")
        help_texts = {
            "trl_start": _(
                "1: principle observed · 4: works in the laboratory · 7: prototype in use · 9: proven in use"
            ),
            "market_year": _("When the first customer can buy it."),
        }
        widgets = {
            "description": forms.Textarea(attrs={"rows": 4, "data-count": "characters", "data-limit": 1500}),
            "trl_start": forms.NumberInput(attrs={"class": "w-5", "min": 1, "max": 9}),
            "trl_end": forms.NumberInput(attrs={"class": "w-5", "min": 1, "max": 9}),
            "market_year": forms.NumberInput(attrs={"class": "w-5"}),
        }

    def __init__(self, *args: Any, proposal: Proposal, section: Section, **kwargs: Any) -> None:
        kwargs["initial"] = {"seen_version": section.version, **kwargs.pop("initial", {})}
        super().__init__(*args, **kwargs)
        self.fields["ket"].queryset = Ket.objects.filter(programme=proposal.call.programme_id)  # type: ignore[attr-defined]
        partners = (
            Partner.objects.filter(consortium=proposal.consortium_id)
            .taking_part()
            .select_related("organisation")
        )
        owner = self.fields["owner"]
        owner.queryset = partners  # type: ignore[attr-defined]
        owner.label_from_instance = lambda partner: str(partner.organisation)  # type: ignore[attr-defined]
        self.helper = FormHelper()
        self.helper.add_input(Submit("save", _("Save the product")))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        start, end = cleaned.get("trl_start"), cleaned.get("trl_end")
        if start and end and end < start:
            self.add_error("trl_end", _("The level at the end is at least the level now"))
        return cleaned


class AnnexForm(forms.Form):
    """One file for one annex. What it may be, the service checks by its content."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    file = forms.FileField(label=_("File"), widget=forms.ClearableFileInput, allow_empty_file=True)

    def __init__(self, *args: Any, limits: AnnexLimits, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["file"]
        field.widget.attrs["accept"] = limits.accept
        field.help_text = _("%(kinds)s, at most %(size)s") % {
            "kinds": limits.kinds_text,
            "size": limits.size_text,
        }


class TickForm(forms.Form):
    """Completes a section whose content was saved piece by piece."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    is_completed = forms.BooleanField(label=_("I have completed this section"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("save", _("Save and continue")))


class AdviceForm(forms.Form):
    section = forms.ChoiceField(label=_("Section"), choices=SectionName.choices)
    text = LongText(
        label=_("Your advice"),
        help_text=_(
            "The whole consortium and the consultants of your organisation can read it. The desk cannot."
        ),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6, "data-count": "characters", "data-limit": 4000}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("advise", pgettext_lazy("button", "Send the advice")))


class ReasonForm(forms.Form):
    """A step that needs a sentence."""

    reason = LongText(
        label=_("Reason"),
        help_text=_("The consortium reads it."),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    due = forms.DateTimeField(
        label=_("To be completed by"),
        widget=forms.DateTimeInput(
            attrs={"type": "datetime-local", "class": "w-20"}, format="%Y-%m-%dT%H:%M"
        ),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )

    def __init__(self, *args: Any, with_due: bool = False, button: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not with_due:
            del self.fields["due"]
        else:
            self.fields["due"].help_text = _("In the zone of %(zone)s.") % {
                "zone": timezone.get_current_timezone_name()
            }
        self.helper = FormHelper()
        self.helper.add_input(Submit("go", button or _("Save")))


class DerogationForm(forms.Form):
    rule_code = forms.ChoiceField(label=_("Rule"))
    reason = LongText(label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rule_code"].choices = choices  # type: ignore[attr-defined]
        self.helper = FormHelper()
        self.helper.add_input(Submit("grant", _("Grant the derogation")))


class QualifyForm(forms.Form):
    """Five questions to somebody who has not signed in. It is asked by GET: the address is the answer."""

    place = forms.ChoiceField(label=_("In which region does your company work?"))
    staff = forms.ChoiceField(
        label=_("How many people work for it?"),
        choices=qualify.Staff.choices,
        widget=forms.RadioSelect,
        help_text=_(
            "Full-time posts, over a year. The figures of companies that hold more than half of it count as well."
        ),
    )
    turnover = forms.ChoiceField(
        label=_("Turnover in a year"),
        required=False,
        choices=[("", _("Not known")), *qualify.Turnover.choices],
    )
    balance = forms.ChoiceField(
        label=_("Balance sheet total"),
        required=False,
        choices=[("", _("Not known")), *qualify.Balance.choices],
    )
    partner = forms.ChoiceField(
        label=_("Do you have a partner across the border?"),
        choices=qualify.OtherSide.choices,
        widget=forms.RadioSelect,
    )
    ket = forms.ChoiceField(label=_("Which technology is it about?"), widget=forms.RadioSelect)
    field = forms.ChoiceField(label=_("For which field of use?"), widget=forms.RadioSelect)
    mark_optional = False

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        regions = list(programme.regions.select_related("country"))
        self.countries = {country.code: country for country in programme.countries.all()}
        choices: list[Any] = [("", _("Choose a region"))]
        for code, country in self.countries.items():
            own = sorted((r for r in regions if r.country_id == country.pk), key=lambda region: region.name)
            elsewhere = (code, _("Elsewhere in this country: %(country)s") % {"country": country.name})
            choices.append((str(country.name), [*((self.key_of(r), r.name) for r in own), elsewhere]))
        choices.append(("other", _("In another country")))
        self.places = {self.key_of(region): region for region in regions}
        self._choose("place", choices)
        self._choose("ket", [(ket.code, str(ket.name)) for ket in programme.kets.all()])
        self._choose("field", [(one.code, str(one.name)) for one in programme.application_fields.all()])
        self.helper = FormHelper()
        self.helper.form_method = "get"
        self.helper.layout = Layout(
            "place",
            Fieldset(_("How large is your company?"), "staff", "turnover", "balance"),
            "partner",
            "ket",
            "field",
            Div(Submit("", _("See the answer")), css_class="form-actions"),
        )

    @staticmethod
    def key_of(region: Region) -> str:
        """A region in the address: its newest code with the version, so that a link lasts."""
        code, version = region.newest_key
        return f"{code}/{version}"

    @property
    def region(self) -> Region | None:
        """The region that was chosen; None outside the area."""
        return self.places.get(self.cleaned_data["place"])

    def _choose(self, name: str, choices: list[Any]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def answers(self) -> qualify.Answers:
        """What was answered, for the rules. The form must be valid."""
        given = self.cleaned_data
        region = self.region
        country = region.country.code if region else given["place"]
        return qualify.Answers(
            country=country if country in self.countries else "",
            region=RegionFacts(region.code, region.version) if region else None,
            staff=qualify.Staff(given["staff"]),
            turnover=qualify.Turnover(given["turnover"]) if given["turnover"] else None,
            balance=qualify.Balance(given["balance"]) if given["balance"] else None,
            other_side=qualify.OtherSide(given["partner"]),
            ket=given["ket"],
            application_field=given["field"],
        )

    def answered(self) -> list[dict[str, str]]:
        """Question and answer as the page repeats them."""
        region = self.region
        return [
            {
                "key": str(bound.label),
                "value": region.name
                if bound.name == "place" and region
                else shown_choice(bound.field, self.cleaned_data[bound.name]),
            }
            for bound in self
        ]


def shown_choice(field: Any, value: str) -> str:
    """The words of a choice, also where choices stand in groups."""
    for key, words in field.choices:
        for code, text in words if isinstance(words, list | tuple) else [(key, words)]:
            if str(code) == value:
                return str(text)
    return value
