from django.apps import AppConfig
from django.db.models.signals import post_delete


class SupervisionConfig(AppConfig):
    name = "supporters.supervision"
    label = "supervision"

    def ready(self) -> None:
        from peersupport.accounts.models import Role
        from peersupport.accounts.workflows import on_taken_back
        from peersupport.web.when import register_times
        from supporters.supervision import links, models, notifications, records, workflows

        records.declare_all()
        links.register_all()
        notifications.register_all()
        register_times(models.CheckIn, workflows.tell_both)
        on_taken_back(Role.SUPERVISOR, workflows.end_all_of)
        for model in (models.CheckInEntry, models.ActionItem):
            post_delete.connect(_destroy_text, sender=model, dispatch_uid=f"destroy text of {model.__name__}")
        post_delete.connect(_drop_drafts, sender=models.CheckIn, dispatch_uid="drop drafts of a check-in")


def _destroy_text(sender: object, instance: object, **kwargs: object) -> None:
    """Whatever words go with (a check-in, an account), their sealed text goes too, and stands in the ledger."""
    from peersupport.vault import door as vault

    vault.destroy(vault.SealedText.objects.filter(pk=instance.text_id))  # type: ignore[attr-defined]


def _drop_drafts(sender: object, instance: object, **kwargs: object) -> None:
    from peersupport.vault import door as vault

    vault.drafts.drop_about(instance.pk)  # type: ignore[attr-defined]
