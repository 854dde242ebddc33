"""Tags and filters that every template has without loading: icons, money, dates, states, charts.

All output is escaped here (``format_html``); the only text taken as it is are the drawings of the icon package.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Any

import lucide
from django import forms, template
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.http import QueryDict
from django.template.defaulttags import querystring
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from rocket.core import display, drawing
from rocket.core.permissions import may as may_do

register = template.Library()

# Icons ---------------------------------------------------------------------------------------------------


@lru_cache(maxsize=512)
def _drawing_of(name: str) -> str:
    """The inner drawing of a lucide icon, without its frame."""
    text = lucide._render_icon(name, None)
    inner = re.sub(r"^\s*<svg[^>]*>|</svg>\s*$", "", text, flags=re.DOTALL)
    return re.sub(r"\s*\n\s*", "", inner).strip()


@register.simple_tag
def icon(name: str, size: int = 20, label: Any = "") -> SafeString:
    """A line icon beside words. Hidden from assistive technology unless ``label`` says what it means."""
    meaning = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="icon" width="{}" height="{}" viewBox="0 0 24 24" fill="none" stroke="currentColor"'
        ' stroke-width="2" stroke-linecap="round" stroke-linejoin="round" focusable="false" {}>{}</svg>',
        size,
        size,
        meaning,
        mark_safe(_drawing_of(str(name))),  # noqa: S308 drawings of an installed package, chosen by our templates
    )


# Money, rates, days --------------------------------------------------------------------------------------


def _with_muted_cents(text: str, amount: Decimal | int) -> SafeString:
    whole, cents = display.split_amount(amount)
    before, _separator, after = text.partition(whole + cents)
    return format_html(
        '<span class="money">{}{}<span class="cents">{}</span>{}</span>', before, whole, cents, after
    )


@register.filter
def euro(amount: Decimal | int | None) -> str:
    """An amount with its currency; cents are muted. Nothing for no amount."""
    return "" if amount in (None, "") else _with_muted_cents(display.euro_text(Decimal(amount)), amount)


@register.filter
def amount(amount: Decimal | int | None) -> str:
    """An amount for tables, whose head names the currency; cents are muted."""
    return "" if amount in (None, "") else _with_muted_cents(display.amount_text(amount), amount)


@register.filter
def euro_text(amount: Decimal | int | None) -> str:
    """An amount with its currency as plain text."""
    return "" if amount in (None, "") else display.euro_text(Decimal(amount))


@register.filter
def euro_brief(amount: Decimal | int | None) -> str:
    """An amount with its currency for sentences: whole euros where there are no cents."""
    return "" if amount in (None, "") else display.euro_brief_text(amount)


@register.filter
def percent(rate: Decimal | float | None, places: int | None = None) -> str:
    """A rate from 0 to 1 as a percentage."""
    return "" if rate in (None, "") else display.percent_text(rate, places)


@register.filter
def count(number: int | None) -> str:
    """A whole number, grouped."""
    return "" if number in (None, "") else display.count_text(number)


def _time(machine: str, text: str) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', machine, text)


@register.filter
def day(value: date | datetime | None, style: str = "") -> str:
    """A day; style ``short`` or ``weekday``."""
    if not value:
        return ""
    local = (
        timezone.localtime(value).date()
        if isinstance(value, datetime) and timezone.is_aware(value)
        else value
    )
    return _time(local.isoformat(), display.day_text(value, style))


@register.filter
def moment(value: datetime | None, style: str = "") -> str:
    """Date, time and zone; style ``weekday`` names the day of the week too."""
    return _time(value.isoformat(), display.moment_text(value, style)) if value else ""


@register.filter
def moment_text(value: datetime | None, style: str = "") -> str:
    """Date, time and zone as plain text."""
    return display.moment_text(value, style) if value else ""


@register.filter
def clock(value: datetime | None) -> str:
    """The time of day."""
    return _time(value.isoformat(), display.clock_text(value)) if value else ""


# States --------------------------------------------------------------------------------------------------

STATES: dict[str, tuple[str, str, Any]] = {
    # state: look, icon, word where the page gives none
    "completed": ("passed", "circle-check", _("Completed")),
    "passed": ("passed", "circle-check", _("Passed")),
    "confirmed": ("passed", "circle-check", _("Confirmed")),
    "approved": ("passed", "circle-check", _("Approved")),
    "approved_conditions": ("passed", "circle-check", _("Approved with conditions")),
    "eligible": ("passed", "circle-check", _("Eligible")),
    "accepted": ("passed", "circle-check", _("Accepted")),
    "certified": ("passed", "circle-check", _("Certified")),
    "paid": ("passed", "circle-check", _("Paid")),
    "open": ("passed", "circle-dot", _("Open")),
    "published": ("info", "globe", _("Published")),
    "granted": ("passed", "shield-check", _("Granted")),
    "refused": ("failed", "circle-x", _("Refused")),
    "taken_back": ("quiet", "circle-minus", _("Taken back")),
    "derogation": ("passed", "shield-check", _("Derogation recorded")),
    "in_progress": ("info", "pencil", _("In progress")),
    "draft": ("info", "pencil", _("Draft")),
    "reopened": ("warning filled", "triangle-alert", _("Reopened, submit again")),
    "submitted": ("info", "send", _("Submitted")),
    "running": ("info", "circle-dot", _("Running")),
    "contracting": ("info", "signature", _("Contracting")),
    "in_assessment": ("unknown", "users", _("In assessment")),
    "decision_pending": ("unknown", "scale", _("Decision pending")),
    "decided": ("info", "scale", _("Decided")),
    "unknown": ("unknown", "circle-question-mark", _("Not yet known")),
    "waiting": ("unknown", "circle-question-mark", _("Waiting")),
    "invited": ("unknown", "clock", _("Invited")),
    "appealed": ("unknown", "scale", _("Appeal recorded")),
    "in_development": ("info", "flask-conical", _("Being tested")),
    "on_market": ("passed", "circle-check", _("On the market")),
    "stopped": ("quiet", "circle-minus", _("Stopped")),
    "reserve": ("unknown", "hourglass", _("Reserve list")),
    "planned": ("quiet", "calendar-clock", _("Planned")),
    "not_started": ("quiet", "circle-dashed", _("Not started")),
    "locked": ("quiet", "lock", _("Cannot start yet")),
    "closing": ("info", "circle-dot", _("Closing")),
    "closed": ("quiet", "lock", _("Closed")),
    "archived": ("quiet", "archive", _("Archived")),
    "withdrawn": ("quiet", "circle-minus", _("Withdrawn")),
    "declined": ("quiet", "circle-minus", _("Declined")),
    "terminated": ("failed", "circle-x", _("Terminated")),
    "rejected": ("failed", "circle-x", _("Rejected")),
    "failed": ("failed", "circle-x", _("Failed")),
    "expired": ("warning", "clock", _("Expired")),
    "warns": ("warning", "triangle-alert", _("Warns")),
    "needs_attention": ("failed filled", "circle-x", _("Needs attention")),
    "ineligible": ("failed filled", "circle-x", _("Ineligible")),
    "returned": ("warning filled", "triangle-alert", _("Returned for completion")),
    "due": ("warning filled", "clock", _("Due")),
    "info": ("info", "info", ""),
}
"""How each state looks. Filled only where somebody must act."""


def _key(state: Any) -> str:
    value = state.value if isinstance(state, Enum) else state
    return str(value).strip().lower().replace("-", "_").replace(" ", "_")


def _look(state: Any) -> tuple[str, str, Any]:
    return STATES.get(_key(state), ("quiet", "circle-dot", getattr(state, "label", "") or str(state)))


@register.simple_tag
def status_tag(state: Any, text: Any = "") -> SafeString:
    """Icon, word and colour of a state. The word is ``text``, else the state's own."""
    look, name, word = _look(state)
    return format_html(
        '<span class="tag tag--{}">{}<span>{}</span></span>',
        look.replace(" ", " tag--"),
        icon(name, 18),
        text or word,
    )


