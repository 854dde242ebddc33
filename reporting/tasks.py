from celery import shared_task
from django.utils import timezone

from reporting import services


@shared_task
def make_report(pk: int) -> None:
    services.make_report(pk)


@shared_task
def resume_reports() -> int:
    return services.resume_reports(timezone.now())
