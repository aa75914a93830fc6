from django.apps import AppConfig


class WordingConfig(AppConfig):
    name = "peersupport.wording"
    label = "wording"

    def ready(self) -> None:
        from peersupport.ui.pages import beside_boxes
        from peersupport.wording import glossary, records

        records.declare_all()
        beside_boxes(glossary.look)
