"""The private link of an application: whose it is, how long it opens, and that nobody acts as the candidate by it."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse
from django.utils import timezone

from hiring.models import Application, HistoryLine, PanelMember, Recusal, Scorecard, Vacancy
from hiring.workflows import applying, panel, scoring
from peersupport.accounts.models import User
from peersupport.notifications.models import Message
from peersupport.workflow.state_machine import NotAllowed
from tests.hiring.conftest import House

CANARY = b"My private CV CANARYFILE"


@pytest.fixture
def house(world):
    made = House(world)
    made.open((True, False))
    return made


def at(application, page="application"):
    return reverse(page, args=[applying.token_of(application)])


def fresh(application):
    return Application.objects.get(pk=application.pk)


def link_made_by_coordinator(house, application):
    """Let the coordinator make a new link; return the answer, with every page that followed."""
    client = house.world.client(house.coordinator)
    return client, client.post(reverse("candidate-link", args=[application.pk]), follow=True)


def test_a_link_that_is_mailed_is_never_seen_by_the_coordinator(house):
    application = house.candidate(file=CANARY)
    _client, answer = link_made_by_coordinator(house, application)
    assert "/a/" not in answer.content.decode()
    assert Message.objects.filter(kind="application.link", recipient_key=application.pk).count() == 1


def test_a_printed_link_opens_with_the_candidates_own_code_alone(house):
    """A coordinator held the paper: without the code they see no name, open no file, and can't act as the candidate."""
    application = house.candidate(file=CANARY, email="", phone="+34 600 000 000", name="Umbrella")
    own = house.world.client()
    shown = own.get(at(application)).content.decode()
    code = applying.opening_code(application)
    assert code in shown
    client, answer = link_made_by_coordinator(house, application)
    assert code not in answer.content.decode()
    application = fresh(application)
    for page in ("application", "withdraw-application", "replace-application-link", "answer-offer"):
        for told in (client.get(at(application, page), follow=True), client.post(at(application, page), follow=True)):
            text = told.content.decode()
            assert "Umbrella" not in text
            assert code not in text
            assert "eight digits" in text
    file = application.attachments.get()
    address = reverse("application-file", args=[applying.token_of(application), file.pk])
    assert CANARY not in client.get(address).content
    assert client.post(at(application, "withdraw-application")).status_code == 200
    assert Application.objects.filter(pk=application.pk).exists()
    # The candidate has the code, in whatever digits their keyboard writes.
    arabic = code.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    assert own.post(at(application), {"code": arabic}).status_code == 302
    assert "What you wrote" in own.get(at(application)).content.decode()
    assert CANARY in own.get(address).content


def test_the_code_of_a_printed_link_can_be_guessed_ten_times_an_hour(house):
    application = house.candidate(email="", phone="+34 600 000 000")
    client, _answer = link_made_by_coordinator(house, application)
    application = fresh(application)
    answers = [client.post(at(application), {"code": f"{number:08d}"}).status_code for number in range(12)]
    assert answers == [200] * 10 + [429] * 2
    code = applying.opening_code(application)
    assert client.post(at(application), {"code": code}).status_code == 429, "counted before it is checked"


def test_a_candidate_replaces_their_own_link(house):
    application = house.candidate()
    old, client = at(application), house.world.client()
    answer = client.post(at(application, "replace-application-link"))
    assert answer.status_code == 302
    assert answer.url != old
    assert client.get(answer.url).status_code == 200
    assert client.get(old).status_code == 410


def test_a_link_ends_on_the_day_its_application_is_to_be_erased(house):
    """Also while the erasing itself is late."""
    application = house.candidate()
    assert house.world.client().get(at(application)).status_code == 200
    Vacancy.objects.filter(pk=house.vacancy.pk).update(ended_at=timezone.now() - timedelta(days=181))
    assert house.world.client().get(at(application)).status_code == 410


def test_nobody_scores_a_person_with_one_of_their_own_verified_addresses(house):
    member = PanelMember.objects.filter(vacancy=house.vacancy).first()
    EmailAddress.objects.create(user=member.user, email="Me@Peers.example", verified=True)
    EmailAddress.objects.create(user=member.user, email="claimed@peers.example", verified=False)
    own = house.candidate(1, email="me@peers.example")
    claimed = house.candidate(2, email="claimed@peers.example")
    house.close()
    client = house.world.client(member.user)
    assert client.get(reverse("read-application", args=[own.pk])).status_code == 404
    assert client.get(reverse("score", args=[own.pk])).status_code == 404
    with pytest.raises(NotAllowed):
        scoring.keep(member, own, house.answers(), "", by=member.user)
    assert not Scorecard.objects.filter(application=own, member=member).exists()
    assert client.get(reverse("read-application", args=[claimed.pk])).status_code == 200, "an address anybody may claim"


def test_whoever_takes_a_seat_later_does_not_see_their_own_application(house):
    user = house.world.user(name="Applied before")
    EmailAddress.objects.create(user=user, email="before@peers.example", verified=True)
    application = house.candidate(1, email="before@peers.example")
    member = panel.add(house.vacancy, user, by=house.coordinator)
    assert Recusal.objects.filter(member=member, application=application).exists()


def test_whoever_runs_a_vacancy_decides_nothing_about_their_own_application(house):
    EmailAddress.objects.create(user=house.coordinator, email="boss@peers.example", verified=True)
    application = house.candidate(1, email="boss@peers.example")
    house.close()
    coordinator = User.objects.get(pk=house.coordinator.pk)
    with pytest.raises(NotAllowed):
        applying.new_link(application, by=coordinator)


def test_a_candidate_says_whom_they_know_on_the_panel(house):
    application = house.candidate()
    known, other = list(PanelMember.objects.filter(vacancy=house.vacancy))
    client = house.world.client()
    page = client.get(at(application)).content.decode()
    assert str(known.user) in page
    assert str(other.user) in page
    client.post(at(application), {"known": "1", "member": str(known.pk)})
    house.close()
    assert house.world.client(known.user).get(reverse("read-application", args=[application.pk])).status_code == 404
    assert house.world.client(other.user).get(reverse("read-application", args=[application.pk])).status_code == 200
    assert str(known.user) not in client.get(at(application)).content.decode()
    assert HistoryLine.objects.filter(what="panel.known", number=application.number).count() == 1


def test_a_candidate_names_nobody_of_another_panel(house, world):
    application = house.candidate()
    stranger = PanelMember.objects.create(
        vacancy=Vacancy.objects.create(version=house.version, run_by=house.coordinator, time_zone="UTC"),
        user=world.user(),
    )
    house.world.client().post(at(application), {"known": "1", "member": str(stranger.pk)})
    assert not Recusal.objects.filter(member=stranger).exists()
    with pytest.raises(NotAllowed):
        panel.is_known(application, stranger, by=applying.Candidate(application))
