"""Forms of the two declarations, with their rows of related enterprises and earlier aids."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, TypeAlias

from django import forms
from django.forms.utils import ErrorDict, ErrorList
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from calls.models import Programme
from consortia import identifiers, sme
from consortia.enums import SizeClass
from consortia.forms import country_choices
from consortia.models import DeMinimisDeclaration, Organisation, SmeDeclaration
from consortia.names import normalise_name
from consortia.services.declarations import EarlierAid
from rocket.core.errors import RocketError
from rocket.core.fields import EuroFormField

REGULATIONS = (
    ("2023/2831", _("Regulation (EU) 2023/2831, general")),
    ("1407/2013", _("Regulation (EU) 1407/2013, general, until 2024")),
    ("1408/2013", _("Regulation (EU) 1408/2013, agriculture")),
    ("717/2014", _("Regulation (EU) 717/2014, fisheries")),
    ("360/2012", _("Regulation (EU) 360/2012, services of general economic interest, until 2023")),
    ("2023/2832", _("Regulation (EU) 2023/2832, services of general economic interest")),
)
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


HOLDER_KINDS = (
    ("enterprise", _("Enterprise")),
    ("natural_person", _("Natural person")),
    ("venture_capital", _("Venture capital firm")),
    ("business_angel", _("Business angel")),
    ("public_investment", _("Public investment corporation")),
    ("university", _("University or non-profit research centre")),
    ("institutional_investor", _("Institutional investor")),
    ("regional_fund", _("Regional development fund")),
    ("local_authority", _("Local authority")),
    ("public_body", _("Other public body")),
)
"""In the words of Recommendation 2003/361/EC, Annex, Art. 3(2) and 3(4)."""
CONTROLS = (
    ("", _("None beyond the shares")),
    ("appoints_board", _("Right to appoint or remove a majority of the board")),
    ("has_dominant_influence", _("Dominant influence by contract or articles")),
    ("agreement", _("Majority of votes by agreement with other holders")),
)
HOLDS_US, HELD_BY_US = "holds_us", "held_by_us"


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


class SmeForm(forms.Form):
    """The class that the enterprise declares, and its own figures of two closed periods."""

    closed_on = forms.DateField(label=_("Latest closed period ended on"), widget=DayInput())
    headcount = headcount_field(
        label=_("Headcount in annual work units"),
        help_text=_(
            "Full-time for a whole year is 1. Apprentices and people on parental leave do not count."
        ),
    )
    turnover = EuroFormField(label=_("Turnover without VAT, EUR"))
    balance_sheet = EuroFormField(label=_("Balance sheet total, EUR"))
    previous_closed_on = forms.DateField(
        label=_("Period before it ended on"),
        widget=DayInput(),
        required=False,
        help_text=_("Leave this period empty if the enterprise is younger."),
    )
    previous_headcount = headcount_field(label=_("Headcount in annual work units"), required=False)
    previous_turnover = EuroFormField(label=_("Turnover without VAT, EUR"), required=False)
    previous_balance_sheet = EuroFormField(label=_("Balance sheet total, EUR"), required=False)
    founded_on = forms.DateField(
        label=_("Founded on"),
        widget=DayInput(),
        required=False,
        help_text=_("Only if it is younger than the two periods: before that day no figures are missing."),
    )
    previous_class = forms.ChoiceField(
        label=_("Class before these periods"),
        choices=[("", _("Not known")), *SizeClass.choices],
        required=False,
        help_text=_(
            "The class that held before the oldest period above. It decides when the two periods give different classes."
        ),
    )
    is_estimate = forms.BooleanField(
        label=_("No period has closed yet: the latest figures are an estimate in good faith"), required=False
    )
    is_consolidated = forms.BooleanField(
        label=_("The figures come from consolidated accounts, which hold every enterprise that we control"),
        required=False,
    )
    presumes_independence = forms.BooleanField(
        label=_(
            "Our capital is so spread that its holders can't be determined, and we declare in good faith that nobody holds 25 % or more"
        ),
        required=False,
    )
    declared_class = forms.ChoiceField(
        label=_("Class that you declare"), choices=SizeClass.choices, widget=forms.RadioSelect
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        previous = ("previous_closed_on", "previous_headcount", "previous_turnover", "previous_balance_sheet")
        given = [name for name in previous if values.get(name) is not None]
        if given and len(given) < len(previous):
            for name in previous:
                if values.get(name) is None and name not in self.errors:
                    self.add_error(name, gettext("Enter all four figures of this period, or none of them."))
        if given and values.get("is_estimate"):
            self.add_error(
                "is_estimate", gettext("An estimate is for an enterprise that has not closed a period yet.")
            )
        latest, earlier = values.get("closed_on"), values.get("previous_closed_on")
        if latest and earlier and earlier >= latest:
            self.add_error("previous_closed_on", gettext("This period must end before the latest one."))
        founded = values.get("founded_on")
        if founded and latest and founded > latest:
            self.add_error(
                "founded_on", gettext("The enterprise must be founded before its latest period ends.")
            )
        elif founded and earlier and founded > earlier:
            self.add_error(
                "previous_closed_on",
                gettext(
                    "This period ended before the enterprise was founded. Leave the period empty, or correct the day."
                ),
            )
        return values


class RelatedForm(forms.Form):
    """An enterprise or another holder that holds a part of the enterprise, or of which it holds a part."""

    @property
    def title(self) -> Any:
        """What the row is called in the list of problems."""
        return self["name"].value()

    name = forms.CharField(label=_("Name"), max_length=200)
    # Browsers post the first choice of an untouched list; as initial value it leaves an empty row unchanged.
    kind = forms.ChoiceField(label=_("What it is"), choices=HOLDER_KINDS, initial=HOLDER_KINDS[0][0])
    country = forms.ChoiceField(label=_("Country"))
    register_number = forms.CharField(
        label=_("Register number"),
        max_length=80,
        required=False,
        help_text=_("By it the portal knows when two partners belong to one group."),
    )
    direction = forms.ChoiceField(
        label=_("Who holds whom"),
        choices=[
            (HOLDS_US, _("It holds a part of us, or of the one named next")),
            (HELD_BY_US, _("We, or the one named next, hold a part of it")),
        ],
        initial=HOLDS_US,
    )
    counterpart = forms.ChoiceField(
        label=_("The other side of this holding"),
        required=False,
        help_text=_(
            "For a chain, such as a holder of your holder: choose the row of the enterprise between."
        ),
    )
    capital = share_field(label=_("Share of the capital, %"))
    votes = share_field(label=_("Share of the votes, %"))
    control = forms.ChoiceField(label=_("Other rights of control"), choices=CONTROLS, required=False)
    headcount = headcount_field(label=_("Headcount, latest period"), required=False)
    turnover = EuroFormField(label=_("Turnover, latest period, EUR"), required=False)
    balance_sheet = EuroFormField(label=_("Balance sheet total, latest period, EUR"), required=False)
    previous_headcount = headcount_field(label=_("Headcount, period before"), required=False)
    previous_turnover = EuroFormField(label=_("Turnover, period before, EUR"), required=False)
    previous_balance_sheet = EuroFormField(label=_("Balance sheet total, period before, EUR"), required=False)
    annual_budget = EuroFormField(
        label=_("Annual budget, EUR"), required=False, help_text=_("Only for a local authority.")
    )
    inhabitants = forms.IntegerField(
        label=_("Inhabitants"), min_value=0, required=False, help_text=_("Only for a local authority.")
    )
    invested = EuroFormField(
        label=_("Invested in the enterprise, EUR"), required=False, help_text=_("Only for a business angel.")
    )
    market = forms.CharField(
        label=_("Market of the enterprise held"),
        max_length=60,
        required=False,
        help_text=_(
            "Only for a natural person. Two enterprises of one person are linked if their markets are the same or "
            "adjacent: give those the same word."
        ),
    )
    acting_group = forms.CharField(
        label=_("Acts jointly with"),
        max_length=60,
        required=False,
        help_text=_("Only for natural persons who act jointly, such as a family: give them the same word."),
    )

    def __init__(
        self,
        *args: Any,
        programme: Programme | None = None,
        others: Sequence[tuple[str, str]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        country = self.fields["country"]
        assert isinstance(country, forms.ChoiceField)
        country.choices = country_choices(programme)
        counterpart = self.fields["counterpart"]
        assert isinstance(counterpart, forms.ChoiceField)
        counterpart.choices = [("", _("The enterprise that declares")), *others]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        # In a chain the holder is the other side of the row: a person's second enterprise, held by the person's row.
        is_held_in_chain = values.get("direction") == HELD_BY_US and values.get("counterpart")
        if values.get("kind") and values["kind"] != "natural_person" and not is_held_in_chain:
            for name in ("market", "acting_group"):
                if values.get(name):
                    self.add_error(
                        name, gettext("This is for a natural person only. Empty it, or change what it is.")
                    )
        if values.get("register_number") and values.get("country"):
            try:
                values["register_number"] = identifiers.register_number(
                    values["country"], values["register_number"]
                )
            except RocketError as error:
                self.add_error("register_number", str(error))
        if "name" in values and not normalise_name(values["name"]):
            self.add_error("name", gettext("Enter letters or digits of the name."))
        return values


class RelatedFormSet(forms.BaseFormSet):  # type: ignore[type-arg]
    """The rows; each can name another one as the other side of its holding, so that chains can be told."""

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {**super().get_form_kwargs(index), "others": self._others(index)}

    def _others(self, own: int | None) -> list[tuple[str, str]]:
        """Number and name of every other row."""
        found = []
        for number in range(self.total_form_count()):
            if number == own:
                continue
            if self.is_bound:
                name = str(self.data.get(f"{self.add_prefix(number)}-name", ""))[:200].strip()
            else:
                initial = self.initial or []
                name = initial[number].get("name", "") if number < len(initial) else ""
            title = gettext("Enterprise or holder %(n)s") % {"n": number + 1}
            found.append((str(number), f"{number + 1}: {name}" if name else title))
        return found

    def clean(self) -> None:
        """The row that another one names must hold an enterprise."""
        for form in self.forms:
            chosen = form.cleaned_data.get("counterpart") if form.is_valid() else ""
            if chosen and not self.forms[int(chosen)].has_changed():
                form.add_error(
                    "counterpart", gettext("Fill the row that you choose here, or choose another one.")
                )


RelatedRows = forms.formset_factory(
    RelatedForm, formset=RelatedFormSet, extra=SPARE_ROWS, max_num=MOST_ROWS, absolute_max=MOST_ROWS
)


def subject_identifier(organisation: Organisation) -> str:
    """The identifier by which an organisation stands in the figures of others: register number, else its own."""
    if organisation.register_number:
        return f"{organisation.country} {organisation.register_number}"
    return f"organisation:{organisation.pk}"


def _identifier(row: dict[str, Any]) -> str:
    if row.get("register_number"):
        return f"{row['country']} {row['register_number']}"
    return f"name:{row['country']} {normalise_name(row['name'])}"


def _text(value: Decimal | int | None) -> str | None:
    return None if value is None else f"{value:f}" if isinstance(value, Decimal) else str(value)


def _period(
    closed_on: Any, values: dict[str, Any], prefix: str = "", *, is_estimate: bool = False
) -> dict[str, Any]:
    figures = {name: _text(values.get(prefix + name)) for name in ("headcount", "turnover", "balance_sheet")}
    period: dict[str, Any] = {"closed_on": closed_on.isoformat()}
    period.update({name: value for name, value in figures.items() if value is not None})
    return period | ({"is_estimate": True} if is_estimate else {})


def enterprise_of(
    organisation: Organisation, values: dict[str, Any], rows: dict[int, dict[str, Any]]
) -> dict[str, Any]:
    """What the form and its rows, by number, say, in the JSON form of ``consortia.sme``. A holder named in two rows
    is one enterprise."""
    own = subject_identifier(organisation)
    periods = [_period(values["closed_on"], values, is_estimate=values["is_estimate"])]
    if values["previous_closed_on"]:
        periods.append(_period(values["previous_closed_on"], values, "previous_"))
    subject: dict[str, Any] = {"identifier": own, "name": organisation.name, "periods": periods}
    if values["is_consolidated"]:
        subject["is_consolidated"] = True
    if values["presumes_independence"]:
        subject |= {"has_dispersed_capital": True, "presumes_independence": True}
    if values.get("founded_on"):
        subject["founded_on"] = values["founded_on"].isoformat()
    enterprises, relations = {own: subject}, []
    for row in rows.values():
        identifier = _identifier(row)
        enterprises.setdefault(identifier, _related(identifier, row, values))
        chosen = row.get("counterpart")
        other = _identifier(rows[int(chosen)]) if chosen else own
        holder, held = (identifier, other) if row["direction"] == HOLDS_US else (other, identifier)
        relation: dict[str, Any] = {
            "holder": holder,
            "held": held,
            "capital": _text((row["capital"] / 100).normalize()),
            "votes": _text((row["votes"] / 100).normalize()),
        }
        if row["control"]:
            relation[row["control"]] = True
        if row["invested"] is not None:
            relation["invested"] = _text(row["invested"])
        for name in ("market", "acting_group"):
            if row.get(name):
                relation[name] = row[name]
        relations.append(relation)
    # A person acts jointly in every holding alike; said once, it holds for each row of that person.
    groups = {r["holder"]: r["acting_group"] for r in relations if "acting_group" in r}
    for relation in relations:
        if relation["holder"] in groups:
            relation["acting_group"] = groups[relation["holder"]]
    graph: dict[str, Any] = {
        "subject": own,
        "enterprises": list(enterprises.values()),
        "relations": relations,
    }
    if values.get("previous_class"):
        graph["previous_class"] = values["previous_class"]
    return graph


def _related(identifier: str, row: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    enterprise: dict[str, Any] = {"identifier": identifier, "name": row["name"], "kind": row["kind"]}
    if any(row[name] is not None for name in ("headcount", "turnover", "balance_sheet")):
        enterprise["periods"] = [_period(values["closed_on"], row)]
        if values["previous_closed_on"] and any(
            row[f"previous_{name}"] is not None for name in ("headcount", "turnover", "balance_sheet")
        ):
            enterprise["periods"].append(_period(values["previous_closed_on"], row, "previous_"))
    for name in ("annual_budget", "inhabitants"):
        if row[name] is not None:
            enterprise[name] = _text(row[name])
    return enterprise


def read_enterprise(organisation: Organisation, form: SmeForm, rows: AnyRows) -> dict[str, Any] | None:
    """What both valid forms say, in the JSON form; None, with each mistake at its row, where it can't be so."""
    typed = filled(rows)
    numbers = {id(row): number for number, row in enumerate(rows.forms)}
    enterprise = enterprise_of(
        organisation, form.cleaned_data, {numbers[id(row)]: row.cleaned_data for row in typed}
    )
    try:
        sme.enterprise_from_json(enterprise)
    except sme.JsonFormError as error:
        for mistake in error.mistakes:
            _row_of(mistake.place, enterprise, form, typed).add_error(None, mistake.message)
        return None
    return enterprise


