"""Questions about a call: asking on its page, answering on the desk."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from calls.forms import AnswerForm, QuestionForm
from calls.models import Call, CallQuestion
from calls.services import questions
from calls.views.desk import PAGE_SIZE, programme_of_desk
from rocket.core.errors import RocketError
from rocket.core.permissions import find, may


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    """A form for whoever is signed in. 403 with the reason once the call has closed."""
    rows = Call.objects.visible_to(request.user).select_related("programme")
    call = find(request, Call, to="ask", queryset=rows, slug=slug)
    now = request.arrived_at  # type: ignore[attr-defined]
    if not questions.takes_questions(call, now):
        raise PermissionDenied(_("The call has closed; it takes no more questions."))
    form = QuestionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            questions.ask(
                call=call,
                text=form.cleaned_data["text"],
                language=(get_language() or "en")[:2],
                by=request.user,  # type: ignore[arg-type]
                now=now,
            )
        except RocketError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(
                request, _("Your question is with the programme desk. The answer comes by mail.")
            )
            return redirect(call)
    crumbs = [(_("Calls"), reverse("calls")), (str(call), call.get_absolute_url()), (_("Ask a question"), "")]
    return render(
        request,
        "calls/ask.html",
        {"call": call, "form": form, "crumbs": crumbs},
        status=422 if form.errors else 200,
    )


@require_safe
def waiting(request: HttpRequest, programme: str) -> HttpResponse:
    """Questions that wait, the oldest first, and under them the answered ones."""
    found = programme_of_desk(request, programme, to="list_calls")
    rows = CallQuestion.objects.filter(call__programme=found).select_related("call")
    answered = rows.exclude(answered_at=None).order_by("-answered_at", "-pk")
    with timezone.override(found.zone):
        return render(
            request,
            "calls/questions.html",
            {
                "programme": found,
                "waiting": rows.waiting(),
                "page": Paginator(answered, PAGE_SIZE).get_page(request.GET.get("page")),
                "may_answer": bool(may(request.user, "create_call", found)),
            },
        )


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, programme: str, pk: int) -> HttpResponse:
    """One question with a form for its answer, or the answer that it has."""
    found = programme_of_desk(request, programme, to="list_calls")
    rows = CallQuestion.objects.filter(call__programme=found).select_related("call", "asked_by")
    question = find(request, CallQuestion, to="answer", queryset=rows, pk=pk)
    form = AnswerForm(request.POST or None, language=question.language)
    if request.method == "POST" and form.is_valid():
        try:
            questions.answer(
                question=question,
                text=form.cleaned_data["text"],
                is_public=form.cleaned_data["is_public"],
                by=request.user,  # type: ignore[arg-type]
                now=request.arrived_at,  # type: ignore[attr-defined]
            )
        except RocketError as refused:
            form.add_error(None, str(refused))
            question.refresh_from_db()
        else:
            messages.success(request, _("The answer is sent to the person who asked."))
            return redirect("desk_questions", found.code)
    crumbs = [(_("Questions"), reverse("desk_questions", args=[found.code])), (str(question.call), "")]
    with timezone.override(found.zone):
        return render(
            request,
            "calls/answer.html",
            {"programme": found, "question": question, "form": form, "crumbs": crumbs},
            status=422 if form.errors else 200,
        )
