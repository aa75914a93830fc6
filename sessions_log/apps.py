from django.apps import AppConfig
from django.db.models.signals import post_delete


class SessionsLogConfig(AppConfig):
    name = "sessions_log"

    def ready(self) -> None:
        from sessions_log import links, models, own_data, policies, records, reminders  # noqa: F401 (policies register themselves)

        records.declare_all()
        links.register_all()
        own_data.register_all()
        reminders.register_all()
        for model in (models.Note, models.Reflection):
            post_delete.connect(_destroy_text, sender=model, dispatch_uid=f"destroy text of {model.__name__}")


def _destroy_text(sender: object, instance: object, **kwargs: object) -> None:
    """Whatever a note goes with (a match, an account), its sealed text goes too, and stands in the ledger."""
    from peersupport.vault import door as vault

    vault.destroy(vault.SealedText.objects.filter(pk=instance.text_id))  # type: ignore[attr-defined]