def _row_of(place: str, enterprise: dict[str, Any], form: SmeForm, typed: list[Any]) -> forms.Form:
    """The form that a place of the JSON form comes from."""
    match = re.match(r"(relations|enterprises)\[(\d+)\]", place)
    if match is None:
        return form
    number = int(match[2])
    if match[1] == "relations":
        return typed[number]  # type: ignore[no-any-return]
    identifier = enterprise["enterprises"][number]["identifier"]
    return next((row for row in typed if _identifier(row.cleaned_data) == identifier), form)


def sme_initial(declaration: SmeDeclaration | None) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What the standing declaration says, for the form and for its rows."""
    if declaration is None or "subject" not in declaration.enterprise:
        return {}, []
    graph = declaration.enterprise
    enterprises = {enterprise["identifier"]: enterprise for enterprise in graph["enterprises"]}
    subject = enterprises[graph["subject"]]
    initial: dict[str, Any] = {
        "declared_class": declaration.declared_class,
        "is_consolidated": subject.get("is_consolidated", False),
        "presumes_independence": subject.get("presumes_independence", False),
        "founded_on": subject.get("founded_on"),
        "previous_class": graph.get("previous_class", ""),
    }
    periods = sorted(subject.get("periods", []), key=lambda period: period["closed_on"], reverse=True)
    for prefix, period in zip(("", "previous_"), periods, strict=False):
        initial |= _figures(prefix, period) | {f"{prefix}closed_on": period["closed_on"]}
    initial["is_estimate"] = any(period.get("is_estimate") for period in periods)
    return initial, _rows(graph, enterprises)


def _rows(graph: dict[str, Any], enterprises: dict[str, Any]) -> list[dict[str, Any]]:
    """A row for each relation, those of the enterprise itself first, then along the chains.

    Of a relation between two others, the row is that of the one that has none yet.
    """
    rows: list[dict[str, Any]] = []
    number_of: dict[str, int] = {}
    waiting = list(graph.get("relations", []))
    while waiting:
        reached = {graph["subject"], *number_of}
        relation = next(
            (r for r in waiting if graph["subject"] in (r["holder"], r["held"])),
            next((r for r in waiting if reached & {r["holder"], r["held"]}), waiting[0]),
        )
        waiting.remove(relation)
        is_holder = relation["held"] == graph["subject"] or (
            relation["holder"] != graph["subject"] and relation["held"] in number_of
        )
        own, other = relation["holder"], relation["held"]
        if not is_holder:
            own, other = other, own
        row = _row(enterprises[own], relation, HOLDS_US if is_holder else HELD_BY_US)
        if other != graph["subject"]:
            row["counterpart"] = str(number_of.get(other, ""))
        number_of.setdefault(own, len(rows))
        rows.append(row)
    return rows


def _figures(prefix: str, period: dict[str, Any]) -> dict[str, Any]:
    return {
        prefix + name: Decimal(str(period[name]))
        for name in ("headcount", "turnover", "balance_sheet")
        if period.get(name) is not None
    }


def _row(other: dict[str, Any], relation: dict[str, Any], direction: str) -> dict[str, Any]:
    country, _space, number = other["identifier"].removeprefix("name:").partition(" ")
    row: dict[str, Any] = {
        "name": other.get("name", ""),
        "kind": other.get("kind", "enterprise"),
        "country": country if len(country) == 2 else "",
        "register_number": "" if other["identifier"].startswith("name:") else number,
        "direction": direction,
        "capital": Decimal(str(relation.get("capital", 0))) * 100,
        "votes": Decimal(str(relation.get("votes", 0))) * 100,
        "control": next((name for name, _label in CONTROLS if name and relation.get(name)), ""),
        "invested": Decimal(str(relation["invested"])) if relation.get("invested") is not None else None,
        "market": relation.get("market", ""),
        "acting_group": relation.get("acting_group", ""),
    }
    periods = sorted(other.get("periods", []), key=lambda period: period["closed_on"], reverse=True)
    for prefix, period in zip(("", "previous_"), periods, strict=False):
        row |= _figures(prefix, period)
    for name in ("annual_budget", "inhabitants"):
        if other.get(name) is not None:
            row[name] = Decimal(str(other[name]))
    return row


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
