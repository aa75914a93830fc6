from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "peersupport.ui"
    label = "ui"

    def ready(self) -> None:
        from peersupport.ui import records

        records.declare_all()
