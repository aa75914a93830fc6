"""A small full world, and every page of it by who can open it."""

import time
from datetime import UTC, date, datetime, timedelta

from django.urls import get_resolver, reverse
from django.utils import timezone

from hiring.models import InterviewQuestion as Asked
from hiring.models import Vacancy
from hiring.workflows import applying, talks, vacancies
from matching.models import DisclosureQuestion
from matching.parties import SESSION_KEY
from matching.workflows import invitations, links, matches, requests
from peersupport.accounts import workflows as account_workflows
from peersupport.accounts import workflows as accounts
from peersupport.accounts.mail import sign_in_token
from peersupport.accounts.models import Role
from peersupport.notifications.models import Heartbeat
from peersupport.organization import workflows as organization_workflows
from peersupport.organization.models import EmergencyNumber, OutsideBody
from peersupport.reports import figures as reports
from peersupport.vault import door
from peersupport.web.tokens import new_token
from sessions_log.models import Meeting
from sessions_log.workflows import meetings, notes, sharings
from supporters.importing import runs
from supporters.models import Dimension
from supporters.staffing import leave, reviews, together
from supporters.supervision import workflows as supervision
from supporters.training import growth
from supporters.training import workflows as training
from supporters.training.models import CareerStep, Course
from tests.hiring.conftest import House as Hiring
from tests.people import Signed

LONG = "Maria-Magdalena Wolkenstein-Rodenegg y Fernández de Córdoba"
STORY = "I lost my flat, my work and my sleep, in that order. What came back first was laughing. " * 3

#: Addresses that show no page of their own: they only act, redirect, answer machines, or need a device.
NO_PAGE = {
    "want-account",
    "look-at-words",
    "end-sharing",
    "check-in-happened",
    "share-words",
    "take-back-training",
    "action-done",
    "numbers-of-meetings-file",
    "calendar-feed",
    "glossary-ours",
    "notes-lock",
    "notes-sheet-check",
    "session-happened",
    "healthz",
    "readyz",
    "beat",
    "application-calendar",
    "application-file",
    "read-file",
    "bring-self-view",
    "stand-in-pause",
    "stand-in-resume",
    "leave",
    "set_language",
    "link-shut",
    "hand-back",
    "look-again",
    "make-link",
    "fresh-link",
    "rest-contact",
    "my-support",
    "import-cancel",
    "import-report",
    "keep-with-account",
    "second-factor-needed",
    "form-token",
}


