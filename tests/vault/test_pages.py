"""The pages about the keys of one's notes, as a browser walks them."""

import re

import pytest
from django.urls import reverse

from peersupport.vault import keyring
from peersupport.vault.models import Wrap
from tests.making import PASSWORD

NEW = "another long password, newer"


def page(browser, name, **data):
    address = reverse(name)
    answer = browser.client.post(address, data) if data else browser.client.get(address)
    return answer if answer.status_code == 302 else answer.content.decode()


def code_on(text):
    groups = re.findall(r"<strong>([0-9A-Z]{5})</strong>", text)
    assert len(groups) == 8
    return "-".join(groups)


def hidden(text, name):
    return re.search(rf'name="{name}" value="([^"]+)"', text).group(1)


def keep_a_sheet(browser):
    browser.confirm()
    text = browser.client.post(reverse("notes-sheet")).content.decode()
    code, number = code_on(text), int(re.search(r"Type group (\d)", text).group(1))
    answer = page(browser, "notes-sheet-check", token=hidden(text, "token"), group=code.split("-")[number - 1].lower())
    assert answer.status_code == 302
    return code


def test_a_sheet_is_shown_once_and_one_group_is_typed_back(sign_in):
    browser = sign_in().confirm()
    assert "Make a recovery sheet first" in page(browser, "notes")
    text = browser.client.post(reverse("notes-sheet")).content.decode()
    wrong = page(browser, "notes-sheet-check", token=hidden(text, "token"), group="AAAAA")
    assert "not the group we asked for" in wrong
    assert not [group for group in code_on(text).split("-") if group in wrong]
    assert keyring.current(browser.user.pk).sheet == "shown"
    code = keep_a_sheet(browser)
    assert keyring.current(browser.user.pk).sheet == "checked"
    assert "Make a recovery sheet first" not in page(browser, "notes")
    for kept in Wrap.objects.values_list("blob", flat=True):
        assert code.replace("-", "").encode() not in bytes(kept)
    assert code.split("-")[0] not in page(browser, "notes-sheet")


def test_somebody_may_do_without_a_sheet_by_saying_so(sign_in):
    browser = sign_in()
    assert "nobody can bring your notes back" in page(browser, "notes-without")
    browser.client.post(reverse("notes-without"))
    assert keyring.current(browser.user.pk).sheet == "without"


def after_a_reset(sign_in, browser):
    browser.user.set_password(NEW)
    browser.user.save()
    after = sign_in(browser.user, password=NEW)
    assert "closed in this browser" in page(after, "notes")
    return after


def test_a_reset_password_then_the_sheet_opens_and_from_then_on_the_new_password(sign_in):
    browser = sign_in()
    code, seed = keep_a_sheet(browser), browser.unlocked().keys.seed
    after = after_a_reset(sign_in, browser)
    assert "does not open your notes" in page(after, "notes-open", password=NEW)
    groups = code.split("-")
    groups[2] = groups[2][:-1] + ("A" if groups[2][-1] != "A" else "B")
    assert "slip in group 3" in page(after, "notes-recover", code="-".join(groups), password=NEW)
    assert "eight groups" in page(after, "notes-recover", code="short", password=NEW)
    assert "does not open" in page(after, "notes-recover", code=code, password="a wrong password")
    assert page(after, "notes-recover", code=code.lower().replace("-", " "), password=NEW).status_code == 302
    assert after.unlocked().keys.seed == seed
    assert sign_in(browser.user, password=NEW).unlocked().keys.seed == seed


def test_or_the_old_password_opens(sign_in):
    browser = sign_in()
    seed = browser.unlocked().keys.seed
    after = after_a_reset(sign_in, browser)
    assert "not right" in page(after, "notes-old-password", old="not the one before", password=NEW)
    assert page(after, "notes-old-password", old=PASSWORD, password=NEW).status_code == 302
    assert after.unlocked().keys.seed == seed
    assert sign_in(browser.user, password=NEW).unlocked().keys.seed == seed


def test_or_new_keys_begin(sign_in):
    browser = sign_in()
    after = after_a_reset(sign_in, browser)
    assert "not your password" in page(after, "notes-anew", password="not my password")
    assert page(after, "notes-anew", password=NEW).status_code == 302
    assert after.unlocked().keys.version == 2
    assert "Make a recovery sheet first" in page(after, "notes")


def test_when_somebody_may_know_it_everything_changes_at_once(sign_in):
    browser, other = sign_in(), None
    other = sign_in(browser.user)
    seed = browser.unlocked().keys.seed
    assert "another password than" in page(browser, "notes-known", password=PASSWORD, new=PASSWORD)
    assert "too short" in page(browser, "notes-known", password=PASSWORD, new="short")
    assert "not your password" in page(browser, "notes-known", password="x" * 14, new=NEW)
    assert page(browser, "notes-known", password=PASSWORD, new=NEW).headers["Location"] == reverse("account_login")
    assert other.client.get("/account/").status_code == 302
    fresh = sign_in(browser.user, password=NEW)
    assert fresh.unlocked().keys.seed != seed
    assert not sign_in(browser.user, password=PASSWORD).cookie


def test_opening_leads_back_to_where_one_was_and_nowhere_else(sign_in, world):
    user = world.user()
    client = world.client(user)
    asked = client.get(reverse("notes-sheet"))
    assert asked.status_code == 302
    answer = client.post(asked.headers["Location"], {"password": PASSWORD})
    assert answer.headers["Location"] == reverse("notes-sheet")
    assert client.get(reverse("notes-sheet")).status_code == 200
    away = client.post(reverse("notes-open") + "?next=https://elsewhere.example/", {"password": PASSWORD})
    assert away.headers["Location"] == reverse("notes")


def test_closing_is_one_click_and_guessing_is_stopped(sign_in):
    browser = sign_in()
    browser.client.post(reverse("notes-lock"))
    assert browser.unlocked() is None
    for _try in range(10):
        page(browser, "notes-open", password="a guess at the password")
    assert "Too many tries" in page(browser, "notes-open", password=PASSWORD)


@pytest.mark.parametrize("name", ["notes-open", "notes-recover", "notes-old-password", "notes-anew"])
def test_no_page_gives_back_what_was_typed(sign_in, name):
    browser = sign_in()
    browser.client.post(reverse("notes-lock"))
    typed = "Quillamania secret"
    text = page(browser, name, password=typed, old=typed, code="short")
    assert typed not in text


def test_without_the_pepper_it_is_said_plainly(sign_in, settings, tmp_path):
    browser = sign_in()
    browser.client.post(reverse("notes-lock"))
    settings.PEPPER_FILE, settings.PEPPER_MADE_BY_ITSELF = str(tmp_path / "none"), False
    assert "pepper file is missing" in page(browser, "notes-open", password=PASSWORD)


def test_a_rush_of_sign_ins_is_told_to_wait(sign_in, monkeypatch, settings):
    from peersupport.vault import slots

    settings.ARGON2_AT_ONCE = 1
    monkeypatch.setattr(slots, "WAIT_SECONDS", 0.05)
    browser = sign_in()
    with slots.one_place():
        answer = browser.client.post(reverse("notes-open"), {"password": PASSWORD})
    assert answer.status_code == 503
    assert "Many people are signing in" in answer.content.decode()
