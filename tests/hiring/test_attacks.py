"""Ways around fairness that an independent reader tried: sealing, peers, bars, posts, times, erasure. Each says what holds."""

import contextlib
import re
from datetime import date, datetime, timedelta
from unittest import mock

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from hiring import links
from hiring.models import (
    Application,
    Booking,
    Criterion,
    HistoryLine,
    Offer,
    Override,
    PanelMember,
    Recusal,
    Reopened,
    Scorecard,
    Slot,
    Vacancy,
)
from hiring.tasks import housekeeping
from hiring.workflows import applying, deciding, panel, scoring, talks, vacancies
from hiring.workflows.scoring import Answer
from peersupport.accounts import workflows as accounts
from peersupport.accounts.models import Role, RoleGrant, User
from peersupport.notifications import outbox
from peersupport.notifications.models import Message
from peersupport.workflow.state_machine import NotAllowed, NotPossible
from tests.hiring.conftest import WORDS, House, fresh, in_with, make_offer, offered
from tests.matching.test_two_at_once import big_world, needs_threads, released_together

__all__ = ["big_world"]
C = applying.Candidate


START = {"name": "Ada", "email": "ada@peers.example", "password": "the-heron-waits-42", "language": "en"}


# ---------- the seal


def test_taking_a_member_off_and_adding_again_does_not_open_the_seal(judged):
    first, second, third = judged.members
    judged.score(first, judged.one, 1)
    judged.score(second, judged.one, 1)
    panel.leave(third, by=judged.coordinator)
    client = judged.world.client(judged.coordinator)
    page = client.get(reverse("candidate", args=[judged.one.pk])).content.decode()
    seen = "Sealed until all" not in page
    try:
        third = panel.add(judged.vacancy, third.user, by=judged.coordinator)
        judged.score(third, judged.one, 4)
        scored = True
    except (NotPossible, NotAllowed):
        scored = False
    assert not (seen and scored), "they looked at the others' scores, came back, and scored"


def test_whoever_runs_a_vacancy_does_not_sit_on_its_panel(house):
    house.open((True,))
    with pytest.raises(NotPossible):
        panel.add(house.vacancy, house.coordinator, by=house.coordinator)
    client = house.world.client(house.coordinator)
    page = client.post(reverse("add-member", args=[house.vacancy.pk]), {"email": house.coordinator.email})
    assert "does not score" in page.content.decode()


def test_after_the_deadline_whoever_saw_the_others_does_not_score(judged):
    first, second, _third = judged.members
    judged.score(first, judged.one, 1)
    Vacancy.objects.update(score_by=timezone.localdate() - timedelta(days=2))
    with pytest.raises(NotPossible):
        judged.score(second, judged.one, 4)
    client = judged.world.client(second.user)
    assert "Sealed until all" in client.get(reverse("read-application", args=[judged.one.pk])).content.decode()
    housekeeping()
    assert "Sealed until all" not in client.get(reverse("read-application", args=[judged.one.pk])).content.decode()
    with pytest.raises(NotPossible):
        judged.score(second, judged.one, 4)


def test_the_deadline_is_not_the_viewers_own_clock(judged):
    first, second, _third = judged.members
    judged.score(first, judged.one, 1)
    now = datetime(2031, 3, 3, 12, tzinfo=timezone.get_default_timezone())
    Vacancy.objects.update(score_by=date(2031, 3, 3))  # today, in UTC and in the organization's zone: not over
    User.objects.filter(pk=second.user_id).update(time_zone="Pacific/Kiritimati")
    with mock.patch("django.utils.timezone.now", return_value=now):
        client = judged.world.client(User.objects.get(pk=second.user_id))
        page = client.get(reverse("read-application", args=[judged.one.pk])).content.decode()
    assert "Sealed until all" in page, "a member broke the seal by choosing a time zone in their settings"


def test_the_deadline_for_scores_is_not_before_applications_close(house):
    house.member(peer=True)
    house.member(peer=False)
    vacancies.prepare(house.vacancy, by=house.coordinator, score_by=timezone.localdate() - timedelta(days=3))
    with pytest.raises(NotPossible):
        vacancies.open_it(Vacancy.objects.get(), by=house.coordinator)


def test_extending_moves_or_checks_the_deadline_for_scores(house):
    house.open((True, False, False))
    Vacancy.objects.update(score_by=timezone.localdate() + timedelta(days=25))
    ahead = timezone.localtime() + timedelta(days=60)
    try:
        vacancies.extend(
            house.vacancy, by=house.coordinator, wall_close=ahead.replace(tzinfo=None), time_zone="Europe/Madrid"
        )
    except NotPossible:
        return
    vacancy = Vacancy.objects.get()
    assert vacancy.score_by is None or vacancy.score_by > vacancy.closes_at.date()


def test_extend_says_nothing_of_scores_that_are_sealed(judged):
    judged.score(judged.members[0], judged.one, 1)
    client = judged.world.client(judged.coordinator)
    said = client.post(
        reverse("extend-vacancy", args=[judged.vacancy.pk]), {"close_day": "2031-05-05", "close_time": "10:00"}
    )
    assert said.status_code == 302 or "Scores are in already" not in said.content.decode()


def test_a_late_member_does_not_see_the_scores_before_scoring(judged):
    """All are in and shown; deadline over: somebody added now sees everything and scores, so the bar is reached."""
    in_with(judged, 2)
    Vacancy.objects.update(score_by=timezone.localdate() - timedelta(days=1))
    late = judged.member(peer=False)
    page = judged.world.client(late.user).get(reverse("read-application", args=[judged.one.pk])).content.decode()
    seen = "Sealed until all" not in page
    try:
        judged.score(late, judged.one, 4)
        scored = True
    except (NotPossible, NotAllowed):
        scored = False
    assert not (seen and scored)


def test_members_added_after_the_scores_are_shown_do_not_lift_somebody_over_the_bar(judged):
    in_with(judged, 2)  # below the bar of 2.5, and everybody sees it
    assert scoring.above_the_bar(fresh(judged.one)) is False
    try:
        for _ in range(2):
            judged.score(judged.member(peer=False), judged.one, 4)
    except (NotPossible, NotAllowed):
        return
    with pytest.raises(NotPossible):
        deciding.decide(fresh(judged.one), "appoint", by=judged.coordinator, **WORDS)


# ---------- reopening


def test_no_scorecard_is_opened_again_after_the_decision_to_appoint(judged):
    one = in_with(judged, 3)
    deciding.decide(one, "appoint", by=judged.coordinator, **WORDS)
    with pytest.raises(NotPossible):
        scoring.reopen(Scorecard.objects.get(member=judged.members[0]), by=judged.coordinator, reason="A wrong page")


def test_nobody_is_offered_a_post_without_a_peers_score(judged):
    peer = judged.members[0]
    one = in_with(judged, 3)
    deciding.decide(one, "appoint", by=judged.coordinator, **WORDS)
    try:
        scoring.reopen(Scorecard.objects.get(member=peer), by=judged.coordinator, reason="A wrong page")
        panel.can_not_score(peer, fresh(one), by=peer.user)
    except NotPossible:
        return
    with pytest.raises(NotPossible):
        make_offer(judged, one)
    assert not Offer.objects.exists()


def test_the_old_value_of_a_reopened_card_stays(judged):
    peer = judged.members[0]
    in_with(judged, 1)
    scoring.reopen(Scorecard.objects.get(member=peer), by=judged.coordinator, reason="A wrong page")
    with contextlib.suppress(NotPossible):
        panel.can_not_score(peer, fresh(judged.one), by=peer.user)
    assert Reopened.objects.exists(), "what it said before is gone"


def test_a_reopened_card_keeps_what_could_grow(judged):
    in_with(judged, 1)
    scoring.reopen(Scorecard.objects.get(member=judged.members[0]), by=judged.coordinator, reason="A wrong page")
    assert "Grows fast." in str(Reopened.objects.get().before), "the text on potential is not among the old values"


