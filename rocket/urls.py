"""The roof: every address of the portal."""

from django.apps import apps
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.utils.module_loading import module_has_submodule
from django.views.i18n import set_language

from rocket.core import views
from rocket.core.views import pages

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("gallery/", views.gallery, name="gallery"),
    path("demo/mail/", views.demo_mail, name="demo_mail"),
    path("demo/mail/<int:pk>/", views.demo_mail_message, name="demo_mail_message"),
    path("privacy/", pages.privacy, name="privacy"),
    path("imprint/", pages.imprint, name="imprint"),
    path("accessibility/", pages.accessibility, name="accessibility"),
    path("help/", pages.help_page, name="help"),
    path("feedback/", pages.feedback, name="feedback"),
    path("i18n/setlang/", login_not_required(set_language), name="set_language"),
    path("account/", include("allauth.account.urls")),
]
urlpatterns += [
    path("", include(f"{app}.urls"))
    for app in ("calls", "consortia", "feasibility", "reporting")
    if apps.is_installed(app) and module_has_submodule(apps.get_app_config(app).module, "urls")
]

handler400 = "rocket.core.views.errors.bad_request"
