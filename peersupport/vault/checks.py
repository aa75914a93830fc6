"""A real installation does not start without its pepper."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from peersupport.vault import pepper


@register("vault")
def pepper_is_there(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Say how to make the pepper where there is none."""
    if settings.PEPPER_MADE_BY_ITSELF:
        return []
    try:
        pepper.versions()
    except pepper.PepperMissing:
        hint = "Run `python manage.py vault_pepper`, and keep a copy of the file offline, apart from the backups."
        return [Error(f"The pepper file {pepper.path()} is missing or damaged.", hint=hint, id="vault.E001")]
    return []
