from django.apps import AppConfig


class WritingHelperConfig(AppConfig):
    name = "peersupport.writing_helper"
    label = "writing_helper"

    def ready(self) -> None:
        from peersupport.web.base_views import beside_boxes
        from peersupport.writing_helper import glossary, records

        records.declare_all()
        beside_boxes(glossary.look)
