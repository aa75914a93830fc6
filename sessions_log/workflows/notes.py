"""Notes of two people: off until both say yes, written for both, added to, erased. Only the vault sees their words."""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from matching.models import Match
from matching.parties import part_in_pair, subjects_of_pair
from peersupport.accounts.models import User
from peersupport.audit.recording import record
from peersupport.notifications import outbox
from peersupport.organization.context import current
from peersupport.vault import door as vault
from peersupport.workflow.state_machine import NotAllowed, NotPossible, lock
from sessions_log.models import Meeting, Note, NotesChoice, Reflection
from sessions_log.workflows import sharings

NOT_ON = _("Notes are off. They begin when both of you have said yes.")


def choice_of(match: Match) -> NotesChoice:
    """Return where the two stand on notes; nobody has said yes where nothing was chosen."""
    return NotesChoice.objects.filter(match=match).first() or NotesChoice(match=match)


def _part(match: Match, by: User) -> str:
    part = part_in_pair(by, match)
    if part not in {"person", "supporter"}:
        raise NotAllowed("notes")
    return str(part)


def _tell_other(kind: str, match: Match, part: str) -> None:
    if part == "supporter":
        outbox.write(kind, match, to=match.request.person, key=match.request.person_key)
    elif match.supporter.user:
        outbox.write(kind, match, to=match.supporter.user)


@transaction.atomic
def say_yes(match: Match, *, by: User) -> NotesChoice:
    """Say yes to keeping notes. They are on when both have. Raises NotAllowed, NotPossible."""
    held, part = lock(match), _part(match, by)
    if held.state == "ended":
        raise NotPossible
    if held.request.person_id is None:
        raise NotPossible(_("Without an account nobody could read notes about them. So none are kept."))
    choice, _made = NotesChoice.objects.select_for_update().get_or_create(match=held)
    setattr(choice, f"{part}_yes_at", timezone.now())
    choice.save()
    record("notes.yes", held, by=by, role=part, subjects=subjects_of_pair(held))
    _tell_other("notes.choice", held, part)
    return choice


@transaction.atomic
def stop(match: Match, *, by: User) -> None:
    """End notes at once, both yeses with it. What was written stays until it is erased or its time is over."""
    held, part = lock(match), _part(match, by)
    NotesChoice.objects.filter(match=held).update(person_yes_at=None, supporter_yes_at=None)
    record("notes.stop", held, by=by, role=part, subjects=subjects_of_pair(held))
    _tell_other("notes.choice", held, part)


@transaction.atomic
def write(
    match: Match,
    content: vault.Content,
    *,
    by: vault.Unlocked,
    session: Meeting | None = None,
    adds_to: Note | None = None,
) -> Note:
    """Write a note, or own words below one. Both can read it, or it is not written.

    Raises NotAllowed, NotPossible (notes are off, no sheet yet), NoKeys, KeyChanged, ValueError when too long.
    """
    held, part = lock(match), _part(match, by.user)
    if held.state == "ended" or held.request.person_id is None or not choice_of(held).on:
        raise NotPossible(NOT_ON)
    if not vault.sheet_is_settled(by):
        raise NotPossible(_("First make a recovery sheet, or say that you do without."))
    readers = [held.request.person_id, held.supporter.user_id]
    if adds_to is not None:
        content = vault.Content(content.parts | {sharings.PARENT: str(adds_to.text_id)})
    guests = sharings.guests_of(held, adds_to, by=by)
    text = vault.write("note", held.pk, content, readers=readers, by=by, guests=guests)
    note = Note.objects.create(
        match=held,
        session=session,
        adds_to=adds_to,
        text=text,
        author_id=by.user.pk,
        keep_until=adds_to.keep_until if adds_to else keep_until(),
    )
    record("note.write", note, by=by.user, role=part, subjects=subjects_of_pair(held))
    _tell_other("note.news", held, part)
    return note


def belongs(match: Match) -> vault.Belongs:
    """Return what a text of this match's notes has to be."""
    people = [pk for pk in (match.request.person_id, match.supporter.user_id) if pk is not None]
    return vault.Belongs("note", match.pk, frozenset(people))


def share_again(match: Match, *, by: vault.Unlocked) -> int:
    """Seal what both could read for the keys the other has now; return how many notes. Raises KeyChanged, CannotOpen."""
    part = _part(match, by.user)
    other = match.supporter.user_id if part == "person" else match.request.person_id
    done = 0
    if other is None:
        return done
    for note in Note.objects.filter(match=match).select_related("text"):
        if belongs(match).fits(note.text) and vault.shared_with_older_keys(note.text, other, by=by):
            vault.share(note.text, other, by=by)
            record("note.share", note, by=by.user, role=part, subjects=subjects_of_pair(match))
            done += 1
    return done


def keep_until() -> date:
    """Return the day on which what is written today is destroyed."""
    return timezone.localdate() + timedelta(days=round(current().months_notes_kept * 30.44))


@transaction.atomic
def erase(note: Note, *, by: User) -> None:
    """Destroy a note and what was added to it. The person may erase any about them, a supporter what they wrote."""
    held, part = lock(note), _part(note.match, by)
    if part == "supporter" and held.author_id != by.pk:
        raise NotAllowed("erase")
    if part == "supporter" and held.additions.exclude(author=by).exists():
        raise NotPossible(_("The other one has added to it. Only they can erase it now."))
    record("note.erase", held, by=by, role=part, subjects=subjects_of_pair(held.match))
    texts = [held.text_id, *held.additions.values_list("text", flat=True)]
    vault.destroy(vault.SealedText.objects.filter(pk__in=texts))
    _tell_other("note.news", held.match, part)


@transaction.atomic
def reflect(content: vault.Content, *, by: vault.Unlocked) -> Reflection:
    """Write a reflection on one's own practice: for oneself, about nobody else."""
    if not vault.sheet_is_settled(by):
        raise NotPossible(_("First make a recovery sheet, or say that you do without."))
    text = vault.write("reflection", by.user.pseudonym, content, readers=[], by=by)
    found = Reflection.objects.create(owner_id=by.user.pk, text=text, keep_until=keep_until())
    record("reflection.write", found, by=by.user, role="self", subjects=[by.user.pseudonym])
    return found


@transaction.atomic
def erase_reflection(reflection: Reflection, *, by: User) -> None:
    """Destroy a reflection. Raises NotAllowed for somebody else's."""
    held = lock(reflection)
    if held.owner_id != by.pk:
        raise NotAllowed("erase")
    record("reflection.erase", held, by=by, role="self", subjects=[by.pseudonym])
    vault.destroy(vault.SealedText.objects.filter(pk=held.text_id))


def destroy_what_is_over(day: date) -> int:
    """Destroy notes and reflections whose time is over; return how many texts went."""
    over = list(Note.objects.due_to_go(day).values_list("text", flat=True)[:1000])
    over += list(Reflection.objects.due_to_go(day).values_list("text", flat=True)[:1000])
    return vault.destroy(vault.SealedText.objects.filter(pk__in=over)) if over else 0
