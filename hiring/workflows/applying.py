"""Applying without an account: a draft by private link, sent once, withdrawn at once and without a trace."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any
from uuid import UUID

from django.core import signing
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hiring.models import Application, ApplicationState, Occupied, Vacancy
from hiring.workflows.vacancies import note
from peersupport.audit.lifecycle import Lifecycle, NotAllowed, NotPossible, lock, transition
from peersupport.audit.recording import record
from peersupport.reminders import outbox

S = ApplicationState
WAITING = [S.SENT, S.INVITED]
_SIGNER = signing.Signer(salt="hiring.application")
TEXTS = ("why", "relevance", "strengths", "adjustments")


def _part(by: Any, application: Application) -> str | None:
    if by is None:
        return "system"
    if isinstance(by, Candidate):
        return "candidate" if by.application == application.pk else None
    return "coordinator" if application.vacancy.run_by_id == by.pk else None


class Candidate:
    """Whoever opened the private link of an application."""

    is_authenticated = False

    def __init__(self, application: Application) -> None:
        self.application = application.pk
        self.pseudonym = application.pk


LIFECYCLE = Lifecycle(
    "application",
    [
        transition("write", [S.DRAFT], None, "candidate"),
        transition("send", [S.DRAFT], S.SENT, "candidate"),
        transition("invite", [S.SENT], S.INVITED, "coordinator"),
        transition("offer", [S.SENT, S.INVITED, S.RESERVE], S.OFFERED, "coordinator"),
        transition("reserve", WAITING, S.RESERVE, "coordinator"),
        transition("not_this_time", [*WAITING, S.RESERVE], S.NOT_THIS_TIME, "coordinator"),
        transition("accept", [S.OFFERED], S.STARTED, "candidate"),
        transition("decline", [S.OFFERED], S.DECLINED, "candidate"),
        transition("lapse", [S.OFFERED], S.DECLINED, "system"),
    ],
    part=_part,
    subjects=lambda application: [application.pk],
)


@transaction.atomic
def begin(vacancy: Vacancy, *, language: str) -> Application:
    """Begin an application. Raises NotPossible when it is closed."""
    held: Vacancy = lock(vacancy)
    if not held.takes_applications:
        raise NotPossible(_("Applications are closed."))
    number, held.next_number = held.next_number, held.next_number + 1
    held.save(update_fields=["next_number"])
    return Application.objects.create(vacancy=held, number=number, language=language)


def token_of(application: Application) -> str:
    """Return the token of the private link. It is signed, not kept: whoever reads the tables can't make one."""
    name = urlsafe_b64encode(application.pk.bytes).decode().rstrip("=")
    return _SIGNER.sign(f"{name}.{application.link_version}")


def by_token(token: str) -> Application | None:
    """Return the application whose private link this is, unless the link was replaced."""
    try:
        name, version = _SIGNER.unsign(token).split(".")
        found = Application.objects.select_related("vacancy__version", "vacancy__run_by")
        pk = UUID(bytes=urlsafe_b64decode(name + "=="))
        application: Application | None = found.filter(pk=pk, link_version=int(version)).first()
    except (signing.BadSignature, ValueError):
        return None
    return application


def write(application: Application, *, by: Candidate, **values: Any) -> Application:
    """Keep what was typed so far, whatever is missing."""
    with LIFECYCLE.step("write", application, by=by) as fresh:
        for name, value in values.items():
            setattr(fresh, name, value)
    return fresh  # type: ignore[no-any-return]


def send(application: Application, *, by: Candidate, **values: Any) -> Application:
    """Send it, once. What was typed is kept even when it is too late. Raises NotPossible."""
    fresh = write(application, by=by, **values)
    if not fresh.vacancy.takes_applications:
        raise NotPossible(_("Applications closed while you were writing. What you wrote is kept. Please ring us."))
    if not fresh.name or not fresh.relevance:
        raise NotPossible(_("Tell us how to call you, and how your experience could be useful."))
    if not fresh.lived:
        raise NotPossible(_("This role is for people with lived experience. Say yourself whether you have it."))
    try:
        with LIFECYCLE.step("send", fresh, by=by, first=[fresh.vacancy]) as sent:
            sent.sent_at, sent.state = timezone.now(), S.SENT
            sent.save()
            Vacancy.objects.filter(pk=sent.vacancy_id).update(counted_applied=F("counted_applied") + 1)
            note(sent.vacancy, "applied", by=None, number=sent.number)
            outbox.write("application.received", sent, to=None, key=sent.pk)
    except IntegrityError:
        raise NotPossible(_("There is an application with this address already.")) from None
    return sent  # type: ignore[no-any-return]


@transaction.atomic
def withdraw(application: Application, *, by: Candidate) -> None:
    """Withdraw: everything of the application is erased at once; a count stays. Raises NotAllowed, NotPossible."""
    held: Application = lock(application)
    if _part(by, held) != "candidate":
        raise NotAllowed("withdraw")
    if held.state == S.STARTED:
        raise NotPossible(_("You have started already. Talk to whoever runs this."))
    erase(held, counted=held.state != S.DRAFT)


def erase(application: Application, *, counted: bool) -> None:
    """Erase an application with its scores and messages. The caller holds its lock."""
    vacancy = application.vacancy
    outbox.forget([application.pk])
    Occupied.objects.filter(what=f"candidate {application.pk}").delete()
    if counted:
        Vacancy.objects.filter(pk=vacancy.pk).update(counted_withdrawn=F("counted_withdrawn") + 1)
        note(vacancy, "withdrawn", by=None, number=application.number)
    record("application.erase", vacancy, by=None, role="system", subjects=[None])
    _forget_traces(application)
    application.delete()


def _forget_traces(application: Application) -> None:
    """Audit rows about an application name nobody, and are kept under a number that leads nowhere."""
    from peersupport.audit.models import AuditEntry

    AuditEntry.objects.filter(subject=application.pk).delete()
