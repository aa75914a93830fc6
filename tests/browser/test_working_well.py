"""In a real browser: leave with a stand-in chosen by the person; training completed makes a supporter appear."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from matching.models import Invitation
from matching.workflows import invitations
from supporters.staffing.models import Leave
from supporters.training import workflows as training
from supporters.training.models import Completion, Course
from tests.browser.test_notes import WAYS


def in_language(language, *users):
    for user in users:
        type(user).objects.filter(pk=user.pk).update(language=language)


@pytest.mark.parametrize(("width", "script", "language"), WAYS)
def test_leave_with_a_stand_in_chosen_by_the_person(width, script, language, visit, world):
    how = {"width": width, "script": script, "language": language}
    absent = world.supporter({"faith:sikh": "show"}, name="Ada")
    helper = world.supporter({"faith:sikh": "show"}, name="Bo")
    world.supporter({}, name="Cy")
    match = world.match(world.request({"faith:sikh": "must"}), absent)
    person, pk = match.request.person, match.request.pk
    in_language(language, absent.user, helper.user, person)

    away = visit(absent.user, **how)
    away.open(reverse("profile"))
    away.follow(reverse("leave-of-mine"))
    away.look()
    away.follow(reverse("ask-leave"))
    away.look()
    first, last = timezone.localdate() + timedelta(days=3), timezone.localdate() + timedelta(days=20)
    away.page.fill("main [name=starts_on]", f"{first:%Y-%m-%d}")
    away.page.fill("main [name=ends_on]", f"{first - timedelta(days=1):%Y-%m-%d}")
    away.press()
    away.look()
    assert away.page.locator("main .error-summary, main [role=alert], .summary").count(), (
        "an error, and the days are still there"
    )
    assert away.page.input_value("main [name=starts_on]") == f"{first:%Y-%m-%d}"
    away.page.fill("main [name=ends_on]", f"{last:%Y-%m-%d}")
    away.press()
    away.look()

    coordinator = visit(world.coordinator, width=1280)
    coordinator.open(reverse("work-board"))
    coordinator.look()
    coordinator.press("main button[name=agree]")
    coordinator.look()
    assert Leave.objects.get().state == "agreed"

    chooser = visit(person, **how)
    chooser.open(reverse("support", args=[pk]))
    chooser.look()
    chooser.follow(reverse("stand-ins", args=[pk]))
    chooser.look()
    assert "Bo" in chooser.page.inner_text("main")
    assert "Cy" not in chooser.page.inner_text("main")
    chooser.press()
    chooser.look()
    chooser.tick("chosen_one", str(helper.pk))
    chooser.press()
    chooser.look()

    asked = Invitation.objects.get(stands_in_for=match)
    stands_in = visit(helper.user, **how)
    stands_in.open(reverse("invitation", args=[asked.pk]))
    stands_in.look()
    stands_in.press()
    stands_in.look()
    there = invitations.stand_in_of(match)
    assert there.supporter == helper
    chooser.open(reverse("support", args=[pk]))
    chooser.look()
    chooser.follow(reverse("stand-in-agreement", args=[pk]))
    chooser.look()
    chooser.press()
    chooser.look()
    stands_in.open(reverse("supporting-agreement", args=[there.pk]))
    stands_in.press()
    stands_in.look()
    there.refresh_from_db()
    assert there.state == "active"

    Leave.objects.update(starts_on=timezone.localdate())
    from supporters.staffing import leave

    leave.on_their_day(timezone.localdate())
    away.open(reverse("leave-of-mine"))
    away.look()
    away.press("main button[name=back]")
    away.look()
    chooser.open(reverse("support", args=[pk]))
    chooser.look()
    there.refresh_from_db()
    match.refresh_from_db()
    assert (there.state, match.state) == ("ended", "active")


@pytest.mark.parametrize(("width", "script", "language"), WAYS)
def test_training_completed_makes_a_supporter_appear_in_suggestions(width, script, language, visit, world):
    how = {"width": width, "script": script, "language": language}
    training.load_default()
    Course.objects.filter(kind="required").exclude(pk=Course.objects.filter(kind="required").first().pk).update(
        active=False
    )
    profile = world.supporter({"faith:sikh": "show"}, name="Ada")
    training.training_first(profile, True, by=world.coordinator)
    request = world.request({"faith:sikh": "must"})
    in_language(language, profile.user, request.person)

    looks = visit(request.person, **how)
    looks.open(reverse("suggestions", args=[request.pk]))
    looks.look()
    assert "Ada" not in looks.page.inner_text("main")
    learns = visit(profile.user, **how)
    learns.open(reverse("training"))
    learns.look()
    learns.follow("/done/")
    learns.look()
    learns.page.fill("main [name=done_on]", f"{timezone.localdate():%Y-%m-%d}")
    learns.press()
    learns.look()
    looks.open(reverse("suggestions", args=[request.pk]))
    assert "Ada" not in looks.page.inner_text("main"), "said, and not confirmed yet"
    coordinator = visit(world.coordinator, width=1280)
    coordinator.open(reverse("training-to-confirm"))
    coordinator.look()
    coordinator.open(reverse("supporter-training", args=[profile.pk]))
    coordinator.look()
    coordinator.press("main button[name=confirm]")
    coordinator.look()
    assert Completion.objects.get().confirmed_at
    looks.open(reverse("suggestions", args=[request.pk]))
    looks.look()
    assert "Ada" in looks.page.inner_text("main")
