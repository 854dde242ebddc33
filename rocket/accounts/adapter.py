"""How allauth works here: mails through the outbox, names and languages kept."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation

from rocket.core.outbox import enqueue_rendered


class AccountAdapter(DefaultAccountAdapter):
    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Verification, reset and notice mails take the same way as all others: the outbox."""
        context = {
            "email": email,
            **context,
            "site_url": settings.SITE_URL,
            "current_site": {"name": "ROCKET", "domain": settings.SITE_URL},
        }
        language = (translation.get_language() or "en")[:2]
        subject = " ".join(render_to_string(f"{template_prefix}_subject.txt", context).split())
        text = render_to_string(f"{template_prefix}_message.txt", context).strip() + "\n"
        html = render_to_string("mail/plain.html", {**context, "subject": subject, "text": text})
        with transaction.atomic():
            enqueue_rendered(
                to=[email], subject=subject, text=text, html=html, language=language, now=timezone.now()
            )
