"""Preferences, digests and what is told when nothing gets through."""

from datetime import time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from peersupport.notifications import outbox, registry, system_types
from peersupport.notifications.models import Heartbeat, Message, MessageState
from peersupport.notifications.tasks import deliver
from peersupport.organization.context import current
from peersupport.reports import letter

# What somebody chose


def write(user, kind="supervision.news"):
    outbox.write(kind, type("Obj", (), {"pk": user.pk})(), to=user)


def test_a_group_left_out_stands_in_the_inbox_only(world, mailoutbox):
    user = world.user("supporter")
    type(user).objects.filter(pk=user.pk).update(mail_off=["check_in"])
    write(user)
    write(user, "training.news")
    registry.get("training.news").is_still_relevant = lambda message: True
    try:
        outbox.deliver_batch()
    finally:
        del registry.get("training.news").is_still_relevant
    assert len(mailoutbox) == 1
    assert set(Message.objects.values_list("kind", "state")) == {
        ("supervision.news", MessageState.SHOWN),
        ("training.news", MessageState.SENT),
    }
    assert outbox.unread(user) == 2


def test_every_kind_that_is_not_essential_can_be_chosen():
    missing = [
        key for key, kind in registry.all_kinds().items() if not kind.essential and kind.group not in registry.GROUPS
    ]
    assert missing == [outbox.DIGEST]
    unused = set(registry.GROUPS) - {kind.group for kind in registry.all_kinds().values()}
    assert unused == set()


def test_one_mail_a_day_however_much_there_is_and_essential_ones_at_once(world, mailoutbox):
    user = world.user("supporter")
    type(user).objects.filter(pk=user.pk).update(digest_at=time(7, 30), time_zone="America/Santiago")
    now = timezone.now()
    for hours in range(3):
        outbox.write("supervision.news", type("Obj", (), {"pk": user.pk})(), to=user, due=now - timedelta(hours=hours))
    outbox.deliver_batch()
    assert mailoutbox == []
    digest = Message.objects.get(kind=outbox.DIGEST)
    assert now < digest.due <= now + timedelta(days=1)
    assert outbox.unread(user) == 3
    outbox.deliver_batch(digest.due)
    outbox.deliver_batch(digest.due + timedelta(minutes=1))
    assert len(mailoutbox) == 1
    write(user, "check_in.asked")
    registry.get("check_in.asked").is_still_relevant = lambda message: True
    try:
        outbox.deliver_batch()
    finally:
        del registry.get("check_in.asked").is_still_relevant
    assert len(mailoutbox) == 2
    page = world.client(user).get(reverse("inbox")).content.decode()
    assert "There are messages for you." not in page, "the digest stands in no inbox"


def test_nothing_is_told_once_a_day_when_everything_was_read(world, mailoutbox):
    user = world.user("supporter")
    type(user).objects.filter(pk=user.pk).update(digest_at=time(7, 30))
    write(user)
    outbox.deliver_batch()
    Message.objects.exclude(kind=outbox.DIGEST).update(read_at=timezone.now())
    outbox.deliver_batch(Message.objects.get(kind=outbox.DIGEST).due)
    assert mailoutbox == []


def test_choosing_in_pages(world):
    user = world.user("supporter")
    client = world.client(user)
    page = reverse("message-choices")
    everything = {"mail_wanted": "on", "how": "daily", "digest_at": "", "groups": ["check_in", "notes"]}
    assert "digest_at" in client.post(page, everything).context["form"].errors
    client.post(page, everything | {"digest_at": "08:15"})
    user.refresh_from_db()
    assert user.digest_at == time(8, 15)
    assert set(registry.GROUPS) - set(user.mail_off) == {"check_in", "notes"}
    client.post(page, {"how": "each", "groups": list(registry.GROUPS)})
    user.refresh_from_db()
    assert (user.digest_at, user.mail_off, user.mail_wanted) == (None, [], False)


# The beat


def test_a_beat_that_stands_still_is_told_once_for_each_standstill(world):
    now = timezone.now()
    Heartbeat.objects.create(name="beat", at=now)
    deliver()
    assert not Message.objects.filter(kind="beat.silent").exists()
    Heartbeat.objects.update(at=now - timedelta(minutes=7))
    administrator = world.administrator
    deliver()
    deliver()
    (message,) = Message.objects.filter(kind="beat.silent")
    assert message.recipient == administrator


def test_the_first_page_and_an_address_for_watchers_say_so(world):
    for user in (world.coordinator, world.administrator):
        assert reverse("outbox-health") in world.client(user).get("/").content.decode()
    assert reverse("outbox-health") not in world.client(world.user("supporter")).get("/").content.decode()
    watcher = world.client()
    assert watcher.get(reverse("beat")).status_code == 503
    Heartbeat.objects.create(name="beat", at=timezone.now())
    assert watcher.get(reverse("beat")).status_code == 200
    assert not system_types.beat_is_silent()


# The letter of the week


def test_the_letter_comes_on_monday_morning_once_to_those_for_whom_something_waits(world):
    supporter, coordinator, supervisor = world.supporter(), world.coordinator, world.user("supervisor")
    monday = letter.moments(timezone.now(), timezone.now() + timedelta(days=8), current().time_zone)[-1]
    for minutes in (-1, 1, 5):
        outbox.write_due(monday + timedelta(minutes=minutes))
    told = list(Message.objects.filter(kind="letter.week").values_list("recipient", flat=True))
    assert told == [coordinator.pk], "nobody supervises the supporter; the supervisor has nothing waiting"
    assert supporter.user_id not in told
    assert supervisor.pk not in told
    page = world.client(coordinator).get(reverse("this-week")).content.decode()
    assert "Supporters nobody supervises" in page
    assert str(supporter) not in page, "counts only"
    assert world.client(supervisor).get(reverse("this-week")).status_code == 200


@pytest.mark.parametrize("zone", ["Europe/Madrid", "America/Santiago", "Asia/Kolkata", "UTC"])
def test_there_is_one_monday_morning_a_week_in_each_zone(zone):
    start = timezone.now()
    found = letter.moments(start, start + timedelta(days=400), zone)
    assert len(found) in {57, 58}
    assert {(one.weekday(), one.hour) for one in found} == {(0, 8)}
