"""The helper beside other boxes: at work always, at one's own words only when switched on; nothing typed is lost."""

import pytest
from django.urls import reverse

from peersupport.accounts.models import User

WORDS = "She is a schizophrenic and refuses treatment."


def looks(client, name, /, *args, **typed):
    return client.post(reverse(name, args=args), typed | {"look": "1"})


def test_an_administrators_text_is_looked_at_in_the_language_of_the_page(world):
    client = world.client(world.administrator)
    page = looks(client, "edit-text", "agreement", en=WORDS, es=WORDS, fr="", ar="")
    assert page.status_code == 200
    assert WORDS in page.content.decode(), "what was typed stands in the form again"
    assert len(page.context["pointers"]) >= 1
    assert looks(client, "edit-text", "agreement", en="fine words", es=WORDS, fr="", ar="").context["pointers"] == []
    from peersupport.organization.texts import latest

    assert latest("agreement") is None or WORDS not in str(latest("agreement").bodies), "nothing is saved"


@pytest.mark.parametrize("switched_on", [True, False])
def test_ones_own_words_are_left_alone_unless_one_switched_it_on(world, switched_on):
    supporter = world.supporter()
    User.objects.filter(pk=supporter.user_id).update(wording_helper=switched_on)
    client = world.client(supporter.user)
    page = client.get(reverse("profile-about")).content.decode()
    assert ('name="look"' in page) is switched_on
    if switched_on:
        page = looks(client, "profile-about", name="Ada", story=WORDS)
        assert page.context["pointers"]
        assert WORDS in page.content.decode()
        supporter.refresh_from_db()
        assert supporter.story != WORDS


def test_a_coordinator_who_writes_for_somebody_gets_no_pointers_at_their_words(world):
    User.objects.filter(pk=world.coordinator.pk).update(wording_helper=True)
    request = world.helped_request()
    type(request).objects.filter(pk=request.pk).update(looked_after_by=world.coordinator)
    page = world.client(world.coordinator).get(reverse("ask-words", args=[request.pk]))
    assert page.status_code == 200
    assert 'name="look"' not in page.content.decode()


def test_a_person_who_switched_it_on_has_it_beside_their_own_words(world):
    request = world.request(submit=False)
    client = world.client(request.person)
    assert 'name="look"' not in client.get(reverse("ask-words", args=[request.pk])).content.decode()
    User.objects.filter(pk=request.person_id).update(wording_helper=True)
    page = looks(client, "ask-words", request.pk, words=WORDS)
    assert page.context["pointers"]
    assert WORDS in page.content.decode()
