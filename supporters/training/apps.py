from django.apps import AppConfig
from django.db.models.signals import post_delete


class TrainingConfig(AppConfig):
    name = "supporters.training"
    label = "training"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from peersupport.accounts.models import Role, User
        from peersupport.accounts.navigation import holds
        from peersupport.accounts.own_data import PersonalData
        from peersupport.accounts.own_data import register as register_parts
        from peersupport.audit.classes import DataClass, declare, fields
        from peersupport.web.navigation import MenuEntry, register
        from supporters import room
        from supporters.training import models, notifications, workflows

        def show(user: User) -> object:
            mine = models.Completion.objects.filter(supporter__user=user)
            return {
                "courses": list(mine.values("done_on", "evidence", "expires_on", "confirmed_at")),
                "plan": list(
                    models.Goal.objects.filter(author=user).values("words", "competence", "by_when", "done_at")
                ),
                "steps": list(
                    models.CareerStepReached.objects.filter(supporter__user=user).values("step__names", "noted_at")
                ),
                "how_i_see_myself": list(models.SelfView.objects.filter(author=user).values("made_at")),
            }

        def erase(user: User) -> None:
            models.Completion.objects.filter(supporter__user=user).delete()
            models.CareerStepReached.objects.filter(supporter__user=user).delete()
            models.Goal.objects.filter(author=user).delete()
            models.SelfView.objects.filter(author=user).delete()

        declare(
            DataClass(
                models.Course,
                "nobody",
                fields(public="names abouts easy_read", staff="id kind valid_months order active"),
                _("always: it is the programme"),
            ),
            DataClass(
                models.Completion,
                "supporter",
                fields(staff="id supporter course done_on evidence expires_on said_at confirmed_at confirmed_by"),
                _("as long as the supporter's profile"),
            ),
            DataClass(
                models.SelfView,
                "user",
                fields(nobody="id author made_at", machine="text"),
                _("until its owner erases it"),
            ),
            DataClass(
                models.Goal,
                "user",
                fields(nobody="id author words competence by_when done_at made_at"),
                _("until its owner erases it"),
            ),
            DataClass(
                models.CareerStep,
                "nobody",
                fields(public="names abouts", staff="id order active"),
                _("always: it is the programme"),
            ),
            DataClass(
                models.CareerStepReached,
                "supporter",
                fields(staff="id supporter step noted_at"),
                _("as long as the supporter's profile"),
            ),
        )
        register(MenuEntry(_("Training"), "training", holds(Role.SUPPORTER), 43))
        register_parts(PersonalData("training", _("Training"), show, erase))
        notifications.register_all()
        room.register_gate(workflows.trained)
        post_delete.connect(_destroy_text, sender=models.SelfView, dispatch_uid="destroy text of SelfView")


def _destroy_text(sender: object, instance: object, **kwargs: object) -> None:
    """Whatever it goes with, the sealed text goes too, and stands in the ledger."""
    from peersupport.vault import door as vault

    vault.destroy(vault.SealedText.objects.filter(pk=instance.text_id))  # type: ignore[attr-defined]
