"""What people were promised, tried from the side of whoever might be harmed."""

import time

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from matching.models import Disclosure, DisclosureQuestion, Match, SupportRequest
from matching.parties import OPEN_FOR_SECONDS, SESSION_KEY
from matching.suggestions import Search
from matching.workflows import invitations, links, matches, questions, requests
from peersupport.accounts import consents, workflows
from peersupport.accounts.models import ConsentKind, User
from peersupport.notifications import outbox
from peersupport.notifications.models import Message
from peersupport.organization import workflows as organization_workflows
from peersupport.organization.models import Concern
from peersupport.web.tokens import new_token
from peersupport.workflow.state_machine import NotAllowed, NotPossible
from supporters import workflows as supporter_workflows
from supporters.models import Dimension, Supporter
from supporters.staffing import leave


def open_by_link(world, request, purpose="choosing"):
    client = world.client()
    client.post(f"/l/{links.make(request, purpose, by=world.coordinator)}/")
    return client


def test_when_a_supporter_erases_their_account_each_person_is_told(world):
    with_mail = world.helped_request(email="safe@example.org", email_safe=True)
    match = world.match(with_mail)
    other = world.match(supporter=match.supporter)
    Message.objects.all().delete()
    workflows.delete_account(match.supporter.user, by=match.supporter.user)
    outbox.deliver_batch()
    assert sorted(one.to[0] for one in mail.outbox) == sorted(["safe@example.org", other.request.person.email])


def test_when_a_person_erases_their_account_the_supporter_is_told(world):
    match, asked = world.match(), world.invitation()
    Message.objects.all().delete()
    for one in (match, asked):
        workflows.delete_account(one.request.person, by=one.request.person)
    outbox.deliver_batch()
    assert {one.to[0] for one in mail.outbox} == {match.supporter.user.email, asked.supporter.user.email}


@pytest.mark.parametrize("how", ["untell", "withdraw"])
def test_what_a_supporter_no_longer_tells_is_no_longer_seen_by_anyone(world, how, django_capture_on_commit_callbacks):
    supporter = world.supporter({"faith:sikh": "ask"})
    request = world.request({"faith:sikh": "must"})
    questions.ask_for(request)
    questions.answer(DisclosureQuestion.objects.get(), by=supporter.user, says="once")
    assert Search(request).ranked() == [supporter.pk]
    with django_capture_on_commit_callbacks(execute=True):
        if how == "untell":
            supporter_workflows.tell(supporter, Dimension.objects.get(key="faith"), {}, by=supporter.user)
        else:
            consents.withdraw(ConsentKind.CHARACTERISTICS, subject=supporter.user.pseudonym, by=supporter.user)
    assert Search(request).ranked() == []
    (found,) = Search(request).explain([supporter.pk])
    assert [reason.known for reason in found.reasons] == ["unknown"]
    assert not Disclosure.objects.exists()
    assert not DisclosureQuestion.objects.exists()


def test_a_coordinator_never_gets_a_link_to_act_as_somebody_with_an_account(world):
    request = world.request(help_wanted=True)
    request = requests.take(request, by=world.coordinator)
    with pytest.raises(NotPossible):
        links.make(request, "choosing", by=world.coordinator)


def test_a_coordinator_changes_who_sees_what_only_with_a_yes(world):
    request = world.helped_request()
    with pytest.raises(NotPossible):
        requests.edit(request, by=world.coordinator, share_contact=True)
    requests.edit(request, by=world.coordinator, share_contact=True, how="spoke")
    assert request.recorded_yeses.filter(verb="show").exists()


def test_without_asking_for_help_no_coordinator_can_take_a_request(world):
    for request in (world.request(), world.helped_request()):
        SupportRequest.objects.filter(pk=request.pk).update(looked_after_by=None, help_wanted=False)
        with pytest.raises(NotPossible):
            requests.take(request, by=world.coordinator)


def test_whoever_asks_may_say_which_coordinator(world):
    wanted, request = world.user("coordinator"), world.request(help_wanted=True)
    requests.edit(request, by=request.person, wanted_coordinator=wanted)
    with pytest.raises(NotPossible):
        requests.take(request, by=world.coordinator)
    assert requests.take(request, by=wanted).looked_after_by == wanted


