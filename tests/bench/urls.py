"""The portal's addresses, and those of the bench, which no portal has."""

from django.urls import path

from rocket.urls import handler400, handler429, handler500, urlpatterns
from tests.bench import views

__all__ = ["handler400", "handler429", "handler500", "urlpatterns"]
urlpatterns = [
    path("bench/bare/", views.bare),
    path("bench/form/", views.bare_form),
    path("bench/in-portal/", views.bare),
    *urlpatterns,
]
