from django.apps import AppConfig
from django.db.models.signals import post_delete


class SessionsLogConfig(AppConfig):
    name = "sessions_log"

    def ready(self) -> None:
        from peersupport.accounts.sealed import on_open, register_stays
        from peersupport.vault.door import ledger
        from peersupport.web.when import register_times
        from sessions_log import links, models, notifications, own_data, policies, records  # noqa: F401 (policies register themselves)
        from sessions_log.workflows import meetings, sharings

        records.declare_all()
        links.register_all()
        own_data.register_all()
        notifications.register_all()
        register_times(models.Meeting, meetings.tell_both)
        register_stays("note", sharings.stays_for)
        on_open(sharings.note_ended)
        ledger.on_replay(models.Sharing, sharings.end_again, watch=False)
        post_delete.connect(_drop_drafts, sender=models.Match, dispatch_uid="drop drafts of a match")
        for model in (models.Note, models.Reflection):
            post_delete.connect(_destroy_text, sender=model, dispatch_uid=f"destroy text of {model.__name__}")


def _destroy_text(sender: object, instance: object, **kwargs: object) -> None:
    """Whatever a note goes with (a match, an account), its sealed text goes too, and stands in the ledger."""
    from peersupport.vault import door as vault

    vault.destroy(vault.SealedText.objects.filter(pk=instance.text_id))  # type: ignore[attr-defined]
    vault.drafts.drop_about(instance.pk)  # type: ignore[attr-defined]


def _drop_drafts(sender: object, instance: object, **kwargs: object) -> None:
    """A match is gone: so is what either was writing about it."""
    from peersupport.vault import door as vault

    vault.drafts.drop_about(instance.pk)  # type: ignore[attr-defined]
