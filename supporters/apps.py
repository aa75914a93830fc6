from django.apps import AppConfig


class SupportersConfig(AppConfig):
    name = "supporters"

    def ready(self) -> None:
        from supporters import navigation, own_data, records

        navigation.register_all()
        records.declare_all()
        own_data.register_all()