# ---------- peers


def test_who_says_to_be_a_peer_only_after_scoring_is_no_peers_score(judged):
    peer, second, third = judged.members
    panel.can_not_score(peer, fresh(judged.one), by=peer.user)
    judged.score(second, judged.one, 3)
    judged.score(third, judged.one, 3)
    client = judged.world.client(second.user)
    client.post(reverse("panel", args=[judged.vacancy.pk]), {"peer": "yes"})
    with pytest.raises(NotPossible):
        deciding.decide(fresh(judged.one), "appoint", by=judged.coordinator, **WORDS)


def test_a_peers_card_with_nothing_but_cant_say_is_no_score(judged):
    peer, second, third = judged.members
    marks = {c.pk: Answer(None, "cant_say", "") for c in judged.vacancy.criteria.all()}
    scoring.submit(peer, fresh(judged.one), marks, "", by=peer.user)
    judged.score(second, judged.one, 4)
    judged.score(third, judged.one, 4)
    with pytest.raises(NotPossible):
        deciding.decide(fresh(judged.one), "appoint", by=judged.coordinator, **WORDS)


def test_one_question_of_three_does_not_pass_the_bar(judged):
    criteria = list(judged.vacancy.criteria.all())
    answers = {c.pk: Answer(None, "not_asked", "") for c in criteria} | {criteria[2].pk: Answer(4, "", "x")}
    for member in judged.members:
        scoring.submit(member, fresh(judged.one), answers, "", by=member.user)
    with pytest.raises(NotPossible):
        deciding.decide(fresh(judged.one), "appoint", by=judged.coordinator, **WORDS)


def test_without_any_peer_at_work_nobody_is_invited_nor_talked_with(judged):
    peer = judged.members[0]
    accounts.take_role_back(peer.user, Role.PANEL_MEMBER, by=judged.world.administrator)
    client = judged.world.client(judged.coordinator)
    client.post(reverse("candidate", args=[judged.one.pk]))
    assert fresh(judged.one).state == "sent", "invited to talk with a panel without a peer"


def test_an_account_that_is_deleted_does_not_leave_an_interview_without_a_peer(judged):
    peer = judged.members[0]
    try:
        accounts.delete_account(peer.user, by=peer.user)
    except NotPossible:
        return
    client = judged.world.client(judged.coordinator)
    client.post(reverse("candidate", args=[judged.one.pk]))
    assert fresh(judged.one).state == "sent"


def test_scores_that_were_sent_count_on_when_an_account_is_deleted(judged):
    judged.score(judged.members[1], judged.one, 1)
    user = judged.members[1].user
    accounts.delete_account(user, by=user)
    assert Scorecard.objects.filter(submitted_at__isnull=False).count() == 1


def test_a_low_score_can_not_be_made_to_vanish_after_all_is_shown(judged):
    first, second, third = judged.members
    judged.score(first, judged.one, 3)
    judged.score(second, judged.one, 3)
    judged.score(third, judged.one, 1)
    assert scoring.above_the_bar(fresh(judged.one)) is False
    accounts.delete_account(third.user, by=third.user)
    assert not scoring.above_the_bar(fresh(judged.one))


def test_going_below_takes_two_that_are_known(judged):
    peer, second, _third = judged.members
    one = in_with(judged, 2)
    override = deciding.ask_to_go_below(one, by=second.user, reason="They learn fast")
    accounts.delete_account(second.user, by=second.user)
    try:
        deciding.go_below_together(Override.objects.get(pk=override.pk), by=peer.user)
    except NotPossible:
        return
    held = Override.objects.get()
    assert None not in {held.first_id, held.second_id}, "one alone went below the bar"


def test_an_exception_is_for_the_scores_it_was_made_for(judged):
    peer, second, _third = judged.members
    one = in_with(judged, 2)
    override = deciding.ask_to_go_below(one, by=second.user, reason="They learn fast")
    deciding.go_below_together(override, by=peer.user)
    card = Scorecard.objects.get(member=peer)
    scoring.reopen(card, by=judged.coordinator, reason="A wrong page")
    judged.score(peer, judged.one, 1)
    with pytest.raises(NotPossible):
        deciding.decide(fresh(judged.one), "appoint", by=judged.coordinator, **WORDS)


def test_exactly_at_the_bar_is_at_the_bar():
    """The mean is a float, held against a decimal: find who is exactly at the bar and is refused."""
    from fractions import Fraction
    from itertools import product
    from types import SimpleNamespace

    weights, wrong = (2, 1, 2), []
    criteria = [SimpleNamespace(pk=n, weight=w) for n, w in enumerate(weights)]
    for cards in product(product(range(2, 5), repeat=3), repeat=3):
        found = [SimpleNamespace(sent=True, card=SimpleNamespace(pk=n)) for n in range(3)]
        scores = {(n, k): cards[n][k] for n in range(3) for k in range(3)}
        real = (
            sum(
                Fraction(sum(level * weight for level, weight in zip(card, weights, strict=True)), sum(weights))
                for card in cards
            )
            / 3
        )
        if (real * 100).denominator == 1 and scoring.mean(found, scores, criteria) != real:
            wrong.append((cards, real))
    assert not wrong, (len(wrong), wrong[:2])


# ---------- decisions, offers, posts


def test_erasing_who_started_does_not_free_their_post(house):
    house.open((True, False))
    one, two = house.candidate(1), house.candidate(2)
    house.close()
    in_with(house, 3, two)
    deciding.decide(fresh(two), "reserve", by=house.coordinator, **WORDS)
    application, _s = offered(house, one)
    deciding.start(application, by=C(application), **START)
    vacancies.finish(house.vacancy, by=house.coordinator)
    Vacancy.objects.update(closes_at=timezone.now() - timedelta(days=200))
    housekeeping()
    assert fresh(two).state == "reserve"
    with pytest.raises(NotPossible):
        deciding.decide(fresh(two), "appoint", by=house.coordinator, **WORDS)  # the one post is filled


def test_after_the_reserve_list_is_over_nobody_is_appointed_from_it(judged):
    one = in_with(judged, 3)
    deciding.decide(one, "reserve", by=judged.coordinator, **WORDS)
    Application.objects.update(reserve_until=timezone.localdate() - timedelta(days=1))
    housekeeping()
    with pytest.raises(NotPossible):
        deciding.decide(fresh(one), "appoint", by=judged.coordinator, **WORDS)


def test_after_the_reserve_list_is_over_the_page_says_so(judged):
    one = in_with(judged, 3)
    deciding.decide(one, "reserve", by=judged.coordinator, **WORDS)
    Application.objects.update(reserve_until=timezone.localdate() - timedelta(days=1))
    housekeeping()
    page = judged.world.client().get(reverse("application", args=[applying.token_of(one)])).content.decode()
    assert "You are on the reserve list until" not in page


def test_nobody_starts_in_a_vacancy_that_was_cancelled(judged):
    one, _s = offered(judged)
    try:
        vacancies.cancel(judged.vacancy, by=judged.coordinator, kind_words="We are sorry.")
    except NotPossible:
        return
    client = judged.world.client()
    page = client.get(reverse("application", args=[applying.token_of(one)])).content.decode()
    assert "was cancelled" in page
    client.post(
        reverse("answer-offer", args=[applying.token_of(one)]),
        {"name": "Ada", "email": "ada@peers.example", "password": "the-heron-waits-42"},
    )
    assert fresh(one).state != "started"


def test_nothing_is_decided_nor_offered_in_a_vacancy_that_was_cancelled(judged):
    one = in_with(judged, 3)
    vacancies.cancel(judged.vacancy, by=judged.coordinator, kind_words="We are sorry.")
    with pytest.raises(NotPossible):
        deciding.decide(fresh(one), "appoint", by=judged.coordinator, **WORDS)


