"""Sharing notes with a supervisor: asked by the supporter, agreed to by the person, ended by either in one click.

The person's yes is signed with their keys. It is checked again whenever something is sealed or read because of it:
a row that was only written into the table lets nobody in.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from matching.models import Match
from matching.parties import part_in_pair, subjects_of_pair
from peersupport.accounts.models import User, supervisors_notes_may_go_to
from peersupport.audit.recording import record
from peersupport.notifications import outbox
from peersupport.vault import door as vault
from peersupport.workflow.state_machine import NotAllowed, NotPossible, StateMachine, lock, transition
from sessions_log.models import Note, Sharing, SharingState

S = SharingState
#: A consent does not hold for longer; then the supporter asks anew.
LONGEST_DAYS = 180
#: The part of an addition that says to which note it belongs: sealed with its words, shown to nobody.
PARENT = "parent"
NO_SUPERVISOR = _("This supervisor can't read notes now. Please choose another one.")

LIFECYCLE = StateMachine(
    "sharing",
    [
        transition("agree", [S.ASKED], S.AGREED, "person"),
        transition("decline", [S.ASKED], S.DECLINED, "person"),
        transition("end", [S.ASKED, S.AGREED], S.ENDED, "person", "supporter"),
        transition("lapse", [S.ASKED, S.AGREED], S.ENDED, "system"),
    ],
    actor_role=lambda by, sharing: part_in_pair(by, sharing.match),
    subjects=lambda sharing: _subjects(sharing),
)


def _subjects(sharing: Sharing) -> list[UUID]:
    return [*subjects_of_pair(sharing.match), sharing.supervisor.pseudonym]


def supervisors_for(match: Match) -> Sequence[User]:
    """Return whom notes of this match could be shared with: none of the two, none who works for a service."""
    parties = [pk for pk in (match.request.person_id, match.supporter.user_id) if pk]
    found = supervisors_notes_may_go_to().exclude(pk__in=parties).order_by("name", "pk")
    keys = vault.with_keys(found.values_list("pk", flat=True))
    return [user for user in found if user.pk in keys]


@transaction.atomic
def ask(match: Match, supervisor: User, *, note: Note | None, until: date, by: User) -> Sharing:
    """Ask the person whether a supervisor may read. Raises NotAllowed, NotPossible."""
    held = lock(match)
    if part_in_pair(by, held) != "supporter":
        raise NotAllowed("sharing.ask")
    if held.state == "ended" or held.request.person_id is None:
        raise NotPossible
    if supervisor not in supervisors_for(held):
        raise NotPossible(NO_SUPERVISOR)
    if not timezone.localdate() <= until <= timezone.localdate() + timedelta(days=LONGEST_DAYS):
        raise NotPossible(_("Choose a day from today on, half a year away at most."))
    try:
        with transaction.atomic():
            sharing = Sharing.objects.create(match=held, note=note, supervisor=supervisor, until=until)
    except IntegrityError:
        raise NotPossible(_("That was asked already.")) from None
    record("sharing.ask", sharing, by=by, role="supporter", subjects=_subjects(sharing))
    outbox.write("sharing.asked", sharing, to=held.request.person, key=held.request.person_key)
    return sharing


def terms_of(sharing: Sharing) -> str:
    """Return what is asked, in one line: what somebody was shown is what they say yes to."""
    text = sharing.note.text_id if sharing.note else "every note"
    return f"{sharing.match_id} {sharing.note_id} {text} {sharing.supervisor_id} {sharing.until.isoformat()}"


def _in_time(until: date) -> bool:
    today = timezone.localdate()
    return today <= until <= today + timedelta(days=LONGEST_DAYS)


def agree(sharing: Sharing, *, by: vault.Unlocked, terms: str) -> Sharing:
    """The person says yes to the terms they saw: signed with their keys, the notes are sealed for the supervisor too.

    Raises NotAllowed, NotPossible, KeyChanged (the supervisor's keys are new: compare first), CannotOpen.
    """
    with LIFECYCLE.transition("agree", sharing, by=by.user, first=[sharing.match]) as fresh:
        if terms_of(fresh) != terms:
            raise NotPossible
        if not _in_time(fresh.until) or fresh.match.state == "ended":
            raise NotPossible(_("The time of this question is over."))
        if fresh.supervisor not in supervisors_for(fresh.match):
            raise NotPossible(NO_SUPERVISOR)
        guest = vault.trusted(fresh.supervisor_id, by=by)
        if guest is None:
            raise NotPossible(NO_SUPERVISOR)
        texts = _texts_agreed_to(fresh, by)
        fresh.texts = sorted(str(text.pk) for text in texts) if fresh.note_id else []
        fresh.signature = vault.sign(*_what(fresh, guest), by=by)
        fresh.signer_version, fresh.supervisor_version = by.keys.version, guest.version
        fresh.answered_at = timezone.now()
        vault.share_all(texts, guest, by=by)
        _tell_supporter(fresh)
        outbox.write("sharing.begun", fresh, to=fresh.supervisor)
    return fresh  # type: ignore[no-any-return]


def decline(sharing: Sharing, *, by: User) -> Sharing:
    """The person says no. Nobody is asked why, and support goes on."""
    with LIFECYCLE.transition("decline", sharing, by=by) as fresh:
        fresh.answered_at = timezone.now()
        vault.ledger.note_at_once(fresh.pk)
        _tell_supporter(fresh)
    return fresh  # type: ignore[no-any-return]


def end(sharing: Sharing, *, by: User, keys: vault.Unlocked | None) -> Sharing:
    """Either of the two ends it: what was sealed for the supervisor goes at once. `keys`: whoever ends it, if open."""
    with LIFECYCLE.transition("end", sharing, by=by, first=[sharing.match]) as fresh:
        fresh.ended_at = timezone.now()
        if part_in_pair(by, fresh.match) == "supporter":
            outbox.write("sharing.ended", fresh, to=fresh.match.request.person, key=fresh.match.request.person_key)
        else:
            _tell_supporter(fresh)
        vault.ledger.note_at_once(fresh.pk)
        if keys:
            vault.consents.end([fresh.pk], by=keys)
        _lock_out(fresh, keys)
    return fresh  # type: ignore[no-any-return]


def lapse(day: date) -> int:
    """End what is over, and what a supervisor may not read any more; return how many ended."""
    ends = list(Sharing.objects.over(day).select_related("match")[:500])
    may = set(supervisors_notes_may_go_to().values_list("pk", flat=True))
    ends += list(Sharing.objects.open(day).exclude(supervisor__in=may).select_related("match")[:500])
    done = 0
    for sharing in ends:
        try:
            with LIFECYCLE.transition("lapse", sharing, by=None, first=[sharing.match]) as fresh:
                fresh.ended_at = timezone.now()
                vault.ledger.note_at_once(fresh.pk)
                _lock_out(fresh, None)
            done += 1
        except NotPossible:  # ended meanwhile
            continue
    return done


def _tell_supporter(sharing: Sharing) -> None:
    if sharing.match.supporter.user:
        outbox.write("sharing.news", sharing, to=sharing.match.supporter.user)


def _texts(sharing: Sharing) -> Iterable[vault.SealedText]:
    """Return the texts a sharing is about: those of its match that are what they are shown as."""
    rows = Note.objects.filter(match=sharing.match)
    if sharing.note_id:
        rows = rows.filter(pk=sharing.note_id) | rows.filter(adds_to=sharing.note_id)
    people = [sharing.match.request.person_id, sharing.match.supporter.user_id]
    belongs = vault.Belongs("note", sharing.match_id, frozenset(pk for pk in people if pk))
    return [note.text for note in rows.select_related("text") if belongs.fits(note.text)]


def _texts_agreed_to(sharing: Sharing, by: vault.Unlocked) -> list[vault.SealedText]:
    """Return what a yes to this seals: additions only where their own sealed words say which note they belong to."""
    texts = list(_texts(sharing))
    if not sharing.note:
        return texts
    own = vault.naming(texts, PARENT, str(sharing.note.text_id), by=by)
    return [text for text in texts if text.pk == sharing.note.text_id or text in own]


def end_again(sharing: Sharing) -> None:
    """After a restore: what had ended since the backup ends again."""
    if sharing.state not in {S.ENDED, S.DECLINED}:
        Sharing.objects.filter(pk=sharing.pk).update(state=S.ENDED, ended_at=timezone.now())
        _lock_out(sharing, None)


def note_ended(by: vault.Unlocked) -> None:
    """Whoever opens a page with sealed words notes, under their own key, which consents of theirs have ended."""
    mine = Sharing.objects.filter(match__request__person=by.user.pk) | Sharing.objects.filter(
        match__supporter__user=by.user.pk
    )
    ended = list(mine.filter(state__in=[S.ENDED, S.DECLINED]).values_list("pk", flat=True))
    if ended:
        vault.consents.end(ended, by=by)


def _lock_out(sharing: Sharing, by: vault.Unlocked | None) -> None:
    """Take the supervisor out of each text that no other open sharing lets them read."""
    other = Sharing.objects.open(timezone.localdate()).exclude(pk=sharing.pk)
    other = other.filter(match=sharing.match, supervisor=sharing.supervisor)
    kept = {text.pk for one in other for text in _texts(one)}
    stays = stays_for(by) if by else None
    mine = vault.readable_by(
        vault.SealedText.objects.filter(pk__in=[text.pk for text in _texts(sharing)]), sharing.supervisor_id
    )
    for text in mine.exclude(pk__in=kept):
        try:
            with transaction.atomic():
                vault.take_back(text, sharing.supervisor_id, by=by, stays=stays)
        except (vault.CannotOpen, vault.KeyChanged, vault.NoKeys):
            vault.take_back(text, sharing.supervisor_id, by=None)


def _what(sharing: Sharing, guest: vault.Public) -> tuple[Any, ...]:
    """Return what the person signs: which notes, who may read them by which keys, until when."""
    note = sharing.note_id or "every note"
    texts = ",".join(sharing.texts)
    return (
        "sharing",
        sharing.pk,
        sharing.match_id,
        note,
        sharing.supervisor_id,
        guest.version,
        guest.fingerprint,
        sharing.until.isoformat(),
        texts,
    )


def holds(sharing: Sharing, *, by: vault.Unlocked) -> bool:
    """Tell whether the person's signed yes to this holds now. Raises KeyChanged for new keys of the person."""
    guest = vault.public_at(sharing.supervisor_id, sharing.supervisor_version)
    person = sharing.match.request.person_id
    if guest is None or person is None or not _in_time(sharing.until):
        return False
    return vault.signed(
        bytes(sharing.signature),
        *_what(sharing, guest),
        signer=person,
        version=sharing.signer_version,
        consent=sharing.pk,
        relationship=sharing.match_id,
        by=by,
    )


def guests_of(match: Match, note: Note | None, *, by: vault.Unlocked) -> list[vault.Public]:
    """Return by which keys supervisors read a new note (or an addition to `note`), each by a yes that holds now."""
    return [guest for _sharing, guest in _open_for(match, note, by)]


def readers_of(match: Match, note: Note, *, by: vault.Unlocked) -> list[Sharing]:
    """Return the sharings by which supervisors can read a note now."""
    return [sharing for sharing, _guest in _open_for(match, note, by)]


def _open_for(match: Match, note: Note | None, by: vault.Unlocked) -> list[tuple[Sharing, vault.Public]]:
    top = (note.adds_to_id or note.pk) if note else None
    found = Sharing.objects.open(timezone.localdate()).filter(match=match).select_related("supervisor")
    found = found.filter(note=None) | found.filter(note=top) if top else found.filter(note=None)
    may = {user.pk for user in supervisors_for(match)}
    readers: dict[UUID, tuple[Sharing, vault.Public]] = {}
    for sharing in found:
        guest = vault.public_at(sharing.supervisor_id, sharing.supervisor_version)
        sharing.match = match
        try:
            if guest and sharing.supervisor_id in may and holds(sharing, by=by):
                readers[sharing.supervisor_id] = (sharing, guest)
        except vault.KeyChanged:
            continue
    return list(readers.values())


def stays_for(by: vault.Unlocked) -> Any:
    """Return which guests may go on reading a note that is sealed anew: by a yes that holds, and names it."""

    def stays(text: vault.SealedText) -> list[vault.Public]:
        note = Note.objects.filter(text=text).select_related("match__request", "match__supporter").first()
        if note is None or note.match_id != text.relationship:
            return []
        return [
            guest
            for sharing, guest in _open_for(note.match, note, by)
            if sharing.note_id is None or str(text.pk) in sharing.texts
        ]

    return stays


def may_read(sharing: Sharing, user: User) -> bool:
    """Tell whether a supervisor may read by this sharing, before anything is opened.

    One that has ended is named by the ledger: its row, put back into the table, lets nobody in.
    """
    if vault.ledger.names(sharing.pk):
        return False
    open_now = Sharing.objects.open(timezone.localdate()).filter(pk=sharing.pk, supervisor=user)
    return open_now.exists() and user in supervisors_for(sharing.match)


def shared_texts(sharing: Sharing, user: User) -> list[Note]:
    """Return the notes a supervisor can read by this sharing, oldest addition last; newest note first."""
    pks = [text.pk for text in _texts(sharing)]
    sealed = vault.readable_by(vault.SealedText.objects.filter(pk__in=pks), user.pk).values("pk")
    return list(Note.objects.filter(text__in=sealed).select_related("text"))
