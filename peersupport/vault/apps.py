from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "peersupport.vault"
    label = "vault"

    def ready(self) -> None:
        from peersupport.vault import checks, records, unlocking  # noqa: F401 (checks register themselves)

        records.declare_all()
        unlocking.listen()