def test_somebody_without_an_account_can_get_a_copy_see_who_looked_and_delete_everything(world):
    request = world.helped_request(words="Quokkaline")
    match = world.match(request)
    client = open_by_link(world, request)
    assert "Quokkaline" in client.post(reverse("record", args=[request.pk])).content.decode()
    assert "A coordinator" in client.get(reverse("record", args=[request.pk])).content.decode()
    client.post(reverse("erase", args=[request.pk]))
    assert not SupportRequest.objects.filter(pk=request.pk).exists()
    assert not Match.objects.filter(pk=match.pk).exists()
    assert not consents.given(ConsentKind.REQUEST, request.person_key)
    assert client.get(reverse("support", args=[request.pk])).status_code == 403


def test_signing_up_does_not_tell_whether_an_address_is_known(world):
    answers = []
    for email in (world.coordinator.email, "nobody@example.org"):
        response = world.client().post(reverse("account_signup"), {"email": email, "password1": "a long password here"})
        answers.append((response.status_code, response.headers.get("Location")))
    assert answers[0] == answers[1]
    assert User.objects.get(email="nobody@example.org").emailaddress_set.get().verified is False


def test_an_open_link_ends_after_half_an_hour_and_nobody_else_revives_it(world):
    request = world.helped_request()
    client = open_by_link(world, request)
    session = client.session
    session[SESSION_KEY] = session[SESSION_KEY] | {"until": time.time() - 1}
    session.save()
    assert client.get(reverse("support", args=[request.pk])).status_code == 403
    stranger = world.user()
    other = world.request(by=stranger, submit=False)
    client.force_login(stranger, backend="allauth.account.auth_backends.AuthenticationBackend")
    client.get(reverse("ask-name", args=[other.pk]))
    assert SESSION_KEY not in client.session
    client.post(reverse("keep-with-account"))
    request.refresh_from_db()
    assert request.person is None


def test_a_link_ends_after_some_hours_however_busy(world):
    request = world.helped_request()
    client = open_by_link(world, request)
    session = client.session
    session[SESSION_KEY] = session[SESSION_KEY] | {
        "born": time.time() - 5 * 3600,
        "until": time.time() + OPEN_FOR_SECONDS,
    }
    session.save()
    assert client.get(reverse("support", args=[request.pk])).status_code == 403


def test_replacing_a_lasting_link_closes_what_it_had_opened(world):
    request = world.helped_request()
    client = open_by_link(world, request, "lasting")
    assert client.get(reverse("support", args=[request.pk])).status_code == 200
    links.make(request, "lasting", by=world.coordinator)
    assert client.get(reverse("support", args=[request.pk])).status_code == 403


def test_a_mail_that_fails_puts_somebody_without_an_account_on_the_list_to_ring(world, monkeypatch):
    request = world.helped_request(email="typo@example.org", email_safe=True, phone="0555 7", call_safe=True)
    invitation = world.invitation(request)
    invitations.decline(invitation, by=invitation.supporter.user)
    Message.objects.filter(recipient=None).update(due=timezone.now() - timezone.timedelta(days=3))
    outbox.deliver_batch()
    assert "0555 7" in world.client(world.coordinator).get("/board/ring/").content.decode()


def test_a_contact_learns_of_a_concern_and_whoever_named_themselves_of_the_answer(world):
    reader, teller = world.user(), world.user()
    contact = organization_workflows.name_contact(reader.email, "Outside", by=world.administrator)
    concern = organization_workflows.raise_concern(contact, "words", code_hash=new_token()[1], by=teller)
    assert Message.objects.filter(kind="concern.raised", recipient=reader).exists()
    assert "1 is open" in world.client(reader).get("/").content.decode()
    organization_workflows.reply(concern, "thank you", by=reader)
    assert Message.objects.filter(kind="concern.answered", recipient=teller).exists()
    with pytest.raises(NotPossible):
        workflows.delete_account(reader, by=reader)
    organization_workflows.close(Concern.objects.get(), by=reader)
    workflows.delete_account(reader, by=reader)


def test_behind_a_proxy_each_visitor_has_a_limit_of_their_own(world, settings, rf):
    from peersupport.web.limits import too_often

    settings.BEHIND_PROXY = True
    first = rf.get("/", HTTP_X_FORWARDED_FOR="forged, 192.0.2.1", REMOTE_ADDR="127.0.0.1")
    second = rf.get("/", HTTP_X_FORWARDED_FOR="192.0.2.2", REMOTE_ADDR="127.0.0.1")
    assert [too_often(first, "x", times=1, seconds=60) for _ in range(2)] == [False, True]
    assert not too_often(second, "x", times=1, seconds=60)


