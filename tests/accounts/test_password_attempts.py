"""Passwords are counted before they are checked, wherever one can be tried; nobody locks an owner out."""

import threading

import pytest
from django.core import mail
from django.db import connection
from django.test import RequestFactory
from django.urls import reverse

from peersupport.accounts import password_attempts
from peersupport.accounts.models import User
from peersupport.notifications import outbox
from tests.making import PASSWORD
from tests.people import Signed

WRONG = "a guess at the password"
#: Every page on which a password can be tried by somebody who has a session, and what is sent.
PLACES = {
    "delete-account": {"password": WRONG},
    "account_reauthenticate": {"password": WRONG},
    "account_change_password": {"oldpassword": WRONG, "password1": "y" * 14, "password2": "y" * 14},
    "notes-open": {"password": WRONG},
    "notes-recover": {"code": "0" * 40, "password": WRONG},
    "notes-old-password": {"old": WRONG, "password": WRONG},
    "notes-anew": {"password": WRONG},
    "notes-known": {"password": WRONG, "new": "z" * 14},
}


@pytest.fixture
def checks(monkeypatch):
    """How often a password was really looked at."""
    from peersupport.vault import hashers, keyring

    looked = []
    verify, derive = hashers.Argon2id.verify, keyring.crypto.from_password
    from django.contrib.auth.hashers import PBKDF2PasswordHasher

    plain = PBKDF2PasswordHasher.verify
    monkeypatch.setattr(hashers.Argon2id, "verify", lambda self, *a: looked.append(1) or verify(self, *a))
    monkeypatch.setattr(PBKDF2PasswordHasher, "verify", lambda self, *a: looked.append(1) or plain(self, *a))
    monkeypatch.setattr(keyring.crypto, "from_password", lambda *a, **k: looked.append(1) or derive(*a, **k))
    return looked


@pytest.mark.parametrize("name", PLACES)
def test_after_ten_tries_nothing_is_looked_at_any_more(sign_in, name, checks):
    browser = sign_in()
    if name in {"notes-known"}:
        browser.client.get(reverse("notes"))
    else:
        browser.client.post(reverse("notes-lock"))
    browser.client.cookies.pop(password_attempts.cookie_name(f"account {browser.user.pk}"))
    for _try in range(10):
        browser.client.post(reverse(name), PLACES[name])
    before = len(checks)
    answers = [browser.client.post(reverse(name), PLACES[name]) for _try in range(3)]
    assert len(checks) == before, "counted first"
    assert User.objects.filter(pk=browser.user.pk).exists()
    right = {key: PASSWORD if value == WRONG else value for key, value in PLACES[name].items()}
    answer = browser.client.post(reverse(name), right)
    assert len(checks) == before
    assert answer.status_code in {200, 429}
    assert User.objects.filter(pk=browser.user.pk).exists()
    assert {one.status_code for one in answers} <= {200, 429}


def test_sign_in_is_counted_for_an_account_from_wherever(world, cheap_argon2, checks):
    user = world.user()
    for number in range(12):
        world.client().post(
            "/accounts/login/", {"login": user.email, "password": WRONG}, REMOTE_ADDR=f"10.0.{number}.1"
        )
    before = len(checks)
    page = world.client().post("/accounts/login/", {"login": user.email, "password": PASSWORD}, REMOTE_ADDR="10.9.9.9")
    assert len(checks) == before
    assert "Too many" in page.content.decode()
    assert reverse("ask-for-sign-in-link") in page.content.decode(), "and a way in is offered"


def test_every_spelling_and_every_address_of_an_account_share_one_count(world, cheap_argon2):
    from allauth.account.models import EmailAddress

    user = world.user(email="ana@xn--bcher-kva.example")
    EmailAddress.objects.create(user=user, email="second@example.org", verified=True)
    keys = {
        password_attempts.account_key(login)
        for login in (
            "ana@xn--bcher-kva.example",
            "Ana@bücher.example",
            "ana@bu\u0308cher.example",
            " SECOND@example.org ",
        )
    }
    assert keys == {f"account {user.pk}"}


def test_others_guesses_do_not_lock_out_the_browser_of_the_owner(world, sign_in):
    browser = sign_in()
    browser.client.post(reverse("account_logout"))
    for number in range(12):
        world.client().post(
            "/accounts/login/", {"login": browser.user.email, "password": WRONG}, REMOTE_ADDR=f"10.0.{number}.1"
        )
    locked = Signed(world, browser.user)
    assert locked.answer.status_code == 200, "a browser nobody knows is refused"
    answer = browser.client.post("/accounts/login/", {"login": browser.user.email, "password": PASSWORD})
    assert answer.status_code == 302
    assert browser.client.get("/account/").status_code == 200


