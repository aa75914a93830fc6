from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "peersupport.accounts"
    label = "accounts"

    def ready(self) -> None:
        from peersupport.accounts import menu, records

        menu.register_all()
        records.declare_all()