@register.simple_tag
def state_icon(state: Any, size: int = 20) -> SafeString:
    """Only the icon of a state, in its colour, where the words stand beside it."""
    look, name, _word = _look(state)
    return format_html('<span class="state-icon state-icon--{}">{}</span>', look.split()[0], icon(name, size))


@register.filter
def state_word(state: Any) -> str:
    """The word of a state, for people who don't see its icon."""
    return str(_look(state)[2])


@register.filter
def state_key(state: Any) -> str:
    """A state or outcome, member of an enumeration or text, as lower-case text to compare and to name classes."""
    return _key(state)


@register.simple_tag
def may(user: Any, verb: str, obj: Any) -> Any:
    """Whether the user may do ``verb`` with the object, from the same table that the view asks. Falsy with a reason if not."""
    return may_do(user, verb, obj)


# Technology, country, time left --------------------------------------------------------------------------


@register.simple_tag
def ket_chip(ket: Any, dense: bool = False) -> SafeString:
    """Two letters in the technology's own colour, and its name. ``dense`` keeps the name for a title and for hearing."""
    if not ket:
        return SafeString("")
    category = int(_get(ket, "category", _get(ket, "position", 6)) or 6)
    category = category if 1 <= category <= 6 else 6
    code, name = _get(ket, "code"), _get(ket, "name")
    if dense:
        return format_html(
            '<span class="ket ket--dense" title="{}"><span class="ket__code cat-{}" aria-hidden="true">{}</span>'
            '<span class="visually-hidden">{}</span></span>',
            name,
            category,
            code,
            name,
        )
    return format_html(
        '<span class="ket"><span class="ket__code cat-{}" aria-hidden="true">{}</span><span class="ket__name">{}</span></span>',
        category,
        code,
        name,
    )


