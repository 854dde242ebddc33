"""Tags and filters that every template has without loading: icons, money, dates, states, charts.

All output is escaped here (``format_html``); the only text taken as it is are the drawings of the icon package.
"""

from rocket.core.templatetags.rocket.charts import (
    funding_line,
    horizontal_bars,
    product_pipeline,
    progress_segments,
    tile_map,
    verdict_bar,
)
from rocket.core.templatetags.rocket.closing import remaining, time_left
from rocket.core.templatetags.rocket.errors import error_texts
from rocket.core.templatetags.rocket.gantt import gantt
from rocket.core.templatetags.rocket.icons import icon
from rocket.core.templatetags.rocket.library import register
from rocket.core.templatetags.rocket.pages import current_page, has, nth, page_range, qs, theme_attribute
from rocket.core.templatetags.rocket.states import STATES, may, state_icon, state_key, state_word, status_tag
from rocket.core.templatetags.rocket.technology import country_mark, ket_chip
from rocket.core.templatetags.rocket.values import (
    amount,
    clock,
    count,
    day,
    euro,
    euro_brief,
    euro_text,
    moment,
    moment_text,
    percent,
)

__all__ = [
    "STATES",
    "amount",
    "clock",
    "count",
    "country_mark",
    "current_page",
    "day",
    "error_texts",
    "euro",
    "euro_brief",
    "euro_text",
    "funding_line",
    "gantt",
    "has",
    "horizontal_bars",
    "icon",
    "ket_chip",
    "may",
    "moment",
    "moment_text",
    "nth",
    "page_range",
    "percent",
    "product_pipeline",
    "progress_segments",
    "qs",
    "register",
    "remaining",
    "state_icon",
    "state_key",
    "state_word",
    "status_tag",
    "theme_attribute",
    "tile_map",
    "time_left",
    "verdict_bar",
]
