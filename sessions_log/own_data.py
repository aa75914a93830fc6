"""What this app holds of somebody: meetings and notes are listed in a copy, the words of notes never."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from peersupport.accounts.models import User
from peersupport.accounts.own_data import PersonalData, register
from sessions_log.models import Meeting, Note, Reflection, Sharing


def _meetings(user: User) -> Any:
    return list(Meeting.objects.for_user(user).values("state", "starts_at", "minutes", "setting"))


def _notes(user: User) -> Any:
    return list(Note.objects.for_user(user).values("made_at", "keep_until"))


def _reflections(user: User) -> Any:
    return list(Reflection.objects.for_user(user).values("made_at", "keep_until"))


def _sharings(user: User) -> Any:
    return list(Sharing.objects.for_user(user).values("state", "until", "asked_at", "answered_at", "ended_at"))


def _erase_sharings(user: User) -> None:
    Sharing.objects.for_user(user).delete()


def _erase_notes(user: User) -> None:
    Note.objects.for_user(user).delete()


def _erase_reflections(user: User) -> None:
    Reflection.objects.for_user(user).delete()


def _erase_meetings(user: User) -> None:
    Meeting.objects.for_user(user).delete()


def register_all() -> None:
    """Register the parts; they go before the matches they belong to."""
    register(
        PersonalData("meetings", _("Meetings"), _meetings, _erase_meetings),
        PersonalData("sharings", _("Sharing of notes with supervisors"), _sharings, _erase_sharings),
        PersonalData("notes", _("Notes, without their words"), _notes, _erase_notes),
        PersonalData("reflections", _("Reflections, without their words"), _reflections, _erase_reflections),
    )
