"""The life of a request: written, submitted, choosing, waiting, closed. Its owner decides at every step."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from matching.models import (
    Disclosure,
    DisclosureQuestion,
    NotAgain,
    RecordedYes,
    RequestState,
    Strength,
    SupportRequest,
    Wish,
    Yes,
)
from matching.parties import Bearer, Party, part_in_request, subjects_of_request
from peersupport.accounts import consents
from peersupport.accounts.models import Consent, ConsentKind, Role, User
from peersupport.audit.models import AuditEntry
from peersupport.audit.recording import record
from peersupport.notifications.models import Message
from peersupport.workflow.state_machine import NotAllowed, NotPossible, StateMachine, lock, transition
from supporters.models import Dimension, Option

S = RequestState
UNDER_WAY = [S.CHOOSING, S.WAITING, S.INVITED, S.MATCHED]


def _note_since(request: SupportRequest) -> None:
    """Note since when a request has been in its state, so that waiting is never invisible."""
    request.state_since = timezone.now()


LIFECYCLE = StateMachine(
    "request",
    [
        transition("edit", [S.DRAFT, S.CHOOSING, S.WAITING, S.INVITED, S.MATCHED], None, "person", "coordinator"),
        transition("submit", [S.DRAFT], S.CHOOSING, "person", "coordinator"),
        transition("wait", [S.CHOOSING], S.WAITING, "person", "coordinator"),
        transition("look_again", [S.WAITING], S.CHOOSING, "person", "coordinator"),
        transition("ask_for_help", UNDER_WAY, None, "person", "lasting"),
        transition("go_on_alone", UNDER_WAY, None, "person"),
        transition("close", [S.DRAFT, *UNDER_WAY], S.CLOSED, "person", "lasting", "coordinator"),
        transition("open_again", [S.CLOSED], S.CHOOSING, "person", "lasting", "coordinator"),
        # Steps that follow from an invitation or a match, never taken by themselves.
        transition("invite", [S.CHOOSING, S.WAITING], S.INVITED, "person", "coordinator"),
        transition("nobody_asked", [S.INVITED], S.CHOOSING, "system", "person", "coordinator"),
        transition("match", [S.INVITED], S.MATCHED, "system"),
        transition("choose_anew", [S.MATCHED], S.CHOOSING, "person", "lasting", "coordinator", "system"),
        transition("close_after_end", [S.CHOOSING], S.CLOSED, "system"),
    ],
    actor_role=lambda by, request: part_in_request(by, request),
    subjects=subjects_of_request,
    on_change=_note_since,
)


def need_yes(request: SupportRequest, verb: str, *, by: Party | None, how: str) -> None:
    """When a coordinator acts at the person's side, record how the person said yes (G11).

    Raises NotPossible without a clear yes: nothing starts then.
    """
    if part_in_request(by, request) != "coordinator":
        return
    if how not in Yes.values:
        raise NotPossible(_("Say how the person said yes. Without a clear yes, nothing starts."))
    assert isinstance(by, User)
    RecordedYes.objects.create(request=request, verb=verb, how=how, coordinator=by)


@transaction.atomic
def begin(*, by: User | None, language: str, helped: bool = False) -> SupportRequest:
    """Begin a draft: one's own, a stranger's, or (`helped`) a coordinator's at a person's side."""
    request = SupportRequest(language=language)
    if helped:
        if not isinstance(by, User) or not by.holds(Role.COORDINATOR):
            raise NotAllowed("help")
        request.helped_by = request.looked_after_by = by
        request.help_wanted = True
    elif by is not None:
        request.person, request.person_key = by, by.pseudonym
        request.call_me, request.email, request.email_safe = by.name, by.email, True
    request.save()
    record("request.begin", request, by=by, role="coordinator", subjects=[request.person_key])
    return request


#: What decides who sees something: a coordinator changes it only with the person's own yes.
SHOWS = ("show_words", "show_wishes", "share_contact")


def edit(request: SupportRequest, *, by: Party, how: str = "", **changes: Any) -> SupportRequest:
    """Change fields of a request. Raises NotAllowed, NotPossible."""
    with LIFECYCLE.transition("edit", request, by=by) as fresh:
        if fresh.state != S.DRAFT and any(changes.get(name, False) and not getattr(fresh, name) for name in SHOWS):
            need_yes(fresh, "show", by=by, how=how)
        for name, value in changes.items():
            setattr(fresh, name, value)
    return fresh  # type: ignore[no-any-return]


def set_practical(request: SupportRequest, options: Iterable[Option], *, by: Party, places: int, times: int) -> None:
    """Replace languages, areas, places and times. Raises NotPossible for an option that is not practical."""
    wanted = list(options)
    if any(option.dimension.kind not in {"language", "area"} for option in wanted):
        raise NotPossible
    with LIFECYCLE.transition("edit", request, by=by) as fresh:
        fresh.places, fresh.times = places, times
        fresh.wish_set.filter(strength=Strength.PRACTICAL).delete()
        Wish.objects.bulk_create(Wish(request=fresh, option=option, strength=Strength.PRACTICAL) for option in wanted)
        fresh.questions_due = fresh.state != S.DRAFT


def set_wishes_of_dimension(
    request: SupportRequest, dimension: Dimension, wishes: Mapping[Option, str], *, by: Party
) -> None:
    """Replace what the person wishes about one dimension. Raises NotPossible for another dimension's option."""
    if any(option.dimension_id != dimension.pk for option in wishes):
        raise NotPossible
    with LIFECYCLE.transition("edit", request, by=by) as fresh:
        fresh.wish_set.filter(option__dimension=dimension).delete()
        Wish.objects.bulk_create(
            Wish(request=fresh, option=option, strength=strength) for option, strength in wishes.items()
        )
        fresh.questions_due = fresh.state != S.DRAFT
        _forget_unwished(fresh)


