from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from types import SimpleNamespace as Sample

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from rocket.core import drawing
from rocket.core.templatetags import rocket

DEADLINE = datetime(2017, 12, 15, 16, 0, tzinfo=UTC)


def render(text, **context):
    return Template(text).render(Context(context))


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", '<span class="money">EUR\u00a09,994,868<span class="cents">.76</span></span>'),
        ("nl", '<span class="money">EUR\u00a09.994.868<span class="cents">,76</span></span>'),
        ("de", '<span class="money">9.994.868<span class="cents">,76</span>\u00a0EUR</span>'),
    ],
)
def test_the_currency_stands_where_the_language_puts_it(language, expected):
    with translation.override(language):
        assert render("{{ a|euro }}", a=Decimal("9994868.76")) == expected


def test_a_negative_amount_keeps_its_sign_before_the_figure():
    assert rocket.amount(Decimal("-0.05")) == '<span class="money">-0<span class="cents">.05</span></span>'


def test_no_amount_is_nothing_and_zero_is_a_figure():
    assert (
        render("[{{ a|euro }}|{{ b|amount }}]", a=None, b=Decimal(0))
        == '[|<span class="money">0<span class="cents">.00</span></span>]'
    )


@pytest.mark.parametrize(
    ("rate", "places", "expected"),
    [
        (Decimal("0.6"), None, "60\u00a0%"),
        (Decimal("0.642"), None, "64.2\u00a0%"),
        (Decimal("0.60004"), None, "60\u00a0%"),
        (Decimal("0.6"), 1, "60.0\u00a0%"),
        (Decimal(1), None, "100\u00a0%"),
        (Decimal(0), None, "0\u00a0%"),
    ],
)
def test_a_rate_shows_no_more_decimals_than_it_needs(rate, places, expected):
    assert rocket.percent(rate, places) == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "15 December 2017, 17:00 (Europe/Amsterdam)"),
        ("de", "15. Dezember 2017, 17:00 Uhr (Europe/Amsterdam)"),
        ("nl", "15 december 2017, 17:00 (Europe/Amsterdam)"),
    ],
)
def test_a_deadline_is_shown_with_date_time_and_zone(language, expected):
    with translation.override(language):
        assert rocket.moment_text(DEADLINE) == expected
        assert rocket.moment(DEADLINE) == f'<time datetime="2017-12-15T16:00:00+00:00">{expected}</time>'


def test_a_moment_just_before_midnight_utc_is_the_next_day_on_the_portals_clock():
    assert (
        rocket.day(datetime(2017, 12, 14, 23, 30, tzinfo=UTC))
        == '<time datetime="2017-12-15">15 December 2017</time>'
    )
    assert rocket.day(date(2017, 12, 14), "short") == '<time datetime="2017-12-14">14 Dec 2017</time>'


@pytest.mark.parametrize(
    ("before", "state", "words"),
    [
        (timedelta(days=45), "open", "45 days left"),
        (timedelta(hours=24), "open", "1 day left"),
        (timedelta(hours=23, minutes=59), "soon", "23 hours left"),
        (timedelta(hours=1), "soon", "1 hour left"),
        (timedelta(minutes=59), "soon", "59 minutes left"),
        (timedelta(seconds=59), "soon", "Less than a minute left"),
        (timedelta(0), "closed", "Closed"),
        (timedelta(seconds=-1), "closed", "Closed"),
    ],
)
def test_time_left_counts_days_then_hours_then_minutes_and_ends_at_the_moment_itself(before, state, words):
    found = rocket.remaining(DEADLINE, None, DEADLINE - before)
    assert (found["state"], found["words"]) == (state, words)


def test_time_left_of_a_planned_call_names_its_opening():
    found = rocket.remaining(DEADLINE, DEADLINE - timedelta(days=10), DEADLINE - timedelta(days=22))
    assert found == {"state": "planned", "words": "Opens in 12 days", "moment": DEADLINE - timedelta(days=10)}


def test_what_people_wrote_is_escaped_everywhere():
    hostile = "<script>alert(1)</script>"
    ket = Sample(code=hostile, name=hostile, category=1)
    country = Sample(code=hostile, side="west", name=hostile)
    out = render(
        "{% status_tag 'failed' h %}{% status_tag h %}{% ket_chip k %}{% ket_chip k dense=True %}{% country_mark c %}"
        "{% icon 'check' label=h %}{% horizontal_bars r title=h %}{% tile_map t title=h west=h east=h %}{% funding_line p %}",
        h=hostile,
        k=ket,
        c=country,
        r=[Sample(label=hostile, value=1, code=hostile)],
        t=[Sample(column=0, row=0, short=hostile, name=hostile, side="west", value=2)],
        p=[Sample(kind="grant", label=hostile, amount=1)],
    )
    assert "<script" not in out


def test_a_status_takes_an_enumeration_and_says_its_word():
    outcome = Enum("Outcome", {"FAILED": "failed"})
    assert rocket.state_word(outcome.FAILED) == "Failed"
    assert 'class="tag tag--failed"' in rocket.status_tag(outcome.FAILED)


