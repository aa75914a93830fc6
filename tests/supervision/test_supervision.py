"""Supervision: named by a coordinator, check-ins that are not forgotten, words that only the two can open."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from peersupport.notifications import outbox
from peersupport.notifications.models import Heartbeat, Message
from peersupport.vault import door
from peersupport.vault.models import SealedText
from peersupport.workflow.state_machine import NotAllowed, NotPossible
from supporters.supervision import board, workflows
from supporters.supervision.models import CheckIn, CheckInEntry, Supervision
from tests.making import PASSWORD

CANARY = "Gondoliere"
HOW = {"time_zone": "UTC", "minutes": 60, "mode": "phone"}


def wall(days=0, hours=0):
    return timezone.now().replace(tzinfo=None, second=0, microsecond=0) + timedelta(days=days, hours=hours)


class Duo:
    """A supporter and a supervisor, signed in."""

    def __init__(self, world, sign_in):
        self.world, self.profile = world, world.supporter()
        self.supporter, self.supervisor = sign_in(self.profile.user), sign_in(world.user("supervisor"))
        for one in (self.supporter, self.supervisor):
            door.do_without_sheet(one.unlocked())
        workflows.state_basis(by=self.supervisor.user, worked_as_peer=True, trained=False, outside=True)
        self.supervision = self.begin()

    def begin(self, **how):
        values = {"every_weeks": 3, "mode": "phone", "minutes": 60, "by": self.world.coordinator} | how
        return workflows.begin(self.profile, self.supervisor.user, **values)

    def plan(self, days=10, by=None, **how):
        return workflows.plan(self.supervision, by=(by or self.supporter).user, wall_time=wall(days), **(HOW | how))

    def write(self, check_in, kind="agenda", by=None):
        return workflows.write(
            check_in,
            kind,
            door.Content({kind if kind == "agenda" else "need": CANARY}),
            by=(by or self.supporter).unlocked(),
        )

    def opens(self, words, by):
        try:
            text = SealedText.objects.get(pk=words.text_id)
            return CANARY in str(door.read(text, by=by.unlocked(), role="x").parts)
        except (door.CannotOpen, door.KeyChanged):
            return False


@pytest.fixture
def duo(world, sign_in, cheap_argon2):
    return Duo(world, sign_in)


@pytest.fixture
def sign_in(world):
    from tests.people import Signed

    return lambda user: Signed(world, user)


class TestWho:
    def test_a_coordinator_names_a_supervisor_who_said_on_what_basis(self, duo, world, sign_in):
        other = world.supporter()
        nobody = world.user("supervisor")
        with pytest.raises(NotPossible):
            workflows.begin(other, nobody, every_weeks=2, mode="phone", minutes=60, by=world.coordinator)
        for who in (duo.supporter.user, duo.supervisor.user, world.administrator):
            with pytest.raises(NotAllowed):
                workflows.begin(other, duo.supervisor.user, every_weeks=2, mode="phone", minutes=60, by=who)

    def test_at_least_training_is_needed(self, duo):
        with pytest.raises(NotPossible):
            workflows.state_basis(by=duo.supervisor.user, worked_as_peer=False, trained=False, outside=True)
        with pytest.raises(NotAllowed):
            workflows.state_basis(by=duo.supporter.user, worked_as_peer=True, trained=True, outside=True)

    def test_one_supervisor_at_a_time_and_a_cover_for_a_while(self, duo, world):
        cover = world.user("supervisor")
        workflows.state_basis(by=cover, worked_as_peer=True, trained=True, outside=False)
        with pytest.raises(NotPossible):
            workflows.begin(duo.profile, cover, every_weeks=2, mode="phone", minutes=60, by=world.coordinator)
        there = workflows.begin(
            duo.profile,
            cover,
            every_weeks=2,
            mode="phone",
            minutes=60,
            by=world.coordinator,
            until=timezone.localdate(),
        )
        assert workflows.end_what_is_over(timezone.localdate()) == 0
        assert workflows.end_what_is_over(timezone.localdate() + timedelta(days=1)) == 1
        assert Supervision.objects.get(pk=there.pk).ended_at
        assert Supervision.objects.live().get() == duo.supervision

    def test_nobody_supervises_themselves(self, duo, world):
        from peersupport.accounts.models import RoleGrant

        RoleGrant.objects.create(user=duo.supporter.user, role="supervisor")
        workflows.state_basis(by=duo.supporter.user, worked_as_peer=True, trained=True, outside=False)
        assert duo.supporter.user not in workflows.supervisors_for(duo.profile)

    def test_after_the_end_check_ins_to_come_are_called_off_and_nothing_is_planned(self, duo, world):
        ahead = duo.plan()
        workflows.end(duo.supervision, by=world.coordinator)
        assert CheckIn.objects.get(pk=ahead.pk).state == "not_held"
        with pytest.raises(NotPossible):
            duo.plan()


class TestCheckIns:
    @pytest.mark.parametrize("who", ["supporter", "supervisor"])
    def test_either_plans_moves_and_says_whether_it_took_place(self, duo, who):
        by = getattr(duo, who)
        check_in = duo.plan(by=by)
        workflows.move(check_in, by=by.user, wall_time=wall(-1), **HOW)
        workflows.took_place(CheckIn.objects.get(), by=by.user)
        assert CheckIn.objects.get().state == "held"
        workflows.did_not(CheckIn.objects.get(), by=by.user)
        assert CheckIn.objects.get().state == "not_held"

    def test_coordinators_and_strangers_have_no_part(self, duo, world):
        check_in = duo.plan()
        for user in (world.coordinator, world.administrator, world.user("supervisor"), world.supporter().user):
            with pytest.raises(NotAllowed):
                workflows.did_not(check_in, by=user)
            with pytest.raises(NotAllowed):
                workflows.plan(duo.supervision, by=user, wall_time=wall(3), **HOW)

    def test_before_it_began_it_did_not_take_place(self, duo):
        with pytest.raises(NotPossible):
            workflows.took_place(duo.plan(), by=duo.supporter.user)

    def test_the_next_one_is_owed_a_rhythm_after_the_last_one_held(self, duo):
        today = timezone.localdate()
        assert duo.supervision.owed_on == today + timedelta(days=7)
        held = duo.plan(days=-2)
        assert held.state == "held"
        fresh = Supervision.objects.get()
        assert fresh.owed_on == held.wall_time.date() + timedelta(weeks=3)
        workflows.change(fresh, every_weeks=5, mode="video", minutes=45, by=duo.supervisor.user)
        assert Supervision.objects.get().owed_on == held.wall_time.date() + timedelta(weeks=5)
        workflows.did_not(CheckIn.objects.get(), by=duo.supporter.user)
        assert Supervision.objects.get().owed_on == fresh.started_at.date() + timedelta(days=7)

    def test_a_supporter_asks_for_one_today_and_the_supervisor_is_told(self, duo):
        Message.objects.all().delete()
        workflows.ask_today(duo.supervision, by=duo.supporter.user)
        assert list(Message.objects.values_list("kind", "recipient")) == [("check_in.asked", duo.supervisor.user.pk)]
        with pytest.raises(NotAllowed):
            workflows.ask_today(duo.supervision, by=duo.supervisor.user)


class TestWords:
    @pytest.mark.parametrize("kind", ["agenda", "record"])
    @pytest.mark.parametrize("who", ["supporter", "supervisor"])
    def test_agenda_and_record_are_for_the_two(self, duo, world, sign_in, kind, who):
        words = duo.write(duo.plan(), kind, by=getattr(duo, who))
        assert duo.opens(words, duo.supporter)
        assert duo.opens(words, duo.supervisor)
        assert not duo.opens(words, sign_in(world.coordinator))

    def test_thoughts_before_are_ones_own_until_shared(self, duo):
        words = duo.write(duo.plan(), "preparation")
        assert duo.opens(words, duo.supporter)
        assert not duo.opens(words, duo.supervisor)
        page = duo.supervisor.client.get(reverse("check-in", args=[words.check_in_id])).content.decode()
        assert CANARY not in page
        duo.supporter.client.post(reverse("share-words", args=[words.pk]))
        assert duo.opens(words, duo.supervisor)
        assert CANARY in duo.supervisor.client.get(reverse("check-in", args=[words.check_in_id])).content.decode()

    def test_a_supervisor_writes_no_thoughts_before_and_shares_nobody_elses(self, duo):
        check_in = duo.plan()
        with pytest.raises(NotAllowed):
            duo.write(check_in, "preparation", by=duo.supervisor)
        words = duo.write(check_in, "preparation")
        assert duo.supervisor.client.post(reverse("share-words", args=[words.pk])).status_code == 404
        assert not CheckInEntry.objects.get().shared

    def test_each_erases_what_they_wrote(self, duo):
        words = duo.write(duo.plan())
        with pytest.raises(NotAllowed):
            workflows.erase_words(words, by=duo.supervisor.user)
        workflows.erase_words(words, by=duo.supporter.user)
        assert not SealedText.objects.exists()
        assert not CheckInEntry.objects.exists()

    def test_a_coordinator_sees_no_page_of_it(self, duo, world):
        check_in = duo.plan()
        duo.write(check_in)
        client = world.client(world.coordinator)
        for name, pk in (("check-in", check_in.pk), ("one-supervision", duo.supervision.pk)):
            assert client.get(reverse(name, args=[pk])).status_code == 404
        board_page = client.get(reverse("supervision-board")).content.decode()
        assert CANARY not in board_page

    def test_what_was_agreed_is_sealed_and_ticked_off(self, duo):
        check_in = duo.plan()
        action = workflows.agree_on(
            check_in,
            door.Content({"action": CANARY}),
            by_supporter=True,
            due_on=timezone.localdate() + timedelta(days=3),
            by=duo.supervisor.unlocked(),
        )
        page = reverse("check-in", args=[check_in.pk])
        assert CANARY in duo.supporter.client.get(page).content.decode()
        duo.supporter.client.post(reverse("action-done", args=[action.pk]), {"done": "yes"})
        assert "Not done after all" in duo.supporter.client.get(page).content.decode()

    def test_an_account_that_goes_takes_its_supervision_along(self, duo):
        from peersupport.accounts.workflows import delete_account

        duo.write(duo.plan())
        delete_account(duo.supporter.user, by=duo.supporter.user)
        assert not SealedText.objects.exists()
        assert not Supervision.objects.exists()


class TestRowsWrittenIntoTheTables:
    def test_thoughts_before_are_shared_only_as_what_they_are(self, duo):
        """The row points at a reflection instead: sharing it is refused."""
        from sessions_log.workflows import notes

        words = duo.write(duo.plan(), "preparation")
        other = notes.reflect(door.Content({"reflection": CANARY}), by=duo.supporter.unlocked())
        SealedText.objects.filter(pk=other.text_id).update(kind="reflection")
        CheckInEntry.objects.filter(pk=words.pk).update(text=other.text_id)
        duo.supporter.client.post(reverse("share-words", args=[words.pk]))
        assert not CheckInEntry.objects.get().shared

    def test_another_supervisor_in_the_row_gets_nothing(self, duo, world, sign_in):
        check_in = duo.plan()
        duo.write(check_in)
        words = duo.write(check_in, "preparation")
        stranger = sign_in(world.user("supervisor"))
        Supervision.objects.update(supervisor=stranger.user)
        duo.supporter.client.post(reverse("share-words", args=[words.pk]))
        assert not duo.opens(words, stranger)

    def test_sealed_anew_thoughts_before_are_their_writers_alone(self, duo):
        words = duo.write(duo.plan(), "preparation")
        SealedText.objects.filter(pk=words.text_id).update(seal_anew=True)
        duo.supporter.client.get(reverse("check-in", args=[words.check_in_id]), follow=True)
        assert duo.opens(words, duo.supporter)
        assert not duo.opens(words, duo.supervisor)

    def test_who_is_no_supervisor_any_more_gets_nothing_new(self, duo, world):
        from peersupport.accounts.workflows import take_role_back

        check_in = duo.plan()
        take_role_back(duo.supervisor.user, "supervisor", by=world.administrator)
        assert not Supervision.objects.live().exists()
        with pytest.raises(NotPossible):
            duo.write(check_in)
        assert duo.supervisor.client.get(reverse("check-in", args=[check_in.pk])).status_code == 404


class TestReminders:
    def told(self, now, kind):
        outbox.write_due(now)
        return sorted(Message.objects.filter(kind=kind).values_list("recipient", flat=True), key=str)

    def both(self, duo):
        return sorted([duo.supporter.user.pk, duo.supervisor.user.pk], key=str)

    @pytest.mark.parametrize(("kind", "ahead"), [("check_in.week", 7), ("check_in.day", 1), ("check_in.missed", -1)])
    def test_both_are_told_once_at_the_right_time(self, duo, kind, ahead):
        check_in = duo.plan(days=20)
        at = check_in.starts_at - timedelta(days=ahead)
        outbox.write_due(timezone.now())
        assert self.told(at - timedelta(seconds=30), kind) == []
        assert self.told(at + timedelta(seconds=30), kind) == self.both(duo)
        assert self.told(at + timedelta(seconds=60), kind) == self.both(duo), "not twice"

    def test_after_an_outage_what_was_due_meanwhile_is_told(self, duo):
        check_in = duo.plan(days=20)
        outbox.write_due(timezone.now())
        assert self.told(check_in.starts_at - timedelta(days=4), "check_in.week") == self.both(duo)

    def test_one_planned_at_short_notice_is_not_told_a_week_before(self, duo):
        duo.plan(days=3)
        assert self.told(timezone.now(), "check_in.week") == []

    def test_moved_it_is_told_anew_and_the_old_word_does_not_go_out(self, duo):
        check_in = duo.plan(days=20)
        outbox.write_due(timezone.now())
        self.told(check_in.starts_at - timedelta(days=1), "check_in.day")
        moved = workflows.move(check_in, by=duo.supporter.user, wall_time=wall(30), **HOW)
        from peersupport.notifications import registry

        old = Message.objects.filter(kind="check_in.day").first()
        assert not registry.get("check_in.day").is_still_relevant(old)
        outbox.write_due(moved.starts_at - timedelta(days=1, minutes=1))
        outbox.write_due(moved.starts_at - timedelta(days=1))
        assert Message.objects.filter(kind="check_in.day").count() == 4

    def test_what_is_due_and_not_booked_is_told_once(self, duo):
        owed = datetime.combine(duo.supervision.owed_on, datetime.min.time(), UTC)
        outbox.write_due(owed - timedelta(hours=1))
        assert self.told(owed + timedelta(hours=1), "check_in.owed") == self.both(duo)
        assert self.told(owed + timedelta(days=1), "check_in.owed") == self.both(duo)

    def test_what_is_booked_is_not_owed(self, duo):
        duo.plan(days=12)
        owed = datetime.combine(duo.supervision.owed_on, datetime.min.time(), UTC)
        outbox.write_due(owed - timedelta(hours=1))
        assert self.told(owed + timedelta(hours=1), "check_in.owed") == []

    def test_whose_action_is_due_is_told_the_day_before(self, duo):
        due = timezone.localdate() + timedelta(days=5)
        workflows.agree_on(
            duo.plan(), door.Content({"action": CANARY}), by_supporter=False, due_on=due, by=duo.supporter.unlocked()
        )
        before = datetime.combine(due - timedelta(days=1), datetime.min.time(), UTC)
        outbox.write_due(before - timedelta(hours=1))
        assert self.told(before + timedelta(hours=1), "action.due") == [duo.supervisor.user.pk]

    def test_how_far_a_kind_has_looked_stands_in_a_row(self, duo):
        outbox.write_due(timezone.now())
        assert Heartbeat.objects.filter(name="due:check_in.week").exists()


class TestBoard:
    def test_it_says_what_is_owed_and_who_has_nobody(self, duo, world):
        alone = world.supporter()
        assert list(board.owed()) == []
        Supervision.objects.update(owed_on=date(2026, 1, 1))
        assert [one.pk for one in board.owed()] == [duo.supervision.pk]
        assert alone in board.nobody_supervises()
        assert duo.profile not in board.nobody_supervises()
        duo.plan(days=2)
        assert list(board.owed()) == []
        assert len(board.this_week()) == 1

    def test_its_queries_do_not_grow(self, duo, world, django_assert_num_queries):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        client = world.client(world.coordinator)

        def cost():
            with CaptureQueriesContext(connection) as found:
                assert client.get(reverse("supervision-board")).status_code == 200
            return len([one for one in found if "django_session" not in one["sql"]])

        Supervision.objects.update(owed_on=date(2026, 1, 1))
        cost()
        one = cost()
        for _ in range(4):
            other = world.supporter()
            workflows.begin(other, duo.supervisor.user, every_weeks=2, mode="phone", minutes=60, by=world.coordinator)
        Supervision.objects.update(owed_on=date(2026, 1, 1))
        assert cost() == one

    def test_supervisors_with_many_are_shown(self, duo, world, monkeypatch):
        monkeypatch.setattr(board, "MANY", 0)
        assert board.with_many() == [(duo.supervisor.user, 1)]


def test_new_keys_of_the_other_are_compared_before_writing(duo, world):
    check_in = duo.plan()
    duo.write(check_in)
    door.somebody_may_know(duo.supervisor.unlocked(), PASSWORD, new="another very long password")
    client, place = duo.supporter.client, reverse("write-check-in", args=[check_in.pk, "agenda"])
    page = client.post(place, {"agenda": CANARY})
    assert "keys are new" in page.content.decode()
    assert CANARY in page.content.decode()
    compare = reverse("compare-supervision", args=[duo.supervision.pk])
    number = door.comparison(duo.supporter.unlocked().keys.public, door.public_of(duo.supervisor.user.pk))
    client.post(compare, {"number": str(number)})
    assert client.post(place, {"agenda": CANARY}).status_code == 302


class TestHome:
    def test_both_see_what_is_near_and_what_is_due(self, duo, world):
        near, far = duo.plan(days=3), duo.plan(days=30)
        for one in (duo.supporter, duo.supervisor):
            page = one.client.get(reverse("home")).content.decode()
            assert reverse("check-in", args=[near.pk]) in page
            assert reverse("check-in", args=[far.pk]) not in page
        CheckIn.objects.all().delete()
        Supervision.objects.update(owed_on=date(2026, 1, 1))
        for one in (duo.supporter, duo.supervisor):
            assert "1 check-in is due" in one.client.get(reverse("home")).content.decode()
        assert "check-in" not in world.client(world.coordinator).get(reverse("home")).content.decode()

    def test_one_that_was_missed_asks_whether_it_took_place(self, duo):
        check_in = duo.plan(days=3)
        CheckIn.objects.filter(pk=check_in.pk).update(starts_at=timezone.now() - timedelta(days=2))
        assert "did it take place?" in duo.supporter.client.get(reverse("home")).content.decode()
