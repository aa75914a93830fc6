"""Nights when clocks change, and clocks that are put right: every reminder once, none in quiet hours.

The product's own scan and delivery run step by step, with the time that the drill says it is.
"""

from collections import Counter
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.utils import timezone

from peersupport.notifications import outbox
from peersupport.notifications.models import Message
from supporters.supervision import workflows
from supporters.supervision.models import CheckIn, Supervision

pytestmark = pytest.mark.slow
DAY, STEP = timedelta(days=1), timedelta(minutes=10)
KINDS = ("check_in.week", "check_in.day")
#: When clocks change there, or would, and a quiet time that ends in that very hour.
ZONES = {
    "Europe/Berlin": time(2, 30),
    "America/Santiago": time(0, 30),
    "Asia/Kolkata": time(2, 30),
    "Africa/Nairobi": time(2, 30),
}


def nights(zone):
    """Return the days to come whose clocks change, spring and autumn; two plain ones where they never do."""
    first = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0) + 12 * DAY
    days = [first + number * DAY for number in range(400)]

    def offset(moment):
        return moment.astimezone(ZoneInfo(zone)).utcoffset()

    changing = [(day + DAY).astimezone(ZoneInfo(zone)).date() for day in days if offset(day) != offset(day + DAY)]
    return (changing or [first.date(), first.date() + 180 * DAY])[:2]


CASES = [(zone, night) for zone in ZONES for night in nights(zone)]


@pytest.fixture
def supervision(world):
    supporter, supervisor = world.supporter(), world.user("supervisor")
    return Supervision.objects.create(
        supporter=supporter, supervisor=supervisor, owed_on=timezone.localdate() + 900 * DAY
    )


def scan(now):
    """What the clock starts every few seconds."""
    outbox.write_due(now)
    while outbox.deliver_batch(now):
        pass


def is_quiet(wall, start, end):
    return start <= wall < end if start <= end else (wall >= start or wall < end)


def times_around(night, zone):
    """Return the moments to look at: in ten minutes' steps where something is due, a jump in between, each minute at night."""
    middle = datetime.combine(night, time(1), ZoneInfo(zone)).astimezone(UTC)
    found = {middle + timedelta(minutes=minute) for minute in range(-150, 180)}
    for days in (-7, -6, -1, 0, 6):
        found |= {middle + days * DAY + place * STEP for place in range(-24, 24)}
    return sorted(found)


@pytest.mark.parametrize(("zone", "night"), CASES, ids=[f"{zone} {night}" for zone, night in CASES])
def test_each_reminder_comes_once_on_nights_when_clocks_change(supervision, zone, night):
    quiet = time(22), ZONES[zone]
    supervisor, supporter = supervision.supervisor, supervision.supporter.user
    type(supervisor).objects.filter(pk=supervisor.pk).update(time_zone=zone, quiet_from=quiet[0], quiet_until=quiet[1])
    for days in (0, 1, 7):  # the night itself, and those whose reminders are due in it
        first = datetime.combine(night + days * DAY, quiet[1]) - timedelta(hours=1)
        for place in range(13):
            workflows.plan(
                supervision, by=supporter, wall_time=first + place * STEP, time_zone=zone, minutes=10, mode="phone"
            )
    Message.objects.all().delete()
    for now in times_around(night, zone):
        scan(now)
    due = {
        (kind, one.pk, user.pk): one.starts_at - ahead
        for one in CheckIn.objects.all()
        for user in (supervisor, supporter)
        for kind, ahead in zip(KINDS, (7 * DAY, DAY), strict=True)
    }
    rows = {(row.kind, row.object_id, row.recipient_id): row for row in Message.objects.filter(kind__in=KINDS)}
    sent = Counter(one.extra_headers["Message-ID"].strip("<").split("@")[0] for one in mail.outbox)
    print(
        f"{zone} {night}: {len(due)} due, {sum(bool(sent[str(row.pk)]) for row in rows.values())} sent, "
        f"{sum(number > 1 for number in sent.values())} doubled, {len(due.keys() - rows.keys())} lost"
    )
    assert {key: row.due for key, row in rows.items()} == due
    assert len(due) == Message.objects.filter(kind__in=KINDS).count() == 156
    assert [sent[str(row.pk)] for row in rows.values()] == [1] * len(due)
    for (_kind, _pk, user), row in rows.items():
        allowed = row.due
        while user == supervisor.pk and is_quiet(allowed.astimezone(ZoneInfo(zone)).time(), *quiet):
            allowed += timedelta(minutes=1)
        assert row.sent_at >= allowed, "sent in quiet hours"
        late = timedelta(hours=1) if user == supervisor.pk else timedelta(0)
        assert row.sent_at - allowed <= STEP + late, "sent too late"


class TestAClockThatIsPutRight:
    """Reminders come due every ten minutes for six hours, while the clock of the machine is changed."""

    start = datetime(2031, 5, 6, 6, tzinfo=UTC)

    def plan(self, supervision, due, made_at=None):
        """Plan a check-in whose reminder of the day before is due at a moment."""
        made = CheckIn.objects.create(
            supervision=supervision, wall_time=due + DAY, starts_at=due + DAY, time_zone="UTC", mode="phone"
        )
        CheckIn.objects.filter(pk=made.pk).update(made_at=made_at or self.start - 30 * DAY)

    def run(self, hours):
        """Let the clock show these times, in hours after the start, and count."""
        for one in hours:
            scan(self.start + timedelta(hours=one))
        sent = Counter(one.extra_headers["Message-ID"] for one in mail.outbox)
        rows = Message.objects.filter(kind="check_in.day")
        return rows.count(), sum(bool(sent[f"<{row.pk}@localhost>"]) for row in rows), max(sent.values(), default=0)

    def hours(self, start, end):
        return [place / 6 for place in range(start * 6, end * 6 + 1)]

    def six_hours_of_reminders(self, supervision):
        for place in range(36):
            self.plan(supervision, self.start + place * STEP + timedelta(minutes=5))

    def test_put_back_by_two_hours_doubles_nothing_and_loses_nothing(self, supervision):
        self.six_hours_of_reminders(supervision)
        assert self.run([*self.hours(0, 3), *self.hours(1, 6)]) == (72, 72, 1)

    def test_put_forward_by_a_day_and_back_doubles_nothing_and_loses_nothing(self, supervision):
        self.six_hours_of_reminders(supervision)
        assert self.run([*self.hours(0, 2), 26, *self.hours(2, 6)]) == (72, 72, 1)

    @pytest.mark.parametrize("wrong", [3, 26], ids=["put back by two hours", "put back by a day"])
    def test_what_is_planned_in_the_time_that_comes_again_is_reminded_of(self, supervision, wrong):
        scan(self.start)
        scan(self.start + timedelta(hours=wrong))
        back = self.start + timedelta(hours=1)
        scan(back)
        self.plan(supervision, back + timedelta(minutes=30), made_at=back + timedelta(minutes=5))
        assert self.run(self.hours(1, 28)) == (2, 2, 1)