def _forget_unwished(request: SupportRequest) -> None:
    """What is no longer wished is no longer shown either."""
    Disclosure.objects.filter(request=request).exclude(option__in=request.wish_set.values("option")).delete()


def submit(request: SupportRequest, *, by: Party, how: str = "") -> SupportRequest:
    """Ask for support. Needs a name to call them by; consent is recorded in the same transaction.

    Raises NotPossible, also when the person has an open request already.
    """
    with transaction.atomic():
        need_yes(request, "submit", by=by, how=how)
        try:
            with LIFECYCLE.transition("submit", request, by=by) as fresh:
                if not fresh.call_me.strip():
                    raise NotPossible(_("Tell us first what we may call you. It can be any name."))
                fresh.submitted_at = fresh.state_since = timezone.now()
                fresh.questions_due = True
                consents.give(ConsentKind.REQUEST, subject=fresh.person_key, by=by, how=how)
        except IntegrityError:
            raise NotPossible(_("You have an open request already. You can change it instead.")) from None
    return fresh  # type: ignore[no-any-return]


def _simple(verb: str, request: SupportRequest, *, by: Party | None, **changes: Any) -> SupportRequest:
    with LIFECYCLE.transition(verb, request, by=by) as fresh:
        for name, value in changes.items():
            setattr(fresh, name, value)
    return fresh  # type: ignore[no-any-return]


def wait(request: SupportRequest, *, by: Party, how: str = "") -> SupportRequest:
    """Wait, and be told when somebody joins who shares every must."""
    with transaction.atomic():
        need_yes(request, "wait", by=by, how=how)
        return _simple("wait", request, by=by, tell_me=True, tell_me_since=timezone.now())


def look_again(request: SupportRequest, *, by: Party | None) -> SupportRequest:
    """Look at suggestions again."""
    return _simple("look_again", request, by=by)


def ask_for_help(request: SupportRequest, *, by: Party) -> SupportRequest:
    """Ask for a coordinator: from now on one may take the request and see its wishes."""
    return _simple("ask_for_help", request, by=by, help_wanted=True)


def go_on_alone(request: SupportRequest, *, by: Party) -> SupportRequest:
    """No coordinator any more: from now on none sees the wishes."""
    return _simple("go_on_alone", request, by=by, help_wanted=False, looked_after_by=None)


@transaction.atomic
def take(request: SupportRequest, *, by: User) -> SupportRequest:
    """Look after a request that is free to take. Raises NotAllowed, NotPossible when another was faster."""
    if not by.holds(Role.COORDINATOR):
        raise NotAllowed("take")
    fresh = lock(request)
    if (
        fresh.invitations.filter(supporter__user=by, state__in=["open", "queued"]).exists()
        or fresh.matches.filter(supporter__user=by).exclude(state="ended").exists()
    ):
        raise NotPossible(_("You are asked as a supporter here. Somebody else has to look after it."))
    if not SupportRequest.objects.to_take(by).filter(pk=fresh.pk).exists():
        raise NotPossible(_("Somebody else looks after this request now, or no help is wanted any more."))
    fresh.looked_after_by = by
    fresh.save()
    record("request.take", fresh, by=by, role="coordinator", subjects=[fresh.person_key])
    return fresh  # type: ignore[no-any-return]


