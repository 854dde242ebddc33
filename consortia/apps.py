"""Start-up of the consortia app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsortiaConfig(AppConfig):
    name = "consortia"
    verbose_name = _("Consortia")

    def ready(self) -> None:
        from calls.registry import register_uses
        from consortia import desk, permissions
        from consortia.selectors import region_uses
        from rocket.core.desk import register_menu, register_waiting

        permissions.register_tables()
        register_waiting(desk.waiting)
        register_menu(desk.menu, area="applicant")
        register_menu(desk.desk_entries, area="desk")
        register_uses("regions", region_uses)
