"""Pages that belong to no app: health, the component gallery, the demonstration's mails."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from rocket.core import health
from rocket.core.models import OutboxMessage


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """What the portal needs, part by part. 503 while it can't serve; what only limits it is named with 200."""
    found = health.report()
    return JsonResponse(found, status=503 if found["status"] == "not ready" else 200)


@login_not_required
@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component in every state, on one page that the accessibility test visits."""
    from rocket.core.gallery import sample_context

    return render(request, "core/gallery.html", sample_context())


@login_not_required
@require_safe
def demo_mail(request: HttpRequest) -> HttpResponse:
    """The mails that a demonstration would have sent: how else could a newcomer accept an invitation?"""
    if not settings.DEMO:
        raise Http404
    messages = OutboxMessage.objects.order_by("-created_at", "-pk")
    if address := request.GET.get("to", "").strip():
        messages = messages.filter(to__iexact=address)
    page = Paginator(messages, 25).get_page(request.GET.get("page"))
    return render(request, "core/demo_mail.html", {"page": page, "address": address})


@login_not_required
@require_safe
def demo_mail_message(request: HttpRequest, pk: int) -> HttpResponse:
    if not settings.DEMO:
        raise Http404
    return render(request, "core/demo_mail_message.html", {"mail": get_object_or_404(OutboxMessage, pk=pk)})
