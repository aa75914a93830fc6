from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "peersupport.accounts"
    label = "accounts"

    def ready(self) -> None:
        from peersupport.accounts import consents, menu, models, own_data, policies, records  # noqa: F401 (policies register themselves)
        from peersupport.vault.door import ledger

        menu.register_all()
        records.declare_all()
        ledger.on_replay(models.User, own_data.erase_again)
        ledger.on_replay(models.Consent, consents.withdraw_again, watch=False)
