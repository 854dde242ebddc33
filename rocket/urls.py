"""The roof: every address of the portal."""

from django.apps import apps
from django.urls import include, path
from django.utils.module_loading import module_has_submodule

from rocket.accounts.lockout import too_many_requests
from rocket.core import views
from rocket.core.views import lists, pages

handler429 = too_many_requests  # allauth asks for it here

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
    path("lists/save/", lists.save, name="save_list"),
    path("lists/<int:pk>/forget/", lists.forget, name="forget_list"),
    path("", include("rocket.accounts.urls")),
    path("account/second-factor/", include("allauth.mfa.urls")),
    path("account/", include("allauth.account.urls")),
]
urlpatterns += [
    path("", include(f"{app}.urls"))
    for app in ("calls", "consortia", "feasibility", "reporting")
    if apps.is_installed(app) and module_has_submodule(apps.get_app_config(app).module, "urls")
]

handler400 = "rocket.core.views.errors.bad_request"
handler500 = "rocket.core.views.errors.server_error"
