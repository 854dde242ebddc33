"""Finding, claiming, registering and editing organisations."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consortia import services
from consortia.declarations import accounts_due
from consortia.forms import InviteColleagueForm, OrganisationForm, SearchForm, region_value
from consortia.models import JoinRequest, Organisation
from consortia.selectors import likely_doubles, likely_same, organisations_of
from consortia.services.organisations import DETAILS
from consortia.views._common import home_programme, safe_next
from rocket.core.errors import RocketError, Stale
from rocket.core.permissions import find, may


@require_safe
def my_organisations(request: HttpRequest) -> HttpResponse:
    """Organisations that the person acts for, with what they still have to declare."""
    return render(
        request,
        "consortia/my_organisations.html",
        {
            "organisations": organisations_of(request.user),
            "requests": JoinRequest.objects.waiting()
            .filter(user=request.user)  # type: ignore[misc]
            .select_related("organisation"),
            "title": _("My organisations"),
        },
    )


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Look whether the portal knows the organisation, before anything is made."""
    next_url = safe_next(request, request.GET.get("next"))
    form = SearchForm(request.GET if "q" in request.GET else None, initial={"next": next_url})
    found: list[Organisation] = []
    name = ""
    if form.is_bound and form.is_valid():
        name = form.cleaned_data["q"]
        found = likely_same(name)
    own = set(request.user.memberships.values_list("organisation_id", flat=True)) if found else set()  # type: ignore[union-attr]
    asked = (
        set(JoinRequest.objects.waiting().filter(user=request.user).values_list("organisation_id", flat=True))  # type: ignore[misc]
        if found
        else set()
    )
    query = {"name": name} | ({"next": next_url} if next_url else {})
    return render(
        request,
        "consortia/register_search.html",
        {
            "form": form,
            "name": name,
            "found": [
                (organisation, organisation.pk in own, organisation.pk in asked) for organisation in found
            ],
            "next": next_url,
            "register_url": f"{reverse('register_organisation_details')}?{urlencode(query)}",
            "crumbs": [
                (_("My organisations"), reverse("my_organisations")),
                (_("Register an organisation"), ""),
            ],
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Register a new organisation. One of the same name and country has to be ruled out first."""
    programme = home_programme()
    next_url = safe_next(request, request.POST.get("next") or request.GET.get("next"))
    alike: list[Organisation] = []
    status = 200
    if request.method == "POST":
        form = OrganisationForm(request.POST, programme=programme)
        status = 422
        if form.is_valid():
            alike = likely_doubles(
                **{
                    name: form.cleaned_data[name]
                    for name in ("name", "country", "postcode", "register_number", "vat_number")
                }
            )
            if alike and not form.cleaned_data["is_new"]:
                form.add_error(
                    "is_new",
                    _(
                        "The portal knows an organisation of this name, number or address. Choose that one, or say that yours is another."
                    ),
                )
            else:
                try:
                    organisation = services.register_organisation(
                        **form.details(),
                        kets=form.cleaned_data["kets"],
                        by=request.user,  # type: ignore[arg-type]
                        now=request.arrived_at,  # type: ignore[attr-defined]
                    )
                except services.RegisteredAlready as known:
                    form.add_error("register_number", str(known))
                    alike = [known.organisation]
                except RocketError as refused:
                    form.add_error(None, str(refused))
                else:
                    messages.success(request, _("%(name)s is registered.") % {"name": organisation.name})
                    _tell_region(request, form)
                    return redirect(next_url or organisation)
    else:
        form = OrganisationForm(
            programme=programme, initial={"name": request.GET.get("name", "")[:250], "next": next_url}
        )
    if alike:
        form.ask_whether_new()
    return render(
        request,
        "consortia/organisation_form.html",
        {
            "form": form,
            "alike": alike,
            "next": next_url,
            "heading": _("Register an organisation"),
            "crumbs": [
                (_("My organisations"), reverse("my_organisations")),
                (_("Register an organisation"), reverse("register_organisation")),
                (_("Details"), ""),
            ],
        },
        status=status,
    )


def _tell_region(request: HttpRequest, form: OrganisationForm) -> None:
    if form.region_by_postcode:
        messages.info(
            request,
            _("Region by the postcode %(postcode)s: %(region)s. Change the details if it is another.")
            % {"postcode": form.cleaned_data["postcode"], "region": form.region_by_postcode},
        )


@require_POST
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """Become the owner of an imported organisation. Anybody signed in may see that it exists."""
    organisation = get_object_or_404(Organisation, pk=pk)
    next_url = safe_next(request, request.POST.get("next"))
    try:
        services.claim_organisation(
            organisation=organisation,
            by=request.user,  # type: ignore[arg-type]
            now=request.arrived_at,  # type: ignore[attr-defined]
        )
    except RocketError as refused:
        messages.error(request, str(refused))
        return redirect("register_organisation")
    messages.success(
        request,
        _("You act for %(name)s now. Check its details: they come from a list.")
        % {"name": organisation.name},
    )
    edit_url = reverse("edit_organisation", args=[organisation.pk])
    return redirect(f"{edit_url}?{urlencode({'next': next_url})}" if next_url else edit_url)


def organisation_page(
    request: HttpRequest, organisation: Organisation, people: InviteColleagueForm, status: int = 200
) -> HttpResponse:
    """The page of an organisation; its owner also sees who was invited and who asks to join."""
    may_edit = bool(may(request.user, "edit", organisation))
    memberships = list(organisation.memberships.select_related("user"))
    own = next((m for m in memberships if m.user_id == request.user.pk), None)
    is_owner = own is not None and own.is_owner
    letters = organisation.colleague_invitations.open_at(request.arrived_at) if is_owner else []  # type: ignore[attr-defined]
    return render(
        request,
        "consortia/organisation.html",
        {
            "organisation": organisation,
            "kets": organisation.kets.all(),
            "sme": organisation.sme_declaration,
            "de_minimis": organisation.de_minimis_declaration,
            "memberships": memberships,
            "may_view_people": own is not None or bool(may(request.user, "view_people", organisation)),
            "may_edit": may_edit,
            "own": own,
            "is_only_owner": is_owner and sum(m.is_owner for m in memberships) == 1,
            "people_form": people if is_owner else None,
            "letters": letters,
            "requests": organisation.join_requests.waiting().select_related("user") if is_owner else [],
            "accounts_due": accounts_due(organisation.sme_declaration, request.arrived_at),  # type: ignore[attr-defined]
            "crumbs": [(_("My organisations"), reverse("my_organisations")), (organisation.name, "")],
        },
        status=status,
    )


@require_safe
def organisation(request: HttpRequest, pk: int) -> HttpResponse:
    """Details and declarations of an organisation, for its people and those who care for it."""
    return organisation_page(request, find(request, Organisation, to="view", pk=pk), InviteColleagueForm())


def _initial(organisation: Organisation) -> dict[str, Any]:
    return {
        **{name: getattr(organisation, name) for name in DETAILS},
        "region": region_value(organisation),
        "kets": list(organisation.kets.all()),
        "seen_version": organisation.version,
    }


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the details. A concurrent edit overwrites nothing: what was typed stays, beside a word on it."""
    found = find(request, Organisation, to="edit", pk=pk)
    next_url = safe_next(request, request.POST.get("next") or request.GET.get("next"))
    status = 200
    if request.method == "POST":
        form = OrganisationForm(request.POST, programme=home_programme(), organisation=found)
        status = 422
        if form.is_valid():
            try:
                services.edit_organisation(
                    organisation=found,
                    seen_version=form.cleaned_data["seen_version"] or 0,
                    details=form.details(),
                    kets=form.cleaned_data["kets"],
                    by=request.user,  # type: ignore[arg-type]
                    now=request.arrived_at,  # type: ignore[attr-defined]
                )
            except Stale as stale:
                status = 409
                form.add_error(None, str(stale))
                form.data = request.POST.copy()
                form.data["seen_version"] = str(found.version)
            except services.RegisteredAlready as known:
                form.add_error("register_number", str(known))
            except RocketError as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, _("%(name)s is saved.") % {"name": form.cleaned_data["name"]})
                _tell_region(request, form)
                return redirect(next_url or found)
    else:
        form = OrganisationForm(
            programme=home_programme(), organisation=found, initial={**_initial(found), "next": next_url}
        )
    return render(
        request,
        "consortia/organisation_form.html",
        {
            "form": form,
            "organisation": found,
            "theirs": found if status == 409 else None,
            "heading": _("Details of %(name)s") % {"name": found.name},
            "crumbs": [
                (_("My organisations"), reverse("my_organisations")),
                (found.name, found.get_absolute_url()),
                (_("Details"), ""),
            ],
        },
        status=status,
    )
