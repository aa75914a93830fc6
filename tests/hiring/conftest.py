"""A vacancy that is ready to open, its panel, and candidates who applied."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from hiring.models import Application, InterviewQuestion, Vacancy
from hiring.workflows import applying, deciding, jobs, panel, scoring, talks, vacancies
from hiring.workflows.scoring import Answer
from supporters.supervision import workflows as supervision


def described(job, by):
    """A job whose template is filled in: contract and hours are the organization's to say."""
    parts = {part: texts["en"] for part, texts in jobs.template()["parts"].items()}
    duties = [(duty["competence"], duty["words"]["en"]) for duty in jobs.template()["duties"]]
    return jobs.write(job, "en", parts | {"contract": "For two years, with leave", "hours": "12 a week"}, duties, by=by)


class House:
    """What hiring takes, made through its workflows."""

    def __init__(self, world):
        self.world, self.coordinator = world, world.coordinator
        jobs.load_bank()
        self.job = described(jobs.begin(by=self.coordinator), by=self.coordinator)
        self.version = jobs.keep_version(self.job, by=self.coordinator)
        self.vacancy = vacancies.begin(self.version, by=self.coordinator)
        ahead = timezone.localtime() + timedelta(days=20)
        vacancies.prepare(
            self.vacancy,
            by=self.coordinator,
            posts=1,
            new_to_peers=True,
            paid=True,
            rate="20 an hour",
            beside="20 an hour",
            benefits="We worked it out with a lawyer.",
            imbalance="We talk about it in the first meeting.",
            bar="2.50",
            wall_close=ahead.replace(tzinfo=None),
            time_zone="Europe/Madrid",
            reveal="all",
            hide_names=True,
            score_by=None,
        )
        self.vacancy.refresh_from_db()
        questions = list(InterviewQuestion.objects.all()[:3])
        vacancies.choose_questions(
            self.vacancy, [(questions[0], 2), (questions[1], 1), (questions[2], 1)], by=self.coordinator
        )
        self.members = []

    def member(self, *, peer=None):
        member = panel.add(self.vacancy, self.world.user(name=f"Member {len(self.members)}"), by=self.coordinator)
        if peer is not None:
            member = panel.state_peer(member, peer, by=member.user)
        self.members.append(member)
        return member

    def open(self, members=((True), (False))):
        for peer in members:
            self.member(peer=peer)
        self.vacancy = vacancies.open_it(self.vacancy, by=self.coordinator)
        return self.vacancy

    def begun(self):
        """An application that is being written, of a vacancy that is open."""
        self.open((True,))
        return applying.begin(Vacancy.objects.get(pk=self.vacancy.pk), language="en")

    def candidate(self, number=1, file=b"", **values):
        application = applying.begin(Vacancy.objects.get(pk=self.vacancy.pk), language="en")
        by = applying.Candidate(application)
        if file:
            applying.attach(application, "cv.txt", file, size=len(file), by=by)
        said = {
            "name": f"Cand {number}",
            "email": f"c{number}@peers.example",
            "phone": "",
            "lived": True,
            "why": "Because",
            "relevance": "I know how to wait.",
            "strengths": "",
            "adjustments": "",
            "brings_somebody": False,
        } | values
        return applying.send(application, by=by, **said)

    def close(self):
        self.vacancy = vacancies.close(self.vacancy, by=self.coordinator)

    def answers(self, level=3, **changes):
        criteria = list(self.vacancy.criteria.all())
        return {one.pk: Answer(level, "", "They said so.") for one in criteria} | changes

    def slot(self, hour=10, place="Room 3", day=5):
        return talks.propose(
            self.vacancy,
            by=self.coordinator,
            wall_time=datetime(2031, 5, day, hour),
            time_zone="Europe/Madrid",
            minutes=60,
            place=place,
        )

    def invited(self, application):
        with applying.LIFECYCLE.transition("invite", application, by=self.coordinator) as fresh:
            pass
        return fresh

    def candidate_with_offer(self, application):
        """Everybody scores them, a post is offered; return the token of their private link."""
        for member in self.members:
            self.score(member, application, 4)
        self.decide(application, "appoint")
        supervisor, today = self.world.user("supervisor"), timezone.localdate()
        supervision.state_basis(by=supervisor, worked_as_peer=True, trained=False, outside=False)
        deciding.offer(
            Application.objects.get(pk=application.pk),
            by=self.coordinator,
            starts_on=today + timedelta(days=30),
            supervisor=supervisor,
            every_weeks=2,
            mode="in_person",
            first_at=datetime(2031, 5, 5, 10),
            time_zone="Europe/Madrid",
            answer_by=today + timedelta(days=7),
        )
        return applying.token_of(application)

    def decide(self, application, outcome):
        return deciding.decide(
            Application.objects.get(pk=application.pk),
            outcome,
            by=self.coordinator,
            reasons="Waits with people.",
            feedback="You showed how to wait.",
        )

    def score(self, member, application, level=3):
        application = Application.objects.get(pk=application.pk)
        return scoring.submit(member, application, self.answers(level), "Grows fast.", by=member.user)


@pytest.fixture
def house(world):
    return House(world)


WORDS = {"reasons": "Said how they wait with people.", "feedback": "You showed how to wait with people."}


@pytest.fixture
def judged(house):
    """Three members, the first a peer, and one candidate; nobody has scored."""
    house.open((True, False, False))
    house.one = house.candidate()
    house.close()
    return house


def fresh(one):
    return Application.objects.select_related("vacancy").get(pk=one.pk)


def in_with(house, level, one=None):
    one = one or house.one
    for member in house.members:
        house.score(member, one, level)
    return fresh(one)


def offered(house, one=None, **changes):
    one = in_with(house, 3, one)
    deciding.decide(one, "appoint", by=house.coordinator, **WORDS)
    return make_offer(house, one, **changes)


def make_offer(house, one, **changes):
    supervisor = house.world.user("supervisor", name="Juno")
    supervision.state_basis(by=supervisor, worked_as_peer=True, trained=False, outside=False)
    today = timezone.localdate()
    deciding.offer(
        fresh(one),
        by=house.coordinator,
        **(
            {
                "starts_on": today + timedelta(days=30),
                "supervisor": supervisor,
                "every_weeks": 2,
                "mode": "in_person",
                "first_at": datetime(2031, 5, 5, 10),
                "time_zone": "Europe/Madrid",
                "answer_by": today + timedelta(days=7),
            }
            | changes
        ),
    )
    return fresh(one), supervisor
