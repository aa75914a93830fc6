"""Two people keep notes, in a real browser: the sheet, a note, added words, a lost password, a second device."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse

from sessions_log.models import Note
from tests.making import PASSWORD

NEW = "a password after the old one was lost"
WAYS = [pytest.param(360, True, "en", id="360-script-en"), pytest.param(1280, False, "ar", id="1280-plain-ar")]


def signs_in(visit, user, password=PASSWORD, **how):
    EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"primary": True, "verified": True})
    visitor = visit(**how)
    visitor.open(reverse("account_login"))
    visitor.page.fill("main [name=login]", user.email)
    visitor.page.fill("main [name=password]", password)
    visitor.press("main form:has([name=login]) button[type=submit], main form:has([name=login]) button.button")
    return visitor


def keeps_a_sheet(visitor):
    """Make a sheet, see that it prints on its own, and type one group back."""
    visitor.open(reverse("notes-sheet"))
    visitor.look()
    visitor.page.fill("main [name=password]", PASSWORD)
    visitor.press()
    visitor.look()
    visitor.press()
    visitor.look()
    code = "-".join(visitor.page.locator("main .quote strong").all_inner_texts())
    visitor.page.emulate_media(media="print")
    assert visitor.page.locator("main .quote").is_visible()
    assert not visitor.page.locator("main form").is_visible(), "paper has the code and what it is for, no buttons"
    visitor.page.emulate_media(media="screen")
    number = int(re.search(r"\d", visitor.page.inner_text("main label")).group())
    visitor.page.fill("main [name=group]", code.split("-")[number - 1].lower())
    visitor.press()
    visitor.look()
    return code


def writes(visitor, match, words):
    visitor.open(reverse("notes-of", args=[match.pk]))
    visitor.look()
    visitor.follow("/notes/write/")
    visitor.look()
    visitor.page.fill("main [name=talked]", words)
    visitor.press()
    visitor.look()
    assert words in visitor.page.inner_text("main")


def shares_with_a_supervisor(visit, world, match, supporter, person, how):
    """The supporter asks, the person says yes, the supervisor reads; the person ends it and they can't any more."""
    user = world.user("supervisor", name="Juno")
    type(user).objects.filter(pk=user.pk).update(language=how["language"])
    supervisor = signs_in(visit, user, **how)
    supervisor.open(reverse("my-service"))
    supervisor.page.check("main [name=works][value=no]")
    supervisor.press()
    supporter.open(reverse("note", args=[Note.objects.get(adds_to=None).pk]))
    supporter.follow("/sharing/ask/")
    supporter.look()
    supporter.page.check("main [name=supervisor]")
    supporter.press()
    supporter.look()
    supervisor.open(reverse("shared-with-me"))
    supervisor.look()
    assert not supervisor.page.locator("main a[href*='/shared/']").count(), "nothing opens before the yes"
    person.open(reverse("inbox"))
    person.open(reverse("sharings", args=[match.pk]))
    person.look()
    person.follow("/sharing/")
    person.look()
    person.press("main button[value=yes]")
    person.look()
    supervisor.open(reverse("shared-with-me"))
    supervisor.follow("/shared/")
    supervisor.look()
    assert "We talked of the sea" in supervisor.page.inner_text("main")
    assert "And of the ferry" in supervisor.page.inner_text("main")
    address = supervisor.page.url
    person.open(reverse("note", args=[Note.objects.get(adds_to=None).pk]))
    assert "Juno" in person.page.inner_text("main"), "who reads it and until when stands on the note"
    person.press("main form[action*='/end/'] button")
    person.look()
    supervisor.page.goto(address)
    assert "We talked of the sea" not in supervisor.page.content()


@pytest.mark.parametrize(("width", "script", "language"), WAYS)
def test_two_people_keep_notes(width, script, language, visit, world):
    how = {"width": width, "script": script, "language": language}
    match = world.match(world.request(call_me="Sam"))
    for user in (match.request.person, match.supporter.user):
        type(user).objects.filter(pk=user.pk).update(language=language)
    supporter = signs_in(visit, match.supporter.user, **how)
    person = signs_in(visit, match.request.person, **how)
    code = keeps_a_sheet(supporter)
    person.open(reverse("notes-without"))
    person.look()
    person.press()
    for one in (supporter, person):
        one.open(reverse("notes-of", args=[match.pk]))
        one.look()
        one.follow("/notes/yes/")
        one.look()
        one.press()
        one.look()
    writes(supporter, match, "We talked of the sea")
    person.open(reverse("note", args=[Note.objects.get().pk]))
    person.look()
    assert "We talked of the sea" in person.page.inner_text("main")
    person.follow("/add/")
    person.look()
    person.page.fill("main [name=added]", "And of the ferry")
    person.press()
    person.look()
    supporter.open(reverse("note", args=[Note.objects.get(adds_to=None).pk]))
    assert "And of the ferry" in supporter.page.inner_text("main")

    shares_with_a_supervisor(visit, world, match, supporter, person, how)

    # The password is lost: signed in again by a new one, the notes stay shut until the sheet opens them.
    match.supporter.user.set_password(NEW)
    match.supporter.user.save()
    again = signs_in(visit, match.supporter.user, NEW, **how)
    again.open(reverse("note", args=[Note.objects.get(adds_to=None).pk]))
    again.look()
    assert "sea" not in again.page.inner_text("main")
    again.open(reverse("notes-recover"))
    again.look()
    again.page.fill("main [name=code]", code)
    again.page.fill("main [name=password]", NEW)
    again.press()
    again.open(reverse("note", args=[Note.objects.get(adds_to=None).pk]))
    assert "We talked of the sea" in again.page.inner_text("main")

    # A second device opens with the new password alone; what the person erases is gone on both.
    second = signs_in(visit, match.supporter.user, NEW, **how)
    second.open(reverse("note", args=[Note.objects.get(adds_to=None).pk]))
    assert "We talked of the sea" in second.page.inner_text("main")
    person.open(reverse("erase-note", args=[Note.objects.get(adds_to=None).pk]))
    person.look()
    person.press()
    person.look()
    assert not Note.objects.exists()
    second.open(reverse("notes-of", args=[match.pk]))
    second.look()
    assert "We talked of the sea" not in second.page.inner_text("main")


def test_leaving_the_site_for_a_while_loses_nothing_that_was_typed(visit, world, settings):
    match = world.match()
    from django.contrib.sessions.models import Session

    from peersupport.vault import door
    from sessions_log.workflows import notes

    for user in (match.request.person, match.supporter.user):
        notes.say_yes(match, by=user)
        door.do_without_sheet(door.with_password(user, PASSWORD))
    person = signs_in(visit, match.request.person)
    person.open(reverse("write-note", args=[match.pk]))
    person.page.fill("main [name=talked]", "Words I do not want to lose. " * 300)
    Session.objects.all().delete()
    person.press()
    person.look()
    person.page.fill("main [name=login]", match.request.person.email)
    person.page.fill("main [name=password]", PASSWORD)
    person.press("main form:has([name=login]) button[type=submit], main form:has([name=login]) button.button")
    person.look()
    assert "Words I do not want to lose" in person.page.input_value("main [name=talked]")
    person.press()
    person.look()
    assert "Words I do not want to lose" in person.page.inner_text("main")
