"""Who applies and who is hired as counts, the reserve list, a thousand applications in an hour, and forms sent twice."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from hiring import figures
from hiring.models import Application, Attachment, Decision, HistoryLine, Vacancy
from hiring.workflows import applying, deciding, vacancies
from peersupport.notifications.models import Message
from peersupport.workflow.state_machine import NotPossible


def step(name):
    return figures.STEPS.index(name)


def test_counts_stay_when_applications_are_erased_and_small_ones_are_hidden(house):
    house.open((True,))
    for number in range(7):
        house.candidate(number)
    applying.withdraw(Application.objects.get(number=2), by=applying.Candidate(Application.objects.get(number=2)))
    house.close()
    token = house.candidate_with_offer(Application.objects.get(number=1))
    deciding.start(
        applying.by_token(token),
        by=applying.Candidate(applying.by_token(token)),
        language="en",
        name="Ada",
        email="ada@peers.example",
        password="the-heron-waits-42",
    )
    before = figures.by_year(5), figures.by_language(5)
    (year,) = before[0]
    assert year.year == timezone.now().year
    assert (year.cells[step("open")], year.cells[step("applied")]) == (1, 7)
    assert (year.cells[step("withdrawn")], year.cells[step("start")], year.cells[step("declined")]) == (None, None, 0)
    assert before[1] == [("English", 7, None)]
    for one in Application.objects.all():
        applying.erase(one, counted=False)
    assert (figures.by_year(5), figures.by_language(5)) == before


def test_the_page_shows_counts_and_wishes_nobody_meets_to_coordinators(house):
    house.open((True,))
    client, place = house.world.client(house.coordinator), reverse("hiring-figures")
    assert "Who applies" in client.get(place).content.decode()
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(place)
    for number in range(8):
        house.candidate(number)
    with CaptureQueriesContext(connection) as many:
        page = client.get(place).content.decode()
    assert len(many) == len(few)
    assert "<td>8</td>" in page


def test_the_reserve_list_and_another_post(house):
    house.open((True,))
    first, second = house.candidate(1), house.candidate(2)
    house.close()
    client = house.world.client(house.coordinator)
    assert "Nobody is on the list" in client.get(reverse("reserve-list")).content.decode()
    house.candidate_with_offer(first)
    for member in house.members:
        house.score(member, second, 4)
    house.decide(second, "reserve")
    page = client.get(reverse("reserve-list")).content.decode()
    assert reverse("candidate", args=[second.pk]) in page
    with pytest.raises(NotPossible, match="promised"):
        house.decide(second, "appoint")
    client.post(reverse("add-post", args=[house.vacancy.pk]))
    assert HistoryLine.objects.filter(what="posts.add").count() == 1
    house.decide(second, "appoint")
    assert Decision.objects.get(application=second).outcome == "appoint"


def test_a_thousand_applications_in_an_hour(house, client):
    """From many addresses they all arrive, each with its number and its mail; one address alone is stopped at twenty."""
    house.open((True,))
    place = reverse("open-vacancy", args=[house.vacancy.pk])
    said = {"relevance": "I know how to wait.", "lived": "on"}
    for number in range(1000):
        address = f"10.0.{number // 20}.1"
        began = client.post(place, REMOTE_ADDR=address)
        assert began.status_code == 302, number
        sent = client.post(
            began.url, said | {"name": f"Cand {number}", "email": f"c{number}@peers.example"}, REMOTE_ADDR=address
        )
        assert sent.status_code == 302, number
    assert sorted(Application.objects.sent().values_list("number", flat=True)) == list(range(1, 1001))
    assert Vacancy.objects.get().counted_applied == 1000
    assert Message.objects.filter(kind="application.received").count() == 1000
    assert [client.post(place, REMOTE_ADDR="10.9.9.9").status_code for _try in range(21)] == [302] * 20 + [429]


SENT_TWICE = {"name": "Ada", "email": "ada@peers.example", "relevance": "I know how to wait.", "lived": "on"}


def test_forms_that_are_sent_twice_change_nothing_more(house, client):
    """Applying, scoring, deciding and answering, each posted twice as a double click would."""
    house.open((True,))
    application = applying.begin(house.vacancy, language="en")
    mine = reverse("application", args=[applying.token_of(application)])
    for _time in range(2):
        assert client.post(mine, SENT_TWICE).status_code == 302
    assert Vacancy.objects.get().counted_applied == 1
    vacancies.close(house.vacancy, by=house.coordinator)
    member, staff = house.world.client(house.members[0].user), house.world.client(house.coordinator)
    scores = {f"level_{one.pk}": "4" for one in house.vacancy.criteria.all()}
    for _time in range(2):
        member.post(reverse("score", args=[application.pk]), scores)
    for _time in range(2):
        staff.post(
            reverse("decide", args=[application.pk]),
            {"outcome": "not_this_time", "reasons": "Said so.", "feedback": "Thank you."},
        )
    assert Message.objects.filter(kind="application.news").count() == 1
    assert HistoryLine.objects.filter(what="decide.not_this_time").count() == 1
    for _time in range(2):
        client.post(reverse("withdraw-application", args=[applying.token_of(application)]))
    assert not Application.objects.exists()
    assert not Attachment.objects.exists()


def test_what_is_typed_is_kept_while_it_is_typed_and_after_the_lock_nothing_is(house, client):
    house.open((True,))
    application = applying.begin(house.vacancy, language="en")
    mine, as_typed = (
        reverse("application", args=[applying.token_of(application)]),
        {"keep": "1", "relevance": "I know", "email": "not yet"},
    )
    assert client.post(mine, as_typed, headers={"X-Keep": "1"}).status_code == 204
    application.refresh_from_db()
    assert (application.relevance, application.email, application.state) == ("I know", "", "draft")
    client.post(mine, SENT_TWICE)
    vacancies.close(house.vacancy, by=house.coordinator)
    member, place = house.world.client(house.members[0].user), reverse("score", args=[application.pk])
    (first, *_others) = house.vacancy.criteria.all()
    writer = re.search(r'name="written_by" value="([^"]+)"', member.get(place).content.decode())[1]
    typed = {"keep": "1", "written_by": writer, f"evidence_{first.pk}": "They wait."}
    assert member.post(place, typed, headers={"X-Keep": "1"}).status_code == 204
    assert "They wait." in member.get(place).content.decode()
    member.post(place, {f"level_{one.pk}": "4" for one in house.vacancy.criteria.all()})
    assert member.post(place, typed | {f"evidence_{first.pk}": "Changed"}, headers={"X-Keep": "1"}).status_code == 302
    assert "Changed" not in member.get(reverse("read-application", args=[application.pk])).content.decode()
