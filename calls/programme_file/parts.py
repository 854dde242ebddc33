"""The sections that calls owns, from tables to plain values: code -> values of the model's fields.

Reading touches no database. A foreign key is given by its code; ``calls.services.programme`` resolves it.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings

from calls import nuts
from calls.enums import DeclaredBy, FunderLevel, IndicatorKind, RuleBook, Side
from calls.programme_file.mistakes import did_you_mean
from calls.programme_file.reader import Table, as_json
from calls.registry import known_codes, rule_mistakes
from rocket.core.file_kinds import KINDS, MEGABYTE

Values = dict[str, Any]
Rows = dict[str, Values]
Parsed = Mapping[str, Any]

LONGEST_CODE = 10
LATEST_TILE = 30
"""No programme area is drawn wider or higher than this many tiles."""


def parse_programme(table: Table, parsed: Parsed) -> Values:
    """The programme itself: names, period, rule book, money."""
    values: Values = {
        "code": table.text("code", longest=40),
        "short_name": table.text("short_name", longest=40),
        "name": table.localised("name", longest=200),
        "tagline": table.localised("tagline", longest=80),
        "heading": table.localised("heading", longest=80),
        "summary": table.localised("summary", longest=600),
        "framework": table.localised("framework", required=False, longest=120),
        "notice": table.localised("notice", required=False, longest=300),
        "rule_book": table.choice("rule_book", RuleBook.values),
        "starts_on": table.day("starts_on"),
        "ends_on": table.day("ends_on"),
        "funding_rate": table.rate("funding_rate"),
        "grant_cap": table.amount("grant_cap"),
        "product_target": table.whole("product_target", least=1, most=100_000),
    }
    for language, text in values["summary"].items():
        if not _takes_figures(text):
            table.wrong(f"summary.{language}", "a text in which % stands only in %(rate)s, %(cap)s and %%")
    zone = table.text("time_zone", longest=40)
    if zone and zone not in available_timezones():
        table.wrong("time_zone", f'no time zone "{zone}".{did_you_mean(zone, available_timezones())}')
        zone = ""
    values["time_zone"] = ZoneInfo(zone or "UTC").key
    if values["code"] and not _is_slug(values["code"]):
        table.wrong("code", "small letters, digits and - only")
    if values["ends_on"] <= values["starts_on"] and table.has("starts_on") and table.has("ends_on"):
        table.wrong("ends_on", "a date after starts_on")
    return values


def _takes_figures(text: str) -> bool:
    """The summary is filled with the programme's rate and cap."""
    return "%" not in text.replace("%(rate)s", "").replace("%(cap)s", "").replace("%%", "")


def _is_slug(code: str) -> bool:
    return code.isascii() and code.replace("-", "").isalnum() and code == code.lower()


MARKS = ("two-shores",)
COLOURS = ("brand", "on-brand", "brand-hover", "link", "deep", "deep-raised", "accent", "on-accent")


def parse_identity(table: Table, parsed: Parsed) -> Values:
    """Mark and colours. A colour that the file leaves out keeps the portal's own."""
    mark = table.choice("mark", MARKS)
    colours: dict[str, dict[str, str]] = {}
    given = table.table("colours", required=False)
    for token in COLOURS:
        pair = given.table(token, required=False)
        if given.has(token):
            colours[token] = {"light": pair.colour("light"), "dark": pair.colour("dark")}
            pair.finish()
    given.finish()
    return {"mark": mark, "colours": colours}


def _rows(read: Callable[[str, Table, Parsed], Values], section: str) -> Callable[[Table, Parsed], Rows]:
    """A section of coded tables: every one of them read, at least one there."""

    def parse(table: Table, parsed: Parsed) -> Rows:
        known = known_codes(section)
        rows: Rows = {}
        for position, (code, part) in enumerate(table.parts(), 1):
            if known is not None and code not in known:
                hint = did_you_mean(code, known) or f" Known are {', '.join(sorted(known))}."
                table.wrong(code, f"the portal knows no such code.{hint}")
            rows[code] = {**read(code, part, parsed), "position": position}
            part.finish()
        if table.is_empty:
            table.mistakes.add(table.place, "at least one entry")
        return rows

    return parse


def _country(code: str, table: Table, parsed: Parsed) -> Values:
    if len(code) != 2 or not code.isalpha() or not code.isupper():
        table.mistakes.add(table.place, "a country is named by its two capital letters, e.g. NL")
    return {"name": table.localised("name"), "side": table.choice("side", Side.values, required=False)}


