from django.apps import AppConfig


class RemindersConfig(AppConfig):
    name = "peersupport.reminders"
    label = "reminders"

    def ready(self) -> None:
        from peersupport.reminders import account_mail, concerns, menu, own, records

        menu.register_all()
        records.declare_all()
        concerns.register_all()
        own.register_all()
        account_mail.register_all()
