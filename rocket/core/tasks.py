from celery import shared_task

from rocket.core import outbox


@shared_task
def deliver_outbox() -> int:
    return outbox.deliver_due()