def parse_countries(table: Table, parsed: Parsed) -> Rows:
    """The countries that take part: at least two, one on each shore."""
    rows = _rows(_country, "countries")(table, parsed)
    for side in Side.values:
        count = sum(row["side"] == side for row in rows.values())
        if rows and count != 1:
            table.mistakes.add(table.place, f"one country with side {side}, not {count}")
    return rows


def parse_regions(table: Table, parsed: Parsed) -> Rows:
    """Regions under their NUTS version, each place once; the key of a row is ``code/version``.

    ``versions`` are further versions in which the codes hold, but for those that a region's ``codes`` name.
    """
    rows: Rows = {}
    tiles: dict[tuple[int, int], str] = {}
    shorts: dict[str, str] = {}
    named: dict[nuts.Key, str] = {}
    versions = table.years("versions", least=nuts.EARLIEST, most=nuts.LATEST)
    for version, codes in table.parts():
        if not version.isdecimal() or not nuts.EARLIEST <= int(version) <= nuts.LATEST:
            table.wrong(version, "regions stand under the year of their NUTS version, e.g. regions.2013")
            continue
        for code, part in codes.parts():
            key = f"{code}/{version}"
            values: Values = {
                "code": code,
                "version": int(version),
                "other_codes": _other_codes(
                    code, part, [other for other in versions if other != int(version)]
                ),
                "name": part.text("name", longest=120),
                "country": part.known_code("country", parsed["countries"], "country"),
                "short": part.text("short", longest=3),
                "column": part.whole("column", most=LATEST_TILE),
                "row": part.whole("row", most=LATEST_TILE),
            }
            part.finish()
            if len(code) > LONGEST_CODE:
                part.mistakes.add(part.place, f"a code of at most {LONGEST_CODE} characters")
            for name, year in sorted(
                nuts.keys_of(code, int(version), values["other_codes"]), key=itemgetter(1)
            ):
                if (other := named.setdefault((name, year), key)) != key:
                    place = part.place if year == int(version) else f"{part.at('codes')}.{year}"
                    part.mistakes.add(place, f"{_code(other)} already has the code {name} in NUTS {year}")
            if not part.has("column") or not part.has("row"):
                pass
            elif (other := tiles.setdefault((values["column"], values["row"]), key)) != key:
                part.mistakes.add(part.place, f"{_code(other)} already stands at this column and row")
            if values["short"] and (other := shorts.setdefault(values["short"], key)) != key:
                part.wrong("short", f"{_code(other)} already has these letters")
            rows[key] = values
    return rows


def _other_codes(code: str, part: Table, versions: list[int]) -> dict[str, str]:
    """The region's code in each of the versions: its own, unless ``codes`` says another one or none (false)."""
    given = part.table("codes", required=False)
    codes = {
        nuts.version_name(version): given.code(str(version), default=code, longest=LONGEST_CODE)
        for version in versions
    }
    for version in given.unread:
        given.wrong(version, "no further version: versions, at the top of the regions, does not list it")
    return {name: other for name, other in codes.items() if other}


def _code(key: str) -> str:
    return key.partition("/")[0]


def _ket(code: str, table: Table, parsed: Parsed) -> Values:
    if len(code) > 3:
        table.mistakes.add(table.place, "a technology has a code of at most 3 characters")
    return {"name": table.localised("name"), "category": table.whole("category", least=1, most=6)}


def parse_kets(table: Table, parsed: Parsed) -> Rows:
    """Technologies, each with its own category: two of one colour can't be told apart."""
    rows = _rows(_ket, "kets")(table, parsed)
    first: dict[int, str] = {}
    for code, row in rows.items():
        other = first.setdefault(row["category"], code)
        if other != code:
            table.mistakes.add(f"{table.at(code)}.category", f"{other} already has this category")
    return rows


def _named(code: str, table: Table, parsed: Parsed) -> Values:
    return {"name": table.localised("name")}


def _aid_basis(code: str, table: Table, parsed: Parsed) -> Values:
    return {
        "name": table.localised("name"),
        "regulation": table.text("regulation", required=False, longest=120),
    }


def _declaration(code: str, table: Table, parsed: Parsed) -> Values:
    return {
        "name": table.localised("name", longest=80),
        "text": table.localised("text", longest=1200),
        "source": table.localised("source", required=False, longest=160),
        "by": table.choice("by", DeclaredBy.values),
    }


def parse_declarations(table: Table, parsed: Parsed) -> Rows:
    """What partners declare before a submission, by code; kinds name those that they ask for. None where it is absent."""
    return {} if table.is_empty else _rows(_declaration, "declarations")(table, parsed)


