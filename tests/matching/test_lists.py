"""Every list takes the same number of queries with 1, 3 and 100 rows."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from matching.models import Match, SupportRequest
from peersupport.audit.models import AuditEntry
from peersupport.notifications.models import Message
from supporters.models import Status, Supporter


def requests_of(world, number, **fields):
    made = [
        SupportRequest(
            person=world.user(),
            call_me=f"P{n}",
            state="choosing",
            submitted_at=timezone.now(),
            looked_after_by=world.coordinator,
            help_wanted=True,
            **fields,
        )
        for n in range(number)
    ]
    return SupportRequest.objects.bulk_create(made)


def supporters_of(world, number):
    return Supporter.objects.bulk_create(
        Supporter(name=f"S{n}", state=Status.TRAINING, user=world.user()) for n in range(number)
    )


def board(world, number):
    requests_of(world, number)
    return world.coordinator, reverse("board") + "?stage=choosing"


def to_take(world, number):
    SupportRequest.objects.filter(pk__in=[one.pk for one in requests_of(world, number)]).update(looked_after_by=None)
    requests_of(world, number)
    return world.coordinator, reverse("to-take")


def list_of_supporters(world, number):
    supporters_of(world, number)
    return world.coordinator, reverse("supporters")


def to_ring(world, number):
    made = requests_of(world, number)
    for one in made:
        SupportRequest.objects.filter(pk=one.pk).update(person=None, looked_after_by=None)
        Message.objects.create(
            kind="invitation.answered",
            object_id=one.pk,
            recipient_key=one.person_key,
            due=timezone.now(),
            next_try_at=timezone.now(),
        )
    return world.coordinator, reverse("to-ring")


def people_supported(world, number):
    supporter = world.supporter()
    for place, one in enumerate(requests_of(world, number), start=1):
        Match.objects.create(request=one, supporter=supporter, place=place)
    return supporter.user, reverse("supporter-home")


def home_of_a_supporter(world, number):
    user, _address = people_supported(world, number)
    return user, reverse("home")


def inbox(world, number):
    user, now = world.user(), timezone.now()
    Message.objects.bulk_create(
        Message(
            kind="question.asked",
            object_id=user.pk,
            recipient=user,
            recipient_key=user.pseudonym,
            due=now - timezone.timedelta(seconds=n),
            next_try_at=now,
        )
        for n in range(number)
    )
    return user, reverse("inbox")


def who_looked(world, number):
    user = world.user()
    AuditEntry.objects.bulk_create(
        AuditEntry(subject=user.pseudonym, actor_role="coordinator", kind="read", verb="request.read", object_type="x")
        for _ in range(number)
    )
    return user, reverse("who-looked")


def numbers(world, number):
    requests_of(world, number)
    return world.coordinator, reverse("numbers")


LISTS = {
    board: 9,
    to_take: 8,
    list_of_supporters: 6,
    to_ring: 7,
    people_supported: 8,
    home_of_a_supporter: 10,
    inbox: 6,
    who_looked: 6,
    numbers: 9,
}


def counts(sql):
    """What is asked of the database whatever keeps the sessions."""
    return "django_session" not in sql and not sql.startswith(("SAVEPOINT", "RELEASE"))


@pytest.mark.parametrize("make", LISTS, ids=lambda make: make.__name__)
def test_a_list_takes_the_same_few_queries_however_long_it_is(world, make):
    counted = {}
    for number in (1, 3, 100):
        user, address = make(world, number)
        client = world.client(user)
        client.get(address)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(address).status_code == 200
        counted[number] = len([q for q in queries if counts(q["sql"])])
    assert counted == dict.fromkeys((1, 3, 100), LISTS[make])


def test_long_lists_of_people_come_in_pages(world):
    made = requests_of(world, 60)
    SupportRequest.objects.filter(pk__in=[one.pk for one in made]).update(looked_after_by=None)
    client = world.client(world.coordinator)
    first, second = (client.get(reverse("to-take"), {"free": page}).context["free"] for page in (1, 2))
    assert (len(first), len(second)) == (50, 10)
    assert not {one.pk for one in first} & {one.pk for one in second}
    for one in made:
        SupportRequest.objects.filter(pk=one.pk).update(person=None)
        Message.objects.create(
            kind="invitation.answered",
            object_id=one.pk,
            recipient_key=one.person_key,
            due=timezone.now(),
            next_try_at=timezone.now(),
        )
    page = client.get(reverse("to-ring"), {"page": 2}).context["page"]
    assert len(page) == 10
    person = page[0]
    client.post(reverse("to-ring"), {"request": str(person.pk), "news": [str(message.pk) for message in person.news]})
    assert person.pk not in {
        one.pk for n in (1, 2) for one in client.get(reverse("to-ring"), {"page": n}).context["page"]
    }
