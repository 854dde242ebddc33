from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "rocket.demo"
    label = "demo"
    verbose_name = "Demonstration"

    def ready(self) -> None:
        from rocket.core.context import register_demo_sign_ins
        from rocket.demo.people import sign_ins

        register_demo_sign_ins(sign_ins)
