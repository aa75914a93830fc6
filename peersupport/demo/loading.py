"""Loading the demo: everything goes through the same workflows as on the web, so no state is made up."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from matching.models import Invitation, Match, SupportRequest
from matching.suggestions import Search
from matching.workflows import invitations, matches, questions, requests
from peersupport.accounts import consents
from peersupport.accounts import workflows as account_workflows
from peersupport.accounts.models import ConsentKind, Role, RoleGrant, User
from peersupport.demo import hiring, names
from peersupport.notifications.models import Heartbeat, Message
from peersupport.organization import workflows as organization_workflows
from peersupport.organization.models import EmergencyNumber, Organization, OutsideBody
from peersupport.reports import figures
from peersupport.running import prepare
from peersupport.vault import door as vault
from peersupport.web.translated import in_every_language
from peersupport.workflow.state_machine import NotPossible
from sessions_log.models import Meeting
from sessions_log.workflows import meetings, notes, sharings
from supporters import workflows as supporter_workflows
from supporters.models import Dimension, Option, Supporter, Visibility
from supporters.staffing import leave
from supporters.supervision import workflows as supervision

ACCOUNTS = [
    "administrator@demo.example",
    "coordinator@demo.example",
    "supporter@demo.example",
    "person@demo.example",
    "supervisor@demo.example",
]
#: Somebody whom supporter@demo.example supports; the two keep notes.
KEEPS_NOTES = "noa@demo.example"
SUPPORTERS, PEOPLE = 60, 120
#: The demo's own database is marked before the first row, and once more when it is whole.
MARK, WHOLE = "demo", "demo-whole"
Say = Callable[[str, int, int], None]


class NotTheDemo(Exception):
    """The database has data that is not the demo's."""


def is_loaded() -> bool:
    """Tell whether the demo is loaded whole. Raises NotTheDemo for a database with anybody else in it."""
    marks = set(Heartbeat.objects.filter(name__in=[MARK, WHOLE]).values_list("name", flat=True))
    if MARK not in marks and User.objects.exists():
        raise NotTheDemo("This database is not the demo's: there are people in it. Nothing was touched.")
    return WHOLE in marks


def throw_away() -> None:
    """Empty the demo's database. Raises NotTheDemo for any other."""
    is_loaded()
    call_command("flush", verbosity=0, interactive=False)
    prepare()


