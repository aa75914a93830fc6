"""What matching reminds of. The words stand behind the sign-in; a mail only says that there is a message."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from matching.models import DisclosureQuestion, Invitation, LinkPurpose, Match, SupportRequest
from matching.suggestions import Search
from matching.workflows import links
from peersupport.notifications.models import Message
from peersupport.notifications.registry import Address, Due, NotificationType, register
from peersupport.workflow.state_machine import NotAllowed, NotPossible


class ToPerson(NotificationType):
    """To the person: on their page when they have an account, else by a fresh link to a safe address."""

    essential = True

    def request_of(self, message: Message) -> SupportRequest | None:
        return SupportRequest.objects.filter(pk=message.object_id).first()

    def url(self, message: Message) -> str:
        request = self.request_of(message)
        return reverse("support", args=[request.pk]) if request else reverse("inbox")

    def is_still_relevant(self, message: Message) -> bool:
        request = self.request_of(message)
        return request is not None and (request.state != "closed" or self.key == "match.ended")

    def address_without_account(self, message: Message) -> Address | None:
        request = self.request_of(message)
        if request is None or not request.email or not request.email_safe:
            return None
        try:
            token = links.make(request, LinkPurpose.CHOOSING, by=None)
        except (NotAllowed, NotPossible):
            return None
        return Address(request.email, request.language, settings.SITE_URL + reverse("link", args=[token]))


class OfInvitationToPerson(ToPerson):
    def request_of(self, message: Message) -> SupportRequest | None:
        found = Q(invitations=message.object_id) | Q(pk=message.object_id)
        return SupportRequest.objects.filter(found).first()


class MatchNotification(ToPerson):
    """To either of the two: each goes to their own page of the match."""

    def request_of(self, message: Message) -> SupportRequest | None:
        return SupportRequest.objects.filter(Q(matches=message.object_id) | Q(pk=message.object_id)).distinct().first()

    def is_still_relevant(self, message: Message) -> bool:
        """That something ended is told even when the other side has erased what was theirs."""
        return self.key in {"match.ended", "match.stand_in_over"} or super().is_still_relevant(message)

    def url(self, message: Message) -> str:
        match = Match.objects.select_related("supporter", "request").filter(pk=message.object_id).first()
        if match is None and self.request_of(message) is None:
            return reverse("home")
        if match and message.recipient_id and match.supporter.user_id == message.recipient_id:
            return reverse("supporting", args=[match.pk])
        return super().url(message)


class InvitationNotification(NotificationType):
    """To the supporter who was asked."""

    essential = True

    def url(self, message: Message) -> str:
        return reverse("invitation", args=[message.object_id])

    def is_still_relevant(self, message: Message) -> bool:
        return Invitation.objects.filter(pk=message.object_id, state="open").exists()


class Received(InvitationNotification):
    key = "invitation.received"
    line = _("Somebody would like you as their supporter. Please answer when you can.")


class Unanswered(InvitationNotification):
    """Half of the time to answer is over."""

    key = "invitation.unanswered"
    line = _("Somebody is still waiting for your answer. A no is fine too.")
    share = 0.5

    def find_due(self, now: datetime) -> Iterable[Due]:
        waiting = Invitation.objects.filter(state="open", answer_by__gt=now, sent_at__lte=now - timedelta(hours=2))
        for invitation in waiting.select_related("supporter__user"):
            due = invitation.sent_at + (invitation.answer_by - invitation.sent_at) * self.share
            if due <= now and invitation.supporter.user:
                yield Due(invitation, invitation.supporter.user, invitation.supporter.user.pseudonym, due)


class AboutToExpire(Unanswered):
    key = "invitation.about_to_expire"
    line = _("The time to answer somebody is nearly over. After that another supporter is asked.")
    share = 0.9


class TakenBack(InvitationNotification):
    key = "invitation.taken_back"
    line = _("Somebody took back their question. You need do nothing.")

    def url(self, message: Message) -> str:
        return reverse("supporter-home")

    def is_still_relevant(self, message: Message) -> bool:
        return True


class InvitationAnswered(OfInvitationToPerson):
    key = "invitation.answered"
    line = _("There is an answer from a supporter.")


class Shares(ToPerson):
    key = "somebody.shares"
    line = _("There is a supporter who shares something that matters to you.")


class Joined(ToPerson):
    """Somebody joined who shares every must of a person who waits."""

    key = "somebody.joined"
    atomic_scan = True

    line = _("Somebody joined who shares what matters to you.")

    def find_due(self, now: datetime) -> Iterable[Due]:
        waiting = SupportRequest.objects.filter(state="waiting", tell_me=True, tell_me_since__isnull=False)
        for request in waiting.select_related("person"):
            newest = Search(request).newly_in_sight().order_by("-seen_anew_at").first()
            if newest:
                yield Due(request, request.person, request.person_key, newest.seen_anew_at)
                SupportRequest.objects.filter(pk=request.pk).update(tell_me_since=newest.seen_anew_at)


class LinkWanted(ToPerson):
    """The lasting link was opened and its owner wants to choose: a fresh link goes to their safe address."""

    key = "link.wanted"
    line = _("Here is the link you asked for.")


class Asked(NotificationType):
    key = "question.asked"
    group = "asked"
    line = _("Somebody is looking for a supporter who shares something you told us. Only you decide who sees it.")

    def url(self, message: Message) -> str:
        return reverse("questions")

    def is_still_relevant(self, message: Message) -> bool:
        return DisclosureQuestion.objects.filter(pk=message.object_id, state="asked").exists()


def _of_match(key: str, line: Any) -> NotificationType:
    return type("OfMatch", (MatchNotification,), {"key": key, "line": line})()


def register_all() -> None:
    """Register matching's kinds."""
    register(
        Received(),
        Unanswered(),
        AboutToExpire(),
        TakenBack(),
        InvitationAnswered(),
        Shares(),
        Joined(),
        LinkWanted(),
        Asked(),
        _of_match("match.meeting", _("There is news about your first meeting.")),
        _of_match("match.agreed", _("The other one of you two said yes to the agreement.")),
        _of_match("match.paused", _("There is a pause now. No reason is asked of anyone.")),
        _of_match("match.resumed", _("The pause is over.")),
        _of_match("match.leave", _("There is news about when your supporter is away. You choose what comes next.")),
        _of_match("match.stand_in_over", _("The time of the stand-in is over. Thank you both.")),
        _of_match("match.ended", _("The two of you are no longer matched. Here is what comes next.")),
    )
