"""Every address × every part × own and another's object × reading and writing, from the resolver itself.

An address that no line here lists fails the build. Whoever is not named for an address gets the refusal of
its line: 302 to the sign-in for strangers, 404 where nobody else may learn that it exists, else 403.
"""

import re
import time
from datetime import datetime
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from hiring.models import InterviewQuestion, Vacancy
from hiring.workflows import applying, vacancies
from matching.parties import SESSION_KEY
from matching.workflows import links, matches
from peersupport.accounts import workflows as accounts
from peersupport.notifications.models import Heartbeat
from peersupport.organization import workflows as organization_workflows
from peersupport.organization.models import EmergencyNumber
from peersupport.vault import door
from peersupport.web.tokens import new_token
from sessions_log.workflows import meetings, notes, sharings
from supporters.importing import runs
from supporters.models import Dimension
from supporters.staffing import reviews, together
from supporters.supervision import workflows as supervision
from supporters.training import growth
from supporters.training import workflows as training
from supporters.training.models import CareerStep, Course
from tests.hiring.conftest import House as Hiring
from tests.people import Signed

#: Signing in opens keys; the real costs of that have their own test.
pytestmark = pytest.mark.usefixtures("cheap_argon2")

ACTORS = [
    "stranger",
    "person",
    "other_person",
    "bearer",
    "lasting",
    "supporter",
    "other_supporter",
    "coordinator",
    "other_coordinator",
    "supervisor",
    "panel_member",
    "administrator",
    "contact",
]
EVERYONE = frozenset(ACTORS)
WITHOUT_ACCOUNT = frozenset({"stranger", "bearer", "lasting"})
SIGNED_IN = EVERYONE - WITHOUT_ACCOUNT
OWN = frozenset({"person"})
WITH_COORDINATOR = frozenset({"person", "coordinator"})
LINKED = frozenset({"bearer", "coordinator"})
LINKED_LASTING = frozenset({"bearer", "lasting", "coordinator"})
COORDINATORS = frozenset({"coordinator", "other_coordinator"})
ADMINISTRATOR = frozenset({"administrator"})
SUPERVISOR = frozenset({"supervisor"})
PARTIES = frozenset({"person", "supporter"})
SUPERVISED = frozenset({"supporter", "supervisor"})
REVIEWED = frozenset({"supporter", "coordinator"})
RUNS = frozenset({"coordinator"})
SUPPORTER, SUPPORTERS = frozenset({"supporter"}), frozenset({"supporter", "other_supporter"})
AMONG_PEERS = SUPPORTERS | SUPERVISOR | COORDINATORS
HOST_AND_COORDINATORS = SUPPORTER | COORDINATORS


class Line:
    """Who may, and what the others are told. `lasting` is what the lasting link gets where it is not enough."""

    def __init__(self, who, refusal, kwargs=()):
        self.who, self.refusal, self.kwargs = who, refusal, dict(kwargs)

    def expected_refusal(self, actor):
        if self.refusal == 403 and actor in WITHOUT_ACCOUNT:
            return 302
        if self.refusal == "of request" and actor == "stranger":
            return 403  # told how to come back, the same whether something is there or not
        if self.refusal == "of request":
            return 403 if actor == "lasting" and self.kwargs.get("pk") == "linked" else 404
        if self.refusal == "runs":  # another coordinator learns nothing of a vacancy somebody else runs
            return 302 if actor in WITHOUT_ACCOUNT else (404 if actor == "other_coordinator" else 403)
        if self.refusal == "own training":  # another supporter has a page of that name, and not this row
            return 302 if actor in WITHOUT_ACCOUNT else (404 if actor == "other_supporter" else 403)
        if self.refusal == "share":  # the other of the two may know of it, and has no part in this step
            return 302 if actor in WITHOUT_ACCOUNT else (403 if actor in PARTIES else 404)
        if (
            self.refusal == "supervised"
        ):  # the supervisor sees the page and may not ask; the question is the supporter's
            return 302 if actor in WITHOUT_ACCOUNT else 404
        if self.refusal == 404 and actor in WITHOUT_ACCOUNT:
            return 302
        return self.refusal


def lines(allowed, refusal, /, *names, **kwargs):
    return {name: Line(allowed, refusal, kwargs) for name in names}


