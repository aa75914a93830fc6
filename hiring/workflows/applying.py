"""Applying without an account: a draft by private link, sent once, withdrawn at once and without a trace."""

import unicodedata
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from django.core import signing
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from hiring import records
from hiring.attachments.looking import look
from hiring.models import Application, ApplicationState, Attachment, Booking, PanelMember, Recusal, Slot, Vacancy
from hiring.workflows import talks
from hiring.workflows.vacancies import count, note
from peersupport.accounts.models import Role, User
from peersupport.audit.recording import record
from peersupport.notifications import outbox
from peersupport.web.plain import plain_digits
from peersupport.workflow.state_machine import NotAllowed, NotPossible, StateMachine, lock, transition

S = ApplicationState
WAITING = [S.SENT, S.INVITED]
_SIGNER = signing.Signer(salt="hiring.application")
FILES_AT_MOST = 3
_CLOSED = _("Applications closed while you were writing. What you wrote is kept. Please ring us.")


def _part(by: Any, application: Application) -> str | None:
    if by is None:
        return "system"
    if isinstance(by, Candidate):
        return "candidate" if by.application == application.pk else None
    runs = application.vacancy.run_by_id == by.pk and by.holds(Role.COORDINATOR) and not is_own(by, application)
    return "coordinator" if runs else None


class Candidate:
    """Whoever opened the private link of an application."""

    is_authenticated = False

    def __init__(self, application: Application) -> None:
        self.application = application.pk
        self.pseudonym = application.pk


