"""A supporter and a supervisor prepare, hold and close a check-in, in a real browser; one is moved, one did not take place."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from peersupport.vault import door
from supporters.supervision import workflows
from supporters.supervision.models import CheckIn, Supervision
from tests.browser.test_notes import WAYS, signs_in
from tests.making import PASSWORD


def fills_the_time(visitor, days, hour="10:00"):
    visitor.page.fill("main [name=day]", f"{timezone.localdate() + timedelta(days=days):%Y-%m-%d}")
    visitor.page.fill("main [name=time]", hour)
    visitor.tick("mode", "phone")
    visitor.press()
    visitor.look()


def writes(visitor, check_in, kind, box, words):
    visitor.open(reverse("check-in", args=[check_in.pk]))
    visitor.follow(f"/write/{kind}/")
    visitor.look()
    visitor.page.fill(f"main [name={box}]", words)
    visitor.press()
    visitor.look()
    assert words in visitor.page.inner_text("main")


@pytest.mark.parametrize(("width", "script", "language"), WAYS)
def test_a_check_in_is_prepared_held_and_closed(width, script, language, visit, world):
    how = {"width": width, "script": script, "language": language}
    profile, user = world.supporter(), world.user("supervisor", name="Juno")
    for one in (profile.user, user):
        type(one).objects.filter(pk=one.pk).update(language=language)
        door.do_without_sheet(door.with_password(one, PASSWORD))
    supervisor = signs_in(visit, user, **how)
    supervisor.open(reverse("supervision-basis"))
    supervisor.look()
    supervisor.tick("worked_as_peer")
    supervisor.press()
    coordinator = visit(world.coordinator, width=1280)
    coordinator.open(reverse("supervision-board"))
    coordinator.look()
    coordinator.follow(f"/supporters/{profile.pk}/supervision/")
    coordinator.look()
    coordinator.tick("supervisor", str(user.pk))
    coordinator.press("main form.stack button.button")
    coordinator.look()
    assert Supervision.objects.get().supervisor == user

    supporter = signs_in(visit, profile.user, **how)
    supporter.open(reverse("supervision"))
    supporter.look()
    supporter.follow("/plan/")
    supporter.look()
    fills_the_time(supporter, 4)
    check_in = CheckIn.objects.get()
    writes(supporter, check_in, "agenda", "agenda", "How to end a meeting in time")
    writes(supporter, check_in, "preparation", "advised", "Once, about sleep")
    supervisor.open(reverse("check-in", args=[check_in.pk]))
    supervisor.look()
    assert "How to end a meeting in time" in supervisor.page.inner_text("main")
    assert "Once, about sleep" not in supervisor.page.inner_text("main"), "thoughts before are one's own"
    supporter.press("main form[action*='/share/'] button")
    supporter.look()
    supervisor.open(reverse("check-in", args=[check_in.pk]))
    assert "Once, about sleep" in supervisor.page.inner_text("main"), "until they are shared"

    supervisor.follow("/move/")
    supervisor.look()
    fills_the_time(supervisor, -1, "09:30")
    supervisor.press("main button[value=yes]")
    supervisor.look()
    assert CheckIn.objects.get().state == "held"
    writes(supervisor, check_in, "record", "process", "Saying no, kindly")
    supervisor.follow("/agree/")
    supervisor.look()
    supervisor.page.fill("main [name=action]", "Try a closing question")
    supervisor.page.fill("main [name=due_on]", f"{timezone.localdate() + timedelta(days=9):%Y-%m-%d}")
    supervisor.press()
    supervisor.look()
    supporter.open(reverse("check-in", args=[check_in.pk]))
    assert "Try a closing question" in supporter.page.inner_text("main")
    supporter.press("main form[action*='/done/'] button")
    supporter.look()
    supervisor.open(reverse("check-in", args=[check_in.pk]))
    supervisor.press("main .actions a[href$='/plan/']")
    supervisor.look()
    fills_the_time(supervisor, 21)
    missed = CheckIn.objects.exclude(pk=check_in.pk).get()
    CheckIn.objects.filter(pk=missed.pk).update(starts_at=timezone.now() - timedelta(days=2))
    coordinator.open(reverse("supervision-board"))
    assert str(profile) in coordinator.page.inner_text("main")
    supporter.open(reverse("check-in", args=[missed.pk]))
    supporter.press("main button[value=no]")
    supporter.look()
    assert CheckIn.objects.get(pk=missed.pk).state == "not_held"
    supporter.open(reverse("one-supervision", args=[Supervision.objects.get().pk]))
    supporter.look()
    workflows.end(Supervision.objects.get(), by=world.coordinator)
    supporter.open(reverse("check-in", args=[check_in.pk]))
    supporter.look()
    assert "Saying no, kindly" in supporter.page.inner_text("main"), "what is written stays for the two"
