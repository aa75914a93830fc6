from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "peersupport.web"
    label = "web"

    def ready(self) -> None:
        from peersupport.web import records

        records.declare_all()
