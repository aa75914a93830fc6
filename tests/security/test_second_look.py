"""What an independent reader broke once: answers kept for a second press, claimed addresses, sessions nobody saw."""

import re
import time

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core import mail
from django.test import Client
from django.urls import reverse

from peersupport.accounts import workflows
from peersupport.accounts.models import User
from peersupport.accounts.password_attempts import account_key
from peersupport.accounts.password_rules import GuessedSoonValidator
from peersupport.notifications import calendars, outbox
from peersupport.notifications.models import CalendarFeed, Message
from peersupport.organization.models import ConcernContact
from peersupport.vault.models import Draft
from peersupport.web import form_keys
from peersupport.web.models import KeptWords, SubmittedForm
from peersupport.web.site_seal import NotOurs, open_sealed
from sessions_log.models import Note
from tests.making import PASSWORD
from tests.peersupport.test_form_keys import keys_on
from tests.sessions_log.pair import CANARY, Pair, address, token_on

NEW = "quite other words than before"
CLAIM = {"action_add": "", "email": "partner@example.org", "others_read_old": "yes"}


@pytest.fixture
def claimed(sign_in):
    """Somebody whose browser was used to add an address that is not theirs, and that nobody has confirmed."""
    browser = sign_in().confirm()
    browser.client.post(reverse("account_email"), CLAIM)
    assert EmailAddress.objects.filter(email=CLAIM["email"], verified=False).exists()
    return browser


# ---- what is kept of an answer


def test_no_page_of_the_vault_is_kept(world, sign_in):
    """Neither a recovery sheet nor words that were found, for whoever has the tables and the settings."""
    pair = Pair(world, sign_in)
    pair.write(words=f"{CANARY} by the sea")
    client = pair.person.client
    found = {"find": "sea", "form_key": keys_on(client.get(address("notes-of", pair.match)))[-1]}
    assert CANARY in client.post(address("notes-of", pair.match), found).content.decode()
    pair.person.confirm()
    sheet = {"form_key": keys_on(client.get(reverse("notes-sheet")))[0]}
    assert client.post(reverse("notes-sheet"), sheet).status_code == 200
    assert not SubmittedForm.objects.exists()
    client.post(reverse("notes-lock"))
    assert client.post(address("notes-of", pair.match), found).status_code == 302, "closed notes stay closed"
    assert client.post(reverse("notes-sheet"), sheet).status_code == 302


def concern(world):
    contact = ConcernContact.objects.create(user=world.user(), introduction="From elsewhere")
    return {"words": "Something happened", "how_to_reach": "", "contact": str(contact.pk)}


def test_the_sites_secret_alone_opens_no_answer(world):
    """The form's key is in the browser's page alone."""
    client = world.client()
    key = keys_on(client.get(reverse("something-wrong")))[0]
    client.post(reverse("something-wrong"), concern(world) | {"form_key": key})
    row = SubmittedForm.objects.get()
    assert key not in str(vars(row))
    with pytest.raises(NotOurs):
        open_sealed(row.answer, use=form_keys.USE)


def test_an_answer_moved_to_another_row_opens_nothing(world):
    """Whoever writes to the table reads nothing of somebody else's by it."""
    links = []
    victim, thief = world.client(), world.client()
    for client in (victim, thief):
        key = keys_on(client.get(reverse("something-wrong")))[0]
        data = concern(world) | {"form_key": key}
        links.append(
            re.search(r"/wrong/[\w-]{30,}/", client.post(reverse("something-wrong"), data).content.decode())[0]
        )
    rows = list(SubmittedForm.objects.order_by("expires_at"))
    SubmittedForm.objects.update(answer=rows[0].answer)
    form_keys_wait, form_keys.WAIT_SECONDS = form_keys.WAIT_SECONDS, 0.0
    try:
        again = thief.post(reverse("something-wrong"), data)
    finally:
        form_keys.WAIT_SECONDS = form_keys_wait
    assert links[0] not in again.content.decode()


