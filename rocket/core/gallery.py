"""Invented content for the gallery, in every state that a component has. Shown at ``/gallery/``, visited by the accessibility test."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace as Sample
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout, Row, Submit
from django import forms
from django.core.paginator import Paginator
from django.utils.translation import gettext_lazy as _

from rocket.core.display import euro_text
from rocket.core.templatetags.rocket import STATES, amount

NOW = datetime(2017, 10, 31, 17, 0, tzinfo=UTC)

KETS = [
    Sample(code="NT", name="Nanotechnology", category=1),
    Sample(code="MS", name="Microsystems technology", category=2),
    Sample(code="ME", name="Micro- and nanoelectronics", category=3),
    Sample(code="IM", name="Innovative materials", category=4),
    Sample(code="PH", name="Photonics", category=5),
    Sample(code="XX", name="Another technology", category=6),
]


class BudgetForm(forms.Form):
    """A form with one field of every kind."""

    title = forms.CharField(
        label=_("Short title"), help_text=_("As it will stand in the list of projects."), max_length=60
    )
    services = forms.CharField(
        label=_("What are the external services?"),
        help_text=_("Name each service and why nobody in the consortium can do it. Up to 200 words."),
        widget=forms.Textarea(attrs={"data-count": "words", "data-limit": "200", "rows": 4}),
    )
    grant = forms.DecimalField(
        label=_("Grant you ask for, in EUR"),
        help_text=_("At most 60 % of the total eligible cost: EUR 127,440.00"),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "num w-10"}),
    )
    starts_on = forms.DateField(
        label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}), required=False
    )
    months = forms.IntegerField(label=_("Months"), min_value=1, max_value=36, required=False)
    country = forms.ChoiceField(
        label=_("Country"),
        choices=[("", "–"), ("NL", _("Netherlands")), ("DE", _("Germany"))],
        required=False,
    )
    vat = forms.ChoiceField(
        label=_("Can the company recover VAT on these costs?"),
        choices=[("all", _("Yes, all of it")), ("part", _("Partly")), ("no", _("No"))],
        widget=forms.RadioSelect,
    )
    fields_of_use = forms.MultipleChoiceField(
        label=_("Fields of application"),
        choices=[("health", _("Health")), ("energy", _("Energy")), ("production", _("Production"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    balance = forms.FileField(
        label=_("Balance sheet"),
        help_text=_("A PDF of at most 20 MB."),
        widget=forms.FileInput(attrs={"accept": ".pdf"}),
        required=False,
    )
    completed = forms.BooleanField(label=_("I have completed this section"), required=False)

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.layout = Layout(
            Fieldset(_("What it costs"), "title", "services", "grant", Row("starts_on", "months", "country")),
            Fieldset(_("Details"), "vat", "fields_of_use", "balance", "completed"),
        )
        helper.add_input(Submit("save", _("Save and continue"), css_id=str(self.auto_id) % "save"))
        helper.add_input(
            Submit(
                "later",
                _("Save for later"),
                css_class="button--secondary",
                css_id=str(self.auto_id) % "later",
            )
        )
        return helper


class FilterForm(forms.Form):
    call = forms.ChoiceField(
        label=_("Call"),
        choices=[("", _("All calls")), ("4", _("Innovation projects, fourth call"))],
        required=False,
    )
    state = forms.ChoiceField(
        label=_("State"), choices=[("", _("All states")), ("draft", _("Draft"))], required=False
    )
    q = forms.CharField(label=_("Name"), required=False)


def _findings(**groups: list[Sample]) -> Sample:
    return Sample(
        passed_count=len(groups["passed"]),
        failed_count=len(groups["failed"]),
        unknown_count=len(groups["unknown"]),
        warned_count=len(groups.get("warned", ())),
        checked_at=NOW,
        **groups,
    )


def sample_context() -> dict[str, Any]:
    """Everything that ``core/gallery.html`` shows; no database, no clock."""
    failed = [
        Sample(
            outcome="failed", title=_("Funding rate is above 60 %"),
            message=_("Textielhuis Almelo B.V. asks for %(grant)s of %(cost)s, which is 64.2 %%.")
            % {"grant": euro_text(Decimal("136360.80")), "cost": euro_text(Decimal(212400))},
            remedy_text=_("Lower its grant by %(amount)s") % {"amount": euro_text(Decimal("8920.80"))},
            remedy_url="#grant", code="CO-FINANCING-RATE", source="Regulation (EU) No 1303/2013, Article 120",
        ),
        Sample(
            outcome="failed", title=_("Company class does not match"),
            message=_("Lichtwerk Borken GmbH declares “small”. 52.4 persons make it “medium”."),
            remedy_text=_("Correct the declaration"), remedy_url="#class", code="SME-DECLARATION", source="2003/361/EC, Annex, Article 2",
        ),
    ]  # fmt: skip
    warned = [
        Sample(
            outcome="warns", title=_("Working capital is short"), message=_("Warns and does not block."),
            remedy_text="", remedy_url="", code="WORKING-CAPITAL", source="",
        ),
    ]  # fmt: skip
    unknown = [
        Sample(
            outcome="unknown", title=_("All partners have confirmed"),
            message=_("Donaudampfschifffahrtselektrizitätenhauptbetriebswerk GmbH was invited on 24 October and has not answered."),
            remedy_text=_("Send a reminder"), remedy_url="#remind", code="PARTNERS-CONFIRMED", source="",
        )
    ]  # fmt: skip
    passed = [
        Sample(outcome="passed", title=_("Lead partner is an SME"), message="", remedy_text="", remedy_url="", code="", source=""),
        Sample(outcome="passed", title=_("At least two SMEs"), message=_("3 of 2"), remedy_text="", remedy_url="", code="", source=""),
        Sample(
            outcome="derogation", title=_("Partners lie in the programme area"), message=_("Derogation by H. Brouwer, 12 October 2017."),
            remedy_text="", remedy_url="", code="", source="",
        ),
    ]  # fmt: skip
    refused = BudgetForm({"title": "", "services": "", "grant": "about forty", "months": "40"})
    refused.auto_id = "refused_%s"
    refused.is_valid()
    filters = FilterForm()
    filters.auto_id = "filter_%s"
    shape = [
        "1111111",
        "1111111",
        "0111111",
        "1111111",
        "1111111",
        "1111110",
        "1111100",
        "1111100",
        "0011100",
    ]
    tiles = []
    for row, line in enumerate(shape):
        for column, there in enumerate(line):
            if there == "1":
                side = "west" if column < (3 if row < 6 else 2) else "east"
                tiles.append(
                    Sample(
                        column=column,
                        row=row,
                        short=f"R{row}{column}",
                        name=f"Region {row}.{column}",
                        side=side,
                        value=(row * column) % 9 if row > 2 else 0,
                    )
                )
    rows = [
        Sample(cells=[Sample(text="LumiWeave", url="#lumi"), Sample(text="Lichtwerk Borken GmbH"), Sample(text=amount(Decimal(1097500))), Sample(text=_("Draft"))]),
        Sample(cells=[Sample(text="GridSkin", url="#grid"), Sample(text="Koppelvlak Energie B.V."), Sample(text=amount(Decimal("948260.40"))), Sample(text=_("In assessment"))]),
    ]  # fmt: skip
    return {
        "now": NOW, "no_focus": True, "kets": KETS, "states": [state for state in STATES if state != "info"], "money": Decimal("9994868.76"), "rate": Decimal("0.642"),
        "moments": {
            "open": NOW + timedelta(days=45), "soon": NOW + timedelta(hours=3), "closed": NOW - timedelta(days=2),
            "opens": NOW + timedelta(days=12), "later": NOW + timedelta(days=90),
        },
        "countries": [Sample(code="NL", side="west", name=_("Netherlands")), Sample(code="DE", side="east", name=_("Germany")), Sample(code="BE", side="", name=_("Belgium"))],
        "report": _findings(failed=failed, unknown=unknown, passed=passed, warned=warned),
        "clear_report": _findings(failed=[], unknown=[], passed=passed),
        "groups": [
            Sample(title=_("The project"), tasks=[
                Sample(title=_("Summary"), url="#summary", state="completed", why="", writer=""),
                Sample(title=_("Cross-border added value"), url="#value", state="in_progress", why="", writer=_("Anneke Veldhuis is writing since 13:40")),
            ]),
            Sample(title=_("Partners"), tasks=[
                Sample(title=_("SME declarations"), url="#sme", state="needs_attention", why=_("One class does not match its figures"), writer=""),
                Sample(title=_("Annexes"), url="#annexes", state="not_started", why=_("1 of 3 uploaded"), writer=""),
                Sample(title=_("Funding plan"), url="", state="locked", why=_("Opens when every partner's budget is completed"), writer=""),
            ]),
        ],
        "budget_form": BudgetForm(), "refused_form": refused, "filter_form": filters,
        "pills": [Sample(text=_("Changed in October 2017"), url="?")],
        "exports": [Sample(text="XLSX", url="#xlsx"), Sample(text="CSV", url="#csv")],
        "columns": [
            Sample(label=_("Proposal"), sort_url="?sort=title", sorted="ascending"), Sample(label=_("Lead partner")),
            Sample(label=_("Total cost (EUR)"), numeric=True, sort_url="?sort=cost"), Sample(label=_("State")),
        ],
        "rows": rows,
        "footer": [Sample(text=_("Total")), Sample(text=""), Sample(text=amount(Decimal("2045760.40"))), Sample(text="")],
        "figures": [
            Sample(value=17, label=_("projects"), note=_("11 innovation projects and 6 feasibility studies")),
            Sample(value=70, label=_("organisations in them"), note=_("from both sides of the border")),
            Sample(value=amount(Decimal("9994868.76")), label=_("euros of overall budget"), note=_("all partners, own share included")),
            Sample(value="60\u00a0%", label=_("funding rate"), note=_("the rest is the partners' own")),
        ],
        "summary_rows": [
            Sample(key=_("Main technology"), value=_("Photonics"), url="#change", url_text=""),
            Sample(key=_("Summary"), value=_("Photonic inspection of coated medical textiles, on the loom"), url="#change", url_text=""),
            Sample(key="Grenzüberschreitende Wertschöpfungskettenentwicklung", value="Oberflächenbeschichtungsqualitätssicherungsverfahren", url="#change", url_text=""),
        ],
        "steps": [
            Sample(title=_("Find a partner"), text=_("Search companies that offer what you need, or ask one of five cluster organisations.")),
            Sample(title=_("Write together"), text=_("One proposal, every partner its own part. It saves itself.")),
            Sample(title=_("See if it is eligible"), text=_("Each rule tells you what is missing and where to mend it, while you write.")),
            Sample(title=_("Present and start"), text=_("A jury of experts decides. Your consultant stays until the product.")),
        ],
        "funding": [
            Sample(kind="grant", label=_("Grant asked for"), amount=Decimal("667420.80")),
            Sample(kind="above", label=_("Above the limit of 60 %"), amount=Decimal("8920.80")),
            Sample(kind="own", label=_("Own contribution"), amount=Decimal("430079.20")),
        ],
        "sources": [
            Sample(kind="grant", label="ERDF", amount=Decimal(106200)), Sample(kind="grant2", label="Provincie Overijssel", amount=Decimal("30160.80")),
            Sample(kind="own", label=_("Own contribution"), amount=Decimal("76039.20")),
        ],
        "bars": [
            Sample(label=ket.name, code=ket.code, category=ket.category, value=Decimal(value), url="")
            for ket, value in zip((KETS[3], KETS[0], KETS[1], KETS[2], KETS[4]), ("2486311", "2318440", "1964212.50", "1742905.26", "1483000"), strict=True)
        ],
        "tiles": tiles, "arcs": [((0, 0), (5, 2)), ((1, 4), (4, 5)), ((2, 5), (3, 6)), ((0, 7), (4, 8)), ((1, 4), (4, 5))],
        "page_obj": Paginator(range(241), 25).get_page(4),
        "crumbs": [(_("My work"), "#work"), ("LumiWeave", "#lumi"), (_("Budget of each partner"), "")],
        "waiting": [Sample(title=_("Decide on PulsePatch"), url="#decide", state="due", text=_("Due tomorrow"))],
    }  # fmt: skip
