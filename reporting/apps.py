from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "reporting"
    verbose_name = "Reporting"

    def ready(self) -> None:
        from calls.registry import register_funded
        from reporting import desk, permissions
        from reporting.selectors import funded_by_call

        permissions.register_tables()
        desk.register()
        register_funded(funded_by_call)
