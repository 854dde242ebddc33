"""The products that a proposal expects."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from feasibility import selectors, services
from feasibility.enums import SectionName
from feasibility.forms import ProductForm
from feasibility.models import ExpectedProduct
from feasibility.permissions import is_of_consortium
from feasibility.services.sections import section_of
from feasibility.views._common import find_proposal, page_context
from feasibility.views._section import SavedRow, demand_edit, form_page, tick_context, tick_section
from rocket.accounts.http import SignedInRequest
from rocket.core.errors import RocketError
from rocket.core.kept import keeps_posts


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
            "products": list(
                zip(
                    proposal.products.all(),
                    selectors.products_in(selectors.content_of(proposal)),
                    strict=True,
                )
            ),
        },
    )


@keeps_posts
@require_http_methods(["GET", "HEAD", "POST"])
def product(request: SignedInRequest, number: str, pk: int | None = None) -> HttpResponse:
    """Add one expected product, or change it."""
    proposal = find_proposal(request, number)
    section = section_of(proposal, SectionName.PRODUCTS)
    if request.method != "POST" or not is_of_consortium(request.user, proposal):
        demand_edit(request, section)
    if pk is not None and pk not in {one.pk for one in proposal.products.all()}:
        raise Http404

    def make(data: Any) -> ProductForm:
        fresh = data is None and request.method == "POST"
        current = selectors.load(proposal.pk) if fresh else proposal
        return ProductForm(
            data,
            instance=next((one for one in current.products.all() if one.pk == pk), None),
            proposal=current,
            section=section_of(current, SectionName.PRODUCTS) if fresh else section,
            now=request.arrived_at,
        )

    def save(form: ProductForm) -> SavedRow:
        saved = services.add_product(
            proposal=proposal,
            product=form.save(commit=False),
            seen_version=form.cleaned_data["seen_version"],
            by=request.user,
            now=request.arrived_at,
        )
        return SavedRow.after(form, reverse("edit_product", args=[number, saved.pk]))

    return form_page(
        request,
        proposal,
        section,
        make,
        save,
        title=_("Change the product") if pk else _("Add a product"),
        back=(reverse("section_products", args=[number]), _("Back to the products")),
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
