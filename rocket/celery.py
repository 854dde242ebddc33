"""Celery for real use; an embedded portal runs the same tasks inside its own process."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rocket.settings")
app = Celery("rocket")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
