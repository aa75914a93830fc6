"""Who may see what of hiring, on one screen. `run_by_user`, `with_member` and `for_member` say the same in SQL."""

from rules import add_perm, predicate

from hiring.models import Application, ApplicationState, Vacancy
from hiring.workflows.panel import member_of
from peersupport.accounts.models import Role, User


@predicate
def runs_it(user: User, vacancy: Vacancy) -> bool:
    return user.is_authenticated and vacancy.run_by_id == user.pk and user.holds(Role.COORDINATOR)


@predicate
def sits_on_it(user: User, vacancy: Vacancy) -> bool:
    return user.is_authenticated and member_of(vacancy, user) is not None


@predicate
def may_score(user: User, application: Application) -> bool:
    member = member_of(application.vacancy, user) if user.is_authenticated else None
    return member is not None and not member.can_not_score.filter(application=application).exists()


def names_are_hidden(application: Application) -> bool:
    """Tell whether whoever reads an application now reads it without a name, and without files, which may hold one."""
    return application.vacancy.hide_names and application.state == ApplicationState.SENT


add_perm("hiring.run", runs_it)
add_perm("hiring.sit", sits_on_it)
add_perm("hiring.score", may_score)
