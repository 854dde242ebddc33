"""ROCKET: a portal for cross-border innovation programmes, from the call to the last product."""

from rocket.celery import app as celery_app

# Every process that imports Django's settings must know the broker; else tasks go to Celery's own default.
__all__ = ["celery_app"]
