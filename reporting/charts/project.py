"""What the public page of one project draws. No queries."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from reporting.selectors import PublicProject


def project_page(project: PublicProject) -> dict[str, Any]:
    """Map and money of a project by name, in the active language."""
    names = {
        side: ", ".join(
            dict.fromkeys(
                str(region.country.name) for region in project.regions if region.country.side == side
            )
        )
        for side in ("west", "east")
    }
    return {
        **names,
        "tiles": project.regions,
        "map_in_words": map_in_words(project),
        "funding": [
            {"kind": "grant", "label": _("Grant of the programme"), "amount": project.grant},
            {"kind": "own", "label": _("Partners and other sources"), "amount": project.rest},
        ],
    }


def map_in_words(project: PublicProject) -> str:
    """The arcs: from the lead partner's region to those across the border."""
    if project.lead_region is None or not project.across:
        return ""
    return _("From %(start)s to %(ends)s") % {
        "start": project.lead_region.name,
        "ends": ", ".join(region.name for region in project.across),
    }
