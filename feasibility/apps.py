from django.apps import AppConfig


class FeasibilityConfig(AppConfig):
    name = "feasibility"
    verbose_name = "Feasibility"

    def ready(self) -> None:
        from feasibility import desk, guards, permissions, programme

        permissions.register_tables()
        guards.register()
        programme.register()
        desk.register()
