"""Fair hiring: a frozen bar, sealed scores, a peer's score always, two for an exception, never more than there are posts."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from hiring.models import (
    Application,
    Criterion,
    Decision,
    HistoryLine,
    Offer,
    PanelMember,
    Recusal,
    Reopened,
    Score,
    Scorecard,
    Vacancy,
)
from hiring.tasks import housekeeping
from hiring.workflows import applying, deciding, jobs, panel, scoring, vacancies
from hiring.workflows.scoring import Answer
from peersupport.accounts.models import Role
from peersupport.audit.models import AuditEntry
from peersupport.notifications.models import Message
from peersupport.workflow.state_machine import NotAllowed, NotPossible
from supporters.models import Supporter
from supporters.supervision import workflows as supervision
from supporters.supervision.models import CheckIn, Supervision
from tests.hiring.conftest import WORDS, in_with, offered
from tests.matching.test_two_at_once import big_world, needs_threads, released_together

__all__ = ["big_world"]


# Before it opens


def test_a_vacancy_opens_only_when_everything_of_g22_is_answered_and_a_peer_is_there(house):
    with pytest.raises(NotPossible):
        vacancies.open_it(house.vacancy, by=house.coordinator)
    house.member(peer=False)
    assert len(vacancies.missing(house.vacancy)) == 1
    house.open((True,))
    assert house.vacancy.state == "open"


@pytest.mark.parametrize(
    "changes", [{"benefits": ""}, {"imbalance": ""}, {"beside": ""}, {"paid": None}, {"closes_at": None}]
)
def test_each_answer_is_needed(house, changes):
    house.member(peer=True)
    Vacancy.objects.filter(pk=house.vacancy.pk).update(**changes)
    house.vacancy.refresh_from_db()
    assert vacancies.missing(house.vacancy)
    with pytest.raises(NotPossible):
        vacancies.open_it(house.vacancy, by=house.coordinator)


def test_once_open_bar_weights_and_questions_are_frozen(house):
    house.open()
    with pytest.raises(NotPossible):
        vacancies.prepare(house.vacancy, by=house.coordinator, bar="1.00")
    with pytest.raises(NotPossible):
        vacancies.choose_questions(house.vacancy, [(Criterion.objects.first().question, 5)], by=house.coordinator)
    question = Criterion.objects.first().question
    question.words = {"en": "Something else"}
    question.save()
    assert str(Criterion.objects.first()) != "Something else", "a vacancy keeps its own copy"


def test_only_who_runs_it_prepares_and_opens_it(house):
    other = house.world.user("coordinator")
    with pytest.raises(NotAllowed):
        vacancies.prepare(house.vacancy, by=other, bar="1.00")
    client = house.world.client(other)
    assert client.get(reverse("vacancy", args=[house.vacancy.pk])).status_code == 404


# Applying


def test_an_application_is_numbered_sent_once_and_counted(house):
    house.open()
    one = house.candidate()
    assert (one.number, one.state) == (1, "sent")
    with pytest.raises(NotPossible):
        applying.send(one, by=applying.Candidate(one), name="x", relevance="y", lived=True)
    assert Vacancy.objects.get().counted_applied == 1


@pytest.mark.parametrize("changes", [{"name": ""}, {"relevance": ""}, {"lived": False}])
def test_what_is_missing_is_said_and_nothing_typed_is_lost(house, changes):
    house.open()
    with pytest.raises(NotPossible):
        house.candidate(1, **changes)
    kept = Application.objects.get()
    assert (kept.state, kept.why) == ("draft", "Because")


def test_at_closing_time_nobody_is_let_in_and_what_was_typed_is_kept(house):
    house.open()
    application = applying.begin(house.vacancy, language="en")
    Vacancy.objects.update(closes_at=timezone.now() - timedelta(seconds=1))
    application = Application.objects.get()
    with pytest.raises(NotPossible):
        applying.send(application, by=applying.Candidate(application), name="Ada", relevance="I wait", lived=True)
    assert Application.objects.get().relevance == "I wait"
    housekeeping()
    assert Vacancy.objects.get().state == "closed"
    with pytest.raises(NotPossible):
        applying.begin(Vacancy.objects.get(), language="en")


def test_withdrawing_erases_every_trace_and_keeps_the_count(house):
    canary = "Zanzibarina"
    house.open()
    one = house.candidate(1, name=canary, relevance=canary, email="zanzibarina@peers.example")
    house.close()
    house.score(house.members[0], one)
    Score.objects.update(evidence=canary)
    applying.withdraw(Application.objects.get(), by=applying.Candidate(one))
    from django.apps import apps

    for model in apps.get_models():
        for row in model._default_manager.values():
            assert canary.lower() not in str(row).lower(), model
            assert str(one.pk) not in str(row) or model is AuditEntry, model
    assert not AuditEntry.objects.filter(subject=one.pk).exists()
    vacancy = Vacancy.objects.get()
    assert (vacancy.counted_applied, vacancy.counted_withdrawn) == (1, 1)
    assert HistoryLine.objects.filter(what="withdrawn", number=1).exists()


def test_applications_are_erased_when_their_time_is_over_and_counts_stay(house):
    house.open()
    house.candidate(1)
    applying.begin(house.vacancy, language="en")
    vacancies.cancel(house.vacancy, by=house.coordinator, kind_words="We are sorry.")
    housekeeping()
    assert Application.objects.count() == 2
    Vacancy.objects.update(closes_at=timezone.now() - timedelta(days=200))
    housekeeping()
    assert Application.objects.count() == 2, "it counts from when it ended, not from when it closed"
    Vacancy.objects.update(ended_at=timezone.now() - timedelta(days=200))
    housekeeping()
    assert not Application.objects.filter(state="sent").exists()
    assert Vacancy.objects.get().counted_applied == 1


# The panel


def test_the_last_peer_can_not_leave_nor_change_what_they_said(house):
    house.open()
    peer, other = house.members
    with pytest.raises(NotPossible):
        panel.leave(peer, by=peer.user)
    with pytest.raises(NotPossible):
        panel.leave(peer, by=house.coordinator)
    with pytest.raises(NotPossible):
        panel.state_peer(peer, False, by=peer.user)
    panel.leave(other, by=other.user)
    assert PanelMember.objects.at_work().count() == 1


def test_being_a_peer_is_ones_own_statement(house):
    member = house.member()
    with pytest.raises(NotAllowed):
        panel.state_peer(member, True, by=house.coordinator)
    assert PanelMember.objects.get().is_peer is None


def test_who_can_not_score_somebody_sees_nothing_of_them_and_no_reason_is_kept(house):
    house.open()
    one = house.candidate()
    house.close()
    member = house.members[0]
    scoring.keep(member, Application.objects.get(), house.answers(), "", by=member.user)
    panel.can_not_score(member, one, by=member.user)
    assert {field.name for field in Recusal._meta.fields} == {"id", "member", "application"}
    assert not Scorecard.objects.exists()
    client = house.world.client(member.user)
    for name in ("read-application", "score"):
        assert client.get(reverse(name, args=[one.pk])).status_code == 404
    with pytest.raises(NotAllowed):
        house.score(member, one)


def test_outsiders_rights_end_with_the_vacancy(house):
    house.open()
    house.close()
    member = house.members[0]
    client = house.world.client(member.user)
    assert member.user.holds(Role.PANEL_MEMBER)
    assert client.get(reverse("panel", args=[house.vacancy.pk])).status_code == 200
    vacancies.finish(house.vacancy, by=house.coordinator)
    assert client.get(reverse("panel", args=[house.vacancy.pk])).status_code == 404


# Scores


def all_in():
    return Application.objects.get().scored_at is not None


def test_scores_are_sealed_until_all_are_in_for_everybody(judged):
    first, second, third = judged.members
    judged.score(first, judged.one, 1)
    judged.score(second, judged.one, 4)
    assert not all_in()
    judged.score(third, judged.one, 2)
    assert all_in()


CANARY = "They told of the lighthouse."


def pages(judged, client, mine=False):
    """What somebody reads who tries every page, sorting and filtering among them."""
    names = [
        ("candidates", judged.vacancy.pk),
        ("candidate", judged.one.pk),
        ("vacancy", judged.vacancy.pk),
        ("vacancy-history", judged.vacancy.pk),
        ("panel", judged.vacancy.pk),
        ("read-application", judged.one.pk),
    ]
    found = []
    for name, pk in names:
        for query in ("", "?order=score", "?sort=-level", "?page=1&scored=1", "?member=1"):
            found.append(client.get(reverse(name, args=[pk]) + query).content.decode())
    for name in ("home", "inbox", "copy", "who-looked", "this-week", "numbers", "outbox-health", "panels"):
        found.append(client.get(reverse(name)).content.decode())
    return "\n".join(found)


@pytest.mark.parametrize("who", ["coordinator", "administrator", "chair", "member", "stranger", "other coordinator"])
def test_nothing_tells_a_score_or_who_has_scored_before_all_are_in(judged, who):
    import re

    first, second, third = judged.members
    panel.chair(second, by=judged.coordinator)
    users = {
        "coordinator": judged.coordinator,
        "administrator": judged.world.administrator,
        "chair": second.user,
        "member": third.user,
        "stranger": None,
        "other coordinator": judged.world.user("coordinator"),
    }
    client = judged.world.client(users[who])
    changes = re.compile(r'nonce="[^"]+"|(?:csrfmiddlewaretoken|form_key)" value="[^"]+"|\d+ (minutes|seconds)')

    def strip(text):
        return changes.sub("", text)

    before, messages = strip(pages(judged, client)), Message.objects.count()
    history = HistoryLine.objects.count()
    judged.score(first, judged.one, 1)
    Score.objects.update(evidence=CANARY)
    after = strip(pages(judged, client))
    assert CANARY not in after
    assert len(after) == len(before), "the weight of pages tells nothing"
    assert after == before, "nor does anything on them"
    assert (Message.objects.count(), HistoryLine.objects.count()) == (messages, history), (
        "nor a message, nor the history"
    )


def test_after_own_shows_only_to_who_has_sent_theirs_if_the_vacancy_says_so(judged):
    Vacancy.objects.update(reveal="own")
    first, second, _third = judged.members
    judged.score(first, judged.one, 1)
    Score.objects.update(evidence=CANARY)
    one = Application.objects.select_related("vacancy").get()
    found = scoring.seats([one])[one.pk]
    assert scoring.shown_to(one.vacancy, one, found, first)
    assert not scoring.shown_to(one.vacancy, one, found, second)
    assert not scoring.shown_to(one.vacancy, one, found, None)
    assert CANARY not in pages(judged, judged.world.client(judged.coordinator))


def test_a_deadline_ends_the_waiting_but_never_for_the_last_peer(judged):
    first, second, _third = judged.members
    Vacancy.objects.update(score_by=timezone.localdate() - timedelta(days=2))
    judged.score(second, judged.one)
    housekeeping()
    assert not all_in(), "the only peer is missing"
    judged.score(first, judged.one)
    assert all_in(), "the third counts as not scoring"
    page = judged.world.client(judged.coordinator).get(reverse("candidate", args=[judged.one.pk])).content.decode()
    assert "count as not scoring" in page


def test_nobody_waits_for_a_member_who_can_not_score_or_has_left(judged):
    first, second, third = judged.members
    judged.score(first, judged.one)
    panel.can_not_score(second, judged.one, by=second.user)
    assert not all_in()
    panel.leave(third, by=third.user)
    assert all_in()


def test_each_question_needs_a_level_or_why_not_and_the_two_are_apart(judged):
    first = judged.members[0]
    criteria = [one.pk for one in judged.vacancy.criteria.all()]
    one = Application.objects.get()
    with pytest.raises(NotPossible):
        scoring.submit(first, one, {criteria[0]: Answer(3, "", "")}, "", by=first.user)
    marks = {
        criteria[0]: Answer(3, "", ""),
        criteria[1]: Answer(None, "not_asked", ""),
        criteria[2]: Answer(None, "cant_say", ""),
    }
    scoring.submit(first, one, marks, "", by=first.user)
    with pytest.raises(IntegrityError), transaction.atomic():
        Score.objects.filter(mark="not_asked").update(level=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Score.objects.filter(level=3).update(level=7)


def test_a_locked_card_is_opened_with_a_reason_and_keeps_what_it_said(judged):
    first, second, third = judged.members
    card = judged.score(first, judged.one, 1)
    with pytest.raises(NotPossible):
        judged.score(first, judged.one, 4)
    with pytest.raises(NotPossible):
        scoring.reopen(card, by=judged.coordinator, reason="A wrong page")
    judged.score(second, judged.one)
    judged.score(third, judged.one)
    with pytest.raises(NotPossible):
        scoring.reopen(card, by=judged.coordinator, reason=" ")
    with pytest.raises(NotAllowed):
        scoring.reopen(card, by=first.user, reason="A wrong page")
    scoring.reopen(card, by=judged.coordinator, reason="A wrong page")
    before = Reopened.objects.get().before
    assert ({one["level"] for one in before["scores"]}, before["potential"]) == ({1}, "Grows fast.")
    assert not all_in(), "sealed again"
    assert HistoryLine.objects.get(what="score.reopen").reason == "A wrong page"


def test_nobody_scores_for_another_nor_a_question_of_another_vacancy(judged):
    first, second, _third = judged.members
    one = Application.objects.get()
    with pytest.raises(NotAllowed):
        scoring.keep(first, one, judged.answers(), "", by=second.user)
    import uuid

    with pytest.raises(NotPossible):
        scoring.keep(first, one, {uuid.uuid4(): Answer(4, "", "")}, "", by=first.user)


def test_the_spread_is_shown_and_no_total(judged):
    for member, level in zip(judged.members, (1, 4, 4), strict=True):
        judged.score(member, judged.one, level)
    page = judged.world.client(judged.coordinator).get(reverse("candidate", args=[judged.one.pk])).content.decode()
    assert "<td>3</td>" in page, "how far apart they are"
    assert "3.00" not in page
    assert "At the bar or above" in page


# Decisions


def test_a_decision_needs_all_scores_a_peers_among_them_and_reasons(judged):
    with pytest.raises(NotPossible):
        deciding.decide(Application.objects.get(), "appoint", by=judged.coordinator, **WORDS)
    one = in_with(judged, 3)
    for changes in ({"reasons": " "}, {"feedback": ""}):
        with pytest.raises(NotPossible):
            deciding.decide(one, "appoint", by=judged.coordinator, **(WORDS | changes))
    with pytest.raises(NotAllowed):
        deciding.decide(one, "appoint", by=judged.members[0].user, **WORDS)
    deciding.decide(one, "appoint", by=judged.coordinator, **WORDS)
    assert Decision.objects.get().outcome == "appoint"


def test_without_a_peers_score_nothing_is_decided_whoever_wants_to(judged):
    one = in_with(judged, 4)
    Scorecard.objects.update(by_peer=False)
    for outcome in ("appoint", "reserve", "not_this_time"):
        with pytest.raises(NotPossible):
            deciding.decide(one, outcome, by=judged.coordinator, **WORDS)
    with pytest.raises(NotPossible):
        deciding.ask_to_go_below(one, by=judged.members[0].user, reason="We need somebody")


def test_below_the_bar_takes_two_together_one_of_them_a_peer(judged):
    peer, second, third = judged.members
    one = in_with(judged, 2)
    with pytest.raises(NotPossible):
        deciding.decide(one, "appoint", by=judged.coordinator, **WORDS)
    with pytest.raises(NotAllowed):
        deciding.ask_to_go_below(one, by=judged.coordinator, reason="We need somebody")
    override = deciding.ask_to_go_below(one, by=second.user, reason="They learn fast")
    with pytest.raises(NotPossible):
        deciding.go_below_together(override, by=second.user)
    with pytest.raises(NotPossible):
        deciding.go_below_together(override, by=third.user)
    with pytest.raises(NotPossible):
        deciding.decide(one, "appoint", by=judged.coordinator, **WORDS)
    deciding.go_below_together(override, by=peer.user)
    deciding.decide(one, "appoint", by=judged.coordinator, **WORDS)
    reasons = set(HistoryLine.objects.filter(what__startswith="override").values_list("reason", flat=True))
    assert reasons == {"They learn fast"}


def test_two_decisions_never_over_fill_the_posts(judged):
    world = judged
    two = None
    one = in_with(world, 3)
    two = Application.objects.create(
        vacancy=one.vacancy,
        number=99,
        state="sent",
        sent_at=timezone.now(),
        name="Bo",
        email="bo@peers.example",
        lived=True,
        relevance="x",
    )
    for member in world.members:
        world.score(member, two, 3)
    deciding.decide(one, "appoint", by=world.coordinator, **WORDS)
    with pytest.raises(NotPossible):
        deciding.decide(two, "appoint", by=world.coordinator, **WORDS)
    deciding.decide(two, "reserve", by=world.coordinator, **WORDS)
    two.refresh_from_db()
    assert (two.state, two.feedback) == ("reserve", WORDS["feedback"])
    assert Message.objects.filter(kind="application.news", recipient_key=two.pk).exists()


# The start


START = {"name": "Ada", "email": "ada@peers.example", "password": "the-heron-waits-42", "language": "en"}


def test_a_yes_begins_everything_at_once(judged):
    one, supervisor = offered(judged)
    user = deciding.start(one, by=applying.Candidate(one), **START)
    supporter = Supporter.objects.get(user=user)
    assert (supporter.state, supporter.training_first) == ("training", True)
    assert Supervision.objects.get().supervisor == supervisor
    assert CheckIn.objects.get().state == "planned"
    assert Message.objects.filter(kind="start.welcome", recipient=user).exists()
    assert (Application.objects.get().state, Vacancy.objects.get().counted_hired) == ("started", 1)


def test_all_or_nothing(judged, monkeypatch):
    one, _supervisor = offered(judged)

    def broken(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(supervision, "plan", broken)
    with pytest.raises(RuntimeError):
        deciding.start(one, by=applying.Candidate(one), **START)
    assert not Supporter.objects.exists()
    assert not Supervision.objects.exists()
    assert Application.objects.get().state == "offered"


def test_a_no_frees_the_post_and_an_offer_lapses(judged):
    one, _supervisor = offered(judged)
    assert deciding.places_left(one.vacancy) == 0
    deciding.decline(one, by=applying.Candidate(one))
    assert deciding.places_left(one.vacancy) == 1
    assert Message.objects.filter(kind="offer.answered", recipient=judged.coordinator).exists()


def test_an_offer_nobody_answers_lapses_on_its_day(judged):
    one, _supervisor = offered(judged)
    Offer.objects.update(answer_by=timezone.localdate() - timedelta(days=1))
    housekeeping()
    one.refresh_from_db()
    assert one.state == "lapsed"


# Job descriptions


def test_versions_keep_what_was_and_show_what_changed(house):
    with pytest.raises(NotPossible):
        jobs.keep_version(house.job, by=house.coordinator)
    parts = {part: texts["en"] for part, texts in jobs.template()["parts"].items()} | {
        "contract": "Two years",
        "hours": "20 hours a week",
    }
    duties = [(duty["competence"], duty["words"]["en"]) for duty in jobs.template()["duties"]][:-1]
    jobs.write(house.job, "en", parts, duties, by=house.coordinator)
    second = jobs.keep_version(house.job, by=house.coordinator)
    changes = dict(jobs.differences(house.version, second, "en"))
    assert ("+", "20 hours a week") in changes["Hours a week"]
    assert any(sign == "-" for sign, _line in changes["Duties"])
    assert second.duties[0]["words"]["es"], "a duty keeps its words in other languages"
    assert house.vacancy.version == house.version


@pytest.mark.parametrize("words", ["Have you ever been diagnosed?", "Do you take medication?", "How do you stay well?"])
def test_a_question_about_health_history_can_only_be_kept_by_rewording_it(house, words):
    client = house.world.client(house.coordinator)
    form = {
        "words_en": words,
        "theme": "why",
        "value": "respect",
        "competence": "story",
        "active": "on",
        "anchors_en": "one\ntwo\nthree\nfour",
    }
    response = client.post(reverse("add-question"), form)
    assert "words_en" in response.context["form"].errors
    assert words in response.content.decode(), "what was typed is still there"
    client.post(reverse("add-question"), form | {"words_en": "What helps you to listen?"})
    from hiring.models import InterviewQuestion

    assert InterviewQuestion.objects.filter(words__en="What helps you to listen?").exists()


def test_our_bank_passes_its_own_check_in_every_language(db):
    from hiring import asking

    rows = jobs.bank()["questions"]
    assert len(rows) >= 30
    stopped = [(code, text) for row in rows for code, text in row["words"].items() if asking.look(text, code)]
    assert stopped == []
    for levels in jobs.bank()["anchors"].values():
        assert {len(one) for one in levels.values()} == {4}
        assert set(levels) == {"en", "es", "fr", "ar"}


@pytest.mark.parametrize("number", [1, 3, 60])
def test_the_panels_table_asks_the_same_number_of_queries(house, number):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    house.open((True, False))
    first, *_others = [house.candidate(one) for one in range(1, number + 1)]
    house.close()
    for member in house.members:
        house.score(member, first)
    found = {}
    for name, user in (("panel", house.members[0].user), ("candidates", house.coordinator)):
        client = house.world.client(user)
        address = reverse(name, args=[house.vacancy.pk])
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        found[name] = len([one for one in queries if "django_session" not in one["sql"]])
    assert found == {"panel": 13, "candidates": 12}


# Two at once, on PostgreSQL


@pytest.fixture
def big_house(big_world):
    from tests.hiring.conftest import House

    return House(big_world)


@needs_threads
@pytest.mark.postgres
def test_two_decisions_for_the_last_post_appoint_one(big_house):
    house = big_house
    house.open((True, False))
    rows = [house.candidate(number) for number in range(1, 6)]
    house.close()
    for row in rows:
        for member in house.members:
            house.score(member, row, 4)
    fresh = [Application.objects.get(pk=row.pk) for row in rows]
    said = released_together(
        [lambda one=one: deciding.decide(one, "appoint", by=house.coordinator, **WORDS) for one in fresh]
    )
    assert sum(isinstance(one, Decision) for one in said) == 1
    assert Decision.objects.filter(outcome="appoint").count() == 1


@needs_threads
@pytest.mark.postgres
def test_two_submissions_of_one_score_lock_it_once(big_house):
    house = big_house
    house.open((True,))
    house.candidate()
    house.close()
    member, one = house.members[0], Application.objects.select_related("vacancy").get()
    levels = [house.answers(1), house.answers(4)]
    said = released_together(
        [
            lambda answers=answers: scoring.submit(member, one, answers, "", by=member.user)
            for answers in levels
            for _ in range(3)
        ]
    )
    assert sum(isinstance(card, Scorecard) for card in said) == 1
    assert Scorecard.objects.get().submitted_at
    assert len(set(Score.objects.values_list("level", flat=True))) == 1, "one answer or the other, never a mixture"


@needs_threads
@pytest.mark.postgres
def test_many_who_send_at_once_get_a_number_each(big_house):
    house = big_house
    house.open((True,))
    said = released_together([lambda n=n: house.candidate(n) for n in range(1, 13)])
    assert all(isinstance(one, Application) for one in said)
    assert sorted(Application.objects.values_list("number", flat=True)) == list(range(1, 13))
    assert Vacancy.objects.get().counted_applied == 12
