from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "peersupport.reports"
    label = "reports"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from peersupport.accounts.models import Role
        from peersupport.accounts.navigation import holds
        from peersupport.reports import letter, records
        from peersupport.web.navigation import MenuEntry, register

        records.declare_all()
        letter.register_all()
        register(MenuEntry(_("Numbers"), "numbers", holds(Role.COORDINATOR, Role.ADMINISTRATOR), 60))