def test_kept_words_moved_to_another_row_open_nothing(world):
    victim, thief = world.client(world.supporter().user), world.client(world.supporter().user)
    for client, words in ((victim, CANARY * 300), (thief, "mine " * 3000)):
        client.post(reverse("profile-about"), {"story": words}, headers={"Sec-Fetch-Mode": "navigate"})
    if KeptWords.objects.count() < 2:  # a form that takes anything keeps nothing
        pytest.fail("both forms came back with errors, so both were kept")
    first, second = KeptWords.objects.order_by("expires_at")
    KeptWords.objects.filter(pk=second.pk).update(sealed=bytes(first.sealed))
    assert CANARY not in thief.get(reverse("profile-about")).content.decode()


def test_a_second_press_passes_every_check_again(world):
    """No answer without the form's token, and none after leaving."""
    client = world.client()
    data = concern(world) | {"form_key": keys_on(client.get(reverse("something-wrong")))[0]}
    link = re.search(r"/wrong/[\w-]{30,}/", client.post(reverse("something-wrong"), data).content.decode())[0]
    assert link in client.post(reverse("something-wrong"), data).content.decode()
    stranger = Client(HTTP_HOST="localhost", enforce_csrf_checks=True)
    assert link not in stranger.post(reverse("something-wrong"), data).content.decode()


def test_after_leaving_a_form_that_was_sent_is_not_answered_again(world):
    client = Client(HTTP_HOST="localhost", enforce_csrf_checks=True)
    page = client.get(reverse("something-wrong")).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    key = re.search(r'name="form_key" value="([^"]+)"', page)[1]
    data = concern(world) | {"form_key": key, "csrfmiddlewaretoken": token}
    link = re.search(r"/wrong/[\w-]{30,}/", client.post(reverse("something-wrong"), data).content.decode())[0]
    client.post(reverse("leave"))
    assert link not in client.post(reverse("something-wrong"), data).content.decode()


def test_a_link_that_works_once_survives_a_double_press(world):
    from matching.workflows import links

    request = world.helped_request(call_me="Kim")
    token = links.make(request, "choosing", by=request.looked_after_by)
    first, browser = world.client(), world.client()
    key = keys_on(first.get(reverse("link", args=[token])))[0]
    first.post(reverse("link", args=[token]), {"form_key": key})
    # The browser gave the first answer up, its cookie with it, when the button was pressed again.
    second = browser.post(reverse("link", args=[token]), {"form_key": key})
    assert browser.get(second.headers["Location"]).status_code == 200


def test_a_link_that_works_once_survives_a_double_press_of_somebody_who_was_here_before(world):
    """The first press ends the session the browser came with, and begins another."""
    from matching.workflows import links

    request = world.helped_request(call_me="Kim")
    token = links.make(request, "choosing", by=request.looked_after_by)
    first, browser = world.client(), world.client()
    session = first.session
    session["here before"] = True
    session.save()
    browser.cookies["session"] = first.cookies["session"].value
    data = {"form_key": keys_on(first.get(reverse("link", args=[token])))[0]}
    first.post(reverse("link", args=[token]), data)
    second = browser.post(reverse("link", args=[token]), data)
    assert second.status_code == 302
    assert browser.get(second.headers["Location"]).status_code == 200


def test_a_file_with_other_content_is_another_form(rf, db):
    from django.core.files.uploadedfile import SimpleUploadedFile

    contents = []
    for content in (b"one", b"two"):
        request = rf.post("/", {"form_key": "k", "file": SimpleUploadedFile("a.pdf", content)})
        request.session = Client().session
        contents.append(form_keys._content_of(request))
    assert contents[0] != contents[1]


def test_words_typed_by_one_are_never_kept_as_anothers(world, sign_in):
    """A note's page of the supporter, sent after the person signed in in the same browser."""
    pair = Pair(world, sign_in)
    place = address("write-note", pair.match)
    typed = {"talked": CANARY, "token": token_on(pair.supporter.client.get(place))}
    for how in ({}, {"keep": "1"}):
        answer = pair.person.client.post(place, typed | how)
        assert CANARY in answer.content.decode(), "shown to be copied, as nothing is kept"
    script = {"X-Keep": "1", "Sec-Fetch-Dest": "empty"}
    assert pair.person.client.post(place, typed | {"keep": "1"}, headers=script).status_code == 401
    strict = Client(enforce_csrf_checks=True, HTTP_HOST="localhost")
    strict.cookies = pair.person.client.cookies
    assert CANARY in strict.post(place, typed).content.decode(), "their sign-in changed the key of the form too"
    assert not Note.objects.exists()
    assert not Draft.objects.exists()


