"""What a supporter would rather not support can't be found out: it changes nothing that anybody else can watch."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from matching import suggestions
from matching.models import Invitation
from matching.views.asking import CHANGES
from matching.workflows import invitations, requests
from peersupport.reports import monthly
from peersupport.reports.models import MonthlyCount
from supporters import workflows
from supporters.models import Dimension, Option


@pytest.fixture
def watched(world):
    """A supporter who shares two topics and would rather not support them, and the request of whoever watches."""
    topics = list(Option.objects.filter(dimension__kind="topic").select_related("dimension")[:6])
    supporter = world.supporter()
    return supporter, topics, world.request({})


def seen(request):
    found = suggestions.Search(request)
    return found.ranked(), found.closest(), [str(option) for option in found.without_one()]


def test_changing_one_wish_after_the_other_tells_nothing(world, watched):
    """The attack that rebuilt every limit of every supporter in 14 seconds: watch who vanishes, topic by topic."""
    supporter, topics, request = watched
    others = [world.supporter() for _ in range(3)]
    differences = []
    for avoided in ([], topics):
        workflows.set_boundaries(supporter, avoided, by=supporter.user)
        views = []
        for option in topics:
            for strength in ("must", "like", "rather_not"):
                requests.set_wishes_of_dimension(request, option.dimension, {option: strength}, by=request.person)
                views.append(seen(world.fresh(request)))
                asked = suggestions.Search(world.fresh(request)).may_be_asked(
                    [supporter.pk, *[one.pk for one in others]]
                )
                views.append(asked)
            requests.set_wishes_of_dimension(request, option.dimension, {}, by=request.person)
        differences.append(views)
    assert differences[0] == differences[1]


def test_no_page_of_a_person_differs(world, watched):
    import re

    supporter, topics, request = watched
    client = world.client(request.person)
    requests.set_wishes_of_dimension(request, topics[0].dimension, {topics[0]: "like"}, by=request.person)
    pages = []
    for avoided in ([], [topics[0]]):
        workflows.set_boundaries(supporter, avoided, by=supporter.user)
        names = ["suggestions", "support"]
        texts = [client.get(reverse(name, args=[request.pk])).content.decode() for name in names]
        texts.append(client.get(reverse("suggestion", args=[request.pk, supporter.pk])).content.decode())
        pages.append([re.sub(r'name="(csrfmiddlewaretoken|form_key)" value="[^"]+"', "", text) for text in texts])
    assert pages[0] == pages[1]


def test_the_invitation_alone_tells_the_supporter_and_they_answer_by_hand(world, watched):
    supporter, topics, request = watched
    requests.set_wishes_of_dimension(request, topics[0].dimension, {topics[0]: "must"}, by=request.person)
    requests.set_wishes_of_dimension(request, topics[0].dimension, {topics[0]: "like"}, by=request.person)
    invitation = world.invitation(world.fresh(request), supporter)
    client = world.client(supporter.user)
    page = reverse("invitation", args=[invitation.pk])
    assert "rather not support" not in client.get(page).content.decode()
    workflows.set_boundaries(supporter, [topics[0]], by=supporter.user)
    assert "rather not support" in client.get(page).content.decode()
    invitation.refresh_from_db()
    assert invitation.state == "open", "nothing happens by itself"
    person = world.client(request.person).get(reverse("support", args=[request.pk])).content.decode()
    assert "rather not support" not in person
    client.post(reverse("decline", args=[invitation.pk]), {"reason": "limits"})
    invitation.refresh_from_db()
    assert (invitation.state, invitation.decline_reason) == ("declined", "limits"), "a kind no in one press"


def test_a_coordinator_sees_nothing_of_it_either(world, watched):
    supporter, topics, _request = watched
    workflows.set_boundaries(supporter, topics, by=supporter.user)
    page = world.client(world.coordinator).get(reverse("supporter", args=[supporter.pk])).content.decode()
    assert not [str(option) for option in topics if f">{option}<" in page]


def test_wishes_change_so_often_in_an_hour_and_no_more(world):
    person = world.user()
    request = world.request(by=person)
    client = world.client(person)
    dimension = Dimension.objects.shareable().first()
    address = reverse("ask-dimension", args=[request.pk, dimension.key])
    answers = [client.post(address, {}).status_code for _time in range(CHANGES + 1)]
    assert answers[:CHANGES] == [302] * CHANGES
    assert answers[-1] == 200
    page = client.post(reverse("ask-practical", args=[request.pk]), {})
    assert "many times in the last hour" in page.content.decode()


# ---- counts that moved by one


@pytest.fixture
def few(world, settings):
    from peersupport.organization.models import Organization

    Organization.objects.update(small_numbers_below=3)
    return world


def decline(world, number, reason="limits"):
    for _ in range(number):
        supporter = world.supporter()
        invitation = world.invitation(None, supporter)
        invitations.decline(invitation, by=supporter.user, reason=reason)


def shown(world):
    return world.client(world.coordinator).get(reverse("numbers")).content.decode()


def without_noise(text):
    import re

    return re.sub(r'name="(csrfmiddlewaretoken|form_key)" value="[^"]+"|nonce="[^"]+"', "", text)


def test_no_count_moves_when_a_named_supporter_declines(few):
    """15 became 16 the moment one supporter had answered: a private reason, told to the coordinator who watched."""
    decline(few, 5)
    open_one = few.supporter()
    invitation = few.invitation(None, open_one)
    Invitation.objects.filter(state="declined").update(answered_at=timezone.now() - timedelta(days=40))
    monthly.fix(timezone.localdate())
    from matching.models import DeclineReason

    before = without_noise(shown(few)).split("Why supporters said no")[1]
    invitations.decline(invitation, by=open_one.user, reason=DeclineReason.LIMITS)
    assert without_noise(shown(few)).split("Why supporters said no")[1] == before


def test_no_label_appears_when_a_request_nobody_may_read_is_made(few):
    monthly.fix(timezone.localdate())
    before = without_noise(shown(few)).split("Wishes nobody")[1]
    option = Option.objects.filter(dimension__kind="topic").first()
    few.request({f"{option.dimension.key}:{option.key}": "must"})
    assert without_noise(shown(few)).split("Wishes nobody")[1] == before
    assert str(option) not in before


def test_a_month_is_fixed_once_and_only_counts_above_the_threshold_are_kept(few):
    month = date(2031, 5, 8)
    decline(few, 4, "limits")
    decline(few, 2, "")
    Invitation.objects.filter(state="declined").update(answered_at="2031-04-10T10:00:00Z")
    assert monthly.fix(month)
    assert monthly.reasons("2031-04") == {"limits": 4}
    decline(few, 5, "")
    Invitation.objects.filter(state="declined").update(answered_at="2031-04-10T10:00:00Z")
    assert not monthly.fix(month)
    assert monthly.reasons("2031-04") == {"limits": 4}
    assert set(MonthlyCount.objects.filter(kind="reason").values_list("key", flat=True)) == {"limits"}


def test_months_do_not_overlap_so_that_no_difference_tells_one(few):
    decline(few, 4)
    Invitation.objects.filter(state="declined").update(answered_at="2031-04-10T10:00:00Z")
    monthly.fix(date(2031, 5, 8))
    decline(few, 1)
    Invitation.objects.filter(state="declined", answered_at__year__lt=2031).update(answered_at="2031-05-10T10:00:00Z")
    monthly.fix(date(2031, 6, 8))
    assert monthly.reasons("2031-05") == {}