def _kind(code: str, table: Table, parsed: Parsed) -> Values:
    programme = parsed["programme"]
    values: Values = {
        "name": table.localised("name"),
        "summary": table.localised("summary"),
        "min_months": table.whole("min_months", least=1, most=120, default=1),
        "max_months": table.whole("max_months", least=1, most=120),
        "funding_rate": table.rate("funding_rate", required=False, default=programme["funding_rate"]),
        "grant_cap_sme": table.amount("grant_cap_sme", required=False, default=programme["grant_cap"]),
        "grant_cap_project": table.amount("grant_cap_project", required=False),
        "aid_bases": table.codes("aid_bases", parsed["aid_bases"], "aid basis"),
        "annexes": _annexes(table),
        "declarations": _declarations(table, parsed["declarations"]),
        "rules": _rules(table),
    }
    if table.has("max_months") and values["max_months"] < values["min_months"]:
        table.wrong("max_months", "at least min_months")
    _at_most(table, "funding_rate", values["funding_rate"], programme["funding_rate"], "the programme's rate")
    _at_most(table, "grant_cap_sme", values["grant_cap_sme"], programme["grant_cap"], "the programme's cap")
    return values


def _at_most(table: Table, key: str, value: Decimal | None, limit: Decimal | None, whose: str) -> None:
    if value is not None and limit is not None and value > limit:
        table.wrong(key, f"at most {whose}, {limit}")


def _declarations(table: Table, known: Rows) -> list[Values]:
    """The declarations that the kind asks for, whole, in the order of its list: [{"code", "name", "text", …}]."""
    asked = table.codes("declarations", known, "declaration", required=False)
    if table.has("declarations") and not known:
        table.wrong("declarations", "the file declares none under declarations")
    return [
        {"code": code, **{key: as_json(value) for key, value in known[code].items() if key != "position"}}
        for code in asked
    ]


def _annexes(table: Table) -> list[Values]:
    annexes: list[Values] = []
    for entry in table.tables("annexes", required=False):
        annex: Values = {
            "code": entry.text("code", longest=40),
            "name": dict(entry.localised("name")),
            "required": entry.flag("required", default=True),
            **_annex_limits(entry),
            **_annex_template(entry),
        }
        entry.finish()
        if annex["code"] in (other["code"] for other in annexes):
            entry.wrong("code", f'"{annex["code"]}" stands here twice')
        annexes.append(annex)
    return annexes


def _annex_template(entry: Table) -> Values:
    """Which file the portal makes for it, to be filled in and handed in again; nothing where none is named."""
    template = entry.text("template", required=False, longest=40)
    known = known_codes("annex_templates")
    if template and known is not None and template not in known:
        entry.wrong("template", f"one of {', '.join(sorted(known))}.{did_you_mean(template, known)}")
    return {"template": template} if template else {}