# Pages about a request answer 404 to everyone without a part in it, strangers too: there is nothing to sign in to.
REQUEST_FULL = [
    "ask-name",
    "ask-contact",
    "ask-practical",
    "ask-matters",
    "ask-words",
    "ask-check",
    "ask-sent",
    "suggestions",
    "wait",
    "look-again",
    "go-on-alone",
    "take-back",
    "meeting",
    "agreement",
    "record",
]
REQUEST_LASTING = [
    "support",
    "ask-for-help",
    "close",
    "pause",
    "resume",
    "end",
    "change",
    "fresh-link",
    "open-again",
    "erase",
]
STAND_IN = ["stand-ins", "stand-in-take-back", "stand-in-meeting", "stand-in-agreement"]
STAND_IN_LASTING = ["stand-in-pause", "stand-in-resume", "stand-in-end"]

MATRIX = (
    lines(
        EVERYONE,
        None,
        "work-with-us",
        "home",
        "healthz",
        "beat",
        "readyz",
        "help",
        "help-now",
        "privacy",
        "leave",
        "something-wrong",
        "ask",
        "my-support",
        "link-shut",
        "want-account",
        "set_language",
        "account_login",
        "account_signup",
        "account_logout",
        "account_inactive",
        "account_email_verification_sent",
        "account_confirm_login_code",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key_done",
        "mfa_authenticate",
        "mfa_login_webauthn",
    )
    | lines(EVERYONE, None, "link", "invited", "concern-link", token="token")
    | lines(EVERYONE, None, "calendar-feed", token="token")
    | lines(EVERYONE, None, "ask-for-sign-in-link")
    | lines(EVERYONE, None, "form-token")
    | lines(EVERYONE, None, "sign-in-by-link", token="token")
    | lines(EVERYONE, None, "account_confirm_email", key="none")
    | lines(EVERYONE, None, "account_reset_password_from_key", uidb36="1", key="none")
    | lines(
        SIGNED_IN,
        302,
        "inbox",
        "account",
        "preferences",
        "who-looked",
        "consents",
        "copy",
        "retention",
        "delete-account",
        "second-factor-needed",
        "my-service",
        "my-calendar",
        "message-choices",
        "questions",
        "keep-with-account",
        "account_email",
        "account_change_password",
        "account_set_password",
        "account_reauthenticate",
        "mfa_index",
        "mfa_reauthenticate",
        "mfa_activate_totp",
        "mfa_deactivate_totp",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_download_recovery_codes",
        "mfa_list_webauthn",
        "mfa_add_webauthn",
        "mfa_reauthenticate_webauthn",
        "usersessions_list",
    )
    | lines(
        SIGNED_IN,
        302,
        "notes",
        "notes-open",
        "notes-lock",
        "notes-recover",
        "notes-old-password",
        "notes-anew",
        "notes-sheet",
        "notes-sheet-check",
        "notes-without",
        "notes-known",
    )
    | lines(SIGNED_IN, 302, "look-at-words", "fits-my-role")
    | lines(ADMINISTRATOR, 403, "glossary")
    | lines(ADMINISTRATOR, 403, "glossary-add", language="en", kind="closed")
    | lines(ADMINISTRATOR, 403, "glossary-entry", "glossary-ours", language="en", kind="closed", key="schizophrenic")
    | lines(SIGNED_IN, 302, "withdraw-consent", kind="request")
    | lines(SIGNED_IN, 302, "mfa_remove_webauthn", "mfa_edit_webauthn", pk="first")
    | lines(WITH_COORDINATOR, "of request", *REQUEST_FULL, *REQUEST_LASTING, pk="own")
    | lines(WITH_COORDINATOR, "of request", "ask-dimension", pk="own", key="gender")
    | lines(WITH_COORDINATOR, "of request", "make-link", pk="own", purpose="lasting")
    | lines(WITH_COORDINATOR, "of request", "suggestion", "choose", pk="own", who="free")
    | lines(
        SUPPORTERS,
        403,
        "supporter-home",
        "profile",
        "profile-about",
        "profile-availability",
        "profile-consent",
        "profile-limits",
        "profile-preview",
        "profile-confirm",
    )
    | lines(SUPPORTERS, 403, "profile-characteristics", key="gender")
    | lines(SUPPORTERS, 403, "profile-status", verb="end")
    | lines(SUPPORTERS, 403, "leave-of-mine", "ask-leave", "growth", "look-at-myself", "learning-plan", "add-goal")
    | lines(SUPPORTER, "own training", "erase-self-view", "bring-self-view", pk="self_view")
    | lines(SUPPORTER, "own training", "edit-goal", pk="goal")
    | lines(COORDINATORS, 403, "work-board")
    | lines(COORDINATORS, 403, "plan-review", pk="supporter")
    | lines(SUPPORTERS | COORDINATORS, 403, "reviews")
    | lines(REVIEWED, 404, "review", "move-review", "write-review", pk="review")
    | lines(SUPPORTER, 404, "erase-review-words", pk="review_words")
    | lines(AMONG_PEERS, 403, "gatherings", "plan-gathering")
    | lines(HOST_AND_COORDINATORS, 403, "change-gathering", "call-off-gathering", pk="gathering")
    | lines(SUPPORTERS | SUPERVISOR, 403, "talk", "on-duty")
    | lines(COORDINATORS | SUPERVISOR, 403, "this-week")
    | lines(WITH_COORDINATOR, "of request", *STAND_IN, *STAND_IN_LASTING, pk="own")
    | lines(EVERYONE, None, "open-vacancy", pk="vacancy")
    | lines(
        EVERYONE,
        None,
        "application",
        "withdraw-application",
        "replace-application-link",
        "answer-offer",
        "decline-offer",
        "application-calendar",
        token="token",
    )
    | lines(EVERYONE, None, "application-file", token="token", pk="file")
    | lines(COORDINATORS, 403, "jobs", "questions-bank", "add-question", "vacancies")
    | lines(COORDINATORS, 403, "edit-question", pk="question")
    | lines(COORDINATORS, 403, "job", pk="job")
    | lines(COORDINATORS, 403, "write-job", pk="job", language="en")
    | lines(COORDINATORS, 403, "job-version", pk="job", number=1)
    | lines(
        RUNS,
        "runs",
        "vacancy",
        "prepare-vacancy",
        "choose-questions",
        "extend-vacancy",
        "cancel-vacancy",
        "add-member",
        "candidates",
        "vacancy-history",
        pk="vacancy",
    )
    | lines(RUNS, "runs", "hand-over-vacancy", "add-post", pk="vacancy")
    | lines(COORDINATORS, 403, "hiring-figures", "reserve-list")
    | lines(RUNS, "runs", "candidate-link", pk="application")
    | lines(COORDINATORS, 403, "take-over-vacancy", pk="nobodys")
    | lines(frozenset({"panel_member"}), 404, "leave-panel", pk="vacancy")
    | lines(RUNS, "runs", "remove-member", "chair-panel", pk="seat")
    | lines(RUNS, "runs", "slots", pk="vacancy")
    | lines(RUNS, "runs", "move-slot", "call-off-slot", pk="slot")
    | lines(RUNS, "runs", "candidate", "decide", "make-offer", pk="application")
    | lines(RUNS, "runs", "reopen-scorecard", pk="scorecard")
    | lines(frozenset({"panel_member"}), 403, "panels")
    | lines(frozenset({"panel_member"}), 404, "panel", pk="vacancy")
    | lines(frozenset({"panel_member"}), 404, "read-file", pk="file")
    | lines(frozenset({"panel_member"}), 404, "by-question", pk="vacancy", box="why")
    | lines(
        frozenset({"panel_member"}), 404, "read-application", "score", "can-not-score", "go-below", pk="application"
    )
    | lines(ADMINISTRATOR, 403, "career-steps", "add-step")
    | lines(ADMINISTRATOR, 403, "edit-step", pk="step")
    | lines(SUPPORTER, 404, "invitation", "decline", pk="invitation")
    | lines(
        SUPPORTER,
        404,
        "supporting",
        "supporting-meeting",
        "supporting-agreement",
        "supporting-pause",
        "supporting-resume",
        "supporting-end",
        pk="match",
    )
    | lines(
        PARTIES,
        404,
        "sessions",
        "plan-session",
        "notes-of",
        "notes-yes",
        "notes-stop",
        "write-note",
        "compare-keys",
        pk="match",
    )
    | lines(SUPPORTERS | SUPERVISOR, 403, "supervision")
    | lines(SUPPORTERS, 403, "training")
    | lines(SUPPORTERS, 403, "training-done", pk="course")
    | lines(SUPPORTER, "own training", "take-back-training", pk="completion")
    | lines(COORDINATORS, 403, "training-to-confirm")
    | lines(COORDINATORS, 403, "supporter-training", pk="supporter")
    | lines(COORDINATORS, 403, "note-training", pk="supporter", course="course")
    | lines(ADMINISTRATOR, 403, "courses", "add-course")
    | lines(ADMINISTRATOR, 403, "edit-course", pk="course")
    | lines(COORDINATORS, 403, "supervision-board")
    | lines(COORDINATORS, 403, "begin-supervision", pk="supporter")
    | lines(SUPERVISOR, 403, "supervision-basis")
    | lines(
        SUPERVISED,
        404,
        "one-supervision",
        "change-supervision",
        "plan-check-in",
        "compare-supervision",
        pk="supervision",
    )
    | lines(SUPPORTER, "supervised", "ask-today", pk="supervision")
    | lines(SUPERVISED, 404, "check-in", "move-check-in", "check-in-happened", "agree-action", pk="check_in")
    | lines(SUPERVISED, 404, "write-check-in", pk="check_in", kind="agenda")
    | lines(SUPPORTER, 404, "erase-words", "share-words", pk="words")
    | lines(SUPERVISED, 404, "action-done", pk="action")
    | lines(PARTIES, 404, "sharings", pk="match")
    | lines(SUPPORTER, "share", "ask-to-share", pk="match")
    | lines(OWN, "share", "answer-sharing", pk="sharing")
    | lines(PARTIES, 404, "end-sharing", pk="sharing")
    | lines(SUPERVISOR, 403, "shared-with-me")
    | lines(SUPERVISOR, 404, "shared", pk="sharing")
    | lines(PARTIES, 404, "move-session", "session-happened", pk="session")
    | lines(PARTIES, 404, "note", "add-to-note", "erase-note", pk="note")
    | lines(SUPPORTERS, 403, "reflections", "reflect")
    | lines(SUPPORTER, 404, "erase-reflection", pk="reflection")
    | lines(COORDINATORS, 403, "board", "to-ring", "sheets", "ask-helped", "to-take", "supporters", "invite-supporter")
    | lines(COORDINATORS, 403, "take", pk="linked")
    | lines(frozenset({"coordinator"}), "hand back", "hand-back", pk="linked")
    | lines(COORDINATORS, 403, "supporter", "invite-imported", "set-aside", pk="supporter")
    | lines(
        COORDINATORS | ADMINISTRATOR, 403, "numbers", "numbers-of-meetings", "numbers-of-meetings-file", "outbox-health"
    )
    | lines(
        ADMINISTRATOR,
        403,
        "settings",
        "edit-organization",
        "name-contact",
        "rest-contact",
        "team",
        "invite-staff",
        "catalogue",
        "add-dimension",
    )
    | lines(ADMINISTRATOR, 403, "edit-text", kind="privacy")
    | lines(ADMINISTRATOR, 403, "add-row", kind="number")
    | lines(ADMINISTRATOR, 403, "edit-row", kind="number", pk="first")
    | lines(ADMINISTRATOR, 403, "edit-dimension", pk="dimension")
    | lines(ADMINISTRATOR, 403, "add-option", dimension="dimension")
    | lines(ADMINISTRATOR, 403, "edit-option", dimension="dimension", pk="option")
    | lines(frozenset({"contact"}), 403, "concerns")
    | lines(frozenset({"contact"}), 404, "concern", pk="concern")
    | lines(COORDINATORS, 403, "import-list")
    | lines(
        COORDINATORS,
        403,
        "import-columns",
        "import-values",
        "import-try",
        "import-progress",
        "import-report",
        "import-cancel",
        pk="import",
    )
)

