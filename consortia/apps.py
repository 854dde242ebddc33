"""Start-up of the consortia app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsortiaConfig(AppConfig):
    name = "consortia"
    verbose_name = _("Consortia")

    def ready(self) -> None:
        from consortia import desk, permissions
        from rocket.core.desk import register_menu, register_waiting

        permissions.register_tables()
        register_waiting(desk.waiting)
        register_menu(desk.menu, area="applicant")
