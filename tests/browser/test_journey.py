"""The whole way of a person, in a real browser: with and without JavaScript, on a phone and a desk, in two scripts.

Controls are found by names and addresses, never by words, so that the same steps walk through any language.
"""

import pytest
from django.urls import reverse

from matching.models import SupportRequest

PHONE, DESK = 360, 1280
WAYS = [
    pytest.param(width, script, language, id=f"{width}-{'script' if script else 'plain'}-{language}")
    for width in (PHONE, DESK)
    for script in (True, False)
    for language in ("en", "ar")
]
WISH = ("recovery", "own-life")


def asks(visitor, world, *, helped=False):
    """Walk through every step of asking, and look at each page on the way."""
    visitor.open(reverse("ask-helped" if helped else "ask"))
    visitor.look()
    visitor.tick("old_enough")
    visitor.press()
    visitor.look()
    visitor.page.fill("main [name=call_me]", "Sam")
    visitor.press()
    visitor.look()
    visitor.page.fill("main [name=phone]", "+44 1632 960123")
    visitor.tick("call_safe")
    visitor.press()
    visitor.look()
    visitor.tick("places", "4")
    visitor.tick("times", "0")
    visitor.press()
    visitor.look()
    wants(visitor, world)
    visitor.follow("/words/")
    visitor.look()
    visitor.page.fill("main [name=words]", "Hello there")
    visitor.tick("show_words")
    visitor.tick("show_wishes")
    visitor.press()
    visitor.look()
    assert "Hello there" in visitor.page.inner_text("main")
    visitor.tick("consent")
    if helped:
        visitor.tick("how", "spoke")
    visitor.press()
    visitor.look()


def wants(visitor, world):
    """Open one topic and say that one answer must be shared."""
    dimension, key = WISH
    option = world.option(dimension, key)
    visitor.follow(f"/matters/{dimension}/")
    visitor.look()
    visitor.page.locator(f"details:has([name=option_{option.pk.hex}]) summary").click()
    visitor.tick(f"option_{option.pk.hex}", "must")
    visitor.press()
    visitor.look()
    assert str(option) in visitor.page.inner_text(f"#{dimension}") or visitor.language != "en"


def chooses(visitor, *, helped=False):
    """Look at the suggestions, at one supporter, and ask them."""
    visitor.follow("/people/")
    visitor.look()
    assert visitor.page.locator("main .tag--shared").count() >= 1, "no reason is shown"
    visitor.follow("/people/")
    visitor.look()
    visitor.follow("/choose/")
    visitor.look()
    if helped:
        visitor.tick("how", "spoke")
    visitor.press()
    visitor.look()


def accepts(visitor):
    visitor.open(reverse("home"))
    visitor.look()
    visitor.follow("/people/asked/")
    visitor.look()
    visitor.press()
    visitor.look()


def agrees(visitor, start, *, helped=False):
    visitor.open(start)
    visitor.follow("/agreement/")
    visitor.look()
    if helped:
        visitor.tick("how", "spoke")
    visitor.press("main form:has([name=version]) button.button")
    visitor.look()


@pytest.mark.parametrize(("width", "script", "language"), WAYS)
def test_a_person_asks_chooses_agrees_and_changes(width, script, language, visit, world):
    shared = {":".join(WISH): "show"}
    first, second = world.supporter(shared, name="Ada Long-Name Quite Longer"), world.supporter(shared, name="Bea")
    user = world.user(name="Sam")
    how = {"width": width, "script": script, "language": language}
    person = visit(user, **how)
    person.open(reverse("home"))
    person.look()
    asks(person, world)
    chooses(person)
    request = SupportRequest.objects.get(person=user)
    chosen = request.invitations.get().supporter
    supporter = visit(first.user if chosen == first else second.user, **how)
    accepts(supporter)
    agrees(supporter, supporter.page.url)
    mine = reverse("support", args=[request.pk])
    agrees(person, mine)
    assert request.matches.get().state == "active"
    person.open(mine)
    person.look()
    person.follow("/change/")
    person.look()
    person.press()
    person.look()
    assert chosen.name not in person.page.inner_text("main .grid"), "whoever was just left is not suggested at once"
    assert request.matches.get().state == "ended"


@pytest.mark.parametrize(("width", "script", "language"), [WAYS[1], WAYS[2], WAYS[4], WAYS[7]])
def test_a_person_without_an_account_keeps_a_lasting_link(width, script, language, visit, world):
    shared = {":".join(WISH): "show"}
    world.supporter(shared, name="Ada")
    how = {"width": width, "script": script, "language": language}
    person = visit(**how)
    person.open(reverse("home"))
    person.look()
    person.follow(reverse("ask"))
    asks(person, world)
    person.press("main form[action*='/link/lasting/'] button")
    person.look()
    address = person.page.inner_text("#address").strip()
    person.open(reverse("support", args=[SupportRequest.objects.get().pk]))
    chooses(person)
    request = SupportRequest.objects.get()
    supporter = visit(request.invitations.get().supporter.user, **how)
    accepts(supporter)
    agrees(supporter, supporter.page.url)
    agrees(person, reverse("support", args=[request.pk]))
    assert request.matches.get().state == "active"

    again = visit(**how)
    again.open(address)
    again.look()
    words = again.page.inner_text("main")
    assert not {"Sam", "Ada"} & set(words.split()), "before the button the link tells nothing"
    again.press()
    again.look()
    again.follow("/pause/")
    again.look()
    again.press()
    again.look()
    assert request.matches.get().state == "paused"
    again.follow("/change/")
    again.look()
    again.press()
    again.look()
    assert request.matches.get().state == "ended"
    again.press("main form[action$='/l/shut/'] button")
    again.look()
    again.open(reverse("support", args=[request.pk]), status=403)


@pytest.mark.parametrize(("width", "script", "language"), [WAYS[0], WAYS[7]])
def test_a_coordinator_asks_together_with_somebody(width, script, language, visit, world):
    world.supporter({":".join(WISH): "show"}, name="Ada")
    how = {"width": width, "script": script, "language": language}
    coordinator = visit(world.coordinator, **how)
    asks(coordinator, world, helped=True)
    request = SupportRequest.objects.get()
    assert request.person is None
    coordinator.open(reverse("support", args=[request.pk]))
    chooses(coordinator, helped=True)
    supporter = visit(request.invitations.get().supporter.user, **how)
    accepts(supporter)
    agrees(supporter, supporter.page.url)
    start = reverse("support", args=[request.pk])
    coordinator.open(start)
    coordinator.follow("/agreement/")
    coordinator.press("main form:has([name=version]) button.button")
    coordinator.look()
    assert coordinator.page.locator(".problems").count() == 1, "without a recorded yes nothing starts"
    agrees(coordinator, start, helped=True)
    assert request.matches.get().state == "active"
