"""The letter of partnership as a tagged PDF, made from the proposal, to be signed by every partner."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone, translation

from consortia.countries import country_name
from consortia.enums import PartnerState
from consortia.models import Partner
from feasibility.models import Proposal
from rocket.core.pdf import html_to_pdf, page_of_pages


def _party(partner: Partner) -> dict[str, Any]:
    organisation = partner.organisation
    town = " ".join(part for part in (organisation.postcode, organisation.town) if part)
    place = ", ".join(
        part for part in (organisation.street, town, country_name(organisation.country)) if part
    )
    return {
        "name": organisation.name,
        "role": partner.get_role_display(),
        "place": place,
        "register_number": organisation.register_number,
        "is_lead": partner.is_lead,
    }


def letter_html(proposal: Proposal, *, language: str, zone: Any, now: datetime) -> str:
    """The page of the letter in ``language``, of a loaded proposal as it stands at ``now``; no query.

    The parties are all partners that take part or are invited, the lead partner first.
    """
    with translation.override(language), timezone.override(zone):
        partners = [p for p in proposal.consortium.partners.all() if PartnerState(p.state).takes_part]
        partners.sort(key=lambda partner: (not partner.is_lead, partner.pk))
        return render_to_string(
            "feasibility/pdf/partnership_letter.html",
            {
                "language": language,
                "proposal": proposal,
                "programme_name": proposal.call.programme.short_name,
                "programme_title": str(proposal.call.programme.name),
                "call_title": str(proposal.call.title),
                "kind": str(proposal.kind),
                "parties": [_party(partner) for partner in partners],
                "lead": proposal.consortium.lead_partner.organisation.name,
                "made_at": now,
                "running": " ".join(proposal.title.split())[:70],
                "page_of_pages": page_of_pages(),
            },
        )


def partnership_letter_pdf(proposal: Proposal, *, language: str, zone: Any, now: datetime) -> bytes:
    """Raises ``RocketError`` where the machine lacks the libraries."""
    html = letter_html(proposal, language=language, zone=zone, now=now)
    with translation.override(language):
        return html_to_pdf(html)
