"""The one subject every mail has: a bystander learns nothing from it (design.md, 14)."""

from django.utils.translation import gettext_lazy as _

NEUTRAL_SUBJECT = _("You have a new message")