def test_nobody_is_invited_before_closing_nor_after_cancelling(house):
    house.open((True,))
    one = house.candidate()
    client = house.world.client(house.coordinator)
    client.post(reverse("candidate", args=[one.pk]))
    assert fresh(one).state == "sent", "invited while applications still come in"


def test_an_offer_is_over_after_its_day_even_before_the_housekeeping(judged):
    one, _s = offered(judged)
    Offer.objects.update(answer_by=timezone.localdate() - timedelta(days=1))
    with pytest.raises(NotPossible):
        deciding.start(fresh(one), by=C(one), **START)


def test_somebody_with_an_account_can_say_yes(judged):
    """G36: anybody supported may become a supporter. Is there any way for them to accept an offer?"""
    one, _s = offered(judged)
    person = judged.world.user(email="c1@peers.example")
    client = judged.world.client(person)
    form = {"name": "Ada", "email": person.email, "password": "the-heron-waits-42"}
    client.get(reverse("answer-offer", args=[applying.token_of(one)]))
    said = client.post(reverse("answer-offer", args=[applying.token_of(one)]), form)
    assert fresh(one).state == "started", said.context["form"].errors


def test_an_address_somebody_only_typed_is_not_called_verified(judged):
    from allauth.account.models import EmailAddress

    one, _s = offered(judged)
    deciding.start(one, by=C(one), **(START | {"email": "mayor@town.example"}))
    assert not EmailAddress.objects.get(email="mayor@town.example").verified


def test_a_yes_works_when_whoever_made_the_offer_is_coordinator_no_more(judged):
    one, _s = offered(judged)
    RoleGrant.objects.filter(user=judged.coordinator, role=Role.COORDINATOR).delete()
    judged.world.user("coordinator")
    said = judged.world.client().post(
        reverse("answer-offer", args=[applying.token_of(one)]),
        {"name": "Ada", "email": "ada@peers.example", "password": "the-heron-waits-42"},
    )
    assert fresh(one).state == "started", said.status_code


def test_when_the_supervisor_has_left_the_coordinator_is_told_and_changes_the_offer(judged):
    one, supervisor = offered(judged)
    RoleGrant.objects.filter(user=supervisor).delete()
    data = {"name": "Ada", "email": "ada@peers.example", "password": "the-heron-waits-42"}
    said = judged.world.client().post(reverse("answer-offer", args=[applying.token_of(one)]), data)
    assert "nothing is lost" in said.content.decode()
    assert fresh(one).state == "offered"
    assert Message.objects.filter(kind="offer.stuck", recipient=judged.coordinator).exists()
    page = judged.world.client(judged.coordinator).get(reverse("candidate", args=[one.pk])).content.decode()
    assert "Change the offer" in page
    make_offer(judged, fresh(one))
    judged.world.client().post(reverse("answer-offer", args=[applying.token_of(one)]), data)
    assert fresh(one).state == "started"


def test_the_first_check_in_comes_after_the_last_day_to_answer(judged):
    with pytest.raises(NotPossible):
        offered(judged, first_at=(timezone.localtime() + timedelta(days=2)).replace(tzinfo=None))


def test_a_decision_to_appoint_can_be_taken_back_before_the_offer(judged):
    """They ring and say no before the offer is written; or nobody can supervise. Can the users get on?"""
    one = in_with(judged, 3)
    deciding.decide(one, "appoint", by=judged.coordinator, **WORDS)
    client = judged.world.client(judged.coordinator)
    client.post(reverse("decide", args=[one.pk]), {"outcome": "not_this_time", **WORDS})
    client.post(reverse("vacancy", args=[judged.vacancy.pk]), {"verb": "finish"})
    assert Vacancy.objects.get().state == "done"


def test_whose_offer_lapsed_is_not_told_they_said_no(judged):
    one, _s = offered(judged)
    Offer.objects.update(answer_by=timezone.localdate() - timedelta(days=1))
    housekeeping()
    page = judged.world.client().get(reverse("application", args=[applying.token_of(one)])).content.decode()
    assert "said no to the offer" not in page


def test_who_has_an_answer_keeps_it_when_the_rest_is_cancelled(judged):
    one = in_with(judged, 3)
    deciding.decide(one, "not_this_time", by=judged.coordinator, **WORDS)
    Message.objects.all().delete()
    vacancies.cancel(judged.vacancy, by=judged.coordinator, kind_words="We are sorry.")
    page = judged.world.client().get(reverse("application", args=[applying.token_of(one)])).content.decode()
    assert WORDS["feedback"] in page


def test_who_started_is_not_told_that_it_was_cancelled(judged):
    one, _s = offered(judged)
    deciding.start(one, by=C(one), **START)
    Message.objects.all().delete()
    vacancies.cancel(judged.vacancy, by=judged.coordinator, kind_words="We are sorry.")
    assert not Message.objects.filter(kind="application.news", recipient_key=one.pk).exists()


def test_two_applications_from_one_address_are_seen_by_whoever_runs_it_and_by_nobody_who_tries(house):
    house.open((True,))
    one = house.candidate(1)
    client = house.world.client()
    other = applying.begin(house.vacancy, language="en")
    data = {"name": "Ada", "email": "C1@Peers.example", "relevance": "I wait.", "lived": "on"}
    client.post(reverse("application", args=[applying.token_of(other)]), data)
    other.refresh_from_db()
    assert (other.state, other.email) == ("sent", "c1@peers.example"), "a stranger can't tell that there was one before"
    house.close()
    page = reverse("candidate", args=[other.pk])
    staff = house.world.client(house.coordinator)
    assert "The same address" not in staff.get(page).content.decode(), "names are hidden still"
    house.invited(other)
    assert f"No. {one.number}" in staff.get(page).content.decode()


def test_nobody_learns_from_the_form_who_else_applied(house):
    house.open((True,))
    house.candidate(1)
    spy = applying.begin(house.vacancy, language="en")
    said = house.world.client().post(
        reverse("application", args=[applying.token_of(spy)]),
        {"name": "x", "email": "c1@peers.example", "lived": "on", "relevance": "y"},
    )
    assert said.status_code == 302 or "There is an application with this address already" not in said.content.decode()


def test_withdrawing_an_offer_frees_the_post_and_tells_whoever_runs_it(judged):
    one, _s = offered(judged)
    Message.objects.all().delete()
    applying.withdraw(one, by=C(one))
    assert deciding.places_left(Vacancy.objects.get()) == 1
    assert Message.objects.filter(recipient=judged.coordinator).exists(), "nobody is told that the offer is over"


def test_start_twice_and_decline_after_start(judged):
    one, _s = offered(judged)
    deciding.start(one, by=C(one), **START)
    with pytest.raises(NotPossible):
        deciding.start(one, by=C(one), **(START | {"email": "b@peers.example"}))
    with pytest.raises(NotPossible):
        deciding.decline(one, by=C(one))
    with pytest.raises(NotPossible):
        applying.withdraw(one, by=C(one))


def test_after_the_deadline_the_first_peers_score_ends_the_waiting_for_good(judged):
    first, second, _third = judged.members
    Vacancy.objects.update(score_by=timezone.localdate() - timedelta(days=2))
    judged.score(first, judged.one, 3)
    with pytest.raises(NotPossible):
        judged.score(second, judged.one, 3)
    deciding.decide(fresh(judged.one), "appoint", by=judged.coordinator, **WORDS)


# ---------- scheduling


@pytest.fixture
def talking(judged):
    judged.one = judged.invited(judged.one)
    return judged


def other_vacancy(house, *users):
    other = House(house.world)
    for user in users:
        member = panel.add(other.vacancy, user, by=other.coordinator)
        panel.state_peer(member, True, by=user)
    other.open(())
    other.close()
    return other


