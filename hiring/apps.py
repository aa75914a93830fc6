from django.apps import AppConfig


class HiringConfig(AppConfig):
    name = "hiring"

    def ready(self) -> None:
        from hiring import links, models, notifications, policies, records  # noqa: F401 (policies register themselves)
        from hiring.workflows import panel, talks
        from peersupport.accounts.models import Role
        from peersupport.accounts.workflows import on_accepted, on_taken_back
        from peersupport.web.when import register_times

        records.declare_all()
        links.register_all()
        notifications.register_all()
        register_times(models.Slot, talks.moved_by_rules)
        on_taken_back(Role.PANEL_MEMBER, panel.end_all_of)
        on_accepted(Role.PANEL_MEMBER, panel.begin)
