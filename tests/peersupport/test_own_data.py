"""The rights over one's own data: see it, get it, take a consent back, have it deleted."""

import json
from datetime import timedelta

import pytest
from django.apps import apps
from django.core.serializers import serialize
from django.utils import timezone

from matching.models import Match, SupportRequest
from peersupport.accounts import consents, workflows
from peersupport.accounts.models import Consent, ConsentKind, Role, User
from peersupport.accounts.tasks import housekeeping
from peersupport.audit.models import AuditEntry
from peersupport.workflow.state_machine import NotAllowed, NotPossible
from supporters.models import Characteristic, Supporter
from tests.making import PASSWORD

CANARY = "Quetzalina"


def whole_database():
    return "".join(serialize("json", model.objects.all()) for model in apps.get_models() if model._meta.managed)


def test_a_copy_holds_what_was_said_and_nothing_of_others(world):
    match = world.match(world.request({"faith:sikh": "like"}, words=CANARY))
    copy = world.client(match.request.person).post("/account/copy/")
    told = json.loads(copy.content)
    assert told["requests"][0]["words"] == CANARY
    assert told["requests"][0]["wishes"][0]["what"] == "Sikh"
    assert match.supporter.user.email not in copy.content.decode()
    theirs = json.loads(world.client(match.supporter.user).post("/account/copy/").content)
    assert CANARY not in json.dumps(theirs)


def test_deleting_an_account_leaves_no_word_of_it_and_ends_support_kindly(world):
    person = world.user(name=CANARY, email=f"{CANARY.lower()}@example.org")
    match = world.match(world.request({"faith:sikh": "like"}, by=person, words=CANARY, call_me=CANARY, phone="0555 99"))
    client = world.client(person)
    assert "This is not your password" in client.post("/account/delete/", {"password": "wrong"}).content.decode()
    assert User.objects.filter(pk=person.pk).exists()
    client.post("/account/delete/", {"password": PASSWORD})
    left = whole_database()
    assert CANARY not in left
    assert CANARY.lower() not in left
    assert "0555 99" not in left
    assert not Match.objects.filter(pk=match.pk).exists()
    assert Supporter.objects.get(pk=match.supporter.pk).room_since is not None
    assert AuditEntry.objects.filter(subject=person.pseudonym, verb="account.delete").exists()
    assert client.get("/account/").status_code == 302


def test_a_supporter_who_deletes_the_account_frees_the_people_to_choose_again(world):
    match = world.match()
    waiting = world.invitation(None, match.supporter)
    workflows.delete_account(match.supporter.user, by=match.supporter.user)
    for request in (match.request, waiting.request):
        request.refresh_from_db()
        assert request.state == "choosing"
    assert not Supporter.objects.filter(pk=match.supporter.pk).exists()


def test_nobody_deletes_somebody_elses_account_and_one_administrator_stays(world):
    with pytest.raises(NotAllowed):
        workflows.delete_account(world.coordinator, by=world.administrator)
    with pytest.raises(NotPossible):
        workflows.delete_account(world.administrator, by=world.administrator)
    with pytest.raises(NotPossible):
        workflows.take_role_back(world.administrator, Role.ADMINISTRATOR, by=world.administrator)


def test_taking_back_the_consent_to_a_request_erases_it(world):
    match = world.match(world.request(words=CANARY))
    person = match.request.person
    world.client(person).post("/account/consents/request/")
    assert not SupportRequest.objects.filter(person=person).exists()
    assert CANARY not in whole_database()
    assert not consents.given(ConsentKind.REQUEST, person.pseudonym)
    assert Consent.objects.get(subject=person.pseudonym).withdrawn_at


def test_taking_back_the_consent_of_a_supporter_erases_what_they_told_and_they_are_not_suggested(world):
    supporter = world.supporter({"faith:sikh": "show"})
    world.client(supporter.user).post("/account/consents/characteristics/")
    assert not Characteristic.objects.filter(supporter=supporter).exists()
    fresh = world.fresh(supporter)
    assert (fresh.room_since, fresh.state) == (None, "training")


def test_who_looked_shows_reads_by_others_without_names(world):
    request = world.request(help_wanted=True)
    from matching.workflows import requests

    requests.take(request, by=world.coordinator)
    world.client(world.coordinator).get(f"/mine/{request.pk}/")
    page = world.client(request.person).get("/account/who-looked/?who=others").content.decode()
    assert "looked at the request and its wishes" in page
    assert "A coordinator" in page
    assert world.coordinator.name not in page


def test_an_audit_row_is_never_changed():
    with pytest.raises(TypeError):
        AuditEntry(pk=1).save()


def test_what_is_older_than_its_rule_is_deleted_on_time(world):
    closed, draft, kept = world.request(), world.request(submit=False), world.request(words=CANARY)
    from matching.workflows import matches

    matches.close(closed, by=closed.person)
    SupportRequest.objects.filter(pk=closed.pk).update(closed_at=timezone.now() - timedelta(days=181))
    SupportRequest.objects.filter(pk=draft.pk).update(created_at=timezone.now() - timedelta(days=31))
    AuditEntry.objects.update(at=timezone.now() - timedelta(days=731))
    housekeeping()
    assert list(SupportRequest.objects.values_list("pk", flat=True)) == [kept.pk]
    assert not AuditEntry.objects.exists()


def test_a_role_is_taken_on_by_a_link_that_works_once(world):
    from supporters.workflows import invite_supporter

    _invitation, token = invite_supporter("new@example.org", by=world.coordinator, language="en")
    client = world.client()
    page = client.get(f"/invited/{token}/")
    assert page.status_code == 200
    assert not User.objects.filter(email="new@example.org").exists()
    data = {"name": "New", "email": "new@example.org", "password": "a long enough password"}
    assert client.post(f"/invited/{token}/", data).status_code == 302
    supporter = Supporter.objects.get(user__email="new@example.org")
    assert supporter.state == "training"
    assert world.client().get(f"/invited/{token}/").status_code == 410
    assert token not in whole_database()
    with pytest.raises(NotAllowed):
        workflows.invite(Role.COORDINATOR, "x@example.org", by=world.coordinator)


def test_a_role_of_trust_needs_a_second_factor_in_a_real_installation(world, settings):
    settings.REQUIRE_SECOND_FACTOR = True
    for user, asked in ((world.coordinator, True), (world.administrator, True), (world.supporter().user, False)):
        response = world.client(user).get("/")
        assert (response.status_code == 302 and "second-factor" in response.headers["Location"]) == asked


def test_secrets_of_second_factors_are_not_plain_in_the_database(world):
    from allauth.mfa.totp.internal.auth import TOTP

    secret = "JBSWY3DPEHPK3PXP"
    TOTP.activate(world.coordinator, secret)
    assert secret not in whole_database()