LIFECYCLE = StateMachine(
    "application",
    [
        transition("write", [S.DRAFT], None, "candidate"),
        transition("send", [S.DRAFT], S.SENT, "candidate"),
        transition("invite", [S.SENT], S.INVITED, "coordinator"),
        transition("offer", [S.SENT, S.INVITED, S.RESERVE, S.LAPSED, S.OFFERED], S.OFFERED, "coordinator"),
        transition("reserve", [*WAITING, S.RESERVE], S.RESERVE, "coordinator"),
        transition("not_this_time", [*WAITING, S.RESERVE], S.NOT_THIS_TIME, "coordinator"),
        transition("accept", [S.OFFERED], S.STARTED, "candidate"),
        transition("decline", [S.OFFERED], S.DECLINED, "candidate"),
        transition("lapse", [S.OFFERED], S.LAPSED, "system"),
        transition("reserve_over", [S.RESERVE], S.NOT_THIS_TIME, "system"),
    ],
    actor_role=_part,
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
    """Return the application whose private link this is, unless the link was replaced or the time to keep it is over."""
    try:
        name, version = _SIGNER.unsign(token).split(".")
        found = Application.objects.select_related("vacancy__version", "vacancy__run_by")
        pk = UUID(bytes=urlsafe_b64decode(name + "=="))
        application: Application | None = (
            found.filter(pk=pk, link_version=int(version))
            .exclude(pk__in=records.over(timezone.now()).filter(pk=pk))
            .first()
        )
    except (signing.BadSignature, ValueError):
        return None
    return application


def opening_code(application: Application) -> str:
    """Return the code that opens a link printed by somebody else: 8 digits, shown to the candidate alone, kept nowhere."""
    drawn = salted_hmac("hiring.opening_code", application.pk.hex, algorithm="sha256").digest()
    digits = f"{int.from_bytes(drawn) % 10**8:08d}"
    return f"{digits[:4]} {digits[4:]}"


def is_opening_code(application: Application, typed: str) -> bool:
    """Tell whether this is the candidate's code, in digits of any script."""
    return bool(constant_time_compare(plain_digits(typed), plain_digits(opening_code(application))))


@transaction.atomic
def replace_link(application: Application, *, by: "Candidate") -> Application:
    """The candidate replaces their own link: the old one opens nothing any more. Raises NotAllowed."""
    held: Application = lock(application)
    if _part(by, held) != "candidate":
        raise NotAllowed("replace link")
    held.link_version, held.link_printed = held.link_version + 1, False
    held.save(update_fields=["link_version", "link_printed"])
    record("application.new_link", held, by=by, role="candidate", subjects=[held.pk])
    return held


def is_own(user: User, application: Application) -> bool:
    """Tell whether an application was written from one of the user's own verified addresses."""
    if not application.email:
        return False
    return bool(EmailAddress.objects.filter(user=user, verified=True, email__iexact=application.email).exists())


def write(application: Application, *, by: Candidate, **values: Any) -> Application:
    """Keep what was typed so far, whatever is missing."""
    with LIFECYCLE.transition("write", application, by=by) as fresh:
        for name, value in values.items():
            setattr(fresh, name, value)
    return fresh  # type: ignore[no-any-return]


def send(application: Application, *, by: Candidate, **values: Any) -> Application:
    """Send it, once. What was typed is kept even when it is too late. Raises NotPossible."""
    fresh = write(application, by=by, **values)
    if not fresh.vacancy.takes_applications:
        raise NotPossible(_CLOSED)
    if not fresh.name or not fresh.relevance:
        raise NotPossible(_("Tell us how to call you, and how your experience could be useful."))
    if not fresh.lived:
        raise NotPossible(_("This role is for people with lived experience. Say yourself whether you have it."))
    with LIFECYCLE.transition("send", fresh, by=by, first=[fresh.vacancy]) as sent:
        if not Vacancy.objects.get(pk=sent.vacancy_id).takes_applications:
            raise NotPossible(_CLOSED)
        LIFECYCLE.enter(sent, S.SENT)
        sent.sent_at = timezone.now()
        sent.save()
        count(sent.vacancy, sent.language)
        note(sent.vacancy, "applied", by=None, number=sent.number)
        _recuse_whose_own_it_is(sent)
        outbox.write("application.received", sent, to=None, key=sent.pk)
    return sent  # type: ignore[no-any-return]


def _recuse_whose_own_it_is(application: Application) -> None:
    """A member of the panel with the candidate's own verified address neither sees nor scores this application."""
    if not application.email:
        return
    theirs = EmailAddress.objects.filter(verified=True, email__iexact=application.email).values("user")
    seats = PanelMember.objects.at_work().filter(vacancy=application.vacancy_id, user__in=theirs)
    Recusal.objects.bulk_create(
        [Recusal(member=seat, application=application) for seat in seats], ignore_conflicts=True
    )


@transaction.atomic
def new_link(application: Application, *, by: User) -> Application:
    """Replace the private link: the old one opens nothing any more. Raises NotAllowed.

    With an address it is mailed. Without one it is printed, and opens with the candidate's code alone.
    """
    held = _by_coordinator(application, by)
    held.link_version, held.link_printed = held.link_version + 1, not held.email
    held.save(update_fields=["link_version", "link_printed"])
    record("application.new_link", held, by=by, role="coordinator", subjects=[held.pk])
    if held.email:
        outbox.write("application.link", held, to=None, key=held.pk)
    return held


@transaction.atomic
def rang(application: Application, *, by: User) -> None:
    """Whoever runs the vacancy has told a candidate the news by telephone. Raises NotAllowed."""
    held = _by_coordinator(application, by)
    held.to_ring_since = None
    held.save(update_fields=["to_ring_since"])
    record("application.rang", held, by=by, role="coordinator", subjects=[held.pk])


def _by_coordinator(application: Application, by: User) -> Application:
    held: Application = lock(application)
    if _part(by, held) != "coordinator":
        raise NotAllowed("application")
    return held


def files_of(application: Application) -> list[Attachment]:
    """Return the files of an application, without their content."""
    return list(application.attachments.defer("content"))


def attach(application: Application, name: str, content: bytes, *, size: int, by: Candidate) -> Attachment:
    """Keep a file with a draft, once it was looked at; `size` in bytes, as it was sent.

    Raises Refused (the file), NotAllowed, NotPossible.
    """
    looked = look(name, content, size)
    with LIFECYCLE.transition("write", application, by=by) as fresh:
        if fresh.attachments.count() >= FILES_AT_MOST:
            raise NotPossible(_("Three files are enough. Take one away first."))
        return Attachment.objects.create(
            application=fresh,
            name=tidy_name(name, looked.type),
            type=looked.type,
            size=len(looked.content),
            content=looked.content,
        )


def detach(attachment: Attachment, *, by: Candidate) -> None:
    """Take a file away from a draft. Raises NotAllowed, NotPossible."""
    with LIFECYCLE.transition("write", attachment.application, by=by):
        attachment.delete()


def tidy_name(name: str, type_: str) -> str:
    """Return a name without folders, control characters and marks that turn its direction, ending in its true type."""
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(one for one in last if one.isprintable() and unicodedata.category(one)[0] != "C").strip(" .")
    stem = kept.rpartition(".")[0] or kept
    return f"{stem[:70].strip(' .') or 'file'}.{type_}"


@transaction.atomic
def withdraw(application: Application, *, by: Candidate) -> None:
    """Withdraw: everything of the application is erased at once; a count stays. Raises NotAllowed, NotPossible."""
    vacancy: Vacancy = lock(application.vacancy)
    held: Application = lock(application)
    if _part(by, held) != "candidate":
        raise NotAllowed("withdraw")
    if held.state == S.STARTED:
        raise NotPossible(_("You have started already. Talk to whoever runs this."))
    if held.state == S.OFFERED and vacancy.run_by:
        outbox.write("offer.answered", vacancy, to=vacancy.run_by)
    if slot := Slot.objects.filter(application=held, starts_at__gt=timezone.now()).first():
        talks.tell_those_who_come(slot)
    erase(held, counted=held.state != S.DRAFT)


def erase(application: Application, *, counted: bool) -> None:
    """Erase an application with its scores and messages. The caller holds its lock."""
    vacancy = application.vacancy
    outbox.forget([application.pk])
    talks.give_up(application)
    Booking.objects.filter(what=f"candidate {application.pk}").delete()
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