def test_when_a_coordinator_stops_their_requests_are_free_again(world):
    request = world.helped_request()
    workflows.take_role_back(world.coordinator, "coordinator", by=world.administrator)
    request.refresh_from_db()
    assert (request.looked_after_by, request.help_wanted) == (None, True)


def test_nobody_acts_on_both_sides(world):
    supporter = world.supporter()
    both = supporter.user
    both.role_grants.create(role="coordinator")
    both = User.objects.get(pk=both.pk)
    request = requests.begin(by=both, language="en", helped=True)
    requests.edit(request, by=both, call_me="Robin")
    requests.submit(request, by=both, how="spoke")
    assert Search(world.fresh(request)).ranked() == []
    asked = world.invitation(world.request(help_wanted=True), world.fresh(supporter))
    with pytest.raises(NotPossible):
        requests.take(asked.request, by=both)


def test_whom_a_supporter_thought_of_is_shown_only_if_they_can_be_asked(world):
    first, thought_of = world.supporter(), world.supporter(name="Theo")
    invitation = world.invitation(None, first)
    invitations.decline(invitation, by=first.user, pass_on_to=thought_of)
    request = world.fresh(invitation.request)
    client = world.client(request.person)
    assert "Theo" in client.get(reverse("support", args=[request.pk])).content.decode()
    invitations.never_again(request, thought_of, by_supporter=True)
    assert "Theo" not in client.get(reverse("support", args=[request.pk])).content.decode()


def test_a_former_supporters_profile_is_closed(world):
    match = world.match()
    client = world.client(match.request.person)
    address = reverse("suggestion", args=[match.request.pk, match.supporter.pk])
    assert client.get(address).status_code == 200
    matches.end(match, by=match.supporter.user)
    assert client.get(address).status_code == 404


def test_after_a_wave_of_noes_the_next_supporters_are_asked(world):
    for _ in range(questions.WAVE + 2):
        world.supporter({"faith:sikh": "ask"})
    request = world.request({"faith:sikh": "must"})
    assert questions.ask_for(request) == questions.WAVE
    for question in DisclosureQuestion.objects.filter(state="asked").select_related("supporter__user"):
        questions.answer(question, by=question.supporter.user, says="no")
    assert SupportRequest.objects.get(pk=request.pk).questions_due
    assert questions.ask_for(request) == 2


def test_when_a_supporter_takes_leave_the_people_they_support_are_offered_a_choice(world):
    match = world.match()
    leave.ask(match.supporter, starts_on=timezone.localdate(), ends_on=None, by=match.supporter.user)
    assert Message.objects.filter(kind="match.leave", recipient=match.request.person).exists()
    assert (
        "is away from"
        in world.client(match.request.person).get(reverse("support", args=[match.request.pk])).content.decode()
    )


def test_a_supporter_who_is_set_aside_is_found_by_nobody_and_each_person_can_choose_again(world):
    match = world.match()
    waiting = world.invitation(None, match.supporter)
    with pytest.raises(NotAllowed):
        supporter_workflows.set_aside(match.supporter, by=world.user())
    supporter_workflows.set_aside(match.supporter, by=world.coordinator)
    for request in (match.request, waiting.request):
        request.refresh_from_db()
        assert request.state == "choosing"
    supporter = Supporter.objects.get(pk=match.supporter.pk)
    assert (supporter.state, supporter.room_since) == ("ended", None)
    with pytest.raises(NotPossible):
        supporter_workflows.change_status(supporter, "start_again", by=User.objects.get(pk=supporter.user_id))


def test_when_the_supporter_ends_the_person_reads_the_organizations_kind_words(world):
    match = world.match()
    matches.end(match, by=match.supporter.user)
    page = world.client(match.request.person).get(reverse("support", args=[match.request.pk])).content.decode()
    assert "Thank you for the time you gave each other" in page


def test_a_closed_request_is_opened_again_by_the_lasting_link(world):
    request = world.helped_request()
    matches.close(request, by=world.coordinator, how="spoke")
    client = open_by_link(world, request, "lasting")
    client.post(reverse("open-again", args=[request.pk]))
    request.refresh_from_db()
    assert request.state == "choosing"


def test_addresses_with_a_token_are_sent_to_nobody(world):
    token = links.make(world.helped_request(), "lasting", by=world.coordinator)
    for address in (f"/l/{token}/", f"/invited/{token}/"):
        assert world.client().get(address).headers["Referrer-Policy"] in {"strict-origin", "same-origin"}
    assert world.client().get(f"/l/{token}/").headers["Referrer-Policy"] == "strict-origin"
