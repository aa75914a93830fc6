from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "peersupport.accounts"
    label = "accounts"

    def ready(self) -> None:
        from peersupport.accounts import (
            addresses,
            consents,
            models,
            navigation,
            own_data,
            password_attempts,
            policies,  # noqa: F401 (they register themselves)
            records,
            session_limits,
            sign_in_log,
        )
        from peersupport.vault.door import ledger

        navigation.register_all()
        records.declare_all()
        addresses.listen()
        password_attempts.listen()
        session_limits.listen()
        sign_in_log.listen()
        ledger.on_replay(models.User, own_data.erase_again)
        ledger.on_replay(models.Consent, consents.withdraw_again, watch=False)