def test_a_member_added_later_is_in_no_two_places(talking):
    talking.slot(10)
    late = talking.member(peer=False)
    other = other_vacancy(talking, late.user)
    with pytest.raises(NotPossible):
        other.slot(10, place="Room 9")


def test_whose_role_was_taken_back_is_free_again(talking):
    talking.slot(10)
    user = talking.members[1].user
    accounts.take_role_back(user, Role.PANEL_MEMBER, by=talking.world.administrator)
    assert not Booking.objects.filter(what=f"user {user.pk}").exists()


def test_nothing_of_a_deleted_account_stays_among_the_taken_times(talking):
    talking.slot(10)
    user = talking.members[1].user
    pk = user.pk
    accounts.delete_account(user, by=user)
    assert not Booking.objects.filter(what__contains=str(pk)).exists()


def test_a_cancelled_vacancy_takes_no_room_and_nobodys_time_and_reminds_nobody(talking):
    slot = talking.slot(10)
    talks.choose(slot, talking.one, by=C(talking.one))
    vacancies.cancel(talking.vacancy, by=talking.coordinator, kind_words="We are sorry.")
    Message.objects.all().delete()
    outbox.write_due(slot.starts_at - timedelta(hours=23, minutes=50))
    told = list(Message.objects.values_list("kind", flat=True))
    assert (told, Booking.objects.count()) == ([], 0)


def test_who_was_told_not_this_time_is_not_told_we_talk_tomorrow(talking):
    slot = talking.slot(10)
    talks.choose(slot, talking.one, by=C(talking.one))
    one = in_with(talking, 2)
    deciding.decide(one, "not_this_time", by=talking.coordinator, **WORDS)
    Message.objects.all().delete()
    outbox.write_due(slot.starts_at - timedelta(hours=23, minutes=50))
    assert not Message.objects.filter(kind="application.day").exists()


def test_who_can_not_score_somebody_has_not_their_talk_in_the_calendar(talking):
    slot = talking.slot(10)
    talks.choose(slot, talking.one, by=C(talking.one))
    member = talking.members[1]
    panel.can_not_score(member, talking.one, by=member.user)
    found = list(
        links.appointments(member.user, slot.starts_at - timedelta(days=1), slot.starts_at + timedelta(days=1))
    )
    Message.objects.all().delete()
    outbox.write_due(slot.starts_at - timedelta(hours=23, minutes=50))
    assert (found, Message.objects.filter(kind="talk.day", recipient=member.user).exists()) == ([], False)


def test_who_withdraws_with_a_time_chosen_the_panel_is_told(talking):
    slot = talking.slot(10)
    talks.choose(slot, talking.one, by=C(talking.one))
    Message.objects.all().delete()
    applying.withdraw(fresh(talking.one), by=C(talking.one))
    assert Message.objects.filter(kind="talk.news").exists(), "the panel waits in vain"


def test_the_panel_is_told_when_a_candidate_chooses(talking):
    Message.objects.all().delete()
    talks.choose(talking.slot(10), talking.one, by=C(talking.one))
    told = set(Message.objects.filter(kind="talk.news").values_list("recipient", flat=True))
    assert {m.user_id for m in talking.members} <= told


@pytest.mark.postgres
def test_a_place_of_two_hundred_letters_is_no_error(talking):
    client = talking.world.client(talking.coordinator)
    form = {"day": "2031-05-07", "time": "10:00", "minutes": "45", "place": "ß" * 200, "time_zone": "Europe/Madrid"}
    assert client.post(reverse("slots", args=[talking.vacancy.pk]), form).status_code in {200, 302}


def test_a_talk_is_at_most_eight_hours(talking):
    client = talking.world.client(talking.coordinator)
    form = {"day": "2031-05-07", "time": "10:00", "minutes": "1440", "place": "Room", "time_zone": "Europe/Madrid"}
    client.post(reverse("slots", args=[talking.vacancy.pk]), form)
    assert not Slot.objects.filter(minutes__gt=480).exists()


# ---------- input


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("name", ["prepare-vacancy", "extend-vacancy"])
@pytest.mark.parametrize("zone", ["Europe/Madrid", "America/Santiago"])
def test_an_odd_year_is_said_plainly(house, name, day, zone):
    if name == "extend-vacancy":
        house.open((True,))
    Vacancy.objects.update(time_zone=zone)
    client = house.world.client(house.coordinator)
    form = {
        "close_day": day,
        "close_time": "00:00" if day[0] == "0" else "23:59",
        "posts": "1",
        "paid": "no",
        "bar": "2.5",
        "reveal": "all",
        "benefits": "x",
        "imbalance": "x",
    }
    assert client.post(reverse(name, args=[house.vacancy.pk]), form).status_code in {200, 302}


def test_hostile_addresses_and_forms(judged):
    client = judged.world.client(judged.coordinator)
    member = judged.world.client(judged.members[0].user)
    for address in (
        f"/jobs/{judged.job.pk}/versions/99999999999999999999999/",
        f"/jobs/{judged.job.pk}/versions/0/",
        f"/vacancies/{judged.vacancy.pk}/candidates/?page=99999999999999999999",
        "/a/%00/",
        "/a/x.y.z/",
        "/a/é/",
        f"/vacancies/{judged.vacancy.pk}/history/?page=-1",
    ):
        assert client.get(address).status_code < 500, address
    assert client.post("/vacancies/", {"version": "\0"}).status_code < 500
    assert client.post(reverse("vacancy", args=[judged.vacancy.pk]), {"verb": "\0"}).status_code < 500
    assert member.post(reverse("panel", args=[judged.vacancy.pk]), {"peer": "\0"}).status_code < 500
    token = applying.token_of(judged.one)
    judged.invited(judged.one)
    assert judged.world.client().post(f"/a/{token}/", {"slot": "\0"}).status_code < 500
    data = {f"level_{c.pk}": "9" for c in judged.vacancy.criteria.all()}
    assert member.post(reverse("score", args=[judged.one.pk]), data).status_code == 200
    assert (
        client.post(
            reverse("decide", args=[judged.one.pk]), {"outcome": "x\0", "reasons": "a\0", "feedback": "b"}
        ).status_code
        < 500
    )


def test_keeping_a_draft_with_an_odd_address_keeps_the_rest(house):
    house.open((True,))
    one = applying.begin(house.vacancy, language="en")
    client = house.world.client()
    client.post(
        reverse("application", args=[applying.token_of(one)]),
        {"keep": "1", "name": "x" * 300, "email": "nope", "why": "W", "relevance": "R"},
    )
    assert (fresh(one).why, fresh(one).relevance) == ("W", "R")


# ---------- pages and times


def test_the_time_of_closing_is_told_in_the_zone_it_names(house):
    """The coordinator reads clocks in Santiago; the organization in Madrid."""
    from peersupport.organization.models import Organization

    Organization.objects.update(time_zone="Europe/Madrid")
    house.open((True,))
    wall = datetime(2031, 1, 15, 23, 59)
    vacancies.extend(house.vacancy, by=house.coordinator, wall_close=wall, time_zone="America/Santiago")
    from django.core.cache import cache

    cache.clear()
    page = house.world.client().get(reverse("open-vacancy", args=[house.vacancy.pk])).content.decode()
    line = next(line for line in page.splitlines() if "Apply until" in line)
    assert "(America/Santiago)" not in line or "11:59" in line or "23:59" in line, line[:200]