def test_a_key_for_one_account_is_not_mailed_to_the_address_of_another(world):
    """A writer of the tables asks for a new password of their own, and names somebody else in the row that waits."""
    eve, ann = world.user(), world.user()
    for user in (eve, ann):
        EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
        world.client().post(reverse("account_reset_password"), {"email": user.email})
    hers, theirs = Message.objects.get(recipient=eve), Message.objects.get(recipient=ann)
    Message.objects.filter(pk=hers.pk).update(recipient=ann)
    Message.objects.filter(pk=theirs.pk).update(sealed=hers.sealed)
    outbox.deliver_batch()
    assert not mail.outbox


# ---- addresses that somebody only claimed


def test_guesses_are_counted_under_whose_account_it_is(world, claimed):
    victim = world.user(email=CLAIM["email"])
    assert account_key(CLAIM["email"]) == f"account {victim.pk}"


def test_a_claimed_address_keeps_nobody_from_signing_up(world, claimed, cheap_argon2):
    data = {"email": CLAIM["email"], "password1": "several odd words apart", "name": "V"}
    world.client().post(reverse("account_signup"), data)
    assert User.objects.filter(email=CLAIM["email"]).exists()


def test_looking_at_a_sign_up_changes_nothing_of_anybody_elses(world, claimed):
    """Only an account that is really made takes a claimed address over."""
    world.client().post(reverse("account_signup"), {"email": CLAIM["email"], "password1": "short", "name": "V"})
    assert EmailAddress.objects.filter(email=CLAIM["email"], user=claimed.user).exists()


def test_a_claimed_address_signs_nobody_in(world, claimed):
    data = {"login": CLAIM["email"], "password": PASSWORD}
    assert world.client().post(reverse("account_login"), data).status_code == 200
    assert world.client().post(reverse("account_login"), data | {"login": claimed.user.email}).status_code == 302


def test_mail_with_a_new_password_goes_to_the_address_as_it_is_known(world):
    """Two spellings may be two mailboxes elsewhere: whoever types one reads nothing meant for the other."""
    user = world.user(email="kim@xn--bcher-kva.example")
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    world.client().post(reverse("account_reset_password"), {"email": "KIM@Bücher.example"})
    outbox.deliver_batch()
    assert [sent.to for sent in mail.outbox if "/reset/key/" in sent.body] == [[user.email]]


def test_a_new_password_goes_to_a_confirmed_address_alone(world, claimed):
    outbox.deliver_batch()
    before = len(mail.outbox)
    world.client().post(reverse("account_reset_password"), {"email": CLAIM["email"]})
    outbox.deliver_batch()
    assert not [sent for sent in mail.outbox[before:] if "/reset/key/" in sent.body]


def test_change_everything_ends_whatever_could_still_open_the_account(world, claimed):
    key = EmailConfirmationHMAC(EmailAddress.objects.get(email=CLAIM["email"])).key
    Authenticator.objects.create(user=claimed.user, type=Authenticator.Type.WEBAUTHN, data={})
    calendars.begin(by=claimed.user)
    session = claimed.client.session
    session["account_authentication_methods"].append(
        {"method": "mfa", "at": time.time(), "reauthenticated": True, "type": "webauthn"}
    )
    session.save()
    read_by_others = EmailAddress.objects.create(user=claimed.user, email="both@example.org", verified=True)
    mine = {"addresses": [claimed.user.email]}
    assert read_by_others.email in claimed.client.get(reverse("notes-known")).content.decode()
    claimed.client.post(reverse("notes-known"), {"password": PASSWORD, "new": NEW})
    assert not User.objects.get(pk=claimed.user.pk).check_password(NEW), (
        "of several addresses they say which are theirs"
    )
    claimed.client.post(reverse("notes-known"), {"password": PASSWORD, "new": NEW} | mine)
    assert not EmailAddress.objects.filter(email=read_by_others.email).exists()
    claimed.user.refresh_from_db()
    assert claimed.user.check_password(NEW)
    world.client().post(reverse("account_confirm_email", args=[key]))
    assert not EmailAddress.objects.filter(email=CLAIM["email"]).exists()
    assert not Authenticator.objects.filter(user=claimed.user).exists()
    assert not CalendarFeed.objects.filter(user=claimed.user).exists()


