from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "rocket.core"
    label = "core"
    verbose_name = "Core"

    def ready(self) -> None:
        from rocket.core import checks  # noqa: F401