def test_a_vacancy_closes_in_the_organizations_zone(house):
    from peersupport.organization.models import Organization

    Organization.objects.update(time_zone="Europe/Madrid")
    from django.core.cache import cache

    cache.clear()
    User.objects.filter(pk=house.coordinator.pk).update(time_zone="Pacific/Kiritimati")
    vacancy = vacancies.begin(house.version, by=house.coordinator)
    client = house.world.client(User.objects.get(pk=house.coordinator.pk))
    form = {
        "close_day": "2031-05-05",
        "close_time": "23:59",
        "posts": "1",
        "paid": "no",
        "bar": "2.5",
        "reveal": "all",
        "benefits": "x",
        "imbalance": "x",
    }
    client.post(reverse("prepare-vacancy", args=[vacancy.pk]), form)
    assert Vacancy.objects.get(pk=vacancy.pk).time_zone == "Europe/Madrid"


def test_a_draft_of_a_cancelled_vacancy_reads_the_kind_words(house):
    house.open((True,))
    one = applying.begin(house.vacancy, language="en")
    vacancies.cancel(house.vacancy, by=house.coordinator, kind_words="We are sorry indeed.")
    page = house.world.client().get(reverse("application", args=[applying.token_of(one)])).content.decode()
    assert "We are sorry indeed." in page


def test_whoever_writes_a_draft_is_told_that_it_closes(house):
    house.open((True,))
    one = applying.begin(house.vacancy, language="en")
    applying.write(one, by=C(one), name="Ada", email="ada@peers.example")
    house.close()
    assert Message.objects.filter(recipient_key=one.pk).exists(), (
        "the docstring of close() says drafts' writers are told"
    )


def test_a_draft_after_closing_does_not_say_apply_until(house):
    house.open((True,))
    one = applying.begin(house.vacancy, language="en")
    house.close()
    page = house.world.client().get(reverse("application", args=[applying.token_of(one)])).content.decode()
    assert "closed" in page


def test_somebody_reminds_missing_members_before_the_deadline(judged):
    Vacancy.objects.update(score_by=timezone.localdate() + timedelta(days=3))
    Message.objects.all().delete()
    for days in range(5):
        outbox.write_due(timezone.now() + timedelta(days=days))
    told = set(Message.objects.values_list("recipient", flat=True))
    assert {m.user_id for m in judged.members} <= told


def test_a_coordinator_who_ran_a_vacancy_can_delete_their_account(house):
    house.open((True,))
    vacancies.cancel(house.vacancy, by=house.coordinator, kind_words="x")
    accounts.delete_account(house.coordinator, by=house.coordinator)
    assert Vacancy.objects.get().run_by is None, "another coordinator can take it over"


def test_a_supervisor_named_in_an_offer_can_delete_their_account(judged):
    one, supervisor = offered(judged)
    deciding.decline(one, by=C(one))
    accounts.delete_account(supervisor, by=supervisor)
    assert Offer.objects.get().supervisor is None


def test_a_vacancy_whose_coordinator_has_left_is_taken_over_by_another(judged):
    other = judged.world.user("coordinator")
    client = judged.world.client(other)
    take = reverse("take-over-vacancy", args=[judged.vacancy.pk])
    assert client.get(take).status_code == 404, "somebody runs it"
    RoleGrant.objects.filter(user=judged.coordinator, role=Role.COORDINATOR).delete()
    assert take in client.get(reverse("vacancies")).content.decode()
    client.post(take)
    assert client.get(reverse("vacancy", args=[judged.vacancy.pk])).status_code == 200
    assert HistoryLine.objects.filter(what="hand_over", actor=other.pseudonym).exists()


def test_a_vacancy_is_handed_over_to_another_coordinator_who_is_told(judged):
    other = judged.world.user("coordinator")
    place = reverse("hand-over-vacancy", args=[judged.vacancy.pk])
    assert judged.world.client(other).get(place).status_code == 404
    judged.world.client(judged.coordinator).post(place, {"to": str(other.pk)})
    assert Vacancy.objects.get().run_by == other
    assert Message.objects.filter(kind="vacancy.yours", recipient=other).exists()
    with pytest.raises(NotAllowed):
        vacancies.hand_over(judged.vacancy, judged.coordinator, by=judged.coordinator)


def test_the_role_of_an_outsider_ends_with_the_vacancy(judged):
    user = judged.members[2].user
    Application.objects.all().delete()
    vacancies.finish(judged.vacancy, by=judged.coordinator)
    assert not User.objects.get(pk=user.pk).holds(Role.PANEL_MEMBER)


def test_reading_an_application_as_coordinator_is_written_down(judged):
    from peersupport.audit.models import AuditEntry

    judged.world.client(judged.coordinator).get(reverse("candidate", args=[judged.one.pk]))
    assert AuditEntry.objects.filter(subject=judged.one.pk, kind="read").exists()


# ---------- erasure


def test_applications_stay_half_a_year_after_the_vacancy_is_over(judged):
    """Applications closed 200 days ago, the panel took long, the answer was given and it was finished today."""
    one = in_with(judged, 2)
    Vacancy.objects.update(closes_at=timezone.now() - timedelta(days=200))
    deciding.decide(fresh(one), "not_this_time", by=judged.coordinator, **WORDS)
    vacancies.finish(judged.vacancy, by=judged.coordinator)
    housekeeping()
    assert Application.objects.filter(pk=one.pk).exists(), "erased before they could read the answer"


def test_applications_of_a_vacancy_nobody_finishes_are_erased_some_day(judged):
    Vacancy.objects.update(closes_at=timezone.now() - timedelta(days=2000))
    housekeeping()
    assert not Application.objects.exists()


def test_an_account_that_is_deleted_takes_its_application_along(judged):
    one, _s = offered(judged)
    user = deciding.start(one, by=C(one), **START)
    accounts.delete_account(user, by=user)
    assert not Application.objects.filter(pk=one.pk).exclude(name="").exists()


def test_a_reason_that_stays_for_good_names_nobody(judged):
    Application.objects.update(name="Zanzibarina Quill")
    one = in_with(judged, 2)
    with pytest.raises(NotPossible, match="name"):
        deciding.ask_to_go_below(one, by=judged.members[0].user, reason="zanzibarina learns fast")
    with pytest.raises(NotPossible, match="name"):
        scoring.reopen(Scorecard.objects.first(), by=judged.coordinator, reason="Ms Quill was mixed up")
    assert not HistoryLine.objects.filter(reason__icontains="zanzibarina").exists()


def test_no_typed_text_stays_on_the_lists_of_those_who_started(judged):
    one, _s = offered(judged)
    deciding.start(one, by=C(one), **START)
    vacancies.finish(judged.vacancy, by=judged.coordinator)
    Vacancy.objects.update(ended_at=timezone.now() - timedelta(days=200))
    housekeeping()
    assert not Application.objects.exists()
    assert Vacancy.objects.get().counted_hired == 1


def test_declining_after_cancelling_and_counts(judged):
    one, _s = offered(judged)
    deciding.decline(one, by=C(one))
    applying.withdraw(fresh(one), by=C(one))
    v = Vacancy.objects.get()
    assert (v.counted_applied, v.counted_withdrawn, v.counted_hired) == (1, 1, 0)


# ---------- threads on PostgreSQL


@pytest.fixture
def big_house(big_world):
    return House(big_world)


@needs_threads
@pytest.mark.postgres
def test_two_peers_who_both_say_no_at_once_leave_one(big_house):
    house = big_house
    for _ in range(8):
        Vacancy.objects.exists()
    house.open((True, True))
    said = released_together([lambda m=m: panel.state_peer(m, False, by=m.user) for m in house.members])
    assert PanelMember.objects.at_work().filter(is_peer=True).count() >= 1, said


@needs_threads
@pytest.mark.postgres
def test_withdrawing_while_it_is_decided_is_no_deadlock(big_house):
    house = big_house
    house.open((True,))
    rows = [house.candidate(n) for n in range(1, 16)]
    house.close()
    for row in rows:
        house.score(house.members[0], row, 3)
    rows = [fresh(row) for row in rows]
    acts = [lambda r=r: applying.withdraw(r, by=C(r)) for r in rows]
    acts += [lambda r=r: deciding.decide(r, "not_this_time", by=house.coordinator, **WORDS) for r in rows]
    released_together(acts)  # raises OperationalError when there is a deadlock
    assert not Application.objects.filter(state="sent").exists(), "each was withdrawn or decided about"


