from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "rocket.accounts"
    label = "accounts"
    verbose_name = "Accounts"

    def ready(self) -> None:
        from rocket.accounts import checks, signals  # noqa: F401
