from django.apps import AppConfig


class OrganizationConfig(AppConfig):
    name = "peersupport.organization"
    label = "organization"

    def ready(self) -> None:
        from peersupport.organization import records

        records.declare_all()
