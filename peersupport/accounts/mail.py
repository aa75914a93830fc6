"""The one mail that is sent at once and kept nowhere: the link of an invitation to a role."""

import logging

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation

from peersupport.accounts.models import RoleInvitation
from peersupport.organization.context import current
from peersupport.ui.mail import NEUTRAL_SUBJECT

log = logging.getLogger("peersupport.accounts")


def send_invitation_mail(invitation: RoleInvitation, address: str) -> bool:
    """Mail the link; tell whether the mail server took it. The caller shows the link in any case.

    The token exists only now (a hash is kept), so this mail can't wait in the outbox.
    """
    with translation.override(invitation.language or settings.LANGUAGE_CODE):
        words = render_to_string("accounts/invitation_mail.txt", {"address": address, "organization": current()})
        mail = EmailMessage(str(NEUTRAL_SUBJECT), words, to=[invitation.email])
    try:
        return bool(mail.send())
    except Exception as problem:  # a mail server may answer with anything
        log.warning("an invitation could not be mailed (%s)", type(problem).__name__)
        return False
