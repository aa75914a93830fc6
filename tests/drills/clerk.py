"""Run in a process of its own beside a scratch installation: writes what is due, by the product's own functions, and counts.

One line of JSON is one order, [name, {values}]; one line of JSON is its answer.
"""

import json
import sys
import time
import uuid
from dataclasses import dataclass, field
from datetime import timedelta

import django
from django.db import DatabaseError, connections, transaction
from django.db.models import Count, F
from django.utils import timezone

KIND, TOGETHER, DOMAIN = "supervision.news", 50, "@drill.example.org"


@dataclass(frozen=True)
class Thing:
    """Stands for what a message is about."""

    pk: uuid.UUID = field(default_factory=uuid.uuid4)


class Clerk:
    """The orders."""

    def __init__(self):
        from peersupport.accounts.models import User
        from peersupport.notifications.models import Heartbeat, Message

        self.users, self.messages, self.heartbeats = User.objects, Message.objects, Heartbeat.objects
        self.message = Message

    def forget(self):
        """Remove every message, everybody a drill made, and how far was looked."""
        self.messages.all().delete()
        self.users.filter(email__endswith=DOMAIN).delete()
        self.heartbeats.all().delete()

    def put_clock_ahead(self, hours):
        """Make every task have run some hours in the future, as when the machine's clock was put back; return how many."""
        rows = self.heartbeats.filter(name__startswith="task:")
        return rows.update(at=F("at") + timedelta(hours=hours))

    def people(self, number):
        """Make people who want mail; return their addresses."""
        made = [self.users.model(email=f"somebody{place}{DOMAIN}", password="!") for place in range(number)]
        self.users.bulk_create(made)
        return [user.email for user in made]

    def write(self, number):
        """Write messages about nothing to everybody in turn, some in each transaction; return their ids, oldest first."""
        from peersupport.notifications import outbox

        users, start = self._everybody(), timezone.now() - timedelta(hours=1)
        things = [Thing() for _ in range(number)]
        for first in range(0, number, TOGETHER):
            with transaction.atomic():
                for place in range(first, min(first + TOGETHER, number)):
                    due = start + timedelta(milliseconds=place)
                    outbox.write(KIND, things[place], to=users[place % len(users)], due=due)
        return self._ids(thing.pk for thing in things)

    def heap(self, number, days_late=0):
        """Write a heap of messages at once, without a hint to anybody; return their ids, oldest first."""
        users, start = self._everybody(), timezone.now() - timedelta(hours=1, days=days_late)
        for first in range(0, number, 5000):
            self.messages.bulk_create(
                self.message(
                    kind=KIND,
                    object_id=uuid.uuid4(),
                    recipient=user,
                    recipient_key=user.pseudonym,
                    due=due,
                    next_try_at=due,
                )
                for place in range(first, min(first + 5000, number))
                for user, due in [(users[place % len(users)], start + timedelta(milliseconds=place))]
            )
        found = self.messages.filter(due__gte=start, due__lt=start + timedelta(milliseconds=number))
        return [str(pk) for pk in found.order_by("due").values_list("pk", flat=True)]

    def write_for(self, seconds, number):
        """Write to `number` people in each transaction, for so long; return how often it was done, and how often refused."""
        from peersupport.notifications import outbox

        users, done, refused, end = self._everybody()[:number], 0, 0, time.monotonic() + seconds
        while time.monotonic() < end:
            thing = Thing()
            try:
                with transaction.atomic():
                    for user in users:
                        outbox.write(KIND, thing, to=user)
                done += 1
            except DatabaseError:
                refused += 1
                connections.close_all()
            time.sleep(0.05)
        return [done, refused]

    def groups(self):
        """Return how many messages there are about each thing."""
        return list(self.messages.order_by().values("object_id").annotate(n=Count("pk")).values_list("n", flat=True))

    def wake(self):
        """Tell the worker that there is something to do."""
        from peersupport.notifications import outbox

        outbox.wake()

    def check_ins(self, number):
        """Plan check-ins of two people whose reminders of the week before have come due; nothing is written yet."""
        from supporters.models import Supporter
        from supporters.supervision.models import CheckIn, Supervision

        one, other = self._everybody()[:2]
        supporter = Supporter.objects.create(user=one, name="Somebody", state="active")
        now = timezone.now()
        supervision = Supervision.objects.create(
            supporter=supporter, supervisor=other, owed_on=(now + timedelta(90)).date()
        )
        for place in range(number):
            at = now + timedelta(days=7, minutes=-1 - place)
            CheckIn.objects.create(supervision=supervision, wall_time=at, starts_at=at, time_zone="UTC", mode="phone")
        CheckIn.objects.update(made_at=now - timedelta(days=30))

    def ids(self):
        """Return the ids of every message there is."""
        return self._ids(None)

    def left(self):
        """Count what still waits or is being sent."""
        return self.messages.filter(state__in=["waiting", "claimed"]).count()

    def states(self):
        return dict(self.messages.order_by().values_list("state").annotate(Count("pk")))

    def marked(self):
        """Return the ids of what was marked as maybe sent twice."""
        return [str(pk) for pk in self.messages.filter(maybe_twice=True).values_list("pk", flat=True)]

    def row(self, address):
        """Return state and tries of the one message to an address."""
        return self.messages.values("id", "state", "attempts").get(recipient__email=address)

    def pass_time(self, minutes):
        """Let time pass for whatever waits: its lease and its next try come nearer."""
        past = timedelta(minutes=minutes)
        open_ones = self.messages.filter(state__in=["waiting", "claimed"])
        open_ones.update(next_try_at=F("next_try_at") - past, lease_until=F("lease_until") - past)

    def change(self, address, **fields):
        """Change what somebody wants."""
        self.users.filter(email=address).update(**fields)

    def delete(self, address):
        """Somebody deletes their account."""
        from peersupport.accounts.own_data import erase_again

        erase_again(self.users.get(email=address))

    def _everybody(self):
        return list(self.users.filter(email__endswith=DOMAIN).order_by("email"))

    def _ids(self, things):
        found = self.messages.all() if things is None else self.messages.filter(object_id__in=list(things))
        return [str(pk) for pk in found.order_by("next_try_at", "pk").values_list("pk", flat=True)]


def main() -> None:
    django.setup()
    clerk = Clerk()
    for line in sys.stdin:
        name, given = json.loads(line)
        print(json.dumps(getattr(clerk, name)(**given), default=str), flush=True)
        connections.close_all()


if __name__ == "__main__":
    main()
