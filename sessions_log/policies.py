"""Who may do what with meetings and notes, on one screen. `for_user` says the same in SQL."""

from rules import add_perm, predicate

from matching.models import LIVE, Match
from matching.parties import part_in_pair
from peersupport.accounts.models import User
from sessions_log.models import Note, Sharing


@predicate
def is_a_party(user: User, match: Match) -> bool:
    """One of the two, signed in: a link of somebody without an account opens no notes."""
    return isinstance(user, User) and part_in_pair(user, match) in {"person", "supporter"}


@predicate
def match_is_live(user: User, match: Match) -> bool:
    return match.state in LIVE


@predicate
def person_has_an_account(user: User, match: Match) -> bool:
    """Where the person can't read them, no notes about them are kept."""
    return match.request.person_id is not None


@predicate
def is_the_supporter(user: User, match: Match) -> bool:
    return part_in_pair(user, match) == "supporter"


@predicate
def is_the_person_or_its_author(user: User, note: Note) -> bool:
    """The person may erase what was written about them; each may erase what they wrote."""
    part = part_in_pair(user, note.match)
    return part == "person" or (part == "supporter" and note.author_id == user.pk)


@predicate
def is_its_supervisor(user: User, sharing: Sharing) -> bool:
    """Somebody it lets read; whether its consent holds is checked by its workflow at every read."""
    return isinstance(user, User) and sharing.supervisor_id == user.pk and sharing.state == "agreed"


add_perm("sessions_log.read_shared", is_its_supervisor)
add_perm("sessions_log.see", is_a_party)
add_perm("sessions_log.plan", is_a_party & match_is_live)
add_perm("sessions_log.choose_notes", is_a_party & match_is_live & person_has_an_account)
add_perm("sessions_log.ask_to_share", is_a_party & is_the_supporter & match_is_live & person_has_an_account)
add_perm("sessions_log.erase_note", is_the_person_or_its_author)
