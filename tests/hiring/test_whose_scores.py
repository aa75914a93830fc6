"""A script that goes on keeping scores after somebody else signed in keeps nothing under their name."""

import re

from django.urls import reverse

from hiring.models import Scorecard


def test_a_page_of_one_member_keeps_nothing_for_another(house, world):
    house.open()
    application = house.candidate()
    house.close()
    first, second = house.members[0].user, house.members[1].user
    browser, address = world.client(first), reverse("score", args=[application.pk])
    page = browser.get(address).content.decode()
    typed = {name: "I think little of this" for name in re.findall(r'<textarea[^>]*name="([\w-]+)"', page)}
    typed |= {"keep": "1", "written_by": re.search(r'name="written_by" value="([^"]+)"', page)[1]}
    script = {"X-Keep": "1", "Sec-Fetch-Dest": "empty"}
    assert browser.post(address, typed, headers=script).status_code == 204
    Scorecard.objects.all().delete()
    browser.force_login(second, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert browser.post(address, typed, headers=script).status_code == 401
    assert not Scorecard.objects.exists()


def test_no_button_sends_the_scores_of_one_member_under_anothers_name(house, world):
    """Without a script too: a page drawn for one member, sent while another is signed in."""
    house.open()
    application = house.candidate()
    house.close()
    first, second = house.members[0].user, house.members[1].user
    browser, address = world.client(first), reverse("score", args=[application.pk])
    page = browser.get(address).content.decode()
    typed = {name: "I think little of this" for name in re.findall(r'<textarea[^>]*name="([\w-]+)"', page)}
    typed |= {"written_by": re.search(r'name="written_by" value="([^"]+)"', page)[1]}
    browser.force_login(second, backend="allauth.account.auth_backends.AuthenticationBackend")
    for pressed in ({"keep": "1"}, {}):
        answer = browser.post(address, typed | pressed).content.decode()
        assert "Nothing was saved" in answer
        assert "I think little of this" in answer, "the words are still there to copy"
    assert not Scorecard.objects.exists()
