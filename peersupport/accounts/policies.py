"""What a role opens, whatever the object; rules about objects stand in each app's own policies."""

from rules import add_perm, predicate

from peersupport.accounts.models import Role, User


@predicate
def is_coordinator(user: User) -> bool:
    return user.is_authenticated and user.holds(Role.COORDINATOR)


@predicate
def is_administrator(user: User) -> bool:
    return user.is_authenticated and user.holds(Role.ADMINISTRATOR)


add_perm("accounts.coordinate", is_coordinator)
add_perm("accounts.administer", is_administrator)
add_perm("accounts.see_numbers", is_coordinator | is_administrator)