@needs_threads
@pytest.mark.postgres
def test_sent_and_can_not_score_at_once_are_never_both(big_house):
    house = big_house
    house.open((True,))
    rows = [house.candidate(n) for n in range(1, 21)]
    house.close()
    member = house.members[0]
    rows = [fresh(row) for row in rows]
    acts = []
    for r in rows:
        acts += [lambda r=r: panel.can_not_score(member, r, by=member.user), lambda r=r: house.score(member, r, 4)]
    released_together(acts)
    both = set(Recusal.objects.values_list("application", flat=True)) & set(
        Scorecard.objects.filter(submitted_at__isnull=False).values_list("application", flat=True)
    )
    assert not both


@needs_threads
@pytest.mark.postgres
def test_a_member_who_sends_while_taken_off_is_one_or_the_other(big_house):
    """A stale seat: the member left between the page's fetch and the score."""
    house = big_house
    house.open((True, False))
    one = house.candidate()
    house.close()
    stale = PanelMember.objects.get(pk=house.members[1].pk)
    panel.leave(house.members[1], by=house.coordinator)
    with pytest.raises((NotAllowed, NotPossible)):
        scoring.submit(stale, fresh(one), house.answers(), "", by=stale.user)


# ---------- second round


def queries_of(client, address):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(address)
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return len(found)


def test_pages_ask_the_same_number_of_queries(house):
    house.open((True, False))
    one = house.candidate(1)
    house.close()
    client, member = house.world.client(house.coordinator), house.world.client(house.members[0].user)
    house.invited(one)
    house.slot(10)

    def measure():
        pk = house.vacancy.pk
        return {
            "candidate": queries_of(client, reverse("candidate", args=[one.pk])),
            "read": queries_of(member, reverse("read-application", args=[one.pk])),
            "slots": queries_of(client, reverse("slots", args=[pk])),
            "vacancy": queries_of(client, reverse("vacancy", args=[pk])),
            "vacancies": queries_of(client, reverse("vacancies")),
            "panels": queries_of(member, reverse("panels")),
            "by": queries_of(member, reverse("by-question", args=[pk, "why"])),
            "open": queries_of(house.world.client(), reverse("work-with-us")),
            "application": queries_of(house.world.client(), reverse("application", args=[applying.token_of(one)])),
            "bank": queries_of(client, reverse("questions-bank")),
            "jobs": queries_of(client, reverse("jobs")),
        }

    for m in house.members:
        house.score(m, one)
    before = measure()
    for n in range(4):
        house.member(peer=bool(n % 2))
        house.slot(12, day=7 + n)
        other = House(house.world)
        m = panel.add(other.vacancy, house.members[0].user, by=other.coordinator)
        panel.state_peer(m, True, by=m.user)
        other.open(())
    assert measure() == before


def test_who_said_no_by_mistake_finds_a_way_to_say_yes(house):
    member = house.member(peer=False)
    page = house.world.client(member.user).get(reverse("panel", args=[house.vacancy.pk])).content.decode()
    assert 'name="peer"' in page


def test_a_time_to_talk_names_its_zone_to_the_candidate(judged):
    one = judged.invited(judged.one)
    judged.slot(10)  # 10:00 in Madrid
    page = judged.world.client().get(reverse("application", args=[applying.token_of(one)])).content.decode()
    line = next(line for line in page.splitlines() if "Room 3" in line)
    assert "10:00" in line or "UTC" in line or "Madrid" in line, "08:00 without a zone, for a talk at 10:00 in Madrid"


def test_one_offer_that_can_not_lapse_keeps_nothing_else_from_being_done(judged, monkeypatch):
    _one, _s = offered(judged)
    Offer.objects.update(answer_by=timezone.localdate() - timedelta(days=1))
    draft = Application.objects.create(vacancy=judged.vacancy, number=77)
    Application.objects.filter(pk=draft.pk).update(made_at=timezone.now() - timedelta(days=40))
    real = deciding.LIFECYCLE.transition

    def answered_meanwhile(verb, obj, **kwargs):
        if verb == "lapse":
            Application.objects.filter(pk=obj.pk).update(state="started")
        return real(verb, obj, **kwargs)

    monkeypatch.setattr(deciding.LIFECYCLE, "transition", answered_meanwhile)
    with contextlib.suppress(NotPossible):
        housekeeping()
    assert not Application.objects.filter(pk=draft.pk).exists()


def test_without_address_somebody_is_told_to_ring_them(judged):
    """`ToCandidate` says: somebody without an address is rung by whoever runs the vacancy. Where do they learn of it?"""
    Application.objects.update(email="", phone="600 123 456")
    one = in_with(judged, 2)
    deciding.decide(one, "not_this_time", by=judged.coordinator, **WORDS)
    outbox.deliver_batch()
    client = judged.world.client(judged.coordinator)
    pages = "".join(
        client.get(reverse(name, args=args)).content.decode()
        for name, args in (
            ("home", []),
            ("this-week", []),
            ("inbox", []),
            ("vacancy", [judged.vacancy.pk]),
            ("candidates", [judged.vacancy.pk]),
            ("candidate", [one.pk]),
        )
    )
    assert "ring" in pages.lower().replace("string", "").replace("during", "").replace("hiring", "").replace(
        "bring", ""
    )


def test_a_lost_private_link_can_be_replaced_by_whoever_runs_it(judged):
    import hiring.workflows.applying as module

    assert any(
        "link" in name
        for name in dir(module)
        if (callable(getattr(module, name)) and "renew" in name) or "new_link" in name
    )


def test_a_panel_without_an_answer_on_being_a_peer_counts_as_none(house):
    house.member(peer=None)
    with pytest.raises(NotPossible):
        vacancies.open_it(house.vacancy, by=house.coordinator)


def test_other_coordinators_ex_members_and_strangers_see_nothing(judged):
    other = judged.world.client(judged.world.user("coordinator"))
    left = judged.members[2]
    panel.leave(left, by=left.user)
    ex = judged.world.client(left.user)
    slot = judged.slot()
    card = judged.score(judged.members[1], judged.one)
    for name, pk in (
        ("vacancy", judged.vacancy.pk),
        ("candidates", judged.vacancy.pk),
        ("candidate", judged.one.pk),
        ("decide", judged.one.pk),
        ("make-offer", judged.one.pk),
        ("slots", judged.vacancy.pk),
        ("move-slot", slot.pk),
        ("call-off-slot", slot.pk),
        ("vacancy-history", judged.vacancy.pk),
        ("remove-member", judged.members[0].pk),
        ("chair-panel", judged.members[0].pk),
        ("reopen-scorecard", card.pk),
        ("extend-vacancy", judged.vacancy.pk),
        ("cancel-vacancy", judged.vacancy.pk),
    ):
        for client in (other, ex):
            assert client.get(reverse(name, args=[pk])).status_code in {403, 404}, name
            assert client.post(reverse(name, args=[pk]), {}).status_code in {403, 404}, name
    for name, pk in (
        ("panel", judged.vacancy.pk),
        ("read-application", judged.one.pk),
        ("score", judged.one.pk),
        ("can-not-score", judged.one.pk),
        ("go-below", judged.one.pk),
    ):
        for client in (other, ex):
            assert client.get(reverse(name, args=[pk])).status_code in {403, 404}, name


