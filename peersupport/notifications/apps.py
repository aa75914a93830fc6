from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "peersupport.notifications"
    label = "notifications"

    def ready(self) -> None:
        from peersupport.notifications import account_mail, concerns, navigation, records, system_types

        navigation.register_all()
        records.declare_all()
        concerns.register_all()
        system_types.register_all()
        account_mail.register_all()