def _annex_limits(entry: Table) -> Values:
    """Which kinds of file and how many megabytes (of 1024² bytes); what is left out is PDF and the portal's limit or
    20, whichever is less."""
    most = max(1, settings.DOCUMENT_MAX_BYTES // MEGABYTE)
    kinds = []
    for kind, place in entry.texts("kinds", required=False):
        if kind in KINDS:
            kinds.append(kind)
        else:
            entry.mistakes.add(place, f"one of {', '.join(KINDS)}.{did_you_mean(kind, KINDS)}")
    if entry.has("kinds") and not kinds:
        entry.wrong("kinds", f"at least one of {', '.join(KINDS)}")
    return {
        "kinds": kinds or ["pdf"],
        "max_mb": entry.whole("max_mb", least=1, most=most, default=min(20, most)),
    }


def _rules(table: Table) -> list[Values]:
    """Rules as [{"code", "parameters"}]; what their codes and parameters may be, the registered check says."""
    rules: list[Values] = []
    for entry in table.tables("rules"):
        rule: Values = {"code": entry.text("code", longest=40), "parameters": entry.json("parameters")}
        entry.finish()
        if not rule["code"]:
            continue
        if rule["code"] in (other["code"] for other in rules):
            entry.wrong("code", f'"{rule["code"]}" stands here twice')
        for place, wanted in rule_mistakes(rule["code"], rule["parameters"]):
            entry.wrong(place, wanted)
        rules.append(rule)
    return rules


def _cost_category(code: str, table: Table, parsed: Parsed) -> Values:
    return {
        "name": table.localised("name"),
        "source": table.text("source", required=False, longest=120),
        "flat_rate": table.rate("flat_rate", required=False),
        "flat_rate_of": [base for base, _place in table.texts("flat_rate_of", required=False)],
    }


def parse_cost_categories(table: Table, parsed: Parsed) -> Rows:
    """Cost categories. A flat rate is a rate of categories that are entered, never of another flat rate: that
    would count a cost twice (Reg. (EU) 2021/1060, Art. 56; Reg. (EU) 1303/2013, Art. 68)."""
    rows = _rows(_cost_category, "cost_categories")(table, parsed)
    for code, row in rows.items():
        place = f"{table.at(code)}.flat_rate_of"
        if (row["flat_rate"] is None) != (not row["flat_rate_of"]):
            table.mistakes.add(place, "flat_rate and flat_rate_of go together")
        for number, base in enumerate(row["flat_rate_of"], 1):
            if base not in rows:
                hint = did_you_mean(base, rows)
                table.mistakes.add(
                    f"{place}[{number}]", f'the file declares no cost category "{base}".{hint}'
                )
            elif rows[base]["flat_rate"] is not None:
                table.mistakes.add(f"{place}[{number}]", f"{base} is a flat rate itself")
    return rows


def _funder(code: str, table: Table, parsed: Parsed) -> Values:
    return {
        "name": table.localised("name"),
        "level": table.choice("level", FunderLevel.values),
        "country": table.known_code("country", parsed["countries"], "country", required=False) or None,
    }


def _indicator(code: str, table: Table, parsed: Parsed) -> Values:
    return {
        "name": table.localised("name"),
        "kind": table.choice("kind", IndicatorKind.values),
        "unit": table.localised("unit"),
        "source": table.text("source", required=False, longest=120),
        "target": table.decimal("target"),
    }


def _criterion(code: str, table: Table, parsed: Parsed) -> Values:
    values: Values = {
        "name": table.localised("name"),
        "question": table.localised("question"),
        "weight": table.whole("weight", least=1, most=100),
        "max_score": table.whole("max_score", least=1, most=100, default=5),
        "threshold": table.whole("threshold", most=100, default=0),
    }
    if values["threshold"] > values["max_score"]:
        table.wrong("threshold", "at most max_score")
    return values


def parse_criteria(table: Table, parsed: Parsed) -> Rows:
    """Assessment criteria; their weights add up to 100."""
    rows = _rows(_criterion, "criteria")(table, parsed)
    total = sum(row["weight"] for row in rows.values())
    if rows and total != 100:
        table.mistakes.add(table.place, f"the weights add up to {total}, not to 100")
    return rows


def _cluster(code: str, table: Table, parsed: Parsed) -> Values:
    regions = parsed["regions"]
    care: dict[str, None] = {}
    for start, place in table.texts("regions"):
        found = [key for key in regions if key.startswith(start)]
        if regions and not found:
            table.mistakes.add(place, f'no region of the file begins with "{start}"')
        care.update(dict.fromkeys(found))
    return {
        "name": table.text("name", longest=120),
        "country": table.known_code("country", parsed["countries"], "country"),
        "website": table.website("website"),
        "contact_email": table.email("contact_email"),
        "contact_phone": table.text("contact_phone", required=False, longest=40),
        "regions": sorted(care),
    }


def parse_clusters(table: Table, parsed: Parsed) -> Rows:
    """Cluster organisations. ``regions`` lists codes or beginnings of codes: ``NL21`` is every region of NL21.

    Every region has somebody who cares for its applicants.
    """
    rows = _rows(_cluster, "clusters")(table, parsed)
    cared_for = {key for row in rows.values() for key in row["regions"]}
    for key, region in parsed["regions"].items():
        if rows and key not in cared_for:
            place = f"regions.{region['version']}.{region['code']}"
            table.mistakes.add(place, "no cluster organisation has it in its care")
    return rows


PARTS: tuple[tuple[str, Callable[[Table, Parsed], Any]], ...] = (
    ("programme", parse_programme),
    ("identity", parse_identity),
    ("countries", parse_countries),
    ("regions", parse_regions),
    ("kets", parse_kets),
    ("application_fields", _rows(_named, "application_fields")),
    ("aid_bases", _rows(_aid_basis, "aid_bases")),
    ("declarations", parse_declarations),
    ("kinds", _rows(_kind, "kinds")),
    ("cost_categories", parse_cost_categories),
    ("funders", _rows(_funder, "funders")),
    ("indicators", _rows(_indicator, "indicators")),
    ("criteria", parse_criteria),
    ("clusters", parse_clusters),
)
"""Every section that calls owns with its reader, in the order in which they build on each other."""