def test_while_names_are_hidden_no_page_tells_one(judged):
    Application.objects.update(name="Zanzibarina", email="zanzibarina@peers.example", phone="Zanzibarina")
    judged.slot()
    for user in (judged.coordinator, judged.members[0].user, judged.world.administrator):
        client = judged.world.client(user)
        for name, args in (
            ("candidates", [judged.vacancy.pk]),
            ("candidate", [judged.one.pk]),
            ("decide", [judged.one.pk]),
            ("slots", [judged.vacancy.pk]),
            ("vacancy-history", [judged.vacancy.pk]),
            ("panel", [judged.vacancy.pk]),
            ("read-application", [judged.one.pk]),
            ("score", [judged.one.pk]),
            ("can-not-score", [judged.one.pk]),
            ("by-question", [judged.vacancy.pk, "why"]),
            ("inbox", []),
            ("home", []),
            ("this-week", []),
            ("make-offer", [judged.one.pk]),
        ):
            assert "zanzibarina" not in client.get(reverse(name, args=args)).content.decode().lower(), name


def test_a_candidate_without_a_decided_name_is_not_unhidden_by_a_decision_on_paper(judged):
    """Nobody is invited: the panel reads the sealed words alone, decides, and offers. Fine."""
    one = in_with(judged, 3)
    deciding.decide(one, "appoint", by=judged.coordinator, **WORDS)
    deciding_page = judged.world.client(judged.coordinator).get(reverse("candidate", args=[one.pk])).content.decode()
    assert "Offer the post" in deciding_page


def test_the_seal_holds_when_one_of_two_vacancies_is_mine(judged):
    """A member of one vacancy asks for a candidate of another."""
    other = other_vacancy(judged, judged.members[1].user)
    stranger = Application.objects.create(
        vacancy=other.vacancy, number=5, state="sent", sent_at=timezone.now(), name="x", email="q@x.example"
    )
    with pytest.raises(NotAllowed):
        scoring.keep(judged.members[1], stranger, {}, "", by=judged.members[1].user)


def test_after_closing_by_hand_the_page_does_not_say_until_a_day_to_come(judged):
    page = judged.world.client(judged.coordinator).get(reverse("vacancy", args=[judged.vacancy.pk])).content.decode()
    assert Vacancy.objects.get().closes_at <= timezone.now(), (
        "closes_at stays in the future: half a year is counted from there"
    )
    assert page


def test_a_mail_about_a_talk_that_was_called_off_is_not_sent(judged):
    one = judged.invited(judged.one)
    slot = judged.slot(10)
    talks.choose(slot, one, by=C(one))
    Message.objects.all().delete()
    outbox.write_due(slot.starts_at - timedelta(hours=23, minutes=50))
    talks.call_off(slot, by=judged.coordinator)
    from peersupport.notifications import registry

    assert not any(
        registry.get(m.kind).is_still_relevant(m)
        for m in Message.objects.filter(kind__in=["talk.day", "application.day"])
    )


def test_nobody_chooses_a_time_in_a_vacancy_that_is_over(judged):
    one = judged.invited(judged.one)
    slot = judged.slot(10)
    vacancies.cancel(judged.vacancy, by=judged.coordinator, kind_words="x")
    with pytest.raises(NotPossible):
        talks.choose(slot, one, by=C(one))


def test_the_only_peer_can_not_score_somebody_and_the_pages_say_what_is_missing(judged):
    peer, second, third = judged.members
    panel.can_not_score(peer, judged.one, by=peer.user)
    judged.score(second, judged.one)
    judged.score(third, judged.one)
    page = judged.world.client(judged.coordinator).get(reverse("candidate", args=[judged.one.pk])).content.decode()
    assert "peer's score" in page, "scores are shown, nobody can decide, and no page says that another peer is needed"


def test_a_published_vacancy_tells_how_paid_beside_unpaid_is_talked_about_or_not(house):
    """G22: the answer about imbalance is kept; is it shown to anybody at all?"""
    house.open((True,))
    pages = house.world.client().get(reverse("open-vacancy", args=[house.vacancy.pk])).content.decode()
    pages += house.world.client(house.coordinator).get(reverse("vacancy", args=[house.vacancy.pk])).content.decode()
    assert "We talk about it in the first meeting." in pages


def test_the_coordinator_sees_the_frozen_bar_and_deadline_while_open(house):
    house.open((True,))
    Vacancy.objects.update(score_by=date(2031, 7, 7))
    page = house.world.client(house.coordinator).get(reverse("vacancy", args=[house.vacancy.pk])).content.decode()
    member = house.world.client(house.members[0].user).get(reverse("panel", args=[house.vacancy.pk])).content.decode()
    assert "2.5" in page, "neither bar nor deadline stand on any page after opening"
    assert "2031" in member, "neither bar nor deadline stand on any page after opening"


def test_a_blank_kind_word_or_whitespace_reason(judged):
    with pytest.raises(NotPossible):
        vacancies.cancel(judged.vacancy, by=judged.coordinator, kind_words=" ")


def test_decide_takes_no_outcome_it_does_not_know(judged):
    one = in_with(judged, 3)
    with pytest.raises((NotPossible, ValueError)):
        deciding.decide(one, "promote", by=judged.coordinator, **WORDS)


def test_paid_without_rate_and_unpaid_are_published_rightly_and_nothing_asks_about_health(house):
    house.open((True,))
    one = applying.begin(house.vacancy, language="en")
    page = house.world.client().get(reverse("application", args=[applying.token_of(one)])).content.decode().lower()
    assert 'name="diagnosis"' not in page


def test_own_mode_reopened_cards_seal_again(judged):
    Vacancy.objects.update(reveal="own")
    in_with(judged, 3)
    card = Scorecard.objects.get(member=judged.members[0])
    scoring.reopen(card, by=judged.coordinator, reason="A wrong page")
    page = (
        judged.world.client(judged.members[0].user)
        .get(reverse("read-application", args=[judged.one.pk]))
        .content.decode()
    )
    assert "Sealed until all" in page


def test_withdraw_by_the_page_leaves_no_session_nor_message(judged):
    client = judged.world.client()
    token = applying.token_of(judged.one)
    client.get(reverse("application", args=[token]))
    client.post(reverse("withdraw-application", args=[token]))
    assert client.get(reverse("application", args=[token])).status_code == 410
    from django.contrib.sessions.models import Session

    assert not any(str(judged.one.pk) in str(s.get_decoded()) for s in Session.objects.all())


def test_honeypot_and_limits(house):
    house.open((True,))
    one = applying.begin(house.vacancy, language="en")
    client = house.world.client()
    said = client.post(
        reverse("application", args=[applying.token_of(one)]),
        {"name": "x", "relevance": "y", "lived": "on", "website": "z"},
    )
    assert (said.status_code, fresh(one).state) == (404, "draft")
    codes = [client.post(reverse("open-vacancy", args=[house.vacancy.pk])).status_code for _ in range(22)]
    assert 429 in codes


def test_scores_are_not_due_the_moment_somebody_new_joins(judged):
    """Nobody but the last peer is missing, so the waiting goes on; a new peer who has not scored does not end it."""
    _peer, second, third = judged.members
    Vacancy.objects.update(score_by=timezone.localdate() - timedelta(days=1))
    judged.score(second, judged.one)
    judged.score(third, judged.one)
    assert fresh(judged.one).scored_at is None
    judged.member(peer=True)
    assert fresh(judged.one).scored_at is None


def test_who_has_scored_does_not_become_a_peer_afterwards(judged):
    """The only peer is missing: a click of another member neither opens the seal nor makes theirs a peer's score."""
    _peer, second, _third = judged.members
    judged.score(second, judged.one)
    with pytest.raises(NotPossible):
        panel.state_peer(second, True, by=second.user)
    assert fresh(judged.one).scored_at is None


def test_it_is_not_opened_again_once_somebody_is_invited(judged):
    judged.invited(judged.one)
    with pytest.raises(NotPossible):
        vacancies.extend(
            judged.vacancy, by=judged.coordinator, wall_close=datetime(2031, 1, 1, 10), time_zone="Europe/Madrid"
        )


