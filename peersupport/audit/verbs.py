"""What an audit row is called on the page of the one it concerns."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from peersupport.audit.models import AuditEntry

WORDS: dict[str, Any] = {
    "request.begin": _("began a request for support"),
    "request.edit": _("changed the request"),
    "request.submit": _("sent the request"),
    "request.wait": _("chose to wait until somebody joins"),
    "request.look_again": _("looked for supporters again"),
    "request.ask_for_help": _("asked a coordinator for help"),
    "request.go_on_alone": _("went on without a coordinator"),
    "request.close": _("closed the request"),
    "request.close_after_end": _("closed the request"),
    "request.open_again": _("opened the request again"),
    "request.invite": _("chose supporters to ask"),
    "request.nobody_asked": _("nobody is asked any more"),
    "request.match": _("a match was made"),
    "request.choose_anew": _("the wishes are open again"),
    "request.take": _("began to look after the request"),
    "request.hand_back": _("stopped looking after the request"),
    "request.read": _("looked at the request and its wishes"),
    "request.told": _("told you the news by phone or in person"),
    "request.keep_with_account": _("kept the request with the account"),
    "invitation.send": _("asked a supporter"),
    "invitation.accept": _("said yes"),
    "invitation.decline": _("said no"),
    "invitation.expire": _("the time to answer was over"),
    "invitation.take_back": _("took a question back"),
    "invitation.read": _("looked at what you agreed to show when asking"),
    "match.plan_meeting": _("noted a first meeting"),
    "match.agree": _("said yes to the agreement"),
    "match.pause": _("made a pause"),
    "match.resume": _("ended a pause"),
    "match.end": _("ended support"),
    "match.change": _("changed supporter"),
    "match.erase": _("a match ended because its data was erased"),
    "match.read": _("looked at your match and what you agreed to show"),
    "link.make": _("made a private link"),
    "link.use": _("opened a private link"),
    "question.answer": _("answered a question about what you keep to yourself"),
    "consent.give": _("gave a consent"),
    "consent.withdraw": _("took a consent back"),
    "role.invite": _("invited somebody to a role"),
    "role.invite_again": _("made a new invitation link"),
    "role.accept": _("took on a role"),
    "role.take_back": _("took a role back"),
    "supporter.begin": _("began as a supporter"),
    "supporter.edit": _("changed the profile"),
    "supporter.confirm": _("confirmed the profile"),
    "supporter.go_on_leave": _("went on leave"),
    "supporter.come_back": _("came back from leave"),
    "supporter.end": _("ended being a supporter"),
    "supporter.set_aside": _("ended the part as a supporter"),
    "supporter.start_again": _("started again as a supporter"),
    "supporter.read": _("looked at the profile"),
    "concern.raise": _("told somebody that something is wrong"),
    "concern.read": _("read what you told us is wrong"),
    "concern.reply": _("answered in a concern"),
    "concern.close": _("closed a concern"),
    "account.delete": _("deleted the account"),
    "import.start": _("began to import a roster"),
    "import.row": _("took over a row of a roster"),
    "text.publish": _("published a text"),
    "settings.change": _("changed the organization's settings"),
    "catalogue.change": _("changed the catalogue of characteristics"),
}


def in_words(entry: AuditEntry) -> Any:
    """Return what was done in plain words."""
    return WORDS.get(entry.verb, entry.verb)