class Loader:
    """Loads one organization with life in it; the same each time but for the dates."""

    def __init__(self, password: str, say: Say) -> None:
        self.password, self.hashed, self.say = password, make_password(password), say
        self.chance = random.Random(7)
        self.now = timezone.now()

    def user(self, email: str, name: str, *roles: str, language: str = "en") -> User:
        user = User(email=email, name=name, language=language, password=self.hashed)
        user.save()
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
        RoleGrant.objects.bulk_create(RoleGrant(user=user, role=role) for role in roles)
        return user

    def organization(self) -> User:
        administrator = self.user(ACCOUNTS[0], "Andrea Example", Role.ADMINISTRATOR)
        Organization.objects.filter(pk=1).update(
            name="Side by Side (demo)",
            contact_phone="+00 555 0100",
            contact_email="hello@demo.example",
            contact_hours="Monday to Friday, 9 to 17",
            time_zone="Europe/Madrid",
        )
        EmergencyNumber.objects.bulk_create(
            [
                EmergencyNumber(country="Europe", label="Emergency", number="112", hours="day and night", order=1),
                EmergencyNumber(
                    country="Here (fictional)", label="Peer line", number="+00 555 0199", hours="18 to 8", order=2
                ),
            ]
        )
        OutsideBody.objects.create(name="Ombudsperson (fictional)", how="+00 555 0177")
        words = "Fictional example: a supporter must tell when a child is in danger. Nothing else."
        organization_workflows.change_settings(
            {"legal_duties": in_every_language(words), "about": {"en": "A fictional organization to look around in."}},
            by=administrator,
        )
        contact = self.user("contact@demo.example", "Noor Outside")
        organization_workflows.name_contact(contact.email, "Noor, from another organization", by=administrator)
        self.coordinator = self.user(ACCOUNTS[1], "Charlie Coordinator", Role.COORDINATOR)
        supervisor = self.user(ACCOUNTS[4], "Juno Supervisor", Role.SUPERVISOR)
        account_workflows.state_service(False, by=supervisor)
        supervision.state_basis(by=supervisor, worked_as_peer=True, trained=True, outside=False)
        return administrator

    def supporter(self, number: int) -> Supporter:
        language = ["en", "es", "ar"][number % 3]
        pool = names.FIRST[language]
        name = pool[number // 3 % len(pool)]
        email = ACCOUNTS[2] if number == 0 else f"supporter{number}@demo.example"
        user = self.user(email, name.split()[0], Role.SUPPORTER, language="en" if number == 0 else language)
        supporter = Supporter.objects.create(user=user, name=name, state="training")
        consents.give(ConsentKind.CHARACTERISTICS, subject=user.pseudonym, by=user)
        pick = self.chance
        supporter_workflows.edit(
            supporter,
            by=user,
            places=pick.randint(1, 63),
            times=pick.getrandbits(21) | 1,
            maximum=5 if number == 0 else pick.randint(2, 5),
            story=pick.choice(names.STORIES),
            title=pick.choice(names.TITLES),
            pronouns=pick.choice(names.PRONOUNS),
            paid=pick.choice([True, False]),
            phone="+00 555 01" + str(10 + number),
        )
        for dimension in self.dimensions:
            if told := self._told(dimension, language):
                supporter_workflows.tell(supporter, dimension, told, by=user)
        if number % 12 != 11:
            supporter_workflows.confirm(supporter, by=user)
        if number % 15 == 14 and number % 12 != 11:
            leave.ask(
                supporter, starts_on=timezone.localdate(), ends_on=timezone.localdate() + timedelta(days=21), by=user
            )
        return supporter

    def _told(self, dimension: Dimension, language: str) -> dict[Option, str]:
        pick, options = self.chance, dimension.shown_options
        if dimension.kind == "language":
            return {option: "show" for option in options if option.key in {language, "en"}}
        if dimension.kind == "area":
            return {option: "show" for option in pick.sample(options, 2)}
        count = pick.choice([0, 1]) if dimension.one_answer else pick.choice([0, 1, 1, 2])
        return {
            option: pick.choice([Visibility.SHOW, Visibility.SHOW, Visibility.ASK])
            for option in pick.sample(options, count)
        }

    def person(self, number: int) -> SupportRequest:
        language = ["en", "es", "ar"][number % 3]
        pool = names.FIRST[language]
        name = pool[(number // 3 + 4) % len(pool)]
        by: Any = None
        if number % 4 != 3 or number == 0:
            email = ACCOUNTS[3] if number == 0 else f"person{number}@demo.example"
            by = self.user(email, name.split()[0], language="en" if number == 0 else language)
            request = requests.begin(by=by, language=language)
        else:
            by = self.coordinator
            request = requests.begin(by=by, language=language, helped=True)
        pick = self.chance
        contact = (
            {} if request.person_id else {"phone": f"+00 555 02{number:02}", "call_safe": True, "safe_times": "after 5"}
        )
        requests.edit(
            request,
            by=by,
            call_me=name.split()[0],
            words=pick.choice(names.WORDS),
            show_words=True,
            show_wishes=True,
            share_contact=True,
            help_wanted=number % 5 == 0,
            **contact,
        )
        self._wishes(request, by)
        return requests.submit(request, by=by, how="spoke")

    def _wishes(self, request: SupportRequest, by: Any) -> None:
        pick = self.chance
        shareable = [one for one in self.dimensions if one.kind not in {"language", "area"}]
        for place, dimension in enumerate(pick.sample(shareable, 4)):
            option = pick.choice(dimension.shown_options)
            strength = "must" if place == 0 and pick.random() < 0.4 else "like"
            requests.set_wishes_of_dimension(request, dimension, {option: strength}, by=by)

    def life(self, request: SupportRequest, number: int) -> None:
        """Take each request a different way along."""
        by = request.person or self.coordinator
        stage = number % 8 if number else 1
        found = Search(request).ranked(0, 3)
        if stage == 0 or not found:
            if not found or number % 16 == 8:
                requests.wait(request, by=by, how="spoke")
            return
        chosen = [Supporter.objects.select_related("user").get(pk=pk) for pk in found]
        invitation = invitations.choose(request, chosen, by=by, how="spoke")
        if stage == 1:
            return
        if stage == 2:
            invitations.decline(invitation, by=chosen[0].user, reason="limits")
            return
        match = invitations.accept(invitation, by=chosen[0].user)
        if stage == 3:
            matches.plan_meeting(match, by=chosen[0].user, at=self.now + timedelta(days=2), where="At the organization")
            return
        version = matches.agreement_in_force()
        matches.agree(match, by=by, version=version, how="spoke")
        match = matches.agree(match, by=chosen[0].user, version=version)
        self.meetings(match)
        if stage == 6:
            matches.pause(match, by=by, how="spoke")
        if stage == 7:
            matches.end(match, by=by, how="spoke")

    def meetings(self, match: Match) -> None:
        """Some meetings that were, and one to come."""
        pick, today = self.chance, self.now.replace(tzinfo=None, minute=0, second=0, microsecond=0)
        for days in (-pick.randint(22, 40), -pick.randint(12, 20), -pick.randint(2, 10), pick.randint(2, 9)):
            meetings.plan(
                match,
                by=match.supporter.user,
                wall_time=today + timedelta(days=days),
                time_zone="Europe/Madrid",
                minutes=pick.choice([30, 45, 60, 60, 90]),
                setting=pick.choice(["home", "organization", "community", "phone"]),
            )

    def notes(self) -> None:
        """The demo's supporter and one person keep notes together. Their words are sealed like anybody's."""
        supporter = Supporter.objects.select_related("user").get(user__email=ACCOUNTS[2])
        person = self.user(KEEPS_NOTES, "Noa")
        request = requests.begin(by=person, language="en")
        requests.edit(request, by=person, call_me="Noa")
        invitation = invitations.choose(requests.submit(request, by=person), [supporter], by=person)
        match = invitations.accept(invitation, by=supporter.user)
        for by in (person, supporter.user):
            match = matches.agree(match, by=by, version=matches.agreement_in_force())
            notes.say_yes(match, by=by)
        self.meetings(match)
        supervisor = User.objects.get(email=ACCOUNTS[4])
        opened = {user: vault.with_password(user, self.password) for user in (person, supporter.user, supervisor)}
        for one in opened.values():
            vault.do_without_sheet(one)
        until = timezone.localdate() + timedelta(days=60)
        for by, words, added in names.NOTES:
            author, reader = (person, supporter.user) if by == "person" else (supporter.user, person)
            note = notes.write(match, vault.Content(words), by=opened[author])
            if added:
                notes.write(match, vault.Content({"added": added}), by=opened[reader], adds_to=note)
            if by == "supporter":
                asked = sharings.ask(match, supervisor, note=note, until=until, by=supporter.user)
        sharings.agree(asked, by=opened[person], terms=sharings.terms_of(asked))
        self.supervise(supporter, supervisor, opened)
        for words in names.REFLECTIONS:
            notes.reflect(vault.Content({"reflection": words}), by=opened[supporter.user])

    def supervise(self, supporter: Supporter, supervisor: User, opened: Any) -> None:
        """The demo's supervisor and several supporters; with one of them words that only the two can open."""
        today, pick = self.now.replace(tzinfo=None, minute=0, second=0, microsecond=0), self.chance
        others = list(Supporter.objects.filter(state="active", user__isnull=False).exclude(pk=supporter.pk)[:9])
        for place, one in enumerate([supporter, *others]):
            found = supervision.begin(
                one, supervisor, every_weeks=pick.choice([2, 3, 4]), mode="in_person", minutes=60, by=self.coordinator
            )
            when = {"time_zone": "Europe/Madrid", "minutes": 60, "mode": "in_person", "by": supervisor}
            past = supervision.plan(found, wall_time=today - timedelta(days=10 + 5 * place), **when)
            if place % 3 != 2:
                ahead = supervision.plan(found, wall_time=today + timedelta(days=1 + 2 * place), **when)
            if place == 0:
                for check_in, kind, by, words in (
                    (past, "record", supervisor, names.RECORD),
                    (ahead, "agenda", supporter.user, names.AGENDA),
                    (ahead, "preparation", supporter.user, names.PREPARATION),
                ):
                    supervision.write(check_in, kind, vault.Content(words), by=opened[by])
                supervision.agree_on(
                    past,
                    vault.Content({"action": names.ACTION}),
                    by_supporter=True,
                    due_on=timezone.localdate() + timedelta(days=4),
                    by=opened[supervisor],
                )

    def hiring(self) -> None:
        """Vacancies, with a panel of a supporter and the supervisor."""
        peer, supervisor = User.objects.get(email=ACCOUNTS[2]), User.objects.get(email=ACCOUNTS[4])
        hiring.load(self.coordinator, peer, supervisor, supervisor)

    def run(self) -> None:
        self.organization()
        self.dimensions = list(Dimension.objects.in_use().with_options())
        for number in range(SUPPORTERS):
            self.supporter(number)
            self.say("supporters", number + 1, SUPPORTERS)
        self.notes()
        for number in range(PEOPLE):
            request = self.person(number)
            try:
                self.life(request, number)
            except NotPossible:
                continue
            self.say("people and matches", number + 1, PEOPLE)
        for number in range(3):
            somebody = self.user(f"draft{number}@demo.example", "Dana")
            requests.begin(by=somebody, language="en")
        for request in SupportRequest.objects.filter(questions_due=True):
            questions.ask_for(request)
        self.hiring()
        self._spread_dates()
        self._past()

    def _past(self) -> None:
        """Meetings of the last year and a half, so that there are figures."""
        pick, sessions = self.chance, []
        for match in Match.objects.filter(active_since__isnull=False):
            for month in range(1, 18):
                for _ in range(pick.choice([0, 0, 1, 2, 4])):
                    wall = (self.now - timedelta(days=30 * month + pick.randint(0, 29))).replace(
                        minute=0, second=0, microsecond=0
                    )
                    setting = pick.choices(
                        ["home", "organization", "services", "community", "phone", "video"], [5, 6, 1, 6, 8, 2]
                    )
                    sessions.append(
                        Meeting(
                            match=match,
                            wall_time=wall,
                            starts_at=wall,
                            time_zone="Europe/Madrid",
                            state="held",
                            minutes=pick.choice([30, 45, 60]),
                            setting=setting[0],
                        )
                    )
        Meeting.objects.bulk_create(sessions)
        figures.fix(timezone.localdate())

    def _spread_dates(self) -> None:
        """Let the past look like a past: dates around today instead of all in this minute."""
        for place, request in enumerate(SupportRequest.objects.exclude(state="draft").order_by("pk")):
            back = timedelta(days=3 + place % 60, hours=place % 11)
            SupportRequest.objects.filter(pk=request.pk).update(
                created_at=F("created_at") - back,
                submitted_at=F("submitted_at") - back,
                state_since=F("state_since") - back / 8,
            )
            Match.objects.filter(request=request).update(made_at=F("made_at") - back / 2)
            Match.objects.filter(request=request, active_since__isnull=False).update(
                active_since=F("active_since") - back / 3
            )
        for place, invitation in enumerate(Invitation.objects.filter(state="open")):
            Invitation.objects.filter(pk=invitation.pk).update(
                sent_at=F("sent_at") - timedelta(hours=place % 20),
                answer_by=F("answer_by") - timedelta(hours=place % 20),
            )
        Message.objects.update(state="shown")
        told = Message.objects.filter(recipient=None).order_by("due").values_list("pk", flat=True)
        Message.objects.filter(pk__in=list(told)[4:]).update(read_at=self.now)


def load(password: str, say: Say) -> None:
    """Load the demo; what an interrupted loading left is thrown away first."""
    if Heartbeat.objects.filter(name=MARK).exists():
        throw_away()
    Heartbeat.objects.create(name=MARK, at=timezone.now())
    with transaction.atomic():  # one commit instead of thousands
        Loader(password, say).run()
    Heartbeat.objects.create(name=WHOLE, at=timezone.now())
