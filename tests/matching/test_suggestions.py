"""Who is suggested, in which order, why; and that nothing kept to oneself can be seen from outside."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from matching import suggestions
from matching.models import DisclosureQuestion
from matching.workflows import invitations, questions, requests
from peersupport.notifications import outbox
from peersupport.notifications.models import Message
from supporters import workflows
from supporters.models import Supporter
from tests.matching.test_lists import counts


def names(request):
    found = suggestions.Search(request).explain(suggestions.Search(request).ranked())
    return [str(one.supporter) for one in found]


def test_every_must_has_to_be_shown(world):
    world.supporter({"recovery:own-life": "show", "gender:woman": "show"}, name="Both")
    world.supporter({"recovery:own-life": "show"}, name="One")
    request = world.request({"recovery:own-life": "must", "gender:woman": "must"})
    assert names(request) == ["Both"]


def test_in_a_topic_with_one_answer_several_musts_mean_one_of_them(world):
    world.supporter({"age-group:under-25": "show"}, name="Young")
    world.supporter({"age-group:60-plus": "show"}, name="Old")
    request = world.request({"age-group:under-25": "must", "age-group:25-39": "must"})
    assert names(request) == ["Young"]


def test_more_shared_likes_first_then_who_has_had_room_longest(world):
    now = timezone.now()
    for name, told, hours in (("A", {}, 1), ("B", {"interests:music": "show"}, 2), ("C", {}, 3)):
        supporter = world.supporter(told, name=name)
        Supporter.objects.filter(pk=supporter.pk).update(room_since=now - timezone.timedelta(hours=hours))
    assert names(world.request({"interests:music": "like"})) == ["B", "C", "A"]


def test_reasons_say_shared_not_shared_and_unknown(world):
    supporter = world.supporter({"age-group:under-25": "show", "interests:music": "show"})
    request = world.request({"age-group:60-plus": "like", "interests:music": "like", "faith:none": "like"})
    (found,) = suggestions.Search(request).explain([supporter.pk])
    assert {str(reason.option.key): reason.known for reason in found.reasons} == {
        "60-plus": "not",
        "music": "shared",
        "none": "unknown",
    }


@pytest.mark.parametrize("how", ["leave", "full", "stopped", "unconfirmed", "not-again", "rather-not"])
def test_who_is_never_suggested(world, how):
    supporter = world.supporter(
        {"gender:man": "show", "lived-experience:loss": "show"}, maximum=1, confirmed=how != "unconfirmed"
    )
    if how == "leave":
        workflows.change_status(supporter, "go_on_leave", by=supporter.user)
    if how == "full":
        world.match(supporter=supporter)
    if how == "stopped":
        workflows.edit(supporter, by=supporter.user, accepting=False)
    wishes = {"lived-experience:loss": "like"} | ({"gender:man": "rather_not"} if how == "rather-not" else {})
    request = world.request(wishes)
    if how == "not-again":
        invitations.never_again(request, supporter, by_supporter=True)
    assert names(request) == []
    assert suggestions.Search(request).may_be_asked([supporter.pk]) == set()


def test_place_time_language_and_area_have_to_fit(world):
    supporter = world.supporter({"spoken-language:fr": "show", "area:north": "show"})
    workflows.edit(supporter, by=supporter.user, places=1, times=0b1)
    person = world.user()
    request = world.request(by=person)

    def found(**practical):
        options = [world.option(*name.split(":")) for name in practical.pop("options", [])]
        requests.set_practical(request, options, by=person, **({"places": 0, "times": 0} | practical))
        return bool(suggestions.Search(world.fresh(request)).ranked())

    assert found()
    assert not found(places=0b10)
    assert not found(times=0b10)
    assert not found(options=["spoken-language:es"])
    assert found(options=["spoken-language:es", "spoken-language:fr"])
    assert not found(options=["area:south"])
    assert found(options=["area:north"])
    workflows.edit(supporter, by=supporter.user, places=0b10001)
    assert found(options=["area:south"]), "by phone, the area does not matter"


def test_a_supporter_is_never_suggested_to_themselves(world):
    supporter = world.supporter()
    assert suggestions.Search(world.request(by=supporter.user)).ranked() == []


def pages(client, request, supporter):
    names = ["support", "suggestions", "ask-matters"]
    urls = [reverse(name, args=[request.pk]) for name in names]
    urls += [reverse(name, args=[request.pk, supporter.pk]) for name in ("suggestion", "choose")]
    return [_without_token(client.get(url)) for url in urls]


def _without_token(response):
    import re

    text = response.content.decode()
    return response.status_code, re.sub(r'name="(?:csrfmiddlewaretoken|form_key)" value="[^"]+"', "", text)


@pytest.mark.parametrize("strength", ["must", "like", "rather_not"])
@pytest.mark.parametrize("waiting", [False, True])
def test_flipping_anything_private_changes_no_byte_the_person_sees(world, strength, waiting):
    supporter = world.supporter({"interests:music": "show"})
    world.supporter({"interests:music": "show", "faith:muslim": "show"})
    world.supporter({"interests:music": "show"})
    request = world.request({"interests:music": "like", "faith:muslim": strength, "gender:trans": "like"})
    client = world.client(request.person)
    if waiting:
        requests.wait(request, by=request.person)
    before = pages(client, request, supporter)
    for told in ({"faith:muslim": "ask"}, {"faith:muslim": "ask", "gender:trans": "ask"}, {"gender:trans": "ask"}, {}):
        by_dimension = {"faith": {}, "gender": {}}
        for name, seen in told.items():
            by_dimension[name.split(":")[0]][world.option(*name.split(":"))] = seen
        for key, options in by_dimension.items():
            workflows.tell(
                supporter,
                world.option(key, {"faith": "muslim", "gender": "trans"}[key]).dimension,
                options,
                by=supporter.user,
            )
        questions.ask_for(request)
        outbox.write_due(timezone.now())
        assert pages(client, request, supporter) == before
        assert not Message.objects.filter(recipient=request.person).exists()
    for question in DisclosureQuestion.objects.filter(supporter=supporter, state="asked"):
        questions.answer(question, by=supporter.user, says="no")
    assert pages(client, request, supporter) == before


@pytest.mark.parametrize("says", ["once", "always"])
def test_after_the_supporters_yes_the_person_sees_it(world, says):
    supporter = world.supporter({"faith:muslim": "ask"}, name="Nour")
    request, stranger = world.request({"faith:muslim": "must"}), world.request({"faith:muslim": "must"})
    assert names(request) == []
    assert questions.ask_for(request) == 1
    questions.answer(DisclosureQuestion.objects.get(), by=supporter.user, says=says)
    assert names(request) == ["Nour"]
    assert names(stranger) == (["Nour"] if says == "always" else [])
    assert Message.objects.filter(kind="somebody.shares", recipient=request.person).count() == 1


def test_a_no_and_no_answer_leave_the_same(world):
    first, second = world.supporter({"faith:jewish": "ask"}), world.supporter({"faith:jewish": "ask"})
    request = world.request({"faith:jewish": "like"})
    questions.ask_for(request)
    questions.answer(DisclosureQuestion.objects.get(supporter=first), by=first.user, says="no")
    DisclosureQuestion.objects.filter(supporter=second).update(state="closed")
    rows = [dict(row, supporter=0) for row in DisclosureQuestion.objects.values("state", "request", "option")]
    assert rows[0] == rows[1]


def test_only_the_one_asked_can_answer_and_only_once(world):
    from peersupport.workflow.state_machine import NotAllowed, NotPossible

    supporter = world.supporter({"faith:sikh": "ask"})
    request = world.request({"faith:sikh": "must"})
    questions.ask_for(request)
    question = DisclosureQuestion.objects.get()
    for by in (world.coordinator, request.person, world.supporter().user):
        with pytest.raises(NotAllowed):
            questions.answer(question, by=by, says="once")
    questions.answer(question, by=supporter.user, says="no")
    with pytest.raises(NotPossible):
        questions.answer(question, by=supporter.user, says="once")


def test_tell_me_when_somebody_joins_who_shares_every_must(world):
    request = world.request({"ethnicity:roma": "must"})
    requests.wait(request, by=request.person)
    outbox.write_due(timezone.now())
    assert not Message.objects.filter(kind="somebody.joined").exists()
    world.supporter({"ethnicity:roma": "ask"})
    outbox.write_due(timezone.now())
    assert not Message.objects.filter(kind="somebody.joined").exists()
    world.supporter({"ethnicity:roma": "show"})
    outbox.write_due(timezone.now())
    outbox.write_due(timezone.now())
    assert Message.objects.filter(kind="somebody.joined", recipient=request.person).count() == 1


def test_when_nobody_shares_every_must_who_shares_most_and_which_wish_to_loosen(world):
    near = world.supporter({"recovery:own-life": "show"})
    request = world.request({"recovery:own-life": "must", "faith:hindu": "must"})
    assert suggestions.Search(request).ranked() == []
    assert suggestions.Search(request).closest() == [near.pk]
    assert [option.key for option in suggestions.Search(request).without_one()] == ["hindu"]


@pytest.mark.parametrize("supporters", [1, 3, 30])
def test_the_page_of_suggestions_takes_the_same_number_of_queries(world, supporters):
    for _ in range(supporters):
        world.supporter({"recovery:own-life": "show", "interests:music": "show"})
    request = world.request({"recovery:own-life": "must", "interests:music": "like"})
    client = world.client(request.person)
    url = reverse("suggestions", args=[request.pk])
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        client.get(url)
    assert len([q for q in queries if counts(q["sql"])]) == QUERIES_OF_SUGGESTIONS


QUERIES_OF_SUGGESTIONS = 10


def test_what_was_shown_to_one_person_and_later_to_all_counts_once(world):
    now = timezone.now()
    once, twice = (
        world.supporter({"faith:sikh": "ask"}, name="Once"),
        world.supporter({"faith:sikh": "show", "interests:music": "show"}, name="Two"),
    )
    request = world.request({"faith:sikh": "like", "interests:music": "like", "gender:man": "like"})
    questions.ask_for(request)
    questions.answer(DisclosureQuestion.objects.get(), by=once.user, says="once")
    world.tell(once, {"faith:sikh": "show"})
    Supporter.objects.filter(pk=once.pk).update(room_since=now - timezone.timedelta(days=9))
    assert suggestions.Search(request).ranked() == [twice.pk, once.pk]
