"""The products that a proposal expects."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from feasibility import services
from feasibility.enums import SectionName
from feasibility.forms import (
    ProductForm,
)
from feasibility.models import ExpectedProduct
from feasibility.services.sections import section_of
from feasibility.views._common import find_proposal, page_context
from feasibility.views._section import demand_edit, tick_context, tick_section, with_seen_version
from rocket.accounts.http import SignedInRequest
from rocket.core.errors import RocketError, Stale


@require_http_methods(["GET", "HEAD", "POST"])
def products(request: SignedInRequest, number: str) -> HttpResponse:
    proposal = find_proposal(request, number)
    section = section_of(proposal, SectionName.PRODUCTS)
    if request.method == "POST":
        demand_edit(request, section)
        if done := tick_section(request, proposal, SectionName.PRODUCTS):
            return done
    return render(
        request,
        "feasibility/products.html",
        {
            **page_context(request, proposal, section=SectionName.PRODUCTS, title=SectionName.PRODUCTS.label),
            **tick_context(request, section),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def product(request: SignedInRequest, number: str, pk: int | None = None) -> HttpResponse:
    """Add one expected product, or change it."""
    proposal = find_proposal(request, number)
    section = section_of(proposal, SectionName.PRODUCTS)
    demand_edit(request, section)
    instance = get_object_or_404(ExpectedProduct, pk=pk, proposal=proposal) if pk else None
    form = ProductForm(request.POST or None, instance=instance, proposal=proposal, section=section)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                services.add_product(
                    proposal=proposal,
                    product=form.save(commit=False),
                    seen_version=form.cleaned_data["seen_version"],
                    by=request.user,
                    now=request.arrived_at,
                )
            except RocketError as refused:
                status = 409 if isinstance(refused, Stale) else status
                form.add_error(None, str(refused))
                form.data = with_seen_version(request, section_of(proposal, SectionName.PRODUCTS))
            else:
                return redirect("section_products", number)
    title = _("Change the product") if pk else _("Add a product")
    return render(
        request,
        "feasibility/product.html",
        {
            **page_context(request, proposal, section=SectionName.PRODUCTS, title=title),
            "form": form,
            "heading": title,
            "product": instance,
            "section": section,
        },
        status=status,
    )


@require_POST
def remove_product(request: SignedInRequest, number: str, pk: int) -> HttpResponse:
    proposal = find_proposal(request, number)
    section = section_of(proposal, SectionName.PRODUCTS)
    demand_edit(request, section)
    found = get_object_or_404(ExpectedProduct.objects.select_related("proposal"), pk=pk, proposal=proposal)
    try:
        services.remove_product(
            product=found,
            seen_version=section.version,
            by=request.user,
            now=request.arrived_at,
        )
    except RocketError as refused:
        messages.error(request, str(refused))
    return redirect("section_products", number)