class Town:
    """Everything that can be seen, made through the workflows."""

    def __init__(self, world):
        self.world = world
        Heartbeat.objects.create(name="beat", at=timezone.now())
        shares = {"recovery:own-life": "show", "lived-experience:hearing-voices": "ask", "spoken-language:en": "show"}
        shares = {name: seen for name, seen in shares.items() if self._is_there(name)}
        self.supporter = world.supporter(shares, name=LONG, maximum=5, story=STORY, title="Peer supporter")
        self.others = [world.supporter(shares, name=f"Bea {n}", story=STORY) for n in range(3)]
        self.fresh = world.supporter({}, name="New", confirmed=False)
        wish = {name: "like" for name in shares if not name.startswith("spoken")}
        self.draft = world.request(wish, submit=False, words=STORY, phone="+00 555 0123", call_safe=True)
        self.choosing = world.request(wish, help_wanted=True)
        self.lonely = world.request({f"faith:{self._last('faith')}": "must", f"gender:{self._last('gender')}": "must"})
        self.waiting = world.request(wish)
        requests.wait(self.waiting, by=self.waiting.person)
        self.invited = world.invitation(
            world.request(wish, words=STORY, show_words=True, show_wishes=True), self.supporter, *self.others[:2]
        )
        self.declined = world.invitation(world.request(wish), self.others[0])
        invitations.decline(self.declined, by=self.others[0].user, pass_on_to=self.others[1])
        self.meeting = world.match(world.request(call_me=LONG), self.supporter, active=False)
        self.active = world.match(
            world.request(call_me="Sam", words=STORY, show_words=True, share_contact=True, phone="+00 555 1"),
            self.supporter,
        )
        self.paused = world.match(None, self.supporter)
        matches.pause(self.paused, by=self.paused.request.person)
        self.rested = world.match(None, self.others[2])
        matches.pause(self.rested, by=self.others[2].user)
        self.ended = world.match(None, self.others[1])
        matches.end(self.ended, by=self.ended.request.person)
        self.helped = world.helped_request(wish, call_me="Kim", phone="+00 555 7")
        self.helped_match = world.match(world.helped_request(call_me="Lee"), self.others[1], active=False)
        hidden = shares and next((name for name in shares if name.startswith("lived")), None)
        if hidden:
            DisclosureQuestion.objects.get_or_create(
                request=self.choosing, supporter=self.supporter, option=world.option(*hidden.split(":"))
            )
        self.nobody = world.user(name="Nobody Yet")
        self.leave(shares)
        self.hire()
        self.notes()
        self.organization()
        self.figures()
        self.train()

    def hire(self):
        """A vacancy that is open, one being prepared, and one whose panel is at work."""
        self.hiring, self.draft_hiring, self.open_hiring = Hiring(self.world), Hiring(self.world), Hiring(self.world)
        self.panelist, second = self.hiring.member(peer=True), self.hiring.member(peer=False)
        self.hiring.open(())
        self.candidate = self.hiring.candidate(
            1, name=LONG, relevance=STORY, why=STORY, adjustments=STORY, brings_somebody=True
        )
        self.unscored = self.hiring.candidate(2, relevance=STORY)
        self.later = self.hiring.candidate(5, relevance=STORY, file=b"What I did before.")
        reserve = self.hiring.candidate(6, name=LONG, email="", phone="600 123 456", relevance=STORY)
        self.hiring.close()
        self.hiring.score(self.panelist, self.candidate, 1)
        self.scorecard = self.hiring.score(second, self.candidate, 4)
        self.new_member = self.draft_hiring.member()
        self.slot = self.hiring.slot()
        self.hiring.slot(hour=12, place=LONG)
        invited = self.hiring.invited(self.candidate)
        talks.choose(self.slot, invited, by=applying.Candidate(invited))
        self.invited_application = applying.token_of(invited)
        self.open_hiring.open((True,))
        self.applied = self.open_hiring.candidate(3, relevance=STORY)
        begun = applying.begin(self.open_hiring.vacancy, language="en")
        self.begun_token, self.applied_token = applying.token_of(begun), applying.token_of(self.applied)
        self.offered = self.hiring.candidate_with_offer(self.unscored)
        for member in self.hiring.members:
            self.hiring.score(member, reserve, 3)
        self.hiring.decide(reserve, "reserve")
        self.hiring.invited(self.later)
        self.nobodys = vacancies.begin(self.hiring.version, by=self.world.coordinator)
        Vacancy.objects.filter(pk=self.nobodys.pk).update(run_by=None)
        attached = applying.begin(self.open_hiring.vacancy, language="en")
        applying.attach(attached, f"{LONG}.txt", b"What I did before.", size=18, by=applying.Candidate(attached))
        self.attached_token = applying.token_of(attached)

    def leave(self, shares):
        """Somebody on leave: one person has a stand-in, one may choose; and what else belongs to working well."""
        world = self.world
        absent, helper = world.supporter(shares, name="Mio", maximum=4), world.supporter(shares, name="Ula")
        self.alone, self.stood_by = world.match(None, absent), world.match(None, absent)
        leave.ask(
            absent, starts_on=timezone.localdate(), ends_on=timezone.localdate() + timedelta(days=20), by=absent.user
        )
        asked = invitations.ask_to_stand_in(self.stood_by, helper, by=self.stood_by.request.person)
        self.stands_in = invitations.accept(asked, by=helper.user)
        self.absent, self.helper = absent, helper
        waiting = world.supporter(shares, name="Lou")
        leave.ask(waiting, starts_on=timezone.localdate() + timedelta(days=5), ends_on=None, by=waiting.user)
        when = {"wall_time": datetime(2030, 5, 5, 18), "time_zone": "Europe/Madrid", "minutes": 90}
        self.gathering = together.plan(
            by=self.supporter.user, kind="peers", topic="Friendship and boundaries", where=LONG, **when
        )
        together.plan(by=helper.user, kind="peers", topic="", where="https://meet.example/peers", **when)
        now = timezone.now()
        for user in (self.others[0].user, self.supporter.user):
            together.be_on_duty(by=user, starts_at=now, ends_at=now + timedelta(hours=3), phone="+00 555 0123")
        together.ask_to_talk(by=helper.user, phone="+00 555 0124")
        self.step = CareerStep.objects.create(names={"en": "Leads a group"}, abouts={"en": STORY})

    def grow(self, supporter, leader):
        """A talk about the work with words, two self-views, a line of a plan."""
        door.do_without_sheet(leader)
        self.world.coordinator.refresh_from_db()  # signing in wrote the password anew
        review = reviews.plan(
            self.others[1],
            by=self.world.coordinator,
            wall_time=datetime(2030, 5, 5, 10),
            time_zone="Europe/Madrid",
            minutes=60,
        )
        self.review_words = reviews.write(review, door.Content({"well": STORY}), by=supporter)
        self.review = review
        for level in ("1", "3"):
            parts = {"story": level, "talking": "4", "words": STORY}
            self.self_view = growth.look_at_myself(door.Content(parts), by=supporter)
        self.goal = growth.set_goal(
            None, by=supporter.user, words=LONG, competence="rights", by_when=timezone.localdate()
        )

    def figures(self):
        """Meetings of a quarter, so that there are figures, some of them hidden."""
        crowd = [self.active, self.paused, self.rested, self.kept, self.ended, self.meeting]
        for month in (1, 2, 3):
            for number, match in enumerate(crowd):
                wall = datetime(timezone.now().year - 1, month, 9, 10, tzinfo=UTC)
                for setting in ("phone", "home") if number % month == 0 else ("phone",):
                    Meeting.objects.create(
                        match=match,
                        wall_time=wall,
                        starts_at=wall,
                        time_zone="UTC",
                        minutes=45,
                        setting=setting,
                        state="held",
                    )
        reports.fix(date.today())

    def notes(self):
        """Two people who keep notes, with a meeting and a reflection."""
        self.kept = self.world.match(self.world.request(call_me="Noa"), self.others[1])
        people = [Signed(self.world, user).unlocked() for user in (self.kept.request.person, self.kept.supporter.user)]
        for one in people:
            door.do_without_sheet(one)
            notes.say_yes(self.kept, by=one.user)
        words = {"talked": STORY, "strength": "The sea, and laughing about the ferry.", "wishes": "Ring on Monday."}
        self.note = notes.write(self.kept, door.Content(words), by=people[1])
        notes.write(self.kept, door.Content({"added": "I would say it otherwise."}), by=people[0], adds_to=self.note)
        self.reflection = notes.reflect(door.Content({"reflection": STORY}), by=people[1])
        self.supervisor = self.world.user("supervisor", name=LONG)
        self.new_supervisor = self.world.user("supervisor")
        door.do_without_sheet(Signed(self.world, self.supervisor).unlocked())
        accounts.state_service(False, by=self.supervisor)
        until = timezone.localdate() + timedelta(days=30)
        asked = sharings.ask(self.kept, self.supervisor, note=None, until=until, by=self.kept.supporter.user)
        self.shared = sharings.agree(asked, by=people[0], terms=sharings.terms_of(asked))
        self.asked = sharings.ask(self.kept, self.supervisor, note=self.note, until=until, by=self.kept.supporter.user)
        self.supervise(people[1])
        self.grow(people[1], Signed(self.world, self.world.coordinator).unlocked())
        self.session = meetings.plan(
            self.kept,
            by=self.kept.supporter.user,
            wall_time=datetime(2030, 5, 5, 10),
            time_zone="Europe/Madrid",
            minutes=60,
            setting="community",
        )
        meetings.plan(
            self.kept,
            by=self.kept.supporter.user,
            wall_time=datetime(2026, 5, 5, 10),
            time_zone="Europe/Madrid",
            minutes=45,
            setting="phone",
        )

    def train(self):
        """Somebody new to the role with a course said, one confirmed, the others open."""
        training.load_default()
        required = Course.objects.filter(kind="required")
        training.training_first(self.supporter, True, by=self.world.coordinator)
        for course, by in zip(required, (self.supporter.user, self.world.coordinator), strict=False):
            training.say_done(self.supporter, course, done_on=timezone.localdate(), evidence=LONG, by=by)
        self.course = required.first()

    def supervise(self, supporter):
        """Check-ins of the supporter who keeps notes: one that was, one to come."""
        supervision.state_basis(by=self.supervisor, worked_as_peer=True, trained=True, outside=True)
        self.supervision = supervision.begin(
            self.others[1], self.supervisor, every_weeks=3, mode="phone", minutes=60, by=self.world.coordinator
        )
        when = {"time_zone": "Europe/Madrid", "minutes": 60, "mode": "in_person", "by": self.supervisor}
        self.check_in = supervision.plan(self.supervision, wall_time=datetime(2026, 5, 5, 10), **when)
        supervision.plan(self.supervision, wall_time=datetime(2030, 5, 5, 10), **when)
        supervision.write(self.check_in, "agenda", door.Content({"agenda": STORY}), by=supporter)
        self.words = supervision.write(self.check_in, "preparation", door.Content({"need": STORY}), by=supporter)
        supervision.agree_on(
            self.check_in,
            door.Content({"action": "Ask for a room with a door."}),
            by_supporter=True,
            due_on=timezone.localdate(),
            by=supporter,
        )

    def organization(self):
        world = self.world
        self.contact = world.user(name="Noor")
        named = organization_workflows.name_contact(
            self.contact.email, "From another organization", by=world.administrator
        )
        self.concern_token, hashed = new_token()
        self.concern = organization_workflows.raise_concern(named, STORY, code_hash=hashed, by=None)
        organization_workflows.reply(self.concern, "Thank you for telling me.", by=self.contact)
        OutsideBody.objects.create(name="Ombudsperson", how="+00 555 0177")
        _invitation, self.invited_token = account_workflows.invite(
            Role.COORDINATOR, "new@example.org", by=world.administrator
        )
        self.link_token = links.make(self.helped, "lasting", by=world.coordinator)
        content = b"Name,Email,Age,Beliefs\nAda,ada@example.org,44,sea\nBea,not an address,12,star\n"
        self.run = runs.begin("roster.csv", content, by=world.coordinator)

    def _is_there(self, name):
        dimension, key = name.split(":")
        return Dimension.objects.filter(key=dimension, options__key=key).exists()

    def _last(self, dimension):
        return Dimension.objects.get(key=dimension).options.in_use().last().key

    def open_by_link(self, full):
        """Return the cookies of somebody who opened a private link."""
        client = self.world.client()
        session = client.session
        session[SESSION_KEY] = {
            "request": str(self.helped.pk),
            "key": str(self.helped.person_key),
            "full": full,
            "link": "",
            "born": time.time(),
            "until": time.time() + 900,
        }
        session.save()
        return {"session": session.session_key}

    def users(self):
        return {
            "stranger": None,
            "nobody": self.nobody,
            "draft": self.draft.person,
            "choosing": self.choosing.person,
            "lonely": self.lonely.person,
            "waiting": self.waiting.person,
            "invited": self.invited.request.person,
            "declined": self.declined.request.person,
            "meeting": self.meeting.request.person,
            "active": self.active.request.person,
            "paused": self.paused.request.person,
            "rested": self.rested.request.person,
            "ended": self.ended.request.person,
            "supporter": self.supporter.user,
            "fresh": self.fresh.user,
            "coordinator": self.world.coordinator,
            "administrator": self.world.administrator,
            "contact": self.contact,
            "with notes": self.kept.request.person,
            "reflecting": self.kept.supporter.user,
            "supervisor": self.supervisor,
            "new supervisor": self.new_supervisor,
            "away": self.stood_by.request.person,
            "away alone": self.alone.request.person,
            "stands in": self.helper.user,
            "on leave": self.absent.user,
            "on a panel": self.panelist.user,
            "asked to a panel": self.new_member.user,
            "by link": None,
            "by lasting link": None,
        }

    def pages(self):
        """Return who opens which addresses, as (name of the address, arguments, query)."""
        lived, gender = Dimension.objects.get(key="lived-experience"), Dimension.objects.get(key="gender")
        some = self.others[0]

        def of(request, *names):
            return [(name, [request.pk], "") for name in names]

        def plain(*names):
            return [(name, [], "") for name in names]

        steps = ["ask-name", "ask-contact", "ask-practical", "ask-matters", "ask-words", "ask-check"]
        return {
            "stranger": [
                *plain(
                    "home",
                    "ask",
                    "help",
                    "help-now",
                    "privacy",
                    "something-wrong",
                    "account_login",
                    "account_reset_password",
                    "account_signup",
                    "account_inactive",
                    "ask-for-sign-in-link",
                ),
                ("sign-in-by-link", [sign_in_token(self.nobody)], ""),
                ("sign-in-by-link", ["gone"], ""),
                ("replace-application-link", [self.begun_token], ""),
                ("link", [self.link_token], ""),
                ("invited", [self.invited_token], ""),
                ("invited", ["gone"], ""),
                ("concern-link", [self.concern_token], ""),
                *plain("work-with-us"),
                *of(self.open_hiring.vacancy, "open-vacancy"),
                ("application", [self.begun_token], ""),
                ("application", [self.attached_token], ""),
                ("application", [self.applied_token], ""),
                ("application", ["gone"], ""),
                ("withdraw-application", [self.begun_token], ""),
                ("application", [self.offered], ""),
                ("answer-offer", [self.offered], ""),
                ("decline-offer", [self.offered], ""),
                ("application", [self.invited_application], ""),
            ],
            "nobody": [
                *plain(
                    "home",
                    "ask",
                    "account",
                    "preferences",
                    "message-choices",
                    "who-looked",
                    "consents",
                    "copy",
                    "retention",
                    "delete-account",
                    "inbox",
                    "account_email",
                    "account_change_password",
                    "mfa_index",
                    "usersessions_list",
                    "account_logout",
                    "account_reauthenticate",
                    "mfa_activate_totp",
                    "notes",
                    "notes-open",
                    "notes-recover",
                    "notes-old-password",
                    "notes-anew",
                )
            ],
            "with notes": [
                *plain("notes", "notes-sheet", "notes-without", "notes-known"),
                *of(
                    self.kept,
                    "sessions",
                    "plan-session",
                    "notes-of",
                    "notes-yes",
                    "notes-stop",
                    "write-note",
                    "compare-keys",
                ),
                *of(self.session, "move-session"),
                *of(self.note, "note", "add-to-note", "erase-note"),
                *of(self.kept, "sharings"),
                *of(self.asked, "answer-sharing"),
            ],
            "supervisor": [
                *plain("home", "shared-with-me", "my-service", "supervision", "supervision-basis"),
                *of(self.shared, "shared"),
                *of(self.supervision, "one-supervision", "change-supervision", "plan-check-in", "compare-supervision"),
                *of(self.check_in, "check-in", "move-check-in", "agree-action"),
                ("write-check-in", [self.check_in.pk, "record"], ""),
            ],
            "new supervisor": plain("shared-with-me", "account", "my-calendar", "supervision"),
            "reflecting": [
                *plain("reflections", "reflect", "fits-my-role"),
                ("erase-reflection", [self.reflection.pk], ""),
                *of(self.kept, "notes-of", "sessions", "write-note", "sharings", "ask-to-share"),
                *of(self.note, "note"),
                *plain("supervision"),
                *of(self.supervision, "one-supervision", "ask-today"),
                *of(self.check_in, "check-in"),
                ("write-check-in", [self.check_in.pk, "preparation"], ""),
                *of(self.words, "erase-words"),
                *plain("growth", "look-at-myself", "learning-plan", "add-goal", "reviews"),
                *of(self.goal, "edit-goal"),
                *of(self.self_view, "erase-self-view"),
                *of(self.review, "review", "move-review", "write-review"),
                *of(self.review_words, "erase-review-words"),
            ],
            "draft": [
                *of(self.draft, "support", *steps),
                ("home", [], ""),
                ("ask", [], ""),
                ("ask-dimension", [self.draft.pk, lived.key], ""),
                ("consents", [], ""),
                ("withdraw-consent", ["support"], ""),
            ],
            "choosing": [
                *of(self.choosing, "support", "suggestions", "wait", "close", "ask-sent", "go-on-alone", "ask-matters"),
                ("home", [], ""),
                ("suggestion", [self.choosing.pk, some.pk], ""),
                ("choose", [self.choosing.pk, some.pk], ""),
            ],
            "lonely": of(self.lonely, "suggestions", "ask-for-help"),
            "waiting": of(self.waiting, "support"),
            "invited": of(self.invited.request, "support", "take-back"),
            "declined": of(self.declined.request, "support"),
            "meeting": of(self.meeting.request, "support", "meeting", "agreement"),
            "active": [
                *of(self.active.request, "support", "pause", "end", "change", "agreement"),
                ("home", [], ""),
                ("inbox", [], ""),
            ],
            "paused": of(self.paused.request, "support", "resume"),
            "rested": of(self.rested.request, "support"),
            "ended": of(self.ended.request, "support", "open-again"),
            "supporter": [
                *plain(
                    "home",
                    "supporter-home",
                    "questions",
                    "profile",
                    "profile-about",
                    "profile-availability",
                    "profile-limits",
                    "profile-preview",
                    "profile-consent",
                    "inbox",
                    "training",
                    "gatherings",
                    "plan-gathering",
                    "talk",
                    "on-duty",
                    "reviews",
                ),
                *of(self.gathering, "change-gathering", "call-off-gathering"),
                ("training-done", [self.course.pk], ""),
                ("profile-characteristics", [lived.key], ""),
                ("leave-of-mine", [], ""),
                ("ask-leave", [], ""),
                ("profile-status", ["end"], ""),
                ("invitation", [self.invited.pk], ""),
                ("decline", [self.invited.pk], ""),
                *of(self.meeting, "supporting", "supporting-meeting", "supporting-agreement"),
                *of(self.active, "supporting", "supporting-pause", "supporting-end"),
                *of(self.paused, "supporting"),
            ],
            "fresh": plain("home", "profile", "profile-confirm", "supporter-home", "questions"),
            "coordinator": [
                *plain(
                    "home",
                    "board",
                    "to-ring",
                    "sheets",
                    "ask-helped",
                    "to-take",
                    "supporters",
                    "invite-supporter",
                    "numbers",
                    "numbers-of-meetings",
                    "supervision-board",
                    "training-to-confirm",
                    "work-board",
                    "this-week",
                    "outbox-health",
                    "inbox",
                    "import-list",
                ),
                ("numbers-of-meetings", [], f"?year={timezone.now().year - 1}&show=hours"),
                ("board", [], "?stage=active"),
                ("supporters", [], "?q=nobody+like+this"),
                ("take", [self.choosing.pk], ""),
                *plain("jobs", "questions-bank", "add-question", "vacancies", "hiring-figures", "reserve-list"),
                *of(Asked.objects.first(), "edit-question"),
                *of(self.hiring.job, "job"),
                ("job", [self.hiring.job.pk], "?beside=ar"),
                ("write-job", [self.hiring.job.pk, "en"], ""),
                ("job-version", [self.hiring.job.pk, 1], ""),
                *of(
                    self.draft_hiring.vacancy,
                    "vacancy",
                    "prepare-vacancy",
                    "choose-questions",
                    "cancel-vacancy",
                    "add-member",
                ),
                *of(self.slot, "move-slot", "call-off-slot"),
                *of(
                    self.hiring.vacancy,
                    "slots",
                    "vacancy",
                    "candidates",
                    "vacancy-history",
                    "extend-vacancy",
                    "hand-over-vacancy",
                    "add-post",
                ),
                *of(self.nobodys, "take-over-vacancy"),
                *of(self.candidate, "candidate-link"),
                *of(self.open_hiring.vacancy, "vacancy"),
                *of(self.panelist, "chair-panel", "remove-member"),
                *of(self.candidate, "candidate", "decide", "make-offer"),
                *of(self.unscored, "candidate"),
                *of(self.scorecard, "reopen-scorecard"),
                ("plan-review", [self.supporter.pk], ""),
                ("supporter", [self.supporter.pk], ""),
                ("set-aside", [self.supporter.pk], ""),
                ("begin-supervision", [self.others[1].pk], ""),
                ("begin-supervision", [self.supporter.pk], ""),
                ("supporter-training", [self.supporter.pk], ""),
                ("note-training", [self.supporter.pk, self.course.pk], ""),
                ("supporter", [self.fresh.pk], ""),
                ("invite-imported", [self.fresh.pk], ""),
                *of(self.helped, "support", "suggestions", "close"),
                ("choose", [self.helped.pk, some.pk], ""),
                *of(self.helped_match.request, "support", "agreement", "meeting"),
                ("import-columns", [self.run.pk], ""),
                ("import-progress", [self.run.pk], ""),
            ],
            "administrator": [
                *plain(
                    "home",
                    "settings",
                    "edit-organization",
                    "name-contact",
                    "team",
                    "invite-staff",
                    "catalogue",
                    "add-dimension",
                    "courses",
                    "add-course",
                    "career-steps",
                    "add-step",
                    "numbers",
                    "outbox-health",
                ),
                ("edit-text", ["agreement"], ""),
                ("add-row", ["number"], ""),
                ("add-row", ["outside"], ""),
                ("edit-row", ["number", EmergencyNumber.objects.first().pk], ""),
                ("edit-dimension", [gender.pk], ""),
                ("edit-course", [self.course.pk], ""),
                ("edit-step", [self.step.pk], ""),
                ("glossary", [], "?language=en&kind=duties"),
                ("glossary-add", ["es", "closed"], ""),
                ("glossary-entry", ["en", "closed", "schizophrenic"], ""),
                ("add-option", [gender.pk], ""),
                ("edit-option", [gender.pk, gender.options.first().pk], ""),
            ],
            "away": of(self.stood_by.request, "support", "stand-in-agreement", "stand-in-meeting", "stand-in-end"),
            "away alone": of(self.alone.request, "support", "stand-ins", "stand-in-take-back"),
            "stands in": [
                *plain("home", "leave-of-mine", "ask-leave", "talk", "gatherings"),
                *of(self.stands_in, "supporting"),
            ],
            "on a panel": [
                *plain("home", "panels"),
                *of(self.hiring.vacancy, "panel", "leave-panel"),
                ("by-question", [self.hiring.vacancy.pk, "why"], ""),
                *of(self.candidate, "read-application", "go-below"),
                *of(self.later, "can-not-score", "score", "read-application"),
            ],
            "asked to a panel": [*plain("panels"), *of(self.draft_hiring.vacancy, "panel")],
            "on leave": plain("home", "profile", "leave-of-mine", "ask-leave"),
            "contact": [*plain("home", "concerns"), ("concern", [self.concern.pk], "")],
            "by link": [*of(self.helped, "support", "suggestions", "ask-contact", "record", "erase"), ("home", [], "")],
            "by lasting link": [*of(self.helped, "support", "close"), ("home", [], "")],
        }


def addresses(pages):
    """Return the addresses of some pages, each once."""
    return list(dict.fromkeys(reverse(name, args=arguments) + query for name, arguments, query in pages))


def own_names():
    """Return the names of every address of the product itself, allauth's left out."""
    names = set()
    stack = list(get_resolver().url_patterns)
    while stack:
        pattern = stack.pop()
        if str(pattern.pattern) == "accounts/":
            continue
        stack.extend(getattr(pattern, "url_patterns", []))
        names.add(getattr(pattern, "name", None))
    return names - {None}