def release_all(user: User) -> None:
    """Somebody is no longer coordinator: what they looked after is free for others to take."""
    SupportRequest.objects.filter(looked_after_by=user).update(looked_after_by=None, help_wanted=True)


@transaction.atomic
def hand_back(request: SupportRequest, *, by: User) -> SupportRequest:
    """Stop looking after a request; another coordinator may take it."""
    fresh = lock(request)
    if fresh.looked_after_by_id != by.pk:
        raise NotAllowed("hand back")
    fresh.looked_after_by = None
    fresh.save()
    record("request.hand_back", fresh, by=by, role="coordinator", subjects=[fresh.person_key])
    return fresh  # type: ignore[no-any-return]


@transaction.atomic
def note_told(request: SupportRequest, news: Iterable[Message], *, by: User) -> None:
    """Note that somebody was told the news by telephone or in person."""
    if not by.holds(Role.COORDINATOR):
        raise NotAllowed("told")
    with transaction.atomic():
        Message.objects.filter(pk__in=[message.pk for message in news]).update(read_at=timezone.now())
        record("request.told", request, by=by, role="coordinator", subjects=[request.person_key])


def open_again(request: SupportRequest, *, by: Party, how: str = "") -> SupportRequest:
    """Ask again after it was closed. Raises NotPossible when there is another open request."""
    with transaction.atomic():
        need_yes(request, "open_again", by=by, how=how)
        consents.give(ConsentKind.REQUEST, subject=request.person_key, by=by, how=how)
        try:
            return _simple("open_again", request, by=by, closed_at=None, questions_due=True)
        except IntegrityError:
            raise NotPossible(_("You have an open request already.")) from None


@transaction.atomic
def keep_with_account(by: Bearer | None, user: User) -> SupportRequest:
    """Tie the request whose link is open to the account its owner just made or signed in with.

    Raises NotPossible when no link is open any more, or the account has an open request already.
    """
    found = SupportRequest.objects.for_party(by).filter(person=None).first()
    if by is None or not by.full or found is None:
        raise NotPossible(_("Open your private link again first."))
    fresh = lock(found)
    under_way = SupportRequest.objects.filter(person=user).exclude(state__in=[S.DRAFT, S.CLOSED])
    if fresh.state != S.DRAFT and under_way.exists():
        raise NotPossible(_("You have an open request already."))
    _move_key(fresh, user)
    fresh.person, fresh.person_key = user, user.pseudonym
    fresh.save()
    record("request.keep_with_account", fresh, by=user, role="person", subjects=[user.pseudonym])
    return fresh  # type: ignore[no-any-return]


def _move_key(request: SupportRequest, user: User) -> None:
    """Consents, silent wishes and messages follow the person from the link to the account; links end."""
    old = request.person_key
    if consents.given(ConsentKind.REQUEST, user.pseudonym):
        Consent.objects.filter(subject=old).delete()
    Consent.objects.filter(subject=old).update(subject=user.pseudonym)
    kept_apart = NotAgain.objects.filter(person_key=user.pseudonym).values("supporter", "by_supporter")
    for pair in list(kept_apart):
        NotAgain.objects.filter(person_key=old, **pair).delete()
    NotAgain.objects.filter(person_key=old).update(person_key=user.pseudonym)
    Message.objects.filter(recipient_key=old).update(recipient=user, recipient_key=user.pseudonym)
    AuditEntry.objects.filter(subject=old).update(subject=user.pseudonym)
    request.links.filter(replaced_at=None, used_at=None).update(replaced_at=timezone.now())


@transaction.atomic
def take_consent_back(request: SupportRequest, *, by: Party, how: str = "") -> None:
    """Take the consent back for somebody without an account: everything of theirs is erased.

    Raises NotAllowed; NotPossible for a coordinator without the person's yes.
    """
    if part_in_request(by, request) not in {"person", "lasting", "coordinator"}:
        raise NotAllowed("take consent back")
    need_yes(request, "erase", by=by, how=how)
    consents.withdraw(ConsentKind.REQUEST, subject=request.person_key, by=by)


def forget_questions(request: SupportRequest) -> None:
    """Remove questions and disclosures of a request that is over: they have served."""
    DisclosureQuestion.objects.filter(request=request).delete()
    Disclosure.objects.filter(request=request).delete()
