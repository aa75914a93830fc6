"""Who may do what in matching, on one screen. `for_…` querysets say the same in SQL."""

import rules

from matching.models import Invitation, Match, Question, SupportRequest
from matching.parties import Party, part_in_pair, part_in_request
from peersupport.accounts.models import Role, User


@rules.predicate
def is_the_person(by: Party | None, request: SupportRequest) -> bool:
    return part_in_request(by, request) == "person"


@rules.predicate
def has_lasting_link(by: Party | None, request: SupportRequest) -> bool:
    return part_in_request(by, request) == "lasting"


@rules.predicate
def looks_after_it(by: Party | None, request: SupportRequest) -> bool:
    return part_in_request(by, request) == "coordinator"


@rules.predicate
def is_the_supporter(by: Party | None, pair: Invitation | Match | Question) -> bool:
    return isinstance(by, User) and pair.supporter.user_id == by.pk


@rules.predicate
def is_the_person_of_pair(by: Party | None, pair: Match) -> bool:
    return part_in_pair(by, pair) in {"person", "lasting", "coordinator"}


@rules.predicate
def is_coordinator(by: Party | None) -> bool:
    return isinstance(by, User) and by.holds(Role.COORDINATOR)


rules.add_perm("matching.see_state", is_the_person | has_lasting_link | looks_after_it)
rules.add_perm("matching.see_wishes", is_the_person | looks_after_it)
rules.add_perm("matching.choose", is_the_person | looks_after_it)
rules.add_perm("matching.answer", is_the_supporter)
rules.add_perm("matching.see_match", is_the_supporter | is_the_person_of_pair)
rules.add_perm("matching.see_board", is_coordinator)
