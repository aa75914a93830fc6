"""What people are told about their notes, word for word. A sentence here is a promise that tests hold."""

from django.utils.translation import gettext_lazy as _

PROMISE = (
    _(
        "Coordinators, administrators and anyone with a copy of the database cannot open your notes, if your password is strong."
    ),
    _("Our server opens them for a moment in memory when you read or write them."),
    _("Someone secretly in control of the running server could read what you open, and catch your password."),
    _(
        "If you lose both your password and your notes recovery sheet, nobody can bring your notes back. "
        "The other reader may share them with you again."
    ),
    _("Stopping sharing cannot un-read. A court can order a person to tell."),
    _(
        "Your request, your matches and meeting dates are not sealed: they are in the database. "
        "Staff pages show coordinators your match, and of meetings only counts."
    ),
)