def _sides(programme: Any) -> Mapping[str, tuple[str, Any]]:
    """Bank and name of each country of a programme; read once for each programme object."""
    if programme is None:
        return {}
    found = getattr(programme, "_rocket_sides", None)
    if found is None:
        countries = getattr(programme, "countries", None) or getattr(programme, "country_set", None)
        rows: Iterable[Any] = (
            countries.all() if countries is not None and hasattr(countries, "all") else countries or []
        )
        found = {str(c.code): (str(c.side), c.name) for c in rows}
        programme._rocket_sides = found
    return found


@register.simple_tag(takes_context=True)
def country_mark(context: template.Context, country: Any, programme: Any = None) -> SafeString:
    """Letters of a country with a heavy edge on its bank of the border: left for west, right for east, none for others."""
    if not country:
        return SafeString("")
    code, side, name = (
        str(_get(country, "code", country)),
        _get(country, "side", ""),
        _get(country, "name", ""),
    )
    if not side:
        programme = programme or getattr(context.get("portal"), "programme", None)
        side, name = _sides(programme).get(code, ("", name))
    edge = side if side in {"west", "east"} else "none"
    return format_html('<abbr class="country country--{}" title="{}">{}</abbr>', edge, name or code, code)


@register.inclusion_tag("components/time_left.html", takes_context=True)
def time_left(
    context: template.Context,
    closes_at: datetime | None,
    opens_at: datetime | None = None,
    now: datetime | None = None,
    compact: bool = False,
) -> dict[str, Any]:
    """How long a call is open: days, in the last 24 hours hours and minutes, then that it closed; always with date and zone."""
    now = now or getattr(context.get("portal"), "now", None) or timezone.now()
    return {"moment": closes_at, "compact": compact, **remaining(closes_at, opens_at, now)}