#: The same pages for a request without an account: its links may, and its person has none.
LINKED_MATRIX = (
    lines(LINKED, "of request", *REQUEST_FULL, pk="linked")
    | lines(LINKED_LASTING, "of request", *REQUEST_LASTING, pk="linked")
    | lines(LINKED, "of request", *STAND_IN, pk="linked")
    | lines(LINKED_LASTING, "of request", *STAND_IN_LASTING, pk="linked")
    | lines(LINKED, "of request", "suggestion", "choose", pk="linked", who="free")
    | lines(LINKED, "of request", "ask-dimension", pk="linked", key="gender")
    | lines(LINKED, "of request", "make-link", pk="linked", purpose="lasting")
)


class Place:
    """One world with an object of each kind, and a client for each part."""

    def __init__(self, world):
        self.world = world
        Heartbeat.objects.create(name="beat", at=timezone.now())
        self.supporter, self.other_supporter, self.free = world.supporter(), world.supporter(), world.supporter()
        self.match = world.match(supporter=self.supporter)
        self.invitation = world.invitation(None, self.supporter)
        self.own = self.match.request
        self.linked = world.helped_request()
        type(self.own).objects.filter(pk=self.own.pk).update(looked_after_by=world.coordinator)
        self.contact_user = world.user()
        contact = organization_workflows.name_contact(self.contact_user.email, "Outside", by=world.administrator)
        _token, hashed = new_token()
        self.concern = organization_workflows.raise_concern(contact, "words", code_hash=hashed, by=None)
        self.number = EmergencyNumber.objects.get().pk
        self.dimension = Dimension.objects.get(key="gender")
        self.notes()
        training.load_default()
        self.course = Course.objects.first()
        self.completion = training.say_done(
            self.supporter, self.course, done_on=timezone.localdate(), evidence="", by=self.supporter.user
        )
        self.run = runs.begin("roster.csv", b"Name,Age\nAda,37\n", by=world.coordinator)

    def notes(self):
        """A meeting, a note of two people and a reflection, sealed as they are on the web."""
        self.a_supervisor = self.world.user("supervisor")
        accounts.state_service(False, by=self.a_supervisor)
        people = ("person", "supporter", "supervisor", "coordinator")
        self.browsers = {name: Signed(self.world, self.user(name)) for name in people}
        for name in ("person", "supporter"):
            one = self.browsers[name]
            door.do_without_sheet(one.unlocked())
            notes.say_yes(self.match, by=one.user)
        unlocked = self.browsers["supporter"].unlocked()
        self.note = notes.write(self.match, door.Content({"talked": "words"}), by=unlocked)
        sharing = sharings.ask(
            self.match, self.a_supervisor, note=None, until=timezone.localdate(), by=self.supporter.user
        )
        self.sharing = sharings.agree(sharing, by=self.browsers["person"].unlocked(), terms=sharings.terms_of(sharing))
        self.supervise(unlocked)
        self.reflection = notes.reflect(door.Content({"reflection": "words"}), by=unlocked)
        self.session = meetings.plan(
            self.match,
            by=self.match.supporter.user,
            wall_time=datetime(2026, 5, 5, 10),
            time_zone="UTC",
            minutes=60,
            setting="phone",
        )

    def supervise(self, supporter):
        """A supervision with a check-in, thoughts before it and something agreed."""
        supervision.state_basis(by=self.a_supervisor, worked_as_peer=True, trained=False, outside=False)
        self.supervision = supervision.begin(
            self.supporter, self.a_supervisor, every_weeks=3, mode="phone", minutes=60, by=self.world.coordinator
        )
        when = {"wall_time": datetime(2026, 5, 5, 10), "time_zone": "UTC", "minutes": 60, "mode": "phone"}
        self.check_in = supervision.plan(self.supervision, by=self.supporter.user, **when)
        words = door.Content({"need": "words"})
        self.words = supervision.write(self.check_in, "preparation", words, by=supporter)
        self.action = supervision.agree_on(
            self.check_in,
            door.Content({"action": "words"}),
            by_supporter=True,
            due_on=timezone.localdate(),
            by=supporter,
        )

        self.work(supporter)

    def work(self, supporter):
        """A talk about the work with words, a gathering, a self-view, a line of a plan and a step."""
        when = {"wall_time": datetime(2030, 5, 5, 10), "time_zone": "UTC", "minutes": 60}
        self.review = reviews.plan(self.supporter, by=self.world.coordinator, **when)
        self.review_words = reviews.write(self.review, door.Content({"well": "words"}), by=supporter)
        self.gathering = together.plan(by=self.supporter.user, kind="peers", topic="", where="here", **when)
        self.self_view = growth.look_at_myself(door.Content({"words": "words"}), by=supporter)
        self.goal = growth.set_goal(None, by=self.supporter.user, words="words", competence="", by_when=None)
        self.step = CareerStep.objects.create(names={"en": "A step"})
        self.hire()

    def hire(self):
        """A vacancy whose panel is at work: one member, one candidate, one scorecard that is sent."""
        hiring = Hiring(self.world)
        self.panelist = hiring.member(peer=True)
        hiring.open(())
        self.application = hiring.candidate(file=b"What I did before.")
        hiring.close()
        hiring.invited(self.application)
        self.scorecard = hiring.score(self.panelist, self.application)
        self.slot = hiring.slot()
        self.draft = applying.token_of(Hiring(self.world).begun())
        self.nobodys = vacancies.begin(hiring.version, by=self.world.coordinator)
        Vacancy.objects.filter(pk=self.nobodys.pk).update(run_by=None)
        self.vacancy, self.job, self.question = hiring.vacancy, hiring.job, InterviewQuestion.objects.first()

    def user(self, actor):
        world = self.world
        made = {
            "person": self.own.person,
            "supporter": self.supporter.user,
            "other_supporter": self.other_supporter.user,
            "coordinator": world.coordinator,
            "administrator": world.administrator,
            "contact": self.contact_user,
            "supervisor": self.a_supervisor,
        }
        if actor == "panel_member":
            return self.panelist.user
        if actor in made:
            return made[actor]
        roles = {"other_coordinator": ["coordinator"]}
        return world.user(*roles.get(actor, []))

    def client(self, actor):
        if actor in self.browsers:
            return Signed(self.world, self.user(actor)).client  # with the vault open, as after a sign-in
        if actor not in WITHOUT_ACCOUNT:
            return self.world.client(self.user(actor))
        client = Client(HTTP_HOST="localhost")
        if actor != "stranger":
            session = client.session
            session[SESSION_KEY] = {
                "request": str(self.linked.pk),
                "key": str(self.linked.person_key),
                "full": actor == "bearer",
                "link": "",
                "born": time.time(),
                "until": time.time() + 600,
            }
            session.save()
        return client

    def values(self, kwargs):
        ids = {
            "own": self.own.pk,
            "linked": self.linked.pk,
            "free": self.free.pk,
            "invitation": self.invitation.pk,
            "match": self.match.pk,
            "supporter": self.supporter.pk,
            "concern": self.concern.pk,
            "first": self.number,
            "dimension": self.dimension.pk,
            "option": self.dimension.options.first().pk,
            "import": self.run.pk,
            "note": self.note.pk,
            "reflection": self.reflection.pk,
            "session": self.session.pk,
            "sharing": self.sharing.pk,
            "supervision": self.supervision.pk,
            "course": self.course.pk,
            "completion": self.completion.pk,
            "review": self.review.pk,
            "review_words": self.review_words.pk,
            "gathering": self.gathering.pk,
            "self_view": self.self_view.pk,
            "goal": self.goal.pk,
            "step": self.step.pk,
            "vacancy": self.vacancy.pk,
            "seat": self.panelist.pk,
            "application": self.application.pk,
            "scorecard": self.scorecard.pk,
            "slot": self.slot.pk,
            "nobodys": self.nobodys.pk,
            "draft": self.draft,
            "file": self.application.attachments.get().pk,
            "job": self.job.pk,
            "question": self.question.pk,
            "check_in": self.check_in.pk,
            "words": self.words.pk,
            "action": self.action.pk,
        }
        return {name: ids.get(value, value) for name, value in kwargs.items()}


