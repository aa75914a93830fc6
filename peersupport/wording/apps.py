from django.apps import AppConfig


class WordingConfig(AppConfig):
    name = "peersupport.wording"
    label = "wording"

    def ready(self) -> None:
        from peersupport.wording import records

        records.declare_all()
