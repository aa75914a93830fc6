"""A double press makes one thing, everywhere."""

import re
import threading

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from peersupport.accounts.models import RoleInvitation
from peersupport.organization.models import Concern
from peersupport.web.models import SubmittedForm
from sessions_log.models import Meeting
from supporters.staffing.models import Gathering
from supporters.supervision.models import CheckIn
from tests.making import confirm


def key_on(page):
    return re.search(r'name="form_key" value="([^"]+)"', page.content.decode()).group(1)


def keys_on(page):
    return re.findall(r'name="form_key" value="([^"]+)"', page.content.decode())


WHEN = {"day": "2027-02-03", "time": "10:00", "minutes": "60", "time_zone": "UTC"}
#: What was seen doubled: who, which page, its arguments, what is sent, what is counted.
THINGS = [
    ("supporter", "plan-session", {"pk": "match"}, WHEN | {"setting": "phone"}, Meeting),
    ("supporter", "plan-gathering", {}, WHEN | {"kind": "peers", "topic": "", "where": "here"}, Gathering),
    ("supporter", "plan-check-in", {"pk": "supervision"}, WHEN | {"mode": "phone"}, CheckIn),
    ("coordinator", "invite-supporter", {}, {"email": "twice@example.org", "language": "en"}, RoleInvitation),
    ("stranger", "something-wrong", {}, {"words": "Something happened", "how_to_reach": ""}, Concern),
]


@pytest.mark.parametrize(("actor", "name", "kwargs", "data", "model"), THINGS, ids=[thing[1] for thing in THINGS])
def test_two_presses_make_one_thing_and_get_the_same_answer(world, sign_in, actor, name, kwargs, data, model):
    from tests.security.test_access_matrix import Place

    place = Place(world)
    client, address = place.client(actor), reverse(name, kwargs=place.values(kwargs))
    if actor != "stranger":
        confirm(client, place.user(actor))
    page = client.get(address)
    if name == "something-wrong":
        data = data | {"contact": str(place.concern.contact_id)}
    data = data | {"form_key": keys_on(page)[0]}
    before = model.objects.count()
    first, second = client.post(address, data), client.post(address, data)
    assert model.objects.count() == before + 1, first.content.decode()[-2000:]
    assert first.status_code == second.status_code
    assert first.headers.get("Location") == second.headers.get("Location")
    if first.status_code == 200:
        assert first.content == second.content, "the private link is on both"


def test_the_same_form_with_other_words_is_another_form(world):
    client = world.client(world.coordinator)
    address = reverse("invite-supporter")
    key = key_on(client.get(address))
    for email in ("one@example.org", "two@example.org"):
        client.post(address, {"email": email, "language": "en", "form_key": key})
    assert RoleInvitation.objects.count() == 2


def test_a_form_that_came_back_with_errors_is_sent_again(world):
    client = world.client(world.coordinator)
    address = reverse("invite-supporter")
    key = key_on(client.get(address))
    wrong = {"email": "no address", "language": "en", "form_key": key}
    assert client.post(address, wrong).status_code == 200
    assert client.post(address, wrong).status_code == 200
    assert not SubmittedForm.objects.exists()


def test_a_second_person_with_the_same_key_gets_nothing_of_the_first(world):
    first, second = world.client(world.coordinator), world.client(world.user("coordinator"))
    address = reverse("invite-supporter")
    data = {"email": "one@example.org", "language": "en", "form_key": key_on(first.get(address))}
    assert "on its way" in first.post(address, data).content.decode()
    assert "has an open invitation already" in second.post(address, data).content.decode(), "looked at anew"


def test_what_was_answered_lies_sealed(world):
    client = world.client(world.coordinator)
    address = reverse("invite-supporter")
    client.post(address, {"email": "one@example.org", "language": "en", "form_key": key_on(client.get(address))})
    assert b"one@example.org" not in bytes(SubmittedForm.objects.get().answer)


def test_every_form_has_a_key_of_its_own(world):
    page = world.client(world.user()).get("/account/preferences/")
    assert len(set(keys_on(page))) == len(keys_on(page)) >= 2


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="threads at the same moment need PostgreSQL")
def test_two_presses_at_the_same_moment_make_one_thing(world):
    client = world.client(world.coordinator)
    address = reverse("invite-supporter")
    data = {"email": "once@example.org", "language": "en", "form_key": key_on(client.get(address))}
    answers, start = [], threading.Barrier(4)

    def press():
        own = Client(HTTP_HOST="localhost")
        own.cookies = client.cookies
        start.wait()
        answers.append(own.post(address, data).content)
        connection.close()

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert RoleInvitation.objects.count() == 1
    assert len(set(answers)) == 1
