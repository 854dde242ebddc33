"""Start-up of the calls app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CallsConfig(AppConfig):
    name = "calls"
    verbose_name = _("Calls")

    def ready(self) -> None:
        from calls import desk, permissions
        from calls.programme_file import register_section
        from calls.services.programme import OWN_SECTIONS

        permissions.register_tables()
        for spec in OWN_SECTIONS:
            register_section(spec)
        desk.register()