def test_only_states_that_ask_for_an_act_are_filled():
    filled = {state for state, (look, _icon, _word) in rocket.STATES.items() if "filled" in look}
    assert filled == {"needs_attention", "ineligible", "returned", "reopened", "due"}


@pytest.mark.parametrize("name", sorted({icon for _look, icon, _word in rocket.STATES.values()}))
def test_every_icon_of_a_state_is_drawn_without_a_script(name):
    drawn = rocket.icon(name)
    assert drawn.startswith('<svg class="icon"')
    assert 'aria-hidden="true"' in drawn
    assert drawn.count("<svg") == drawn.count("</svg>") == 1


def test_the_query_string_keeps_filters_and_changes_one_key():
    request = RequestFactory().get("/desk/", {"state": "draft", "page": "3"})
    assert render("{% qs page=4 %}", request=request) == "?state=draft&amp;page=4"
    assert render("{% qs page=None %}", request=request) == "?state=draft"


def test_a_country_mark_has_its_heavy_edge_on_its_own_bank():
    programme = Sample(
        countries=[
            Sample(code="NL", side="west", name="Netherlands"),
            Sample(code="DE", side="east", name="Germany"),
        ]
    )
    out = render("{% country_mark 'NL' p %}{% country_mark 'DE' p %}{% country_mark 'BE' p %}", p=programme)
    assert out == (
        '<abbr class="country country--west" title="Netherlands">NL</abbr>'
        '<abbr class="country country--east" title="Germany">DE</abbr>'
        '<abbr class="country country--none" title="BE">BE</abbr>'
    )


def test_errors_name_their_field_and_keep_a_forms_own_words():
    class Figures(forms.Form):
        headcount = forms.IntegerField(label="Headcount", max_value=249)
        kind = forms.ChoiceField(label="Kind", choices=[("a", "A")])
        town = forms.CharField(label="Town", error_messages={"required": "Say where the work is done."})

    form = Figures({"headcount": "250"})
    assert [rocket.error_texts(form[name]) for name in ("headcount", "kind", "town")] == [
        ["Headcount: at most 249"],
        ["Choose an answer: Kind"],
        ["Say where the work is done."],
    ]


def test_stacked_pieces_fill_the_bar_and_a_cent_is_still_seen():
    pieces = drawing.stacked(
        [("grant", Decimal("999999.99")), ("above", Decimal("0.01")), ("own", 0)], gap=0.4
    )
    assert [piece.kind for piece in pieces] == ["grant", "above"]
    assert float(pieces[1].width) > 0.9
    assert float(pieces[1].x) + float(pieces[1].width) == pytest.approx(100, abs=0.01)


def test_coordinates_have_a_point_in_every_language():
    with translation.override("de"):
        out = render("{% progress_segments done=1 total=3 %}{% verdict_bar passed=2 failed=1 unknown=0 %}")
    assert "," not in "".join(part for part in out.split('"') if part.endswith("%"))


def test_products_beyond_the_target_stand_after_its_line():
    kinds = drawing.product_slots(6, 11, 29, 40)
    row = drawing.pipeline_row(kinds, 40)
    assert (len(row.slots), kinds.count("open")) == (46, 0)
    assert float(row.slots[39].x) < float(row.line_x) < float(row.slots[40].x)
    assert float(row.slots[-1].x) + float(row.slots[-1].width) == pytest.approx(100, abs=0.05)


def test_slots_up_to_the_target_stay_open_and_visible():
    assert drawing.product_slots(2, 5, 12, 40).count("open") == 21
    assert drawing.pipeline_row([], 0).slots == []


def test_the_border_steps_between_the_banks():
    west, east = [(0, 0), (1, 0), (0, 1)], [(2, 0), (1, 1)]
    assert drawing.border_path(west, east) == "M99.5 -2.5V48.5H48.5V99.5"
    assert drawing.border_path(west, []) == ""


@pytest.mark.parametrize(
    ("value", "expected"), [(0, 0), (1, 1), (2, 1), (3, 2), (4, 2), (5, 3), (6, 3), (7, 4), (90, 4)]
)
def test_tile_classes_begin_at_their_bounds(value, expected):
    assert drawing.tile_class(value) == expected


@pytest.mark.parametrize(
    ("largest", "lines"),
    [(Decimal("2486311"), [0, 1_000_000, 2_000_000]), (Decimal(0), [0, 1]), (Decimal(7), [0, 5])],
)
def test_grid_lines_stand_at_round_figures(largest, lines):
    assert [int(value) for _x, value in drawing.grid_lines(largest)] == lines


def test_many_products_share_a_slot_and_none_of_them_vanishes():
    few, many = rocket.product_pipeline(6, 11, 29, 40), rocket.product_pipeline(1, 0, 1000, 49)
    assert (few["per"], len(few["row"].slots)) == (1, 46)
    assert (many["per"], many["labels"]) == (9, [])
    kinds = [slot.kind for slot in many["row"].slots]
    assert (kinds.count("launched"), kinds.count("promised")) == (1, 112)
    assert all(float(slot.width) > 0 for slot in many["row"].slots)
