from django.apps import AppConfig


class SupportersConfig(AppConfig):
    name = "supporters"

    def ready(self) -> None:
        from supporters import menu, own_data, records

        menu.register_all()
        records.declare_all()
        own_data.register_all()
