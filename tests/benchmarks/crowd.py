"""A vacancy with many candidates: five members scored four questions each, but for the last candidate."""

import uuid
from datetime import timedelta

from django.utils import timezone

from hiring.models import Application, Criterion, JobDescription, JobVersion, PanelMember, Score, Scorecard, Vacancy
from peersupport.accounts.models import User

MEMBERS, QUESTIONS = 5, 4
WORDS = "I know how to wait with somebody, and when to laugh. " * 6


def settle_panel(member: User, coordinator: User, *, candidates: int) -> dict[str, uuid.UUID]:
    """Make the vacancy with `member` on its panel; return its key and that of the candidate nobody has scored."""
    now = timezone.now()
    job = JobDescription.objects.create(words={"en": {"title": "Peer supporter"}})
    version = JobVersion.objects.create(job=job, number=1, words=job.words, duties=[])
    vacancy = Vacancy.objects.create(
        version=version,
        run_by=coordinator,
        state="closed",
        paid=True,
        opened_at=now,
        closes_at=now - timedelta(days=1),
        posts=3,
    )
    criteria = Criterion.objects.bulk_create(
        Criterion(
            vacancy=vacancy,
            order=order,
            words={"en": f"Question {order}?"},
            competence="support",
            weight=order,
            anchors={"en": ["nothing", "a little", "much", "more"]},
        )
        for order in range(1, QUESTIONS + 1)
    )
    users = [member, *(User.objects.create_user(f"m{n}@example.org", name=f"M{n}") for n in range(1, MEMBERS))]
    members = PanelMember.objects.bulk_create(
        PanelMember(vacancy=vacancy, user=user, is_peer=place == 0) for place, user in enumerate(users)
    )
    rows = Application.objects.bulk_create(
        Application(
            vacancy=vacancy,
            number=number,
            state="sent",
            sent_at=now,
            name=f"C{number}",
            lived=True,
            relevance=WORDS,
            scored_at=None if number == candidates else now,
            was_shown=number != candidates,
            email=f"c{number}@example.org",
        )
        for number in range(1, candidates + 1)
    )
    cards = Scorecard.objects.bulk_create(
        [
            Scorecard(member=one, application=row, submitted_at=now, by_peer=bool(one.is_peer))
            for row in rows[:-1]
            for one in members
        ],
        batch_size=5000,
    )
    scores = (
        Score(scorecard=card, criterion=one, level=1 + (place + order) % 4, evidence="Said so.")
        for place, card in enumerate(cards)
        for order, one in enumerate(criteria)
    )
    Score.objects.bulk_create(scores, batch_size=5000)
    return {"vacancy": vacancy.pk, "candidate": rows[-1].pk}