def remaining(closes_at: datetime | None, opens_at: datetime | None, now: datetime) -> dict[str, Any]:
    """What the time-left block says: ``state`` open, soon, closed, planned or undated, with ``words`` and the moment it names."""
    if opens_at and now < opens_at:
        days = (timezone.localtime(opens_at).date() - timezone.localtime(now).date()).days
        words = (
            ngettext("Opens in %(n)s day", "Opens in %(n)s days", days) % {"n": display.count_text(days)}
            if days
            else gettext("Opens today")
        )
        return {"state": "planned", "words": words, "moment": opens_at}
    if closes_at is None:
        return {"state": "undated", "words": gettext("No closing date yet")}
    left = closes_at - now
    if left <= timedelta(0):
        return {"state": "closed", "words": gettext("Closed")}
    if left < timedelta(minutes=1):
        return {"state": "soon", "words": gettext("Less than a minute left")}
    if left < timedelta(hours=1):
        n = int(left.total_seconds() // 60)
        return {"state": "soon", "words": ngettext("%(n)s minute left", "%(n)s minutes left", n) % {"n": n}}
    if left < timedelta(hours=24):
        n = int(left.total_seconds() // 3600)
        return {"state": "soon", "words": ngettext("%(n)s hour left", "%(n)s hours left", n) % {"n": n}}
    n = (timezone.localtime(closes_at).date() - timezone.localtime(now).date()).days
    return {
        "state": "open",
        "words": ngettext("%(n)s day left", "%(n)s days left", n) % {"n": display.count_text(n)},
    }


# Addresses -----------------------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def qs(context: template.Context, query_dict: Any = None, **changes: Any) -> str:
    """The current query string with changes; a value of None removes its key. ``page=2`` keeps filters and order."""
    if query_dict is None:
        query_dict = getattr(context.get("request"), "GET", None)
    if not isinstance(query_dict, QueryDict):
        query_dict = QueryDict()
    return str(querystring(context, query_dict, **changes)) or "?"


@register.simple_tag(takes_context=True)
def current_page(context: template.Context, url: str, exact: bool = False) -> SafeString:
    """Marks a link to the page that is open, or (unless ``exact``) to a page above it."""
    request = context.get("request")
    path = getattr(request, "path", "")
    here = path == url or (not exact and url != "/" and path.startswith(url))
    return mark_safe(' aria-current="page"') if here else SafeString("")


@register.simple_tag(takes_context=True)
def theme_attribute(context: template.Context) -> SafeString:
    """The theme that this reader chose, on the html element, so that no page flashes in the other one first."""
    chosen = getattr(context.get("request"), "COOKIES", {}).get("theme", "")
    return format_html(' data-theme="{}"', chosen) if chosen in {"light", "dark"} else SafeString("")


@register.filter
def page_range(paginator: Any, number: int) -> list[int]:
    """Page numbers around ``number`` with the first and the last; 0 stands for left-out pages."""
    last = paginator.num_pages
    wanted = sorted({1, last, *(n for n in range(number - 1, number + 2) if 1 <= n <= last)})
    shown: list[int] = []
    for page in wanted:
        if shown and page - shown[-1] == 2:
            shown.append(page - 1)
        elif shown and page - shown[-1] > 2:
            shown.append(0)
        shown.append(page)
    return shown


@register.filter
def nth(items: Any, place: int) -> Any:
    """The item at a place counted from 0, nothing beyond the end."""
    try:
        return list(items)[int(place)]
    except IndexError:
        return ""


@register.filter
def has(mapping: Any, key: str) -> bool:
    """Whether a mapping holds a key that a template can't name, such as one with a hyphen."""
    return key in mapping


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


# Charts --------------------------------------------------------------------------------------------------


def _get(thing: Any, name: str, default: Any = "") -> Any:
    """A part of a mapping or an object."""
    if isinstance(thing, Mapping):
        return thing.get(name, default)
    return getattr(thing, name, default)


FILLS = {  # the light set; style sheets put the reader's theme over it, a printed page keeps it
    "passed": "#146C43", "failed": "#A8201F", "unknown": "#4B4F8C", "grant": "#0A4A5A", "grant2": "#2196A6",
    "grant3": "#6FB3BE", "above": "#A8201F", "own": "#4A5D66", "launched": "#06303B", "tested": "#2196A6",
    "promised": "#2196A6", "open": "#6B7F88",
}  # fmt: skip
FUNDING_KINDS = {"public": "grant2", "private": "grant3"}
"""Sources of money that share the look of a grant source."""
CATEGORY_FILLS = ("#2196A6", "#B8860B", "#7C3FCF", "#5C1038", "#12407F", "#66700F")
TILE_FILLS = ("#E4EBEC", "#B7D8DD", "#6FB3BE", "#1F7A8A", "#0A4A5A")


@register.inclusion_tag("charts/verdict_bar.html")
def verdict_bar(passed: int = 0, failed: int = 0, unknown: int = 0, pdf: bool = False) -> dict[str, Any]:
    """One piece for each outcome, as wide as the number of its rules, with the totals in words."""
    return {
        "segments": drawing.stacked([("passed", passed), ("failed", failed), ("unknown", unknown)]),
        "passed": passed,
        "failed": failed,
        "unknown": unknown,
        "pdf": pdf,
    }


@register.inclusion_tag("charts/progress_segments.html")
def progress_segments(done: int, total: int, text: Any = "", pdf: bool = False) -> dict[str, Any]:
    """As many pieces as there are sections, filled or outlined; the words say the same."""
    gap = 0.9 if total <= 16 else 0.4
    width = (100 - gap * (total - 1)) / total if total else 0.0
    pieces = [(drawing.number(k * (width + gap)), drawing.number(width), k < done) for k in range(total)]
    words = text or ngettext(
        "%(done)s of %(total)s section completed", "%(done)s of %(total)s sections completed", total
    ) % {"done": done, "total": total}
    return {"pieces": pieces, "words": words, "pdf": pdf}


@register.inclusion_tag("charts/funding_line.html")
def funding_line(
    parts: Iterable[Any], total: bool = False, table: bool = False, pdf: bool = False
) -> dict[str, Any]:
    """Who pays: one bar of the parts that add up to the whole, each with its figure below."""
    rows = [
        {
            "kind": FUNDING_KINDS.get(_key(_get(p, "kind")), _key(_get(p, "kind"))),
            "label": _get(p, "label"),
            "amount": Decimal(_get(p, "amount", 0) or 0),
        }
        for p in parts
    ]
    whole = sum((row["amount"] for row in rows), Decimal(0))
    for row in rows:
        row["rate"] = row["amount"] / whole if whole else None
        row["fill"] = FILLS.get(row["kind"], FILLS["own"])
    segments = [
        {"x": s.x, "width": s.width, "kind": s.kind, "fill": FILLS.get(s.kind, FILLS["own"])}
        for s in drawing.stacked([(row["kind"], row["amount"]) for row in rows], gap=0.4)
    ]
    return {"rows": rows, "segments": segments, "whole": whole, "total": total, "table": table, "pdf": pdf}


@register.inclusion_tag("charts/bars.html")
def horizontal_bars(
    rows: Iterable[Any],
    title: Any = "",
    unit: Any = "",
    money: bool = False,
    total: bool = False,
    pdf: bool = False,
    name: Any = "",
) -> dict[str, Any]:
    """Bars with name and exact value above each, from zero; the same figures as a table under them."""
    given = list(rows)
    largest = max((Decimal(_get(r, "value", 0) or 0) for r in given), default=Decimal(0))
    bars = []
    for r in given:
        value, category = Decimal(_get(r, "value", 0) or 0), int(_get(r, "category", 0) or 0)
        bars.append(
            {
                "label": _get(r, "label"), "code": _get(r, "code"), "url": _get(r, "url"), "value": value,
                "category": category, "fill": CATEGORY_FILLS[category - 1] if 1 <= category <= 6 else "#0A4A5A",
                "width": drawing.number(max(value / largest * 100, Decimal("0.4")) if value else 0) if largest else "0",
            }
        )  # fmt: skip
    axis = []
    for x, value in drawing.grid_lines(largest):
        millions = value / 1_000_000
        if value and not value % 1_000_000:
            words = ngettext("%(n)s million", "%(n)s million", int(millions)) % {
                "n": display.count_text(int(millions))
            }
        else:
            words = display.count_text(int(value))
        axis.append({"x": x, "words": words, "edge": Decimal(x) > 92})
    return {
        "bars": bars, "axis": axis, "title": title, "unit": unit, "money": money, "name": name or title, "pdf": pdf,
        "total": sum((b["value"] for b in bars), Decimal(0)) if total else None,
    }  # fmt: skip


@register.inclusion_tag("charts/product_pipeline.html")
def product_pipeline(
    launched: int, tested: int, promised: int, target: int, pdf: bool = False
) -> dict[str, Any]:
    """Products on the way to the target, one slot each; what goes beyond it stands after the line."""
    kinds = drawing.product_slots(launched, tested, promised, target)
    on_the_way = launched + tested + promised
    return {
        "row": drawing.pipeline_row(kinds, target), "rows": drawing.pipeline_rows(kinds, target), "launched": launched,
        "tested": tested, "promised": promised, "target": target, "still_open": max(0, target - on_the_way),
        "beyond": max(0, on_the_way - target), "on_the_way": on_the_way, "pdf": pdf,
    }  # fmt: skip


@register.inclusion_tag("charts/tile_map.html")
def tile_map(
    tiles: Iterable[Any],
    title: Any = "",
    west: Any = "",
    east: Any = "",
    arcs: Iterable[Any] = (),
    deep: bool = False,
    pdf: bool = False,
) -> dict[str, Any]:
    """One square a region, west left, north up; its class shows the figure, the line is the border, arcs are projects."""
    given = list(tiles)
    first = min((int(_get(t, "column", 0)) for t in given), default=0)
    top = min((int(_get(t, "row", 0)) for t in given), default=0)
    squares, banks = [], {"west": [], "east": []}  # type: ignore[var-annotated]
    for t in given:
        cell = (int(_get(t, "column", 0)) - first, int(_get(t, "row", 0)) - top)
        side = str(_get(t, "side", "") or _get(_get(t, "country", None), "side", ""))
        if side in banks:
            banks[side].append(cell)
        value = int(_get(t, "value", 0) or 0)
        x, y = drawing.tile_corner(cell)
        step = drawing.tile_class(value)
        squares.append(
            {
                "x": x, "y": y, "short": _get(t, "short"), "name": _get(t, "name"), "value": value, "side": side,
                "step": step, "fill": TILE_FILLS[step], "ink": "#FFFFFF" if step > 2 else "#0D2028", "text_x": x + 6,
                "text_y": y + 15, "value_x": x + 40, "value_y": y + 39, "tile": drawing.TILE,
            }
        )  # fmt: skip
    seen: dict[Any, int] = {}
    curves = []
    for start, end in arcs:
        start, end = (start[0] - first, start[1] - top), (end[0] - first, end[1] - top)
        nth = seen[(start, end)] = seen.get((start, end), -1) + 1
        curves.append(drawing.arc_between(start, end, nth))
    columns = max((s["x"] for s in squares), default=0) + drawing.TILE
    height = max((s["y"] for s in squares), default=0) + drawing.TILE
    border = drawing.border_path(banks["west"], banks["east"], overhang=22 if deep else 4)
    border_x = border[1:].split(" ")[0] if border else "0"
    margin = 34 if deep else 8
    return {
        "squares": squares, "curves": curves, "border": border, "border_x": border_x, "title": title, "west": west, "east": east,
        "deep": deep, "pdf": pdf, "view_box": f"-3 {-margin} {columns + 6} {height + margin + 8}",
        "west_x": drawing.number(float(border_x) - 12), "east_x": drawing.number(float(border_x) + 12),
        "listed": sorted((s for s in squares if s["value"]), key=lambda s: (-s["value"], str(s["name"]))),
        "classes": [(fill, step, words) for fill, step, words in zip(TILE_FILLS, range(5), (gettext("none"), "1–2", "3–4", "5–6", "7+"), strict=True)],
    }  # fmt: skip
