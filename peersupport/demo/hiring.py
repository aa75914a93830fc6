"""The demo's vacancies: one that takes applications, one whose panel is at work, and a description they came from."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from hiring.models import Application, InterviewQuestion, Vacancy
from hiring.workflows import applying, deciding, jobs, panel, scoring, talks, vacancies
from hiring.workflows.scoring import Answer
from peersupport.accounts.models import User
from peersupport.demo import names

#: How each candidate of the panel's vacancy was scored by its two members: levels of each, and what was decided.
SCORED: list[tuple[list[int], list[int], str]] = [
    ([4, 4, 3, 4], [4, 3, 4, 4], "appoint"),
    ([4, 3, 3, 3], [3, 3, 4, 3], "reserve"),
    ([2, 4, 1, 3], [4, 2, 3, 1], ""),
    ([2, 2, 2, 1], [2, 1, 2, 2], "not_this_time"),
    ([3, 3, 4, 3], [], ""),
]
ZONE = "Europe/Madrid"


def load(coordinator: User, peer: User, other: User, supervisor: User) -> None:
    """Load the vacancies: run by the coordinator, with a panel of a peer and somebody else. All fictional."""
    jobs.load_bank()
    job = jobs.begin(by=coordinator)
    duties = [(duty["competence"], duty["words"]["en"]) for duty in job.duties]
    job = jobs.write(job, "en", job.words["en"] | names.JOB, duties, by=coordinator)
    version = jobs.keep_version(job, by=coordinator)
    _open(version, coordinator, peer)
    _at_work(version, coordinator, peer, other, supervisor)


def _vacancy(version: Any, coordinator: User, members: list[tuple[User, bool]], **changes: Any) -> Vacancy:
    vacancy = vacancies.begin(version, by=coordinator)
    closes = timezone.now().replace(hour=23, minute=59, tzinfo=None) + timedelta(days=12)
    answers = {
        "posts": 2,
        "new_to_peers": False,
        "paid": True,
        "rate": "21 an hour",
        "beside": "21 an hour, as for other staff",
        "benefits": names.BENEFITS,
        "imbalance": names.IMBALANCE,
        "bar": "2.50",
        "wall_close": closes,
        "time_zone": ZONE,
        "reveal": "all",
        "hide_names": True,
        "score_by": (closes + timedelta(days=14)).date(),
    }
    vacancies.prepare(vacancy, by=coordinator, **(answers | changes))
    chosen = list(InterviewQuestion.objects.filter(active=True).order_by("theme", "key")[::7][:4])
    vacancies.choose_questions(
        vacancy, [(one, 2 if place == 0 else 1) for place, one in enumerate(chosen)], by=coordinator
    )
    for user, is_peer in members:
        panel.state_peer(panel.add(vacancy, user, by=coordinator), is_peer, by=user)
    return vacancies.open_it(vacancy, by=coordinator)


def _apply(vacancy: Vacancy, number: int) -> Application:
    application = applying.begin(Vacancy.objects.get(pk=vacancy.pk), language="en")
    by = applying.Candidate(application)
    name, why, relevance = names.CANDIDATES[number % len(names.CANDIDATES)]
    if number == 0:
        text = f"{name}\n\n{why}\n".encode()
        applying.attach(application, "about me.txt", text, size=len(text), by=by)
    return applying.send(
        application,
        by=by,
        name=name,
        email=f"candidate{number}@demo.example",
        phone="",
        lived=True,
        why=why,
        relevance=relevance,
        strengths="",
        adjustments="A room where it is quiet." if number % 3 == 0 else "",
        brings_somebody=number % 4 == 1,
    )


def _open(version: Any, coordinator: User, peer: User) -> None:
    vacancy = _vacancy(version, coordinator, [(peer, True)])
    for number in range(6, 9):
        _apply(vacancy, number)


def _at_work(version: Any, coordinator: User, peer: User, other: User, supervisor: User) -> None:
    vacancy = _vacancy(version, coordinator, [(peer, True), (other, False)])
    candidates = [_apply(vacancy, number) for number in range(6)]
    vacancy = vacancies.close(vacancy, by=coordinator)
    first = timezone.now().replace(hour=10, minute=0, second=0, microsecond=0, tzinfo=None) + timedelta(days=3)
    for hour in range(3):
        talks.propose(
            vacancy,
            by=coordinator,
            wall_time=first + timedelta(hours=hour),
            time_zone=ZONE,
            minutes=45,
            place="The blue room",
        )
    for candidate in candidates[:3]:
        deciding.invite(candidate, by=coordinator)
    chooses = Application.objects.get(pk=candidates[2].pk)
    talks.choose(talks.free(vacancy)[0], chooses, by=applying.Candidate(chooses))
    for candidate, (by_peer, by_other, outcome) in zip(candidates, SCORED, strict=False):
        for user, levels in ((peer, by_peer), (other, by_other)):
            _score(vacancy, candidate, user, levels)
        if outcome:
            fresh = Application.objects.get(pk=candidate.pk)
            deciding.decide(
                fresh, outcome, by=coordinator, reasons=names.REASONS[outcome], feedback=names.FEEDBACK[outcome]
            )
    _offer(candidates[0], coordinator, supervisor, first)


def _score(vacancy: Vacancy, candidate: Application, user: User, levels: list[int]) -> None:
    member = panel.member_of(vacancy, user)
    if not levels or member is None:
        return
    criteria = vacancy.criteria.all()
    answers = {one.pk: Answer(level, "", names.HEARD[level - 1]) for one, level in zip(criteria, levels, strict=False)}
    scoring.submit(member, Application.objects.get(pk=candidate.pk), answers, names.POTENTIAL, by=user)


def _offer(candidate: Application, coordinator: User, supervisor: User, first: datetime) -> None:
    today = timezone.localdate()
    deciding.offer(
        Application.objects.get(pk=candidate.pk),
        by=coordinator,
        starts_on=today + timedelta(days=30),
        supervisor=supervisor,
        every_weeks=2,
        mode="in_person",
        first_at=first + timedelta(days=28),
        time_zone=ZONE,
        answer_by=today + timedelta(days=10),
    )