def test_a_remembered_browser_has_a_count_of_its_own_that_ends_too(world, sign_in):
    browser = sign_in()
    browser.client.post(reverse("account_logout"))
    for _try in range(10):
        browser.client.post("/accounts/login/", {"login": browser.user.email, "password": WRONG})
    page = browser.client.post("/accounts/login/", {"login": browser.user.email, "password": PASSWORD})
    assert "Too many" in page.content.decode()


def test_the_cookie_of_a_browser_names_nobody_and_serves_no_other_account(world, sign_in):
    browser, other = sign_in(), world.user()
    name = password_attempts.cookie_name(f"account {browser.user.pk}")
    cookie = browser.client.cookies[name]
    assert str(browser.user.pk) not in name
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    request = RequestFactory().get("/")
    request.COOKIES = {password_attempts.cookie_name(f"account {other.pk}"): cookie.value}
    assert password_attempts._known_browser(request, f"account {other.pk}") == ""


def test_right_passwords_are_no_guesses(sign_in):
    browser = sign_in()
    for _time in range(15):
        browser.client.post(reverse("notes-lock"))
        assert browser.client.post(reverse("notes-open"), {"password": PASSWORD}).status_code == 302


def test_a_code_of_a_second_factor_can_be_tried_a_few_times_only(world, sign_in):
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    browser = sign_in()
    TOTP.activate(browser.user, generate_totp_secret())
    browser.client.post(reverse("account_logout"))
    browser.client.post("/accounts/login/", {"login": browser.user.email, "password": PASSWORD})
    pages = [browser.client.post(reverse("mfa_authenticate"), {"code": f"{number:06d}"}) for number in range(12)]
    assert "Too many" in pages[-1].content.decode()
    assert browser.client.get("/account/").status_code == 302


# ---- a one-time sign-in


def link_in(sent):
    return (
        next(line for line in sent.body.splitlines() if "/by-link/" in line)
        .strip()
        .removeprefix("http://localhost:8000")
    )


def test_a_used_up_account_signs_in_once_by_its_address_and_its_notes_stay_locked(world, sign_in):
    owner = sign_in()
    client = world.client()
    for _try in range(12):
        client.post("/accounts/login/", {"login": owner.user.email, "password": WRONG})
    assert client.post(reverse("ask-for-sign-in-link"), {"email": owner.user.email}).status_code == 302
    outbox.deliver_batch()
    address = link_in(mail.outbox[-1])
    assert client.get(address).status_code == 200
    assert client.get("/account/").status_code == 302, "opening the page changes nothing: a scanner uses nothing up"
    client.post(address)
    assert client.get("/account/").status_code == 200
    page = client.get(reverse("notes")).content.decode()
    assert "closed in this browser" in page
    assert world.client().get(address).status_code == 410, "it works once"


def test_a_sign_in_link_ends_after_half_an_hour_and_with_a_new_password(world, sign_in, monkeypatch):
    import time

    from peersupport.accounts.mail import sign_in_token, user_of_sign_in

    user = sign_in().user
    user.refresh_from_db()
    token = sign_in_token(user)
    assert user_of_sign_in(token) == user
    user.set_password("another very long password")
    user.save()
    assert user_of_sign_in(token) is None
    user.refresh_from_db()
    token, now = sign_in_token(user), time.time()
    monkeypatch.setattr(time, "time", lambda: now + 1801)
    assert user_of_sign_in(token) is None


def test_asking_for_a_sign_in_link_tells_nobody_who_has_an_account(world):
    from allauth.account.models import EmailAddress

    from peersupport.notifications.models import Message

    user = world.user()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    pages = []
    for address in (user.email, "nobody@example.org"):
        client = world.client()
        answer = client.post(reverse("ask-for-sign-in-link"), {"email": address}, follow=True)
        pages.append(answer.content.decode().replace(client.cookies["csrftoken"].value, ""))
    assert Message.objects.filter(urgent=True).count() == 2, "a row either way"
    assert "If there is an account" in pages[0]
    assert "If there is an account" in pages[1]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="threads at the same moment need PostgreSQL")
def test_of_forty_tries_at_the_same_moment_ten_are_looked_at(world):
    from django.contrib.auth.models import AnonymousUser

    user, start, passed = world.user(), threading.Barrier(40), []

    def one_try():
        request = RequestFactory().post("/")
        request.user = AnonymousUser()
        start.wait()
        try:
            password_attempts.count_attempt(request, login=user.email)
            passed.append(True)
        except password_attempts.TooManyAttempts:
            passed.append(False)
        connection.close()

    threads = [threading.Thread(target=one_try) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(passed), sum(passed)) == (40, 10)
