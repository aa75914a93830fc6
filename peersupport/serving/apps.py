from django.apps import AppConfig


class ServingConfig(AppConfig):
    name = "peersupport.serving"
    label = "serving"

    def ready(self) -> None:
        from peersupport.serving import checks, worker  # noqa: F401 (they register themselves)
