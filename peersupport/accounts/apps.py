from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "peersupport.accounts"
    label = "accounts"

    def ready(self) -> None:
        from peersupport.accounts import menu, policies, records  # noqa: F401 (policies register themselves)

        menu.register_all()
        records.declare_all()
