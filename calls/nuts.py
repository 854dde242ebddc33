"""What a region is called in the versions of NUTS.

Eurostat renumbers regions from one version of NUTS to the next, and gives codes that became free to other regions.
So a code names a place only together with its version: NL121 of 2013, NL124 of 2016 and 2021 and NL127 of 2024 are
all Noord-Friesland (Reg. (EC) No 1059/2003, Annex I, as amended by (EU) No 1319/2013, 2016/2066, 2019/1755, 2023/674).
"""

from collections.abc import Mapping

Key = tuple[str, int]
"""A code and the year of its version."""

EARLIEST, LATEST = 2003, 2100
"""Versions are named by years between these."""


def version_name(version: int) -> str:
    """The version as a key of ``Region.other_codes``: ``nuts2016``. A bare number would be the index of a list."""
    return f"nuts{version:d}"


def keys_of(code: str, version: int, other_codes: Mapping[str, str]) -> frozenset[Key]:
    """Every code of a region with its version."""
    others = {(other, int(name.removeprefix("nuts"))) for name, other in other_codes.items()}
    return frozenset({(code, version), *others})
