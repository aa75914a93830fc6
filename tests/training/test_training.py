"""Training: who is new to the role is found only when the required courses hold; nobody confirms their own."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from peersupport.notifications import outbox
from peersupport.notifications.models import Message
from peersupport.workflow.state_machine import NotAllowed, NotPossible
from supporters.models import Supporter
from supporters.training import workflows
from supporters.training.models import Completion, Course, CourseKind
from supporters.training.tasks import housekeeping

TODAY = timezone.localdate


@pytest.fixture
def courses(db):
    workflows.load_default()
    return list(Course.objects.filter(kind=CourseKind.REQUIRED))


@pytest.fixture
def new(world, courses):
    return workflows.training_first(world.supporter(), True, by=world.coordinator)


def room(supporter):
    return Supporter.objects.get(pk=supporter.pk).room_since is not None


def complete(supporter, courses, by, done_on=None):
    return [workflows.say_done(supporter, one, done_on=done_on or TODAY(), evidence="", by=by) for one in courses]


def test_the_default_programme_is_loaded_once(courses):
    assert Course.objects.count() == 9
    assert workflows.load_default() == 0
    assert len(courses) == 6
    assert all(set(course.names) == {"en", "es", "fr", "ar"} for course in Course.objects.all())


def test_who_is_new_is_found_only_when_every_required_course_is_confirmed(world, new, courses):
    assert not room(new)
    said = complete(new, courses, by=new.user)
    assert not room(new), "said is not confirmed"
    for one in said[:-1]:
        workflows.confirm(one, by=world.coordinator)
    assert not room(new)
    assert workflows.missing(new) == [courses[-1]]
    workflows.confirm(said[-1], by=world.coordinator)
    assert room(new)


def test_who_is_not_new_is_found_without(world, courses):
    supporter = world.supporter()
    workflows.look_again()
    assert room(supporter)
    workflows.training_first(supporter, True, by=world.coordinator)
    assert not room(supporter)
    workflows.training_first(supporter, False, by=world.coordinator)
    assert room(supporter)


def test_a_person_sees_a_new_supporter_appear_when_the_training_is_complete(world, new, courses):
    request = world.request()
    client = world.client(request.person)
    page = reverse("suggestions", args=[request.pk])
    assert str(new) not in client.get(page).content.decode()
    complete(new, courses, by=world.coordinator)
    assert str(Supporter.objects.get(pk=new.pk)) in client.get(page).content.decode()


def test_nobody_confirms_their_own(world, courses):
    both = world.supporter()
    from peersupport.accounts.models import RoleGrant, User

    RoleGrant.objects.create(user=both.user, role="coordinator")
    user = User.objects.get(pk=both.user_id)
    (said,) = complete(both, courses[:1], by=user)
    assert said.confirmed_at is None
    with pytest.raises(NotAllowed):
        workflows.confirm(said, by=user)


def test_others_say_and_confirm_nothing(world, new, courses):
    for user in (world.supporter().user, world.administrator, world.user("supervisor")):
        with pytest.raises(NotAllowed):
            complete(new, courses[:1], by=user)
        (said,) = complete(new, courses[:1], by=new.user) if not new.completions.exists() else new.completions.all()
        with pytest.raises(NotAllowed):
            workflows.confirm(said, by=user)
        with pytest.raises(NotAllowed):
            workflows.training_first(new, False, by=user)


def test_bad_input_is_refused_in_plain_words(world, new, courses):
    with pytest.raises(NotPossible, match="over"):
        workflows.say_done(new, courses[0], done_on=TODAY() + timedelta(days=1), evidence="", by=new.user)
    complete(new, courses[:1], by=new.user)
    with pytest.raises(NotPossible, match="noted already"):
        complete(new, courses[:1], by=new.user)
    Course.objects.filter(pk=courses[1].pk).update(active=False)
    with pytest.raises(NotPossible, match="in use"):
        complete(new, [Course.objects.get(pk=courses[1].pk)], by=new.user)


def test_what_lapses_stands_in_the_way_again_and_is_told_a_month_before(world, new, courses, monkeypatch):
    Course.objects.filter(pk=courses[0].pk).update(valid_months=12)
    complete(new, list(Course.objects.filter(pk__in=[one.pk for one in courses])), by=world.coordinator)
    lapses = Completion.objects.get(course=courses[0]).expires_on
    assert lapses == workflows.months_after(TODAY(), 12)
    assert room(new)
    now = timezone.now()
    outbox.write_due(now)
    month_before = now + (lapses - TODAY()) - timedelta(days=30)
    outbox.write_due(month_before - timedelta(days=2))
    assert not Message.objects.filter(kind="training.lapsing").exists()
    outbox.write_due(month_before + timedelta(days=1))
    outbox.write_due(month_before + timedelta(days=2))
    assert [one.recipient for one in Message.objects.filter(kind="training.lapsing")] == [new.user]
    later = lapses + timedelta(days=1)
    monkeypatch.setattr(timezone, "localdate", lambda *_: later)
    housekeeping()
    assert not room(new)


@pytest.mark.parametrize(
    ("day", "months", "after"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 11, 5), 14, date(2028, 1, 5)),
    ],
)
def test_months_end_on_a_day_that_exists(day, months, after):
    assert workflows.months_after(day, months) == after


def test_another_required_course_holds_back_who_is_new(world, new, courses):
    complete(new, courses, by=world.coordinator)
    assert room(new)
    words = {
        "names": {"en": "First aid"},
        "abouts": {},
        "easy_read": False,
        "valid_months": None,
        "order": 1,
        "active": True,
    }
    workflows.save_course(None, words | {"kind": "required"}, by=world.administrator)
    assert not room(new)
    with pytest.raises(NotAllowed):
        workflows.save_course(None, words | {"kind": "required"}, by=world.coordinator)


def test_pages_say_what_is_open_and_why_nobody_finds_one(world, new, courses):
    client = world.client(new.user)
    assert "6 more courses" in client.get(reverse("training")).content.decode()
    assert "6 more courses" in client.get(reverse("profile")).content.decode()
    client.post(
        reverse("training-done", args=[courses[0].pk]), {"done_on": f"{TODAY():%Y-%m-%d}", "evidence": "certificate"}
    )
    staff = world.client(world.coordinator)
    assert str(new) in staff.get(reverse("training-to-confirm")).content.decode()
    page = reverse("supporter-training", args=[new.pk])
    staff.post(page, {"confirm": str(new.completions.get().pk)})
    assert new.completions.get().confirmed_at
    assert "5 more courses" in client.get(reverse("training")).content.decode()
    assert client.post(reverse("take-back-training", args=[new.completions.get().pk])).status_code == 404
    staff.post(page, {"remove": str(new.completions.get().pk)})
    assert not new.completions.exists()


def test_inviting_says_whether_training_comes_first(world):
    client = world.client(world.coordinator)
    for email, ticked in (("new@example.org", {"training_first": "on"}), ("old@example.org", {})):
        client.post(reverse("invite-supporter"), {"email": email, "language": "en", **ticked})
        assert Supporter.objects.get(invitation__email=email).training_first is bool(ticked)


def test_pages_cost_the_same_however_many_courses(world, new, courses):
    client = world.client(new.user)

    def cost():
        with CaptureQueriesContext(connection) as found:
            assert client.get(reverse("training")).status_code == 200
        return len([one for one in found if "django_session" not in one["sql"]])

    cost()
    one = cost()
    complete(new, courses, by=world.coordinator)
    Message.objects.all().delete()
    assert cost() <= one
