"""What the coordinators' board and the numbers ask of the database."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, CharField, Count, DateTimeField, Exists, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from matching.models import LIVE, Invitation, Match, Strength, SupportRequest, Wish
from peersupport.accounts.models import User
from peersupport.notifications.models import Message
from peersupport.web.counts import count_each
from supporters.models import Option, Supporter

STAGES = {
    "choosing": _("Choosing"),
    "waiting": _("Waiting for somebody to join"),
    "invited": _("A supporter has been asked"),
    "meeting": _("First meeting"),
    "active": _("Active"),
    "paused": _("Paused"),
}
PAGE = 50
#: After so long in a stage somebody may need a hand.
SLOW = {
    "choosing": timedelta(days=7),
    "waiting": timedelta(days=28),
    "invited": timedelta(days=3),
    "meeting": timedelta(days=14),
}


def with_stage(requests: QuerySet[SupportRequest]) -> QuerySet[SupportRequest]:
    """Annotate `stage`, `stage_since`, `supporter_name` and `answer_by` in the same query."""
    live = Match.objects.live().lasting().filter(request=OuterRef("pk"))
    asked = Invitation.objects.filter(request=OuterRef("pk"), state="open")
    return requests.annotate(
        match_state=Subquery(live.values("state")[:1]),
        match_since=Subquery(live.values("made_at")[:1]),
        supporter_name=Subquery(live.values("supporter__name")[:1]),
        asked_name=Subquery(asked.values("supporter__name")[:1]),
        answer_by=Subquery(asked.values("answer_by")[:1]),
    ).annotate(
        stage=Case(When(state="matched", then=F("match_state")), default=F("state"), output_field=CharField()),
        stage_since=Case(
            When(state="matched", then=F("match_since")), default=F("state_since"), output_field=DateTimeField()
        ),
    )


def stage_counts() -> list[tuple[str, Any, int]]:
    """Return each stage with its words and how many requests are in it."""
    rows = with_stage(SupportRequest.objects.on_board()).values("stage").order_by().annotate(number=Count("pk"))
    counts = {row["stage"]: row["number"] for row in rows}
    return [(key, words, counts.get(key, 0)) for key, words in STAGES.items()]


def page_of_stage(stage: str, number: Any, *, mine: User | None = None) -> Page[SupportRequest]:
    """Return a page of requests in a stage, longest waiting first."""
    found = with_stage(SupportRequest.objects.on_board()).filter(stage=stage)
    if mine is not None:
        found = found.filter(looked_after_by=mine)
    found = found.select_related("looked_after_by").defer("words").order_by("stage_since", "pk")
    return Paginator(found, PAGE).get_page(number)


@dataclass(frozen=True)
class Hands:
    """What needs a hand today."""

    to_take: int
    to_ring: int
    slow: int
    overloaded: int
    no_limits: bool


def needs_a_hand(*, limits_missing: bool) -> Hands:
    """Count what needs a hand today, in one query."""
    waiting = count_each(
        to_take=SupportRequest.objects.to_take(),
        to_ring=to_ring(),
        slow=slow(),
        overloaded=Supporter.objects.filter(pk__in=overloaded().order_by().values("pk")),
    )
    return Hands(**waiting, no_limits=limits_missing)


def slow() -> QuerySet[SupportRequest]:
    """Return requests that have been in their stage for too long."""
    before = {stage: Now() - pause for stage, pause in SLOW.items()}
    meeting = Match.objects.lasting().filter(request=OuterRef("pk"), state="meeting", made_at__lt=before.pop("meeting"))
    slow = Q(Exists(meeting), state="matched")
    for stage, time in before.items():
        slow |= Q(state=stage, state_since__lt=time)
    return SupportRequest.objects.filter(slow)


def overloaded() -> QuerySet[Supporter]:
    """Return supporters with at least as many people as they said, most first."""
    supporting = Supporter.objects.filter(state="active", matches__state__in=LIVE)
    full = supporting.annotate(load=Count("matches")).filter(load__gte=F("maximum"))
    return full.order_by("-load", "name", "pk")


def to_ring() -> QuerySet[Message]:
    """Return news for people without an account that no mail can bring them, oldest first."""
    request = SupportRequest.objects.filter(person=None, person_key=OuterRef("recipient_key"))
    unreachable = request.exclude(Q(email_safe=True) & ~Q(email=""))
    waiting = Message.objects.filter(recipient=None, read_at=None)
    return waiting.filter(Exists(unreachable) | Q(Exists(request), state="failed")).order_by("due", "pk")


def to_ring_page(number: Any) -> Page[SupportRequest]:
    """Return a page of people to ring, who waits longest first, each with its `news` and `since` when it waits."""
    waiting = to_ring().filter(recipient_key=OuterRef("person_key"))
    people = SupportRequest.objects.filter(person=None).exclude(state="draft").defer("words")
    people = people.annotate(since=Subquery(waiting.values("due")[:1])).filter(since__isnull=False)
    page = Paginator(people.order_by("since", "pk"), PAGE).get_page(number)
    news: dict[Any, list[Message]] = {}
    for message in to_ring().filter(recipient_key__in=[one.person_key for one in page]):
        news.setdefault(message.recipient_key, []).append(message)
    for one in page:
        one.news = news.get(one.person_key, [])
    return page


def unmet_wishes() -> dict[Any, int]:
    """Return how many open requests have a must that nobody with room shows, by the option's key.

    Never for a page: a live count moves when one supporter declines. Reports fix it once a month.
    """
    open_requests = Wish.objects.filter(strength=Strength.MUST, request__state__in=["choosing", "waiting"])
    shown = Option.objects.filter(
        pk=OuterRef("option"), characteristics__visibility="show", characteristics__supporter__room_since__isnull=False
    )
    unmet = open_requests.filter(~Exists(shown)).values("option").order_by().annotate(number=Count("request"))
    return {row["option"]: row["number"] for row in unmet}


def declined_by_reason(since: datetime, before: datetime) -> dict[str, int]:
    """Return how often supporters said no in a stretch of time, by their own private note. Never for a page, as above."""
    declined = Invitation.objects.filter(state="declined", answered_at__gte=since, answered_at__lt=before)
    rows = declined.values("decline_reason").order_by().annotate(number=Count("pk"))
    return {row["decline_reason"]: row["number"] for row in rows}