def names_of(patterns):
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            yield from names_of(pattern.url_patterns)
        else:
            yield pattern.name


def test_every_address_is_in_the_matrix_and_every_line_is_an_address():
    known = set(names_of(get_resolver().url_patterns))
    assert None not in known, "an address without a name"
    assert known - set(MATRIX) == set()
    assert set(MATRIX) - known == set()


def wrong(line, actor, name, response):
    """Return what is wrong with an answer, or nothing."""
    status, to_login = response.status_code, response.headers.get("Location", "").startswith("/accounts/login/")
    said = "302 to the sign-in" if to_login else str(status)
    if status >= 500:
        return f"{name}: {actor} got {status}"
    if actor in line.who:
        missing = status == 404 and not ("token" in line.kwargs.values() or name in GONE_IS_FINE)
        bad = (to_login and name not in SIGN_IN_PAGES) or status == 403 or missing
        return f"{name}: {actor} should get in, got {said}" if bad else None
    expected = line.expected_refusal(actor)
    if expected == "hand back":
        expected = 302 if actor in WITHOUT_ACCOUNT else (404 if actor in COORDINATORS else 403)
    fine = to_login if expected == 302 else status in {expected, 405}
    return None if fine else f"{name}: {actor} should get {expected}, got {said}"


#: Allowed, and yet nothing is there in this state of things: the workflow or allauth says so.
GONE_IS_FINE = {
    *STAND_IN,
    *STAND_IN_LASTING,
    "open-vacancy",
    "vacancies",
    "vacancy",
    "read-application",
    "meeting",
    "agreement",
    "pause",
    "resume",
    "end",
    "change",
    "mfa_view_recovery_codes",
    "mfa_download_recovery_codes",
    "mfa_deactivate_totp",
    "rest-contact",
    "account_reauthenticate",
    "mfa_reauthenticate",
    "mfa_authenticate",
    "questions",
    "inbox",
    "mfa_remove_webauthn",
    "mfa_edit_webauthn",
    "mfa_generate_recovery_codes",
    "account_confirm_login_code",
    "account_confirm_email",
}
ENDS_A_SESSION = {
    "notes-lock",
    "notes-known",
    "erase",
    "account_logout",
    "leave",
    "link-shut",
    "link",
    "delete-account",
    "account_signup",
}
SIGN_IN_PAGES = {"mfa_authenticate", "account_confirm_login_code", "account_logout", "home", "mfa_login_webauthn"}


