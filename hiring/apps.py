from django.apps import AppConfig


class HiringConfig(AppConfig):
    name = "hiring"

    def ready(self) -> None:
        from hiring import links, policies, records, reminders  # noqa: F401 (policies register themselves)
        from hiring.workflows import panel
        from peersupport.accounts.models import Role
        from peersupport.accounts.workflows import on_accepted, on_taken_back

        records.declare_all()
        links.register_all()
        reminders.register_all()
        on_taken_back(Role.PANEL_MEMBER, panel.end_all_of)
        on_accepted(Role.PANEL_MEMBER, panel.begin)
