from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "rocket.demo"
    label = "demo"
    verbose_name = "Demonstration"
