"""The organization's words: our own default for each, replaced by the newest version it published."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from peersupport.audit.models import ActorRole
from peersupport.audit.recording import record
from peersupport.organization.models import EmergencyNumber, Organization, TextKind, TextVersion
from peersupport.web.translated import in_every_language, in_language
from peersupport.workflow.state_machine import NotPossible

DEFAULTS = {
    TextKind.AGREEMENT: _(
        "# What you can expect\n"
        "We meet as equals. We both have lived through hard things. We share what helped us.\n\n"
        "You decide what we talk about. You decide what to do. Nobody is pushed.\n\n"
        "A supporter is not a doctor or a therapist. A supporter does not judge you and does not repair you.\n\n"
        "# What is private\n"
        "What you tell me stays with me. There are two limits: you ask me to tell, or the law here makes me tell.\n\n"
        "If I must tell, I tell you first if I can. I say as little as possible. "
        "I tell you what I said, and to whom.\n\n"
        "Talking of suicide, self-harm, voices or stopping medication is no reason by itself. "
        "Nobody searches our notes for danger.\n\n"
        "# What the law here asks\n"
        "{legal_duties}\n\n"
        "# If it can't wait\n"
        "This is not an emergency line. These are:\n\n"
        "{emergency_numbers}\n\n"
        "# How to stop\n"
        "Each of us can pause, end or change this at any time. No reason is needed. It works at once.\n\n"
        "Nothing else changes for you when you stop."
    ),
    TextKind.PRIVACY: _(
        "# What we keep\n"
        "We keep what you tell us when you ask for support, or when you are a supporter. "
        "We keep the dates of your matches. We keep a list of who looked at what.\n\n"
        "# Why\n"
        "We need it so that you can find a supporter, or be found. You gave your consent, "
        "and you can take it back at any time.\n\n"
        "# Who sees it\n"
        "A supporter you choose sees what you agreed to show. A coordinator sees your wishes only while "
        "looking after your request. No clinic, hospital, social service or authority gets an account here. "
        "We do not tell them who asks, meets or stops.\n\n"
        "# How long\n"
        "Drafts are deleted after 30 days. A closed request is deleted after the time the organization set. "
        "The list of who looked at what is kept for two years, without names.\n\n"
        "# What you can do\n"
        "You can see who looked at what is yours. You can get a copy of it. You can have it deleted. "
        "You can take back your consent. You can complain to the data protection authority of your country.\n\n"
        "# What we can not promise\n"
        "Requests, wishes and dates of matches are stored in our database so that the search can work. "
        "Whoever runs the server could read them there. Backups are kept for up to 35 days."
    ),
    TextKind.SAID_NO: _(
        "This says nothing about you. Supporters say no when they have no room, "
        "or when someone else could stand by you better. Here is what comes next."
    ),
    TextKind.ENDED: _(
        "The two of you are no longer matched. No reason is asked of anyone. "
        "Thank you for the time you gave each other."
    ),
    TextKind.PAUSED: _("There is a pause now. No reason is asked of anyone. It can be taken up again at any time."),
}


def latest(kind: str) -> TextVersion | None:
    """Return the newest published version, or None while the default is in force."""
    return TextVersion.objects.filter(kind=kind).order_by("-number").first()


def words(kind: str) -> str:
    """Return the text in force in the reader's language."""
    version = latest(kind)
    return version.body if version else str(DEFAULTS[TextKind(kind)])


@transaction.atomic
def publish(kind: str, bodies: dict[str, str], *, by: Any) -> TextVersion:
    """Add a version, the numbers running on; languages left empty fall back to the default words.

    Raises NotPossible for an agreement without legal duties or emergency numbers (G12).
    """
    organization = Organization.objects.select_for_update().get(pk=1)
    if kind == TextKind.AGREEMENT:
        bodies = _with_limits(bodies, organization)
    newest = latest(kind)
    version = TextVersion.objects.create(
        kind=kind, bodies=bodies, number=newest.number + 1 if newest else 1, published_by=by
    )
    record("text.publish", version, by=by, role=ActorRole.ADMINISTRATOR, subjects=[None])
    return version


def limits_are_filled_in(organization: Organization) -> bool:
    """Tell whether an agreement may open: duties in the site's language and an emergency number (G12)."""
    return bool(organization.duties_text.strip()) and EmergencyNumber.objects.exists()


def _with_limits(bodies: dict[str, str], organization: Organization) -> dict[str, str]:
    if not limits_are_filled_in(organization):
        raise NotPossible(_("Fill in the legal duties and at least one emergency number first."))
    numbers = "\n".join(f"- {number}" for number in EmergencyNumber.objects.all())
    return {code: _filled(body, organization, numbers, code) for code, body in bodies.items() if body.strip()}


def _filled(body: str, organization: Organization, numbers: str, code: str) -> str:
    duties = in_language(organization.legal_duties, code)
    for mark, text in (("{legal_duties}", duties), ("{emergency_numbers}", numbers)):
        body = body.replace(mark, text) if mark in body else f"{body}\n\n{text}"
    return body


def default_bodies(kind: str) -> dict[str, str]:
    """Return our own words for a kind in every language of the site."""
    return in_every_language(DEFAULTS[TextKind(kind)])


def editable_bodies(kind: str) -> dict[str, str]:
    """Return what the form starts from: for an agreement its words with the marks, else the version in force."""
    if kind == TextKind.AGREEMENT:
        return Organization.objects.get(pk=1).agreement_words or default_bodies(kind)
    version = latest(kind)
    return dict(version.bodies) if version else default_bodies(kind)
