from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "matching"

    def ready(self) -> None:
        from matching import load, menu, own_data, policies, records, reminders  # noqa: F401 (policies register themselves)

        load.register_all()
        menu.register_all()
        records.declare_all()
        own_data.register_all()
        reminders.register_all()
