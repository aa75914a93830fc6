"""Each message once: written with the change, claimed under a lease, sent, marked."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core import mail
from django.utils import timezone, translation

from matching.workflows import invitations, matches
from peersupport.accounts.mail import AccountMail
from peersupport.notifications import account_mail, outbox, registry
from peersupport.notifications.models import Message, MessageState
from peersupport.organization.models import Organization

CANARY = "Zanzibarina"


def deliver(now=None):
    return outbox.deliver_batch(now or timezone.now())


def test_a_message_is_sent_once_with_words_that_tell_nothing(world):
    invitation = world.invitation(world.request(call_me=CANARY, words=CANARY, show_words=True))
    assert deliver() == 1
    assert deliver() == 0
    (sent,) = mail.outbox
    assert sent.to == [invitation.supporter.user.email]
    assert sent.subject == "You have a new message"
    assert CANARY not in str(sent.message())
    assert Message.objects.get().state == MessageState.SENT


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_no_mail_of_any_kind_in_any_language_names_anybody_or_says_what_it_is_about(world, language):
    person = world.user(name=CANARY, language=language)
    match = world.match(world.request(by=person, call_me=CANARY, words=CANARY))
    objects = {"invitation": match.request.invitations.first().pk, "match": match.pk, "question": match.pk}
    Message.objects.all().delete()
    for key, kind in registry.all_kinds().items():
        kind.is_still_relevant = lambda message: True
        about = objects.get(key.split(".")[0], match.request.pk)
        if kind.own_words:
            sort = key.removeprefix("mail.")
            address, _new = EmailAddress.objects.get_or_create(user=person, email=person.email)
            data = {"words": {"words": "Hello"}, "confirm": {"address": address.pk}}.get(sort, {})
            account_mail.queue(AccountMail(sort, person.email, language, person, data))
            continue
        Message.objects.create(
            kind=key,
            object_id=about,
            recipient=person,
            recipient_key=person.pseudonym,
            due=timezone.now(),
            next_try_at=timezone.now(),
        )
    try:
        deliver()
    finally:
        for kind in registry.all_kinds().values():
            del kind.is_still_relevant
    assert len(mail.outbox) == len(registry.all_kinds())
    words = {"support", "peer", "recovery", "distress", "apoyo", "soutien", "pair", "دعم", "الأقران"}
    for sent in mail.outbox:
        text = str(sent.message()) + sent.subject + sent.body
        plain = text.replace(Organization.objects.get().name, "").replace("peersupport", "").lower()
        assert CANARY.lower() not in plain
        assert not [word for word in words if f" {word} " in plain]
    with translation.override(language):
        assert mail.outbox[0].subject == str(registry.SUBJECT)


def test_the_row_holds_ids_only(world):
    world.invitation(world.request(call_me=CANARY, words=CANARY))
    for row in Message.objects.values():
        assert CANARY not in str(row)


def test_a_worker_that_dies_after_the_claim_loses_nothing(world):
    world.invitation()
    now = timezone.now()
    assert len(outbox.claim(now)) == 1
    assert outbox.claim(now) == []
    later = now + outbox.LEASE + timedelta(seconds=1)
    assert deliver(later) == 1
    message = Message.objects.get()
    assert (message.state, message.maybe_twice) == (MessageState.SENT, True)
    assert str(message.pk) in mail.outbox[0].extra_headers["Message-ID"]


def test_one_refused_address_does_not_stop_the_others_and_is_tried_again(world, monkeypatch):
    first, second = world.invitation(), world.invitation()
    bad = first.supporter.user.email
    send = mail.EmailMessage.send

    def picky(self, *args, **kwargs):
        if bad in self.to:
            raise OSError("550 refused")
        return send(self, *args, **kwargs)

    monkeypatch.setattr("peersupport.notifications.outbox.EmailMessage.send", picky)
    deliver()
    assert [one.to for one in mail.outbox] == [[second.supporter.user.email]]
    waiting = Message.objects.get(recipient=first.supporter.user)
    assert (waiting.state, waiting.attempts) == (MessageState.WAITING, 1)
    assert waiting.next_try_at > timezone.now()
    monkeypatch.undo()
    deliver(timezone.now() + timedelta(hours=1))
    assert Message.objects.get(pk=waiting.pk).state == MessageState.SENT


def test_after_many_tries_it_is_shown_as_failed_and_stays_in_the_inbox(world, monkeypatch):
    world.invitation()

    def never(*args, **kwargs):
        raise OSError

    monkeypatch.setattr("peersupport.notifications.outbox.EmailMessage.send", never)
    now = timezone.now()
    for _try in range(outbox.TRIES):
        Message.objects.update(next_try_at=now)
        deliver(now)
    message = Message.objects.get()
    assert message.state == MessageState.FAILED
    assert outbox.unread(message.recipient) == 1


def test_what_is_hopelessly_late_or_over_is_shown_and_not_sent(world):
    late, over = world.invitation(), world.invitation()
    Message.objects.filter(object_id=late.pk).update(due=timezone.now() - timedelta(days=3))
    invitations.take_back(over.request, by=over.request.person)
    deliver()
    states = {message.object_id: message.state for message in Message.objects.filter(kind="invitation.received")}
    assert states == {late.pk: MessageState.SHOWN, over.pk: MessageState.SHOWN}


def test_half_way_and_near_the_end_an_unanswered_invitation_is_reminded_once_each(world):
    invitation = world.invitation()
    for hours in (1, 23, 25, 30, 44, 47):
        outbox.write_due(invitation.sent_at + timedelta(hours=hours))
    reminded = Message.objects.exclude(kind="invitation.received").values_list("kind", "due")
    assert dict(reminded) == {
        "invitation.unanswered": invitation.sent_at + timedelta(hours=24),
        "invitation.about_to_expire": invitation.sent_at + timedelta(hours=48) * 0.9,
    }


@pytest.mark.parametrize("zone", ["Europe/Madrid", "America/Santiago", "Asia/Kolkata"])
@pytest.mark.parametrize("day", [(2026, 3, 29), (2026, 10, 25), (2026, 4, 5), (2026, 9, 6), (2026, 6, 1)])
def test_quiet_hours_hold_in_each_zone_and_on_nights_when_clocks_change(world, zone, day):
    invitation = world.invitation()
    user = invitation.supporter.user
    type(user).objects.filter(pk=user.pk).update(quiet_from=time(22), quiet_until=time(7), time_zone=zone)
    midnight = datetime(*day, 0, 30, tzinfo=ZoneInfo(zone))
    Message.objects.update(due=midnight, next_try_at=midnight)
    deliver(midnight)
    message = Message.objects.get()
    assert message.state == MessageState.WAITING
    assert message.next_try_at.astimezone(ZoneInfo(zone)).time() == time(7)
    deliver(message.next_try_at)
    assert Message.objects.get().state == MessageState.SENT


def test_who_wants_no_mail_still_finds_everything_in_the_inbox(world):
    match = world.match()
    person = match.request.person
    type(person).objects.filter(pk=person.pk).update(mail_wanted=False)
    Message.objects.all().delete()
    supporter = match.supporter
    outbox.write("question.asked", supporter, to=person)
    deliver()
    assert mail.outbox == []
    assert Message.objects.get().state == MessageState.SHOWN
    page = world.client(person).get("/inbox/").content.decode()
    assert "something you told us" in page


def test_somebody_without_an_account_gets_a_fresh_link_only_at_a_safe_address(world):
    request = world.helped_request(email="safe@example.org", email_safe=True)
    invitation = world.invitation(request)
    invitations.decline(invitation, by=invitation.supporter.user)
    deliver()
    (sent,) = [one for one in mail.outbox if one.to == ["safe@example.org"]]
    assert "/l/" in sent.body
    assert request.links.count() == 1
    unsafe = world.helped_request(email="unsafe@example.org", email_safe=False)
    match = world.match(unsafe)
    matches.pause(match, by=match.supporter.user)
    deliver()
    assert not [one for one in mail.outbox if one.to == ["unsafe@example.org"]]
    page = world.client(world.coordinator).get("/board/ring/").content.decode()
    assert "Someone" in page


def test_news_that_was_told_leaves_the_list_of_people_to_ring(world):
    request = world.helped_request(phone="0555 1", call_safe=True)
    invitation = world.invitation(request)
    invitations.decline(invitation, by=invitation.supporter.user)
    client = world.client(world.coordinator)
    assert "0555 1" in client.get("/board/ring/").content.decode()
    client.post("/board/ring/", {"request": str(request.pk), "news": []})
    assert "0555 1" in client.get("/board/ring/").content.decode(), (
        "news that came after the page was shown is not told"
    )
    news = [str(pk) for pk in Message.objects.filter(recipient=None).values_list("pk", flat=True)]
    client.post("/board/ring/", {"request": str(request.pk), "news": news})
    assert "0555 1" not in client.get("/board/ring/").content.decode()


def test_opening_a_message_marks_it_as_read_and_goes_where_it_leads(world):
    invitation = world.invitation()
    client = world.client(invitation.supporter.user)
    message = Message.objects.get()
    response = client.post("/inbox/", {"message": str(message.pk)})
    assert response.headers["Location"] == f"/people/asked/{invitation.pk}/"
    assert outbox.unread(invitation.supporter.user) == 0
    stranger = world.client(world.user())
    assert stranger.post("/inbox/", {"message": str(message.pk)}).status_code == 404
