from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "supporters.training"
    label = "training"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from peersupport.accounts.menu import holds
        from peersupport.accounts.models import Role, User
        from peersupport.accounts.own_data import Part
        from peersupport.accounts.own_data import register as register_parts
        from peersupport.audit.classes import Record, declare, fields
        from peersupport.ui.navigation import Entry, register
        from supporters import room
        from supporters.training import models, reminders, workflows

        def show(user: User) -> object:
            mine = models.Completion.objects.filter(supporter__user=user)
            return list(mine.values("done_on", "evidence", "expires_on", "confirmed_at"))

        def erase(user: User) -> None:
            models.Completion.objects.filter(supporter__user=user).delete()

        declare(
            Record(models.Course, "nobody", fields(
                public="names abouts easy_read", staff="id kind valid_months order active"), _("always: it is the programme")),
            Record(models.Completion, "supporter", fields(
                staff="id supporter course done_on evidence expires_on said_at confirmed_at confirmed_by"),
                _("as long as the supporter's profile")),
        )  # fmt: skip
        register(Entry(_("Training"), "training", holds(Role.SUPPORTER), 43))
        register_parts(Part("training", _("Training"), show, erase))
        reminders.register_all()
        room.register_gate(workflows.trained)
