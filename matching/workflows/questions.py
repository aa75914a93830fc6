"""“Somebody is looking for a supporter who shares this. May they see that you do?”

Only the supporter is asked, and nothing the person sees changes before a yes. Few are asked at a time:
at most WAVE supporters for a request, and OPEN_AT_MOST open questions for a supporter.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from matching.models import Disclosure, DisclosureQuestion, QuestionState, RequestState, Strength, SupportRequest
from matching.suggestions import Search
from peersupport.accounts.models import User
from peersupport.audit.recording import record
from peersupport.notifications import outbox
from peersupport.organization.context import current
from peersupport.workflow.state_machine import NotAllowed, NotPossible, lock
from supporters.models import Characteristic, Supporter, Visibility
from supporters.workflows import show_from_now_on

WAVE = 10
OPEN_AT_MOST = 3
ASKABLE = [RequestState.CHOOSING, RequestState.WAITING, RequestState.INVITED]


@transaction.atomic
def ask_for(request: SupportRequest) -> int:
    """Ask supporters who keep a wished characteristic to themselves; return how many questions were added."""
    request = lock(request)
    request.questions_due = False
    request.save(update_fields=["questions_due"])
    if request.state not in ASKABLE:
        return 0
    made = [
        DisclosureQuestion.objects.get_or_create(request=request, supporter_id=supporter, option_id=option)
        for supporter, option in _to_ask(request)
    ]
    new = [question for question, created in made if created]
    for question in new:
        outbox.write("question.asked", question, to=question.supporter.user)
    return len(new)


def _to_ask(request: SupportRequest) -> list[tuple[UUID, UUID]]:
    """Return (supporter, option) pairs: private, wished, and otherwise within what the person asks for."""
    wished = request.wish_set.filter(strength__in=[Strength.MUST, Strength.LIKE]).values("option")
    possible = Search(request, private_counts=True).within_reach()
    possible = possible.annotate(
        open_questions=Count("questions", filter=Q(questions__state=QuestionState.ASKED), distinct=True)
    ).filter(open_questions__lt=OPEN_AT_MOST)
    pairs = Characteristic.objects.filter(
        option__in=wished, visibility=Visibility.ASK, supporter__in=possible.values("pk")
    )
    asked = DisclosureQuestion.objects.filter(
        request=request, supporter=OuterRef("supporter"), option=OuterRef("option")
    )
    pairs = pairs.filter(~Exists(asked))
    return list(pairs.order_by("supporter__room_since", "pk").values_list("supporter_id", "option_id")[:WAVE])


def supporter_changed(supporter: Supporter) -> None:
    """Forget what is no longer told; when something new is told, look again at the requests under way.

    Runs after the supporter's own transaction: requests are locked before supporters, never after.
    """
    told = Characteristic.objects.filter(supporter=OuterRef("supporter"), option=OuterRef("option"))
    for model in (Disclosure, DisclosureQuestion):
        model._default_manager.filter(~Exists(told), supporter=supporter).delete()
    if supporter.room_since is not None:
        wished = supporter.characteristics.filter(visibility=Visibility.ASK).values("option")
        SupportRequest.objects.filter(state__in=ASKABLE, wish_set__option__in=wished).update(questions_due=True)


def lapse(now: datetime) -> int:
    """Close questions nobody answered in time, so that the next supporters are asked; return how many."""
    old = DisclosureQuestion.objects.filter(
        state=QuestionState.ASKED, asked_at__lt=now - timedelta(hours=current().hours_to_answer)
    )
    SupportRequest.objects.filter(questions__in=old, state__in=ASKABLE).update(questions_due=True)
    return old.update(state=QuestionState.CLOSED)


def close_all(request: SupportRequest) -> None:
    """A match was made: nobody is asked for this request any more."""
    DisclosureQuestion.objects.filter(request=request, state=QuestionState.ASKED).update(state=QuestionState.CLOSED)


@transaction.atomic
def answer(question: DisclosureQuestion, *, by: User, says: str) -> None:
    """Answer "once", "always" or "no". A no leaves the same row as no answer.

    Raises NotAllowed, and NotPossible for another word or a question that is over.
    """
    held = lock(question)
    if held.supporter.user_id != by.pk:
        raise NotAllowed("answer")
    if held.state != QuestionState.ASKED:
        raise NotPossible(_("This question is no longer open."))
    if says not in {"once", "always", "no"}:
        raise NotPossible(_("Choose one of the answers."))
    held.state = QuestionState.CLOSED
    held.save()
    _ask_the_next(held.request_id)
    if says != "no":
        _disclose(held, always=says == "always")
    record("question.answer", held, by=by, role="supporter", subjects=[by.pseudonym])


def _ask_the_next(request: UUID) -> None:
    """When a wave is answered, the next supporters are asked."""
    if not DisclosureQuestion.objects.filter(request=request, state=QuestionState.ASKED).exists():
        SupportRequest.objects.filter(pk=request).update(questions_due=True)


def _disclose(question: DisclosureQuestion, *, always: bool) -> None:
    if always:
        show_from_now_on(question.supporter, question.option)
    else:
        Disclosure.objects.get_or_create(request=question.request, supporter=question.supporter, option=question.option)
    request = question.request
    outbox.write("somebody.shares", request, to=request.person, key=request.person_key)
