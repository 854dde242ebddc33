"""A proposal as plain values: what a submission freezes and every reader shows."""

from __future__ import annotations

from typing import Any

from feasibility.models import Proposal
from feasibility.selectors.declarations import asked_declarations
from feasibility.selectors.proposal import funding_of, other_funding_of, parts_of


def content_of(proposal: Proposal) -> dict[str, Any]:
    """A loaded proposal as plain values: what a submission freezes. Names stand beside codes, so that it can be read
    when the programme's file has moved on."""
    titles = {annex["code"]: annex["name"] for annex in proposal.kind.annexes}
    return {
        "proposal": proposal.number,
        "programme": {
            "code": proposal.call.programme.code,
            "short_name": proposal.call.programme.short_name,
            "name": dict(proposal.call.programme.name),
        },
        "call": {"slug": proposal.call.slug, "title": dict(proposal.call.title)},
        "kind": {"code": proposal.kind.code, "name": dict(proposal.kind.name)},
        "title": proposal.title,
        "summary": proposal.summary,
        "cross_border_value": proposal.cross_border_value,
        "starts_on": proposal.starts_on,
        "months": proposal.months,
        "main_ket": {"code": proposal.main_ket.code, "name": dict(proposal.main_ket.name)}
        if proposal.main_ket
        else None,
        "kets": [{"code": ket.code, "name": dict(ket.name)} for ket in proposal.kets.all()],
        "fields": [{"code": one.code, "name": dict(one.name)} for one in proposal.fields.all()],
        "partners": [
            {
                "key": partner.pk,
                "organisation": partner.organisation.name,
                "country": partner.organisation.country,
                "region": [partner.organisation.region_code, partner.organisation.region_version],
                "town": partner.organisation.town,
                "role": partner.role,
                "state": partner.state,
                "confirmed_at": partner.confirmed_at,
                "declared_class": partner.organisation.sme_declaration.declared_class
                if partner.organisation.sme_declaration
                else None,
                "computed_class": partner.organisation.sme_declaration.computed_class
                if partner.organisation.sme_declaration
                else None,
            }
            for partner in proposal.consortium.partners.all()
        ],
        "budget": [
            {
                "partner": partner.pk,
                "aid_basis": partner.budget.aid_basis.code
                if getattr(partner, "budget", None) and partner.budget.aid_basis
                else None,
                "research_category": partner.budget.research_category
                if getattr(partner, "budget", None)
                else "",
                "costs": {line.category.code: str(line.amount) for line in partner.budget_lines.all()},
                "funding": {source: str(amount) for source, amount in funding_of(partner).items()},
                "funders": [
                    {
                        "name": dict(line.names),
                        "source": line.source,
                        "amount": str(line.amount),
                        "secured": line.is_secured,
                    }
                    for line in other_funding_of(partner)
                ],
            }
            for partner in parts_of(proposal)
        ],
        "aid_bases": {
            partner.budget.aid_basis.code: dict(partner.budget.aid_basis.name)
            for partner in parts_of(proposal)
            if getattr(partner, "budget", None) and partner.budget.aid_basis
        },
        "technologies": {product.ket.code: dict(product.ket.name) for product in proposal.products.all()},
        "categories": {c.code: dict(c.name) for c in proposal.call.programme.cost_categories.all()},
        # Objects lose their order when they are frozen.
        "category_order": [c.code for c in proposal.call.programme.cost_categories.all()],
        "products": [
            {
                "name": product.name,
                "description": product.description,
                "ket": product.ket.code,
                "owner": product.owner_id,
                "trl_start": product.trl_start,
                "trl_end": product.trl_end,
                "market_year": product.market_year,
            }
            for product in proposal.products.all()
        ],
        "work_packages": [
            {
                "title": package.title,
                "aim": package.aim,
                "lead": package.lead_id,
                "partners": [partner.pk for partner in package.partners.all()],
                "first_month": package.first_month,
                "last_month": package.last_month,
                "deliverables": [
                    {"title": one.title, "proof": one.proof, "due_month": one.due_month}
                    for one in package.deliverables.all()
                ],
            }
            for package in proposal.work_packages.all()
        ],
        "declarations": [
            {
                "code": asked.code,
                "name": dict(asked.name),
                "text": dict(asked.text),
                "source": dict(asked.source),
                "by": asked.by.value,
                "made": [
                    {
                        "partner": partner.pk,
                        "declared_at": made.declared_at,
                        "declared_by": str(made.declared_by),
                    }
                    for partner in parts_of(proposal)
                    for made in partner.declarations.all()
                    if asked.is_asked_of(partner) and asked.stands_in(made)
                ],
            }
            for asked in asked_declarations(proposal.kind)
        ],
        "annexes": [
            {
                "code": annex.code,
                "title": titles.get(annex.code, {"en": annex.code}),
                "name": annex.document.name,
                "size": annex.document.size,
                "sha256": annex.document.sha256,
            }
            for annex in proposal.annexes.all()
        ],
        "derogations": {d.rule_code: d.reason for d in proposal.derogations.all()},
    }
