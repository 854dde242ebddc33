from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "rocket.operations"
    label = "operations"
    verbose_name = "Operations"
