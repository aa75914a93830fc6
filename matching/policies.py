"""Who may see what of a request, on one screen. `for_party` and `for_supporter` say the same in SQL."""

from rules import add_perm, predicate

from matching.models import SupportRequest
from matching.parties import Party, part_in_request


@predicate
def is_the_person(by: Party | None, request: SupportRequest) -> bool:
    return part_in_request(by, request) == "person"


@predicate
def has_lasting_link(by: Party | None, request: SupportRequest) -> bool:
    return part_in_request(by, request) == "lasting"


@predicate
def looks_after_it(by: Party | None, request: SupportRequest) -> bool:
    return part_in_request(by, request) == "coordinator"


add_perm("matching.see_state", is_the_person | has_lasting_link | looks_after_it)
add_perm("matching.see_wishes", is_the_person | looks_after_it)
