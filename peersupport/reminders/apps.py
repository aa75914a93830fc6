from django.apps import AppConfig


class RemindersConfig(AppConfig):
    name = "peersupport.reminders"
    label = "reminders"

    def ready(self) -> None:
        from peersupport.reminders import concerns, menu, own, records

        menu.register_all()
        records.declare_all()
        concerns.register_all()
        own.register_all()