def test_the_panel_is_told_when_it_is_open_again(judged):
    Message.objects.all().delete()
    vacancies.extend(
        judged.vacancy, by=judged.coordinator, wall_close=datetime(2031, 1, 1, 10), time_zone="Europe/Madrid"
    )
    assert Message.objects.filter(recipient=judged.members[0].user).exists()


def test_an_override_after_the_decision_or_above_the_bar_is_refused(judged):
    one = in_with(judged, 4)
    with pytest.raises(NotPossible):
        deciding.ask_to_go_below(one, by=judged.members[0].user, reason="No need")


def test_an_exception_asked_for_can_be_refused_or_taken_back(judged):
    """Asked by one non-peer, nobody confirms: `Somebody has asked already` for ever, when the one who asked has left."""
    peer, second, _third = judged.members
    one = in_with(judged, 2)
    deciding.ask_to_go_below(one, by=second.user, reason="They learn fast")
    panel.leave(second, by=second.user)
    override = Override.objects.get()
    with pytest.raises(NotPossible):
        deciding.go_below_together(override, by=peer.user)  # with somebody who is on the panel no more


def test_end_to_end_exactly_at_the_bar(house):
    house.member(peer=True), house.member(peer=False), house.member(peer=False)
    vacancies.prepare(house.vacancy, by=house.coordinator, bar="2.20")
    for criterion, weight in zip(house.vacancy.criteria.all(), (2, 1, 2), strict=True):
        Criterion.objects.filter(pk=criterion.pk).update(weight=weight)
    house.vacancy = vacancies.open_it(house.vacancy, by=house.coordinator)
    one = house.candidate()
    house.close()
    pks = [c.pk for c in house.vacancy.criteria.all()]
    for member, levels in zip(house.members, ((2, 2, 2), (2, 2, 2), (2, 3, 3)), strict=True):
        scoring.submit(
            member,
            fresh(one),
            {pk: Answer(level, "", "x") for pk, level in zip(pks, levels, strict=True)},
            "",
            by=member.user,
        )
    assert scoring.above_the_bar(fresh(one))  # (2 + 2 + 2.6) / 3 = 2.2


def test_whoever_has_no_address_is_on_the_list_to_ring(judged):
    Application.objects.update(email="", phone="600 123 456")
    one = in_with(judged, 2)
    deciding.decide(one, "not_this_time", by=judged.coordinator, **WORDS)
    client, place = judged.world.client(judged.coordinator), reverse("vacancy", args=[judged.vacancy.pk])
    assert "600 123 456" in client.get(place).content.decode()
    client.post(reverse("candidate", args=[one.pk]), {"rang": "1"})
    assert "600 123 456" not in client.get(place).content.decode()


def test_a_new_private_link_replaces_the_old_one(judged):
    one = judged.one
    old, client = applying.token_of(one), judged.world.client(judged.coordinator)
    client.post(reverse("candidate-link", args=[one.pk]))
    assert judged.world.client().get(reverse("application", args=[old])).status_code == 410
    assert Message.objects.filter(kind="application.link").exists(), "mailed, as there is an address"
    Application.objects.update(email="")
    page = client.post(reverse("candidate-link", args=[one.pk])).content.decode()
    assert reverse("application", args=[applying.token_of(fresh(one))]) in page, "handed over, where there is none"


def test_the_deadline_stands_on_the_panels_page(house):
    house.open((True,))
    Vacancy.objects.update(score_by=date(2031, 7, 7))
    house.candidate()
    house.close()
    client = house.world.client(house.members[0].user)
    pages = client.get(reverse("panel", args=[house.vacancy.pk])).content.decode()
    pages += client.get(reverse("read-application", args=[Application.objects.get().pk])).content.decode()
    pages += client.get(reverse("score", args=[Application.objects.get().pk])).content.decode()
    assert "2031" in pages


def test_no_way_round_a_peers_score_by_buttons(judged):
    """Decide to appoint; the peer's card can't be opened again, and the peer can't take it back."""
    peer = judged.members[0]
    one = in_with(judged, 3)
    staff, panelist = judged.world.client(judged.coordinator), judged.world.client(peer.user)
    staff.post(reverse("decide", args=[one.pk]), {"outcome": "appoint", **WORDS})
    card = Scorecard.objects.get(member=peer)
    assert (
        "There is a decision"
        in staff.post(reverse("reopen-scorecard", args=[card.pk]), {"reason": "A wrong page"}).content.decode()
    )
    panelist.post(reverse("can-not-score", args=[one.pk]))
    card.refresh_from_db()
    assert card.submitted_at


def test_somebody_from_outside_gets_a_seat_by_their_yes_and_for_this_vacancy_alone(house):
    staff = house.world.client(house.coordinator)
    staff.post(reverse("add-member", args=[house.vacancy.pk]), {"email": "Outside@peers.example"})
    outbox.deliver_batch()
    token = mail.outbox[-1].body.partition("/invited/")[2].partition("/")[0]
    assert token
    assert "outside@peers.example" in staff.get(reverse("vacancy", args=[house.vacancy.pk])).content.decode()
    client = house.world.client()
    client.post(
        reverse("invited", args=[token]),
        {"name": "Ola", "email": "outside@peers.example", "password": "the-heron-waits-42"},
    )
    member = PanelMember.objects.get(vacancy=house.vacancy)
    assert (member.user.email, member.is_peer) == ("outside@peers.example", None)
    other = House(house.world)
    mine = house.world.client(member.user)
    assert mine.get(reverse("panel", args=[house.vacancy.pk])).status_code == 200
    assert mine.get(reverse("panel", args=[other.vacancy.pk])).status_code == 404
    house.member(peer=True)
    house.open(())
    vacancies.cancel(house.vacancy, by=house.coordinator, kind_words="We are sorry.")
    assert mine.get(reverse("panel", args=[house.vacancy.pk])).status_code in {403, 404}
    assert not RoleGrant.objects.filter(user=member.user).exists(), "their part ends with the vacancy"


def test_inviting_onto_a_panel_tells_nobody_who_has_an_account(house):
    staff = house.world.client(house.coordinator)
    known = house.world.user(name="Ina Nobody")
    answers = [
        staff.post(reverse("add-member", args=[house.vacancy.pk]), {"email": email}).content.decode()
        for email in (known.email, "unknown@example.org")
    ]
    as_one = [re.sub(r'name="(form_key|csrfmiddlewaretoken)" value="[^"]+"', "", answer) for answer in answers]
    assert as_one[0].replace(known.email, "unknown@example.org") == as_one[1]
    assert not PanelMember.objects.exists(), "nobody gets a seat before saying yes"
    outbox.deliver_batch()
    token = mail.outbox[0].body.partition("/invited/")[2].partition("/")[0]
    house.world.client(known).post(reverse("invited", args=[token]))
    assert PanelMember.objects.get().user == known


def test_an_invitation_to_a_panel_is_taken_back_and_its_link_opens_nothing(house):
    _invitation, token = panel.invite(house.vacancy, "o@peers.example", by=house.coordinator, language="en")
    staff = house.world.client(house.coordinator)
    staff.post(reverse("vacancy", args=[house.vacancy.pk]), {"unask": str(house.vacancy.asked_in.get().pk)})
    assert accounts.invitation_for(token) is None


def test_one_open_invitation_serves_two_vacancies(house):
    other = House(house.world)
    first, _token = panel.invite(house.vacancy, "o@peers.example", by=house.coordinator, language="en")
    again, _token = panel.invite(other.vacancy, "o@peers.example", by=house.coordinator, language="en")
    assert first.pk == again.pk
    accounts.accept(again, by=house.world.user(email="o@peers.example"))
    assert PanelMember.objects.count() == 2
    with pytest.raises(NotAllowed):
        panel.invite(house.vacancy, "p@peers.example", by=house.world.user("coordinator"), language="en")
