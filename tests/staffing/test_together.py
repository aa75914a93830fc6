"""Talks about the work, gatherings, the peer on duty; and how supporters see themselves."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from peersupport.notifications import outbox
from peersupport.notifications.models import Message
from peersupport.vault import door
from peersupport.vault.models import SealedText
from peersupport.workflow.state_machine import NotAllowed, NotPossible
from supporters.staffing import reviews, together
from supporters.staffing.models import Appraisal, AppraisalEntry, Attendance, Duty, Gathering, TalkAsked
from supporters.supervision import workflows as supervision
from supporters.supervision.models import CheckInEntry
from supporters.training import growing, growth
from supporters.training.models import CareerStep, CareerStepReached, Competence, Goal, Level, SelfView
from tests.people import Signed

pytestmark = pytest.mark.usefixtures("cheap_argon2")

CANARY = "Zanzibarina"
AHEAD = {"wall_time": datetime(2031, 5, 5, 10), "time_zone": "Europe/Madrid", "minutes": 60}
PLACE = {"kind": "peers", "topic": "", "where": "The room above the bakery"}


def keys(world, user):
    signed = Signed(world, user)
    door.do_without_sheet(signed.unlocked())
    return signed


def told(kind):
    return set(Message.objects.filter(kind=kind).values_list("recipient", flat=True))


# Talks about the work


def test_a_talk_is_planned_held_and_written_for_the_two_alone(world):
    supporter, coordinator = world.supporter(), world.coordinator
    two = [keys(world, coordinator), keys(world, supporter.user)]
    review = reviews.plan(supporter, by=coordinator, **AHEAD)
    assert told("review.news") == {supporter.user_id}
    reviews.write(review, door.Content({"well": CANARY}), by=two[0].unlocked())
    address = reverse("review", args=[review.pk])
    for one in two:
        assert CANARY in one.client.get(address).content.decode()
    other = keys(world, world.user("coordinator", "supervisor", "administrator"))
    assert other.client.get(address).status_code == 404
    for row in SealedText.objects.values():
        assert CANARY not in str(row)
    Appraisal.objects.filter(pk=review.pk).update(starts_at=timezone.now() - timedelta(hours=2))
    two[1].client.post(address, {"took_place": "yes"})
    assert Appraisal.objects.get().state == "held"


def test_before_it_began_a_talk_did_not_take_place_and_can_be_called_off(world):
    supporter = world.supporter()
    review = reviews.plan(supporter, by=world.coordinator, **AHEAD)
    with pytest.raises(NotPossible):
        reviews.took_place(review, by=supporter.user)
    reviews.did_not(review, by=supporter.user)
    assert world.coordinator.pk in told("review.news")


def test_each_erases_what_they_wrote_and_nothing_of_the_other(world):
    supporter = world.supporter()
    keys(world, world.coordinator)
    own = keys(world, supporter.user)
    review = reviews.plan(supporter, by=world.coordinator, **AHEAD)
    words = reviews.write(review, door.Content({"well": CANARY}), by=own.unlocked())
    with pytest.raises(NotAllowed):
        reviews.erase(words, by=world.coordinator)
    own.client.post(reverse("erase-review-words", args=[words.pk]))
    assert (AppraisalEntry.objects.count(), SealedText.objects.filter(kind="review").count()) == (0, 0)


@pytest.mark.parametrize("verb", list(reviews.LIFECYCLE.table))
@pytest.mark.parametrize("state", ["planned", "held", "not_held"])
@pytest.mark.parametrize("part", ["supporter", "leader", "nobody"])
def test_every_step_of_a_talk(world, verb, state, part):
    supporter = world.supporter()
    review = reviews.plan(supporter, by=world.coordinator, **AHEAD)
    Appraisal.objects.update(state=state)
    review.refresh_from_db()
    by = {"supporter": supporter.user, "leader": world.coordinator, "nobody": world.user("coordinator")}[part]
    row = reviews.LIFECYCLE.table[verb]
    assert reviews.LIFECYCLE.available(review, verb, by=by) == (state in row.sources and part in row.roles)


def test_nobody_leads_a_talk_with_themselves_and_one_is_planned_at_a_time(world):
    supporter = world.supporter()
    reviews.plan(supporter, by=world.coordinator, **AHEAD)
    with pytest.raises(NotPossible):
        reviews.plan(supporter, by=world.coordinator, **AHEAD)
    with pytest.raises(NotAllowed):
        reviews.plan(supporter, by=supporter.user, **AHEAD)


def test_after_a_year_a_talk_is_owed(world):
    old, new = world.supporter(name="Old"), world.supporter(name="New")
    type(old).objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=400))
    assert [one.name for one in reviews.owed()] == ["Old"]
    Appraisal.objects.create(
        supporter=old,
        leader=world.coordinator,
        state="held",
        wall_time=timezone.now(),
        time_zone="UTC",
        starts_at=timezone.now() - timedelta(days=30),
    )
    assert list(reviews.owed()) == []
    assert str(new) not in world.client(world.coordinator).get(reverse("work-board")).content.decode()


# Gatherings


def test_every_supporter_is_told_and_those_who_come_are_reminded_the_day_before(world):
    host, guest, third = world.supporter(), world.supporter(), world.supporter()
    found = together.plan(by=host.user, **AHEAD, **PLACE)
    assert told("gathering.new") == {guest.user_id, third.user_id}
    together.come(found, by=guest.user)
    together.come(found, by=guest.user)
    assert Attendance.objects.filter(gathering=found).count() == 2
    outbox.write_due(found.starts_at - timedelta(hours=23, minutes=50))
    assert told("gathering.day") == {host.user_id, guest.user_id}
    together.stay_away(found, by=guest.user)
    together.move(found, by=host.user, **(AHEAD | {"wall_time": datetime(2031, 5, 6, 10)}), **PLACE)
    assert told("gathering.news") == set()
    together.come(found, by=third.user)
    together.call_off(found, by=world.coordinator)
    assert told("gathering.news") == {host.user_id, third.user_id}


def test_group_supervision_is_led_by_a_supervisor(world):
    supporter = world.supporter()
    with pytest.raises(NotPossible):
        together.plan(by=supporter.user, **AHEAD, **(PLACE | {"kind": "group"}))
    supervisor = world.user("supervisor")
    found = together.plan(by=supervisor, **AHEAD, **(PLACE | {"kind": "group"}))
    together.come(found, by=supporter.user)
    with pytest.raises(NotAllowed):
        together.plan(by=world.user(), **AHEAD, **PLACE)


def test_a_gathering_that_was_leaves_nothing_behind(world):
    from peersupport.audit.classes import declared

    found = together.plan(by=world.supporter().user, **AHEAD, **PLACE)
    expired = declared()[Gathering].expired
    assert list(expired(found.starts_at + timedelta(hours=5))) == []
    expired(found.starts_at + timedelta(days=2)).delete()
    assert (Gathering.objects.count(), Attendance.objects.count()) == (0, 0)


def test_gatherings_in_pages(world):
    host, guest = world.supporter(), world.supporter()
    client = world.client(host.user)
    form = {
        "kind": "peers",
        "topic": "Power",
        "day": "2031-05-05",
        "time": "18:00",
        "minutes": "90",
        "where": "Room 3",
        "time_zone": "Europe/Madrid",
    }
    assert client.post(reverse("plan-gathering"), form | {"where": ""}).context["form"].errors
    client.post(reverse("plan-gathering"), form)
    found = Gathering.objects.get()
    other = world.client(guest.user)
    other.post(reverse("gatherings"), {"come": str(found.pk)})
    assert "2 people come" in other.get(reverse("gatherings")).content.decode()
    assert other.get(reverse("change-gathering", args=[found.pk])).status_code == 403
    client.post(reverse("call-off-gathering", args=[found.pk]))
    assert Gathering.objects.get().state == "called_off"


@pytest.mark.parametrize("number", [1, 3, 20])
def test_the_list_of_gatherings_asks_the_same_number_of_queries(world, number):
    host = world.supporter().user
    for _ in range(number):
        together.plan(by=host, **AHEAD, **PLACE)
    Message.objects.all().delete()
    client = world.client(host)
    client.get(reverse("gatherings"))
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        client.get(reverse("gatherings"))
    assert len([one for one in asked if "django_session" not in one["sql"]]) == QUERIES_OF_GATHERINGS


QUERIES_OF_GATHERINGS = 8


# The peer on duty


def on_duty(user, hours=2):
    now = timezone.now()
    return together.be_on_duty(
        by=user, starts_at=now - timedelta(minutes=1), ends_at=now + timedelta(hours=hours), phone="+44 1632 960001"
    )


def test_talk_it_over_now_reaches_whoever_is_on_duty(world):
    asking, duty, off = world.supporter().user, world.supporter().user, world.supporter().user
    with pytest.raises(NotPossible):
        together.ask_to_talk(by=asking, phone="+44 1632 960002")
    on_duty(duty)
    asked = together.ask_to_talk(by=asking, phone="+44 1632 960002")
    assert told("talk.asked") == {duty.pk}
    with pytest.raises(NotPossible):
        together.ask_to_talk(by=asking, phone="+44 1632 960002")
    with pytest.raises(NotAllowed):
        together.take_talk(asked, by=off)
    together.take_talk(asked, by=duty)
    assert told("talk.taken") == {asking.pk}
    on_duty(off)
    with pytest.raises(NotPossible):
        together.take_talk(asked, by=off)


def test_a_call_is_for_peers_and_a_duty_is_not_endless(world):
    with pytest.raises(NotAllowed):
        on_duty(world.user())
    supporter = world.supporter().user
    with pytest.raises(NotPossible):
        on_duty(supporter, hours=30)
    with pytest.raises(NotPossible):
        on_duty(supporter, hours=-1)
    duty = on_duty(supporter)
    with pytest.raises(NotAllowed):
        together.end_duty(duty, by=world.supporter().user)
    together.end_duty(duty, by=supporter)
    assert not Duty.objects.exists()


def test_talking_it_over_in_pages(world):
    asking, duty = world.supporter().user, world.supporter().user
    helper = world.client(duty)
    there = timezone.localtime() - timedelta(hours=1)
    helper.post(
        reverse("on-duty"),
        {"day": there.date().isoformat(), "time": "00:00", "hours": "24", "phone": "+44 1632 960001"},
    )
    client = world.client(asking)
    assert "+44 1632 960001" in client.get(reverse("talk")).content.decode()
    assert client.post(reverse("talk"), {"ask": "1", "phone": "no"}).context["form"].errors
    client.post(reverse("talk"), {"ask": "1", "phone": "+44 1632 960002"})
    assert "+44 1632 960002" in helper.get(reverse("talk")).content.decode()
    helper.post(reverse("talk"), {"take": str(TalkAsked.objects.get().pk)})
    assert TalkAsked.objects.get().taken_by == duty
    client.post(reverse("talk"), {"back": "1"})
    assert not TalkAsked.objects.exists()
    helper.post(reverse("talk"), {"off": str(Duty.objects.get().pk)})
    assert not Duty.objects.exists()


# How I see myself, what I want to learn


def test_how_i_see_myself_is_mine_alone_and_drawn_over_time(world):
    own = keys(world, world.supporter().user)
    for level in ("1", "3"):
        growth.look_at_myself(door.Content({"story": level, "words": CANARY}), by=own.unlocked())
    page = own.client.get(reverse("growth")).content.decode()
    assert str(Level(3).label) in page
    assert "<polyline" in page
    assert CANARY in page
    assert CANARY not in str(list(SealedText.objects.values()))
    assert world.client(world.coordinator).get(reverse("growth")).status_code == 403
    (view, _second) = SelfView.objects.all()
    other = world.client(world.supporter().user)
    assert other.get(reverse("erase-self-view", args=[view.pk])).status_code == 404
    own.client.post(reverse("erase-self-view", args=[view.pk]))
    assert (SelfView.objects.count(), SealedText.objects.filter(kind="self_view").count()) == (1, 1)


def test_the_form_asks_about_the_twelve_and_takes_what_is_said(world):
    own = keys(world, world.supporter().user)
    page = own.client.get(reverse("look-at-myself"))
    assert len([name for name in page.context["form"].fields if name in Competence.values]) == 12
    token = page.context["form"]["token"].value()
    assert own.client.post(reverse("look-at-myself"), {"token": token}).context["form"].errors
    own.client.post(reverse("look-at-myself"), {"token": token, "rights": "4"})
    assert SelfView.objects.count() == 1


def test_it_is_brought_to_a_check_in_as_a_copy_for_the_two(world):
    supporter, supervisor = world.supporter(), world.user("supervisor")
    own, other = keys(world, supporter.user), keys(world, supervisor)
    supervision.state_basis(by=supervisor, worked_as_peer=True, trained=False, outside=False)
    one = supervision.begin(supporter, supervisor, every_weeks=3, mode="phone", minutes=60, by=world.coordinator)
    view = growth.look_at_myself(door.Content({"crisis": "2"}), by=own.unlocked())
    address = reverse("bring-self-view", args=[view.pk])
    assert "No check-in is planned" in own.client.post(address, follow=True).content.decode()
    check_in = supervision.plan(one, by=supporter.user, mode="phone", **AHEAD)
    own.client.post(address)
    assert CheckInEntry.objects.get().check_in == check_in
    assert "with help" in other.client.get(reverse("check-in", args=[check_in.pk])).content.decode()


def test_the_line_of_a_picture_leaves_out_what_was_left_out():
    line, dots = growing.line_of([1, None, 4])
    assert line == "8.0,48.0 152.0,8.0"
    assert len(dots) == 2
    assert growing.line_of([]) == ("", [])


def test_a_learning_plan_is_ones_own(world):
    user = world.supporter().user
    client = world.client(user)
    client.post(reverse("add-goal"), {"words": "Talking about money", "competence": "rights", "by_when": "2031-01-01"})
    goal = Goal.objects.get()
    other = world.client(world.supporter().user)
    assert other.get(reverse("edit-goal", args=[goal.pk])).status_code == 404
    other.post(reverse("learning-plan"), {"remove": str(goal.pk)})
    client.post(reverse("learning-plan"), {"done": str(goal.pk)})
    assert Goal.objects.get().done_at
    client.post(reverse("edit-goal", args=[goal.pk]), {"words": "Talking about rent", "competence": "", "by_when": ""})
    assert Goal.objects.get().words == "Talking about rent"
    client.post(reverse("learning-plan"), {"remove": str(goal.pk)})
    assert not Goal.objects.exists()


def test_steps_of_a_career_are_named_by_administrators_and_noted_by_coordinators(world):
    supporter = world.supporter()
    administrator = world.client(world.administrator)
    administrator.post(reverse("add-step"), {"name_en": "Leads a group", "about_en": "", "order": "10", "active": "on"})
    step = CareerStep.objects.get()
    page = reverse("supporter-training", args=[supporter.pk])
    world.client(world.coordinator).post(page, {"step": str(step.pk)})
    assert CareerStepReached.objects.get().step == step
    assert "reached" in world.client(supporter.user).get(reverse("training")).content.decode()
    world.client(world.coordinator).post(page, {"step": str(step.pk)})
    assert not CareerStepReached.objects.exists()
