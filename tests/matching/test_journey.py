"""The thinnest whole way: ask, choose, yes, agree, active, change; through the pages, as people do."""

import re

from django.urls import reverse

from matching.models import Match, SupportRequest
from peersupport.notifications.models import Message


def post(client, name, *args, follow=True, **data):
    response = client.post(reverse(name, args=args), data, follow=follow)
    assert response.status_code == 200, response.status_code
    return response


def test_a_person_finds_a_supporter_and_later_changes(world):
    supporter = world.supporter({"recovery:own-life": "show"}, name="Adalind")
    other = world.supporter({"recovery:own-life": "show"}, name="Bea")
    person = world.user()
    client = world.client(person)

    post(client, "ask", old_enough="on")
    request = SupportRequest.objects.get(person=person)
    post(client, "ask-name", request.pk, call_me="Robin")
    post(client, "ask-contact", request.pk, phone="0555 1234", call_safe="on")
    post(client, "ask-practical", request.pk, places=["0", "4"])
    option = world.option("recovery", "own-life")
    post(client, "ask-dimension", request.pk, "recovery", **{f"option_{option.pk.hex}": "must"})
    post(client, "ask-words", request.pk, words="Hello", show_words="on", share_contact="on")
    post(client, "ask-check", request.pk, consent="on")

    page = client.get(reverse("suggestions", args=[request.pk])).content.decode()
    assert page.index("Adalind") < page.index("Bea")
    assert "You share" in page
    post(client, "choose", request.pk, supporter.pk, first=str(supporter.pk), second=str(other.pk))

    theirs = world.client(supporter.user)
    invitation = request.invitations.get(state="open")
    asked = theirs.get(reverse("invitation", args=[invitation.pk])).content.decode()
    assert "Hello" in asked
    assert "Robin" not in asked
    assert "0555" not in asked
    post(theirs, "invitation", invitation.pk)
    match = Match.objects.get()
    assert "Robin" in theirs.get(reverse("supporting", args=[match.pk])).content.decode()
    assert request.invitations.get(supporter=other).state == "withdrawn"

    for side, name, pk in ((client, "agreement", request.pk), (theirs, "supporting-agreement", match.pk)):
        version = re.search(r'name="version" value="([^"]+)"', side.get(reverse(name, args=[pk])).content.decode())
        post(side, name, pk, version=version.group(1))
    match.refresh_from_db()
    assert match.state == "active"

    post(client, "change", request.pk)
    match.refresh_from_db()
    request.refresh_from_db()
    assert (match.state, request.state) == ("ended", "choosing")
    page = client.get(reverse("suggestions", args=[request.pk])).content.decode()
    assert "Bea" in page
    assert "Adalind" not in page
    told = set(Message.objects.filter(recipient=supporter.user).values_list("kind", flat=True))
    assert told == {"invitation.received", "match.agreed", "match.ended"}


def test_what_was_typed_when_the_page_had_closed_is_given_back_to_its_owner_alone(world):
    person, stranger = world.user(), world.user()
    request = world.request(by=person, submit=False)
    address = reverse("ask-words", args=[request.pk])
    client = world.client(person)
    client.get(address)
    client.cookies.pop("session")
    closed = client.post(address, {"words": "A long story", "show_words": "on"})
    assert closed.status_code == 403
    assert "kept for an hour" in closed.content.decode()
    client.force_login(stranger, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(address).status_code == 404
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert "A long story" in client.get(address).content.decode()
    assert "A long story" not in client.get(address).content.decode()
    nobody = world.client().post(address, {"words": "A long story", "show_words": "on"})
    assert "kept for an hour" not in nobody.content.decode(), "nothing is promised that is not so"


def test_a_stranger_can_leave_a_draft_and_take_it_up_again_by_link(world):
    client = world.client()
    post(client, "ask", old_enough="on")
    request = SupportRequest.objects.get()
    post(client, "ask-name", request.pk, call_me="Robin")
    made = post(client, "make-link", request.pk, "lasting").content.decode()
    address = re.search(r"http://localhost(/l/[^<\s]+/)", made).group(1)
    elsewhere = world.client()
    assert elsewhere.get(reverse("ask-name", args=[request.pk])).status_code == 403
    elsewhere.post(address)
    assert "Robin" in elsewhere.get(reverse("ask-name", args=[request.pk])).content.decode()
