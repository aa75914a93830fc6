"""Faults that SECURITY.md names under "What does not hold yet". Each test fails here once its fault is mended."""

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse

from peersupport.accounts.password_attempts import TRIES
from peersupport.vault import crypto, door
from peersupport.vault.crypto import Keys, Refused
from peersupport.vault.models import Grant, KeyPair, Pins, SealedText
from sessions_log.workflows import notes
from tests.sessions_log.pair import Pair, address, token_on

pytestmark = pytest.mark.xfail(strict=True, reason="named in SECURITY.md, not mended yet")
NEW_WORDS = "words written after the attack"


def opened_by(writer_keys):
    """Return what somebody with rows of the tables and keys of their own can open."""
    opened = []
    for grant in Grant.objects.filter(reader=writer_keys.user).select_related("text"):
        text = grant.text
        granter = KeyPair.objects.get(user=grant.granted_by_id, version=grant.granter_version).public
        author = KeyPair.objects.get(user=text.author_id, version=text.author_version).public
        try:
            key = crypto.take(bytes(grant.wrap), bytes(grant.signature), text.header, writer_keys, granter)
            opened.append(crypto.open_text(text.sealed, key, text.header, author).decode())
        except Refused:
            continue
    return opened


def swap_keys(user):
    """Put keys of the writer of the tables in the place of somebody's; return them."""
    writer_keys = Keys(user.pk, 1, crypto.new_seed())
    KeyPair.objects.filter(user=user).update(
        encryption_public=writer_keys.public.encryption, signing_public=writer_keys.public.signing
    )
    return writer_keys


def write_note(browser, match):
    page = browser.client.get(address("write-note", match))
    browser.client.post(address("write-note", match), {"token": token_on(page), "talked": NEW_WORDS})


def test_older_pins_put_back_open_no_note_to_a_writer_of_the_tables(world, sign_in):
    pair = Pair.__new__(Pair)
    pair.world, pair.match = world, world.match(world.request())
    pair.person = sign_in(pair.match.request.person)
    first_pins = bytes(Pins.objects.get(user=pair.person.user).blob)
    pair.supporter = sign_in(pair.match.supporter.user)
    for browser in (pair.person, pair.supporter):
        door.do_without_sheet(browser.unlocked())
        notes.say_yes(pair.match, by=browser.user)
    pair.write(by=pair.person)
    Pins.objects.filter(user=pair.person.user).update(blob=first_pins)
    writer_keys = swap_keys(pair.supporter.user)
    pair.person.client.get(address("notes-of", pair.match))
    SealedText.objects.update(seal_anew=True)
    pair.person.client.get(address("notes-of", pair.match))
    write_note(pair.person, pair.match)
    assert opened_by(writer_keys) == []


@pytest.mark.parametrize("way", ["replaced", "deleted"])
def test_an_account_that_had_keys_gets_no_new_ones_silently(world, sign_in, way):
    pair = Pair(world, sign_in)
    own = KeyPair.objects.filter(user=pair.person.user)
    own.update(state="replaced") if way == "replaced" else own.delete()
    writer_keys = swap_keys(pair.supporter.user)
    again = sign_in(pair.person.user)
    door.do_without_sheet(again.unlocked())
    write_note(again, pair.match)
    assert opened_by(writer_keys) == []


def test_a_full_count_tells_nobody_which_addresses_have_an_account(world, cheap_argon2):
    user = world.user(email="kim@work.example")
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    EmailAddress.objects.create(user=user, email="kim@home.example", verified=True)
    client, shown = world.client(), {}
    for _try in range(TRIES + 1):
        client.post(reverse("account_login"), {"login": user.email, "password": "a wrong password"})
    for email in ("kim@home.example", "nobody@home.example"):
        data = {"login": email, "password": "a wrong password"}
        page = world.client().post(reverse("account_login"), data).content.decode()
        shown[email] = "Too many passwords" in page
    assert len(set(shown.values())) == 1, shown


@pytest.mark.parametrize("purpose", ["lasting", "choosing"])
def test_a_coordinators_open_browser_makes_no_private_link(world, sign_in, purpose):
    browser = sign_in(world.coordinator)
    request = world.helped_request(call_me="Kim")
    answer = browser.client.post(reverse("make-link", args=[request.pk, purpose]))
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_reauthenticate"))


def test_an_open_browser_does_without_no_recovery_sheet(sign_in):
    answer = sign_in().client.post(reverse("notes-without"))
    assert answer.url.startswith(reverse("account_reauthenticate"))