def test_change_everything_leaves_no_code_that_somebody_may_have_copied(sign_in):
    browser = sign_in()
    for kind in (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES, Authenticator.Type.WEBAUTHN):
        Authenticator.objects.create(user=browser.user, type=kind, data={})
    EmailAddress.objects.create(user=browser.user, email="new@example.org", verified=True)
    workflows.end_all_access(browser.user, addresses=["new@example.org"])
    assert [factor.type for factor in Authenticator.objects.filter(user=browser.user)] == [Authenticator.Type.TOTP]
    browser.user.refresh_from_db()
    address = EmailAddress.objects.get(user=browser.user)
    assert (address.email, address.primary, browser.user.email) == ("new@example.org", True, "new@example.org")


def test_any_new_password_drops_claimed_addresses(claimed):
    data = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert claimed.client.post(reverse("account_change_password"), data).status_code == 302
    assert not EmailAddress.objects.filter(email=CLAIM["email"]).exists()


def test_an_unproven_address_takes_no_invitation(world):
    user = world.user(email="new@example.org")
    EmailAddress.objects.create(user=user, email=user.email, verified=False, primary=True)
    assert not workflows.has_address(user, "new@example.org")


def test_signing_in_after_signing_up_tells_nobody_who_has_an_account(world, cheap_argon2):
    known = world.user()
    EmailAddress.objects.create(user=known, email=known.email, primary=True, verified=True)
    answers = []
    for email in (known.email, "nobody@example.org"):
        data = {"email": email, "password1": "several odd words apart 77", "name": "N"}
        world.client().post(reverse("account_signup"), data)
        answer = world.client().post(reverse("account_login"), {"login": email, "password": data["password1"]})
        answers.append((answer.status_code, re.findall(r'class="problems.*?</', answer.content.decode(), re.S)))
    assert answers[0] == answers[1]
    assert answers[0][0] == 200


# ---- sessions and passwords


def test_leaving_from_elsewhere_signs_nobody_out(world):
    """Another site can send the form, but not this site's cookies: it gets no new ones to put in their place."""
    assert "csrftoken" not in world.client().post(reverse("leave")).cookies


def test_closing_a_links_page_hides_no_session(sign_in):
    browser = sign_in()
    browser.client.post(reverse("link-shut"))
    key = browser.client.cookies["session"].value
    assert UserSession.objects.filter(user=browser.user, session_key=key).exists()
    workflows.sign_out_everywhere(browser.user)
    assert browser.client.get(reverse("account")).status_code == 302


def test_a_long_password_is_no_work(monkeypatch, world):
    """However long, it is cut into pieces no longer than the longest common one allows."""
    validator, looks = GuessedSoonValidator(), []
    look = validator._is_common
    monkeypatch.setattr(validator, "_is_common", lambda piece, names: (looks.append(1), look(piece, names))[1])
    validator.validate("dragonmonkeyshadow" * 600)
    assert len(looks) < 1000


@pytest.mark.parametrize(
    ("who", "name"),
    [("administrator", "name-contact"), ("coordinator", "invite-supporter")],
)
def test_an_open_browser_of_staff_gives_nobody_a_role(world, sign_in, who, name):
    browser = sign_in(getattr(world, who))
    data = {"email": "eve@example.org", "language": "en", "introduction": "Somebody"}
    answer = browser.client.post(reverse(name), data)
    assert answer.url.startswith(reverse("account_reauthenticate"))
    browser.confirm()
    assert "eve@example.org" in browser.client.get(reverse(name)).content.decode(), "what was typed is there again"


def test_only_i_use_this_device_is_said_for_oneself(world, sign_in):
    from peersupport.accounts.mail import sign_in_token

    client = world.client()
    session = client.session
    session["own_device"] = True
    session.save()
    user = world.user()
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    client.post(reverse("sign-in-by-link", args=[sign_in_token(user)]))
    assert client.session["_auth_user_id"]
    assert not client.session.get("own_device")


def test_words_that_can_not_be_kept_are_shown_to_whoever_sent_them(world, sign_in):
    pair = Pair(world, sign_in)
    client = pair.supporter.client
    client.post(reverse("account_logout"))
    answer = client.post(address("write-note", pair.match), {"talked": f"{CANARY} an hour", "token": "an old one"})
    assert CANARY in answer.content.decode()
