"""Opening the vault at sign-in, and for how long: neither a stolen session nor a copied cookie opens it alone."""

import time

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse

from peersupport.accounts.models import User
from peersupport.vault import keyring, pepper, unlocking
from peersupport.vault.models import KeyPair, Wrap
from tests.making import PASSWORD


def test_the_first_sign_in_with_a_password_makes_keys_and_the_next_opens_them(sign_in, world):
    first = sign_in()
    opened = first.unlocked()
    assert opened is not None
    assert KeyPair.objects.filter(user=first.user).count() == 1
    second = sign_in(first.user)
    assert second.unlocked().keys.seed == opened.keys.seed
    assert second.cookie != first.cookie, "each device has its own key"


def test_a_stolen_session_without_the_cookie_opens_nothing_nor_with_anothers(sign_in):
    mine, other = sign_in(), sign_in()
    assert mine.unlocked(cookie="") is None
    assert mine.unlocked(cookie=other.cookie) is None
    assert mine.unlocked(cookie="zz") is None
    assert mine.unlocked() is not None


def test_the_seed_stands_nowhere_and_the_cookie_only_in_the_browser(sign_in):
    browser = sign_in()
    seed = browser.unlocked().keys.seed
    stored = str(browser.session.items()) + "".join(Session.objects.values_list("session_data", flat=True))
    stored += "".join(bytes(blob).hex() for blob in Wrap.objects.values_list("blob", flat=True))
    assert seed.hex() not in stored
    assert browser.cookie not in stored


def test_the_cookie_is_seen_by_nothing_behind_the_first_door(sign_in, monkeypatch):
    browser, seen = sign_in(), []
    monkeypatch.setattr(
        "peersupport.web.middleware.RequestIdMiddleware.__call__",
        lambda self, request: seen.append(request) or self.get_response(request),
    )
    assert browser.client.get("/account/").status_code == 200
    (request,) = seen
    assert browser.cookie not in str(request.COOKIES) + str(request.META)
    assert "session" in request.META["HTTP_COOKIE"]
    assert browser.cookie not in repr(vars(request))


def test_how_the_cookie_is_sent(sign_in):
    morsel = sign_in().answer.cookies[unlocking.COOKIE]
    assert morsel["httponly"]
    assert morsel["samesite"] == "Lax"
    assert not morsel["max-age"]
    assert not morsel["expires"]


