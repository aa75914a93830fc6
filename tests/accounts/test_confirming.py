"""A browser left open for two minutes is not enough for what gives lasting access."""

import time

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.mfa.models import Authenticator
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from peersupport.accounts.models import User
from peersupport.notifications import outbox
from peersupport.notifications.models import CalendarFeed, Message
from tests.making import PASSWORD
from tests.people import Signed

CONFIRMED_FIRST = [
    "notes-sheet",
    "account_email",
    "copy",
    "usersessions_list",
    "my-calendar",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
]
NEW = "another very long password"


@pytest.mark.parametrize("name", CONFIRMED_FIRST)
@pytest.mark.parametrize("method", ["get", "post"])
def test_the_password_is_asked_first(sign_in, name, method):
    browser = sign_in()
    answer = getattr(browser.client, method)(reverse(name))
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_reauthenticate"))
    browser.confirm()
    assert browser.client.get(reverse(name)).status_code in {200, 302}
    assert (
        not browser.client.get(reverse(name)).headers.get("Location", "").startswith(reverse("account_reauthenticate"))
    )


@pytest.mark.parametrize("name", ["team", "invite-staff"])
def test_an_administrator_is_asked_before_anybody_gets_a_role(world, sign_in, name):
    browser = sign_in(world.administrator)
    answer = browser.client.post(reverse(name), {"role": "administrator", "email": "eve@example.org", "language": "en"})
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_reauthenticate"))


def test_a_confirmation_holds_five_minutes(sign_in, monkeypatch):
    browser = sign_in().confirm()
    assert browser.client.get(reverse("copy")).status_code == 200
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 301)
    assert browser.client.get(reverse("copy")).status_code == 302


def test_a_fresh_sign_in_is_not_a_confirmation(sign_in):
    """Somebody signs in and goes for a coffee: that is the browser that was left open."""
    assert sign_in().client.get(reverse("notes-sheet")).status_code == 302


@pytest.mark.parametrize("name", ["notes-sheet", "notes-known", "delete-account", "account_change_password"])
def test_the_second_factor_is_asked_too_where_there_is_one(sign_in, name):
    browser = sign_in().confirm()
    Authenticator.objects.create(user=browser.user, type="totp", data={"secret": "x"})
    answer = browser.client.get(reverse(name))
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("mfa_reauthenticate"))
    session = browser.client.session
    session["account_authentication_methods"] = [
        *session["account_authentication_methods"],
        {"method": "mfa", "at": time.time(), "reauthenticated": True, "type": "totp"},
    ]
    session.save()
    assert browser.client.get(reverse(name)).status_code == 200


def test_no_post_and_no_cookie_is_kept_in_the_session_while_one_confirms(sign_in):
    """Allauth keeps a whole request, its cookies among it, to send it again after a POST."""
    browser = sign_in()
    for name in ("account_email", "mfa_activate_totp", "notes-sheet"):
        browser.client.post(reverse(name), {"action_add": "", "email": "canary@example.org"})
    kept = str(dict(browser.client.session))
    assert "canary@example.org" not in kept
    assert browser.cookie not in kept


# ---- changing an address


def add_address(browser, new, others):
    browser.confirm()
    return browser.client.post(reverse("account_email"), {"action_add": "", "email": new, "others_read_old": others})


def confirm_address(world, browser, new):
    row = EmailAddress.objects.get(user=browser.user, email=new)
    return browser.client.post(reverse("account_confirm_email", args=[EmailConfirmationHMAC(row).key]))


def deliver():
    while outbox.deliver_batch():
        pass


def test_adding_an_address_asks_whether_somebody_else_reads_the_old_one(sign_in):
    browser = sign_in().confirm()
    page = browser.client.post(reverse("account_email"), {"action_add": "", "email": "new@example.org"})
    assert "Choose one" in page.content.decode()
    assert not EmailAddress.objects.filter(email="new@example.org").exists()


@pytest.mark.parametrize("others", ["yes", "unsure"])
def test_where_others_read_the_old_address_nothing_goes_there_and_nobody_stays(world, sign_in, others):
    browser, other = sign_in(), None
    other = sign_in(browser.user)
    CalendarFeed.objects.create(user=browser.user, token_hash="x" * 64, made_at=timezone.now())
    old = browser.user.email
    add_address(browser, "new@example.org", others)
    confirm_address(world, browser, "new@example.org")
    deliver()
    assert [sent.to for sent in mail.outbox if old in sent.to] == []
    assert not EmailAddress.objects.filter(email=old).exists()
    user = User.objects.get(pk=browser.user.pk)
    assert user.email == "new@example.org"
    assert other.client.get("/account/").status_code == 302, "another session has ended"
    assert browser.client.get("/account/").status_code == 200, "this one goes on"
    assert not CalendarFeed.objects.filter(user=user).exists()
    assert Message.objects.filter(recipient=user, kind="account.address").exists(), "told in the inbox"


def test_where_nobody_else_does_the_old_address_is_told(world, sign_in):
    browser = sign_in()
    old = browser.user.email
    add_address(browser, "new@example.org", "no")
    confirm_address(world, browser, "new@example.org")
    deliver()
    told = [sent for sent in mail.outbox if old in sent.to and "was added" in sent.body]
    assert len(told) == 1
    assert told[0].subject == "You have a new message"
    assert EmailAddress.objects.filter(email=old).exists()


def test_the_sheet_waits_a_week_after_an_address_was_changed(world, sign_in):
    browser = sign_in()
    from tests.vault.test_pages import keep_a_sheet

    code = keep_a_sheet(browser)
    add_address(browser, "new@example.org", "unsure")
    confirm_address(world, browser, "new@example.org")
    browser.user.refresh_from_db()
    browser.user.set_password(NEW)
    browser.user.save()
    after = Signed(world, User.objects.get(pk=browser.user.pk), password=NEW)
    page = after.client.post(reverse("notes-recover"), {"code": code, "password": NEW})
    assert "To protect your notes" in page.content.decode()
    assert after.unlocked() is None
    assert after.client.post(reverse("notes-old-password"), {"old": PASSWORD, "password": NEW}).status_code == 302
    assert after.unlocked() is not None, "the password from before opens them at once"
    after.client.post(reverse("notes-lock"))
    User.objects.filter(pk=browser.user.pk).update(
        address_changed_at=timezone.now() - timezone.timedelta(days=7, minutes=1)
    )
    assert after.client.post(reverse("notes-recover"), {"code": code, "password": NEW}).status_code == 302
    assert after.unlocked() is not None


@pytest.mark.parametrize(
    ("kind", "act"),
    [
        ("account.sheet", lambda client: client.post(reverse("notes-sheet"))),
        ("account.copy", lambda client: client.post(reverse("copy"))),
        (
            "account.password",
            lambda client: client.post(
                reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
            ),
        ),
    ],
)
def test_what_changed_stands_in_the_inbox_and_a_mail_says_nothing_of_it(sign_in, kind, act):
    browser = sign_in().confirm()
    act(browser.client)
    assert Message.objects.filter(recipient=browser.user, kind=kind).count() == 1
    deliver()
    assert all("sheet" not in sent.body and "copy" not in sent.body for sent in mail.outbox)