@pytest.mark.parametrize("matrix", [MATRIX, LINKED_MATRIX], ids=["account", "link"])
@pytest.mark.parametrize("actor", ACTORS)
def test_every_cell(world, actor, matrix):
    place = Place(world)
    problems, client = [], place.client(actor)
    for name, line in matrix.items():
        for method in ("get", "post"):
            with transaction.atomic():
                address = reverse(name, kwargs=place.values(line.kwargs))
                used = place.client(actor) if name in ENDS_A_SESSION or actor == "stranger" else client
                response = getattr(used, method)(address)
                problems.append(wrong(line, actor, name, response))
                transaction.set_rollback(True)
    assert not any(problems), "\n".join(problem for problem in problems if problem)


def test_an_unknown_object_and_a_strangers_object_look_the_same(world):
    place = Place(world)
    client = place.client("other_person")
    for name in ("support", "suggestions", "supporting", "invitation"):
        pk = {"supporting": place.match.pk, "invitation": place.invitation.pk}.get(name, place.own.pk)
        theirs = client.get(reverse(name, args=[pk]))
        nobodys = client.get(reverse(name, args=[uuid4()]))
        assert (theirs.status_code, nobodys.status_code) == (404, 404)
        assert _without_ids(theirs) == _without_ids(nobodys), name


def _without_ids(response):
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "", response.content.decode())
    return re.sub(r'name="(?:csrfmiddlewaretoken|form_key)" value="[^"]+"', "", text)


def test_a_lasting_link_may_not_choose_or_read_wishes(world):
    place = Place(world)
    client = place.client("lasting")
    for name in ("suggestions", "ask-matters", "ask-words", "ask-contact"):
        assert client.get(reverse(name, args=[place.linked.pk])).status_code == 403


def test_links_of_one_request_open_nothing_of_another(world):
    place = Place(world)
    client = place.client("bearer")
    assert client.get(reverse("support", args=[place.own.pk])).status_code == 404
    token = links.make(place.linked, "choosing", by=world.coordinator)
    assert links.find(token).request == place.linked
    assert matches.LIFECYCLE.actions(place.match, by=place.other_supporter.user) == []
