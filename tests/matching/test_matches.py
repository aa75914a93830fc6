"""What the two of a match can count on."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from matching.models import Match, NotAgain
from matching.suggestions import Search
from matching.workflows import invitations, matches, requests
from peersupport.audit.models import AuditEntry
from peersupport.notifications.models import Message
from peersupport.organization import texts
from peersupport.organization import workflows as organization_workflows
from peersupport.workflow.state_machine import NotPossible
from supporters.models import Supporter


def test_no_agreement_opens_before_the_limits_of_privacy_are_filled_in(bare_world):
    match = bare_world.match(active=False)
    assert matches.agreement_in_force() is None
    some = texts.TextVersion.objects.create(kind="agreement", number=1, bodies={"en": "x"})
    with pytest.raises(NotPossible):
        matches.agree(match, by=match.supporter.user, version=some)


def test_support_starts_with_the_second_yes_to_the_same_version(world):
    match = world.match(active=False)
    version = matches.agreement_in_force()
    match = matches.agree(match, by=match.request.person, version=version)
    assert match.state == "meeting"
    organization_workflows.change_settings({"legal_duties": {"en": "Another duty."}}, by=world.administrator)
    with pytest.raises(NotPossible):
        matches.agree(match, by=match.supporter.user, version=version)
    newer = matches.agreement_in_force()
    match = matches.agree(world.fresh(match), by=match.supporter.user, version=newer)
    assert match.state == "meeting", "the first yes was to other words"
    match = matches.agree(match, by=match.request.person, version=newer)
    assert match.state == "active"
    assert "Another duty." in match.agreement.body


def test_each_side_lifts_its_own_pause(world):
    match = world.match()
    person, supporter = match.request.person, match.supporter.user
    match = matches.pause(match, by=person)
    match = matches.pause(match, by=supporter)
    match = matches.resume(match, by=person)
    assert match.state == "paused"
    with pytest.raises(NotPossible):
        matches.resume(match, by=person)
    assert matches.resume(match, by=supporter).state == "active"


def test_change_opens_the_wishes_without_that_supporter_and_frees_the_place(world):
    supporter = world.supporter(maximum=1)
    match = world.match(supporter=supporter)
    assert world.fresh(supporter).room_since is None
    matches.change(match, by=match.request.person)
    assert world.fresh(supporter).room_since is not None
    assert world.fresh(match.request).state == "choosing"
    assert supporter.pk not in Search(match.request).ranked()


def test_not_again_works_silently_for_either_side_and_for_a_later_request(world):
    person = world.user()
    match = world.match(world.request(by=person))
    matches.end(match, by=match.supporter.user, not_again=True)
    assert NotAgain.objects.get().by_supporter
    requests_of_person = world.fresh(match.request)
    matches.close(requests_of_person, by=person)
    later = world.request(by=person)
    assert match.supporter.pk not in Search(later).ranked()
    assert not Message.objects.filter(kind__contains="again").exists()


def test_when_the_supporter_ends_the_person_can_choose_and_when_the_person_ends_it_is_closed(world):
    ended_by_supporter = world.match()
    matches.end(ended_by_supporter, by=ended_by_supporter.supporter.user)
    assert world.fresh(ended_by_supporter.request).state == "choosing"
    ended_by_person = world.match()
    matches.end(ended_by_person, by=ended_by_person.request.person)
    assert world.fresh(ended_by_person.request).state == "closed"


def test_the_second_choice_is_asked_when_the_first_can_not(world):
    first, second, third = (world.supporter() for _ in range(3))
    invitation = world.invitation(None, first, second, third)
    invitations.decline(invitation, by=first.user, reason="room")
    request = world.fresh(invitation.request)
    assert request.state == "invited"
    assert request.invitations.get(state="open").supporter == second
    from supporters import workflows

    workflows.change_status(third, "go_on_leave", by=third.user)
    invitations.expire(request.invitations.select_related("request").get(state="open"))
    request = world.fresh(request)
    assert request.state == "choosing"
    assert not request.invitations.filter(state__in=["open", "queued"]).exists()


def test_an_invitation_nobody_answers_runs_out_and_the_person_is_told(world):
    from matching.tasks import close_invitations

    invitation = world.invitation()
    type(invitation).objects.filter(pk=invitation.pk).update(answer_by=timezone.now())
    assert close_invitations() == 1
    assert close_invitations() == 0
    assert world.fresh(invitation.request).state == "choosing"
    assert Message.objects.filter(kind="invitation.answered", recipient=invitation.request.person).exists()


def test_a_supporter_who_is_full_can_not_say_yes_and_nothing_is_half_done(world):
    supporter = world.supporter(maximum=1)
    first, second = world.invitation(None, supporter), world.invitation(None, supporter)
    invitations.accept(first, by=supporter.user)
    with pytest.raises(NotPossible):
        invitations.accept(second, by=supporter.user)
    assert world.fresh(second).state == "open"
    assert world.fresh(second.request).state == "invited"


def test_the_database_itself_refuses_two_matches_for_a_request_and_two_in_a_place(world):
    match = world.match()
    with pytest.raises(IntegrityError), transaction.atomic():
        Match.objects.create(request=match.request, supporter=world.supporter(), place=1)
    other = world.request()
    with pytest.raises(IntegrityError), transaction.atomic():
        Match.objects.create(request=other, supporter=match.supporter, place=match.place)


def test_a_change_and_its_audit_row_stand_or_fall_together(world, monkeypatch):
    match = world.match()

    def broken(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr("peersupport.workflow.state_machine.record", broken)
    with pytest.raises(RuntimeError):
        matches.end(match, by=match.request.person)
    assert world.fresh(match).state == "active"
    assert world.fresh(match.request).state == "matched"
    assert not Message.objects.filter(kind="match.ended").exists()


def test_both_see_in_their_log_what_the_other_did_without_a_name(world):
    match = world.match()
    matches.pause(match, by=match.supporter.user)
    entry = AuditEntry.objects.filter(subject=match.request.person_key, verb="match.pause").get()
    assert entry.actor_role == "supporter"
    mine = AuditEntry.objects.filter(subject=match.supporter.user.pseudonym, verb="match.pause").get()
    assert mine.actor_role == "self"


def test_a_request_made_by_link_can_be_kept_with_an_account(world, rf):
    from matching.parties import Bearer

    request = world.helped_request()
    user = world.user()
    kept = requests.keep_with_account(Bearer(request.pk, request.person_key, True), user)
    assert (kept.person, kept.person_key) == (user, user.pseudonym)
    other = world.helped_request()
    with pytest.raises(NotPossible):
        requests.keep_with_account(Bearer(other.pk, other.person_key, True), user)
    with pytest.raises(NotPossible):
        requests.keep_with_account(Bearer(other.pk, world.user().pseudonym, True), world.user())


def test_lowering_the_maximum_never_ends_a_match(world):
    from supporters import workflows

    supporter = world.supporter(maximum=2)
    world.match(supporter=supporter)
    world.match(supporter=supporter)
    workflows.edit(supporter, by=supporter.user, maximum=1)
    assert Match.objects.live().filter(supporter=supporter).count() == 2
    assert Supporter.objects.get(pk=supporter.pk).room_since is None