def test_it_closes_after_half_an_hour_unused_and_after_twelve_hours_at_most(sign_in, monkeypatch):
    browser, now = sign_in(), time.time()
    monkeypatch.setattr(unlocking.time, "time", lambda: now + 29 * 60)
    request = browser.request()
    assert unlocking.unlocked(request) is not None
    request.session.save()
    monkeypatch.setattr(unlocking.time, "time", lambda: now + 58 * 60)
    assert browser.unlocked() is not None, "it was used meanwhile"
    monkeypatch.setattr(unlocking.time, "time", lambda: now + 61 * 60)
    assert browser.unlocked() is None
    for step in range(1, 12 * 60 // 29 + 2):
        monkeypatch.setattr(unlocking.time, "time", lambda step=step: now + 3600 * 0 + step * 29 * 60)
    fresh, start = sign_in(), now + step * 29 * 60
    monkeypatch.setattr(unlocking.time, "time", lambda: start + 12 * 3600 + 1)
    assert fresh.unlocked() is None


def test_signing_out_destroys_both_halves(sign_in):
    browser = sign_in()
    answer = browser.client.post("/accounts/logout/")
    assert answer.cookies[unlocking.COOKIE].value == ""
    assert not [one for one in Session.objects.all() if unlocking.OPEN in one.get_decoded()]


def test_a_wrong_password_opens_nothing_and_makes_no_keys(sign_in, world):
    browser = sign_in(world.user(), password="not the right one at all")
    assert browser.cookie == ""
    assert not KeyPair.objects.filter(user=browser.user).exists()


def test_what_was_pending_for_one_user_is_nothing_to_another(world, sign_in, rf):
    one, other = world.user(), world.user()
    browser = sign_in(other)
    request = browser.request()
    slot = dict(request.session[unlocking.OPEN])
    request.session[unlocking.PENDING] = slot
    unlocking._promote(None, request, one)
    assert unlocking.OPEN not in request.session
    request.session[unlocking.PENDING] = slot | {"created": time.time() - unlocking.PENDING_SECONDS - 1}
    unlocking._promote(None, request, other)
    assert unlocking.OPEN not in request.session, "after a quarter of an hour it is too late"


def test_other_ways_of_signing_in_arrive_locked(world):
    user = world.user()
    client = world.client(user)
    assert client.get("/account/").status_code == 200
    assert unlocking.COOKIE not in client.cookies


def test_a_changed_password_takes_the_keys_along_in_one_transaction(sign_in, monkeypatch):
    browser, new = sign_in(), "another long password for tests"
    seed = browser.unlocked().keys.seed
    data = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    monkeypatch.setattr(User, "save", broken)
    browser.client.raise_request_exception = False
    assert browser.client.post(reverse("account_change_password"), data).status_code == 500
    monkeypatch.undo()
    assert sign_in(browser.user).unlocked().keys.seed == seed, "neither the password nor the keys have changed"
    again = sign_in(browser.user)
    assert again.client.post(reverse("account_change_password"), data).status_code == 302
    assert sign_in(browser.user, password=new).unlocked().keys.seed == seed
    assert again.client.get("/account/").status_code == 302, "other devices are signed out"


def broken(*args, **kwargs):
    raise RuntimeError


def test_after_a_reset_one_is_signed_in_and_the_notes_stay_locked(sign_in):
    browser, new = sign_in(), "a password chosen by a link"
    browser.user.set_password(new)
    browser.user.save()
    after = sign_in(browser.user, password=new)
    assert after.client.get("/account/").status_code == 200
    assert after.unlocked() is None
    assert Wrap.objects.filter(key_pair__user=browser.user).count() == 1, "the old wrap is kept"


def test_without_its_pepper_one_is_signed_in_and_the_notes_stay_locked(sign_in, settings, tmp_path):
    browser = sign_in()
    settings.PEPPER_FILE, settings.PEPPER_MADE_BY_ITSELF = str(tmp_path / "none"), False
    after = sign_in(browser.user)
    assert after.client.get("/account/").status_code == 200
    assert after.unlocked() is None


def test_a_rotated_pepper_opens_old_wraps_and_takes_them_over(sign_in, settings, tmp_path):
    settings.PEPPER_FILE = str(tmp_path / "pepper")
    browser = sign_in()
    seed, before = browser.unlocked().keys.seed, bytes(Wrap.objects.get().blob)
    assert pepper.add() == 2
    assert sign_in(browser.user).unlocked().keys.seed == seed
    assert bytes(Wrap.objects.get().blob) != before
    only_new = pepper.path().read_text().split("\n")[1]
    pepper.path().write_text(only_new + "\n")
    assert sign_in(browser.user).unlocked().keys.seed == seed, "the old version is not needed any more"


@pytest.mark.parametrize("damage", ["", "1 zz", "1 00", "x", "1 " + "00" * 31])
def test_a_damaged_pepper_is_missing(settings, tmp_path, damage):
    settings.PEPPER_FILE = str(tmp_path / "pepper")
    pepper.path().write_text(damage)
    with pytest.raises(pepper.PepperMissing):
        pepper.versions()


def test_keys_that_were_swapped_in_the_database_do_not_open(sign_in):
    mine, other = sign_in(), sign_in()
    theirs = KeyPair.objects.get(user=other.user)
    KeyPair.objects.filter(user=mine.user).update(encryption_public=theirs.encryption_public)
    assert sign_in(mine.user).unlocked() is None
    KeyPair.objects.filter(user=mine.user).delete()
    assert mine.unlocked() is None


def test_somebody_elses_wrap_does_not_open_with_ones_own_password(sign_in):
    mine, other = sign_in(), sign_in()
    blob = Wrap.objects.get(key_pair__user=other.user).blob
    Wrap.objects.filter(key_pair__user=mine.user).update(blob=blob)
    assert sign_in(mine.user).unlocked() is None


@pytest.mark.parametrize("memory", [2**31, 1])
def test_a_wrap_that_asks_for_too_much_is_refused(sign_in, memory):
    browser = sign_in()
    pair = keyring.current(browser.user.pk)
    blob = bytearray(Wrap.objects.get().blob)
    blob[21:25] = memory.to_bytes(4, "big")
    Wrap.objects.update(blob=bytes(blob))
    with pytest.raises(unlocking.Refused):
        keyring.open_with_password(pair, PASSWORD)
