"""Headroom for de minimis aid (Regulation (EU) 2023/2831, and No 1407/2013 before it).

``headroom`` decides, ``case_from_json`` and ``to_json`` read and write the form of ``docs/de_minimis.md``,
``describe`` explains. No database, no clock, no settings; wording is made when shown.
"""

from consortia.json_form import JsonFormError, Mistake

from .calculation import (
    CEILING_2013,
    CEILING_2013_FREIGHT,
    CEILING_2023,
    IN_FORCE,
    fiscal_years_start,
    headroom,
    headrooms,
    regulation_on,
    rolling_start,
    shared_out,
    single_undertaking,
)
from .forms import case_from_json, headroom_to_json, to_json
from .values import (
    GENERAL,
    Activity,
    Aid,
    AidState,
    Control,
    CountedAid,
    DeMinimisCase,
    Doubt,
    Headroom,
    LeftOut,
    LeftOutAid,
    Merger,
    Regulation,
    Split,
    Undertaking,
)
from .wording import Explanation, describe

__all__ = [
    "CEILING_2013",
    "CEILING_2013_FREIGHT",
    "CEILING_2023",
    "GENERAL",
    "IN_FORCE",
    "Activity",
    "Aid",
    "AidState",
    "Control",
    "CountedAid",
    "DeMinimisCase",
    "Doubt",
    "Explanation",
    "Headroom",
    "JsonFormError",
    "LeftOut",
    "LeftOutAid",
    "Merger",
    "Mistake",
    "Regulation",
    "Split",
    "Undertaking",
    "case_from_json",
    "describe",
    "fiscal_years_start",
    "headroom",
    "headroom_to_json",
    "headrooms",
    "regulation_on",
    "rolling_start",
    "shared_out",
    "single_undertaking",
    "to_json",
]
