from django.apps import AppConfig
from django.db.models.signals import post_delete


class StaffingConfig(AppConfig):
    name = "supporters.staffing"
    label = "staffing"

    def ready(self) -> None:
        from peersupport.accounts.models import Role
        from peersupport.accounts.workflows import on_taken_back
        from peersupport.web.when import register_times
        from supporters import workflows
        from supporters.staffing import leave, links, models, notifications, records, reviews, together

        records.declare_all()
        links.register_all()
        notifications.register_all()
        register_times(models.Appraisal, reviews.tell_both)
        register_times(models.Gathering, together.tell_all_coming)
        workflows.on_ended(leave.end_of)
        on_taken_back(Role.COORDINATOR, reviews.call_off_all_of)
        for role in (Role.SUPPORTER, Role.SUPERVISOR):
            on_taken_back(role, together.off_duty)
        post_delete.connect(_destroy_text, sender=models.AppraisalEntry, dispatch_uid="destroy text of ReviewWords")
        post_delete.connect(_drop_drafts, sender=models.Appraisal, dispatch_uid="drop drafts of a review")


def _destroy_text(sender: object, instance: object, **kwargs: object) -> None:
    """Whatever words go with, their sealed text goes too, and stands in the ledger."""
    from peersupport.vault import door as vault

    vault.destroy(vault.SealedText.objects.filter(pk=instance.text_id))  # type: ignore[attr-defined]


def _drop_drafts(sender: object, instance: object, **kwargs: object) -> None:
    from peersupport.vault import door as vault

    vault.drafts.drop_about(instance.pk)  # type: ignore[attr-defined]
