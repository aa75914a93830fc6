"""What a review of leave, talks and messages found, each kept here so that it stays mended."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from matching import own_data, suggestions
from matching.board import slow
from matching.models import Match, RecordedYes
from matching.workflows import invitations, matches
from peersupport.accounts import workflows as accounts
from peersupport.accounts.models import Role, RoleGrant
from peersupport.notifications import outbox, registry
from peersupport.notifications.models import Message, MessageState
from peersupport.notifications.tasks import scan
from peersupport.vault import door
from peersupport.workflow.state_machine import NotPossible
from sessions_log import suggesting
from sessions_log.models import Meeting
from supporters import workflows as supporters
from supporters.staffing import leave, reviews, together
from supporters.staffing.models import Appraisal, Duty, Gathering
from supporters.training import growth
from supporters.training.models import SelfView
from tests.people import Signed
from tests.staffing.test_leave import away, days, stand_in, told, wished
from tests.staffing.test_together import AHEAD, PLACE, on_duty

pytestmark = pytest.mark.usefixtures("cheap_argon2")


def test_a_leave_called_off_ends_the_stand_in_and_takes_the_question_back(world):
    match, other = wished(world)
    found = away(world, match.supporter, 10, 20)
    there = invitations.accept(invitations.ask_to_stand_in(match, other, by=match.request.person), by=other.user)
    leave.call_off(found, by=match.supporter.user)
    there.refresh_from_db()
    assert there.state == "ended"
    other.refresh_from_db()
    found = away(world, match.supporter, 10, 20)
    asked = invitations.ask_to_stand_in(match, other, by=match.request.person)
    leave.call_off(found, by=match.supporter.user)
    asked.refresh_from_db()
    assert asked.state == "withdrawn"


def test_a_leave_that_ends_ends_the_stand_in_whatever_became_of_the_supporter(world):
    match, there, found = stand_in(world)
    supporters.forget_characteristics(match.supporter.user)
    type(match.supporter).objects.filter(pk=match.supporter.pk).update(state="training")
    leave.finish(found, by=None)
    there.refresh_from_db()
    assert there.state == "ended"


def test_a_stand_in_is_shown_to_the_person_even_without_a_leave(world):
    match, there, found = stand_in(world)
    type(found).objects.filter(pk=found.pk).delete()
    page = world.client(match.request.person).get(reverse("support", args=[match.request.pk])).content.decode()
    assert reverse("stand-in-end", args=[match.request.pk]) in page
    assert str(there.supporter) in page


def test_erasing_leaves_no_row_about_the_person_and_the_stand_in_is_told(world, mailoutbox):
    match, there, _found = stand_in(world)
    Message.objects.all().delete()
    key = match.request.person_key
    own_data.erase_requests(key)
    assert not Message.objects.filter(recipient_key=key).exists()
    outbox.deliver_batch()
    assert [there.supporter.user.email] in [one.to for one in mailoutbox]


def test_the_stand_in_is_mailed_when_the_person_ends(world, mailoutbox):
    match, there, _found = stand_in(world)
    Message.objects.all().delete()
    matches.end(match, by=match.request.person)
    outbox.deliver_batch()
    assert [there.supporter.user.email] in [one.to for one in mailoutbox]


def test_times_for_a_meeting_tell_a_supporter_nothing_of_other_meetings(world):
    match, there, _found = stand_in(world)
    for one in (match.supporter, there.supporter):
        type(one).objects.filter(pk=one.pk).update(times=2**21 - 1)
    match.refresh_from_db()
    now = timezone.now()
    Meeting.objects.create(
        match=match,
        wall_time=now - timedelta(days=7),
        starts_at=now - timedelta(days=7),
        time_zone="UTC",
        minutes=60,
        setting="phone",
        state="held",
    )
    before = suggesting.next_times(match, "supporter", "UTC", now)
    at = before[0].replace(tzinfo=ZoneInfo("UTC"))
    Meeting.objects.create(match=there, wall_time=at, starts_at=at, time_zone="UTC", minutes=60, setting="phone")
    assert suggesting.next_times(match, "supporter", "UTC", now) == before
    assert suggesting.next_times(match, "person", "UTC", now) != before


def test_whoever_liked_the_stand_in_may_change_to_them(world):
    match, there, _found = stand_in(world)
    matches.change(match, by=match.request.person)
    match.request.refresh_from_db()
    assert suggestions.Search(match.request).may_be_asked([there.supporter_id]) == {there.supporter_id}


def test_the_person_is_told_when_the_stand_in_goes_on_leave(world):
    match, there, _found = stand_in(world)
    Message.objects.all().delete()
    leave.ask(there.supporter, by=there.supporter.user, **days(0))
    assert told("match.leave") == {match.request.person_id}


def test_a_coordinator_takes_a_question_back_only_with_the_persons_yes(world):
    own = world.supporter({"faith:sikh": "show"}, name="Ada")
    other = world.supporter({"faith:sikh": "show"}, name="Bo")
    match = world.match(world.helped_request({"faith:sikh": "must"}), own)
    away(world, own)
    invitations.ask_to_stand_in(match, other, by=world.coordinator, how="spoke")
    RecordedYes.objects.all().delete()
    client = world.client(world.coordinator)
    address = reverse("stand-in-take-back", args=[match.request.pk])
    client.post(address, {})
    assert not RecordedYes.objects.exists()
    with pytest.raises(NotPossible):
        invitations.take_back_question(match, by=world.coordinator)
    client.post(address, {"how": "spoke"})
    assert RecordedYes.objects.get().verb == "take_back"


def test_a_new_stand_in_makes_no_request_slow(world):
    match, there, _found = stand_in(world)
    Match.objects.filter(pk=there.pk).update(made_at=timezone.now() - timedelta(days=60))
    assert match.request not in slow()


def test_a_leave_that_gets_longer_is_asked_for_anew_and_one_from_today_begins(world):
    supporter = world.supporter()
    found = away(world, supporter, 10, 20)
    assert leave.move(found, by=supporter.user, **days(12, 18)).state == "agreed"
    assert leave.move(found, by=supporter.user, **days(12, 40)).state == "asked"
    assert leave.move(found, by=supporter.user, **days(0, 40)).state == "running"


# Messages


def test_one_bad_row_harms_no_other(world, mailoutbox, monkeypatch):
    for _ in range(3):
        world.invitation()
    rows = list(Message.objects.order_by("next_try_at", "pk"))
    kind = registry.get("invitation.received")
    holds = kind.is_still_relevant
    monkeypatch.setattr(
        kind, "is_still_relevant", lambda message: 1 / 0 if message.pk == rows[1].pk else holds(message), raising=False
    )
    for minutes in (0, 6, 12):
        outbox.deliver_batch(timezone.now() + timedelta(minutes=minutes))
    assert len(mailoutbox) == 2
    assert Message.objects.get(pk=rows[1].pk).attempts == 3


def test_one_kind_that_fails_keeps_no_other_from_looking_nor_mail_from_going(world, mailoutbox, monkeypatch):
    world.invitation()
    monkeypatch.setattr(registry.get("letter.week"), "find_due", lambda now: 1 / 0, raising=False)
    supporter = world.supporter()
    found = away(world, supporter, 0, 2)
    leave_ending = registry.get("leave.ending")
    outbox.write_due(timezone.now() - timedelta(days=2))
    scan()
    assert len(mailoutbox) >= 1
    assert leave_ending is not None
    assert found.state == "running"


def test_a_zone_that_is_gone_is_read_as_utc(world, mailoutbox):
    user = world.invitation().supporter.user
    hour = (timezone.now() + timedelta(hours=3)).hour
    type(user).objects.filter(pk=user.pk).update(
        time_zone="Asia/Nowhere", quiet_from=time(hour), quiet_until=time((hour + 1) % 24)
    )
    outbox.deliver_batch()
    assert len(mailoutbox) == 1


def test_on_the_night_the_clock_goes_back_there_is_one_digest(world, mailoutbox):
    user = world.user("supporter", digest_at=time(2, 30), time_zone="Europe/Madrid")
    first = datetime(2026, 10, 25, 0, 10, tzinfo=ZoneInfo("UTC"))
    for minutes in (0, 55):
        at = first + timedelta(minutes=minutes)
        outbox.write("supervision.news", type("Obj", (), {"pk": user.pk})(), to=user, due=at)
        outbox.deliver_batch(at)
        outbox.deliver_batch(at + timedelta(minutes=22))
    assert len(mailoutbox) == 1
    assert Message.objects.filter(kind=outbox.DIGEST, state=MessageState.WAITING).count() == 1


def test_the_alarm_does_not_wait_for_a_digest(world, mailoutbox):
    user = world.user("administrator", digest_at=time(2, 30))
    outbox.write("beat.silent", type("Obj", (), {"pk": user.pk})(), to=user)
    outbox.deliver_batch()
    assert len(mailoutbox) == 1


def test_sessions_live_in_the_database_alone():
    assert settings.SESSION_ENGINE == "django.contrib.sessions.backends.db"


# Peers among themselves


def test_whoever_rings_keeps_the_number_for_an_hour(world):
    asking, duty = world.supporter().user, world.supporter().user
    on_duty(duty)
    asked = together.ask_to_talk(by=asking, phone="+00 555 777")
    together.take_talk(asked, by=duty)
    assert "+00 555 777" in world.client(duty).get(reverse("talk")).content.decode()


def test_who_is_no_peer_any_more_is_on_no_duty(world):
    asking, duty = world.supporter().user, world.supporter().user
    on_duty(duty)
    RoleGrant.objects.filter(user=duty).delete()
    assert not Duty.objects.now(timezone.now()).exists()
    with pytest.raises(NotPossible):
        together.ask_to_talk(by=asking, phone="+00 555 2")


def test_taking_the_role_back_ends_the_duty(world):
    duty = world.supporter().user
    on_duty(duty)
    accounts.take_role_back(duty, Role.SUPPORTER, by=world.administrator)
    assert not Duty.objects.exists()


def test_who_comes_on_duty_later_is_told_of_a_call_that_waits_once(world):
    asking, first, second = world.supporter().user, world.supporter().user, world.supporter().user
    gone = on_duty(first)
    together.ask_to_talk(by=asking, phone="+00 555 2")
    together.end_duty(gone, by=first)
    on_duty(second)
    for _ in range(2):
        outbox.write_due(timezone.now())
    assert Message.objects.filter(kind="talk.asked", recipient=second).count() == 1


def test_a_talk_whose_leader_coordinates_no_more_is_called_off_and_written_no_more(world):
    supporter, leader = world.supporter(), world.user("coordinator")
    for user in (supporter.user, leader):
        door.do_without_sheet(Signed(world, user).unlocked())
    review = reviews.plan(supporter, by=leader, **AHEAD)
    Message.objects.all().delete()
    accounts.take_role_back(leader, Role.COORDINATOR, by=world.administrator)
    assert Appraisal.objects.get().state == "not_held"
    assert told("review.news") == {supporter.user_id}
    with pytest.raises(NotPossible):
        reviews.write(
            Appraisal.objects.get(pk=review.pk),
            door.Content({"well": "x"}),
            by=Signed(world, supporter.user).unlocked(),
        )


def test_a_planned_talk_that_never_was_hides_nothing(world):
    old = world.supporter(name="Old")
    type(old).objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=500))
    at = timezone.now() - timedelta(days=90)
    Appraisal.objects.create(supporter=old, leader=world.coordinator, wall_time=at, starts_at=at, time_zone="UTC")
    assert list(reviews.owed()) == [old]


def test_who_was_a_supporter_still_reads_and_erases_what_is_theirs(world):
    user = world.supporter().user
    own = Signed(world, user)
    door.do_without_sheet(own.unlocked())
    view = growth.look_at_myself(door.Content({"words": "x"}), by=own.unlocked())
    RoleGrant.objects.filter(user=user).delete()
    assert own.client.get(reverse("growth")).status_code == 200
    own.client.post(reverse("erase-self-view", args=[view.pk]))
    assert not SelfView.objects.exists()


def test_a_host_who_deletes_the_account_calls_the_gathering_off_first(world):
    host, guest = world.supporter().user, world.supporter().user
    found = together.plan(by=host, **AHEAD, **PLACE)
    together.come(found, by=guest)
    accounts.delete_account(host, by=host)
    assert not Gathering.objects.exists()
    (message,) = Message.objects.filter(kind="gathering.news")
    assert message.recipient == guest
    assert registry.get("gathering.news").is_still_relevant(message)
