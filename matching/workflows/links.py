"""Private links for people without an account: one that lasts, and one that works once."""

from datetime import timedelta

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from matching.models import LinkPurpose, PrivateLink, RequestState, SupportRequest
from matching.parties import Party, open_for, part_in_request
from peersupport.audit.recording import record
from peersupport.notifications import outbox
from peersupport.notifications.models import Message
from peersupport.web.tokens import hash_of, new_token
from peersupport.workflow.state_machine import NotAllowed, NotPossible, lock

CHOOSING_DAYS = 7


@transaction.atomic
def make(request: SupportRequest, purpose: str, *, by: Party | None) -> str:
    """Make a link and return its token, shown this once; an older lasting link stops working.

    Raises NotAllowed, and NotPossible for somebody with an account.
    """
    part = part_in_request(by, request)
    if part not in {"person", "coordinator", "lasting", "system"} or (part == "lasting" and purpose == "lasting"):
        raise NotAllowed("link")
    if request.person_id:
        raise NotPossible(_("This person has an account: they sign in, and nobody needs a link."))
    request = lock(request)
    now = timezone.now()
    if purpose == LinkPurpose.LASTING:
        request.links.filter(purpose=purpose, replaced_at=None).update(replaced_at=now)
    token, hashed = new_token()
    expires = now + timedelta(days=CHOOSING_DAYS) if purpose == LinkPurpose.CHOOSING else None
    link = PrivateLink.objects.create(request=request, purpose=purpose, token_hash=hashed, expires_at=expires)
    record("link.make", link, by=by, role=str(part), subjects=[request.person_key])
    return token


@transaction.atomic
def send_fresh(request: SupportRequest, *, by: Party) -> None:
    """Send a link that works once to the safe address on record. Raises NotAllowed, NotPossible without one."""
    part = part_in_request(by, request)
    if part not in {"person", "lasting", "coordinator"}:
        raise NotAllowed("fresh link")
    if not request.email or not request.email_safe:
        raise NotPossible(_("There is no safe email address. Ring us, or tell anyone in the organization."))
    outbox.write("link.wanted", request, to=None, key=request.person_key)
    record("link.make", request, by=by, role=str(part), subjects=[request.person_key])


def find(token: str) -> PrivateLink | None:
    """Return the live link of a token, or None when it is used, replaced, too old or unknown."""
    live = PrivateLink.objects.live().filter(token_hash=hash_of(token))
    return live.select_related("request").first()


@transaction.atomic
def use(link: PrivateLink, http: HttpRequest) -> None:
    """Open the page of a link in this browser; a link that works once is used up. Only a button calls this."""
    held = lock(link)
    if held.used_at or held.replaced_at:
        raise NotPossible
    once = held.purpose == LinkPurpose.CHOOSING
    if once:
        held.used_at = timezone.now()
        held.save()
    # A draft has nothing to pause or end yet: its lasting link is there to go on writing.
    full = once or held.request.state == RequestState.DRAFT
    open_for(http, held.request, full=full, link=held.pk)
    # Whoever opens the page sees the news: nobody need ring them.
    Message.objects.filter(recipient=None, recipient_key=held.request.person_key, read_at=None).update(
        read_at=timezone.now()
    )
    record("link.use", held, by=None, role="person", subjects=[held.request.person_key])
