"""Somebody who writes to the tables, and has an account of their own with open notes, gains nothing by it."""

from uuid import uuid4

import pytest
from django.urls import reverse

from peersupport.audit.models import AuditEntry
from peersupport.vault import crypto, door, keyring
from peersupport.vault.models import Draft, Grant, KeyPair, Pins, SealedText
from sessions_log.models import Note, Reflection
from sessions_log.workflows import notes
from supporters.models import Supporter
from tests.making import PASSWORD
from tests.sessions_log.pair import CANARY, Pair, address, token_on


@pytest.fixture
def pair(world, sign_in):
    return Pair(world, sign_in)


@pytest.fixture
def eve(world, sign_in):
    return sign_in(world.user())


def shown(browser, note):
    return browser.client.get(address("note", note)).content.decode()


def reads(browser, text_id):
    (content,) = door.read_all([SealedText.objects.get(pk=text_id)], by=browser.unlocked(), role="person")
    return isinstance(content, door.Content)


def test_a_reader_written_into_the_table_is_not_sealed_to_when_the_author_catches_up(pair, eve):
    note = pair.write()
    Grant.objects.create(
        text=note.text,
        reader=eve.user,
        reader_version=1,
        wrap=b"x",
        granted_by=pair.supporter.user,
        granter_version=1,
        signature=b"x",
    )
    SealedText.objects.filter(pk=note.text_id).update(seal_anew=True)
    pair.supporter.client.get(address("notes-of", pair.match))
    assert not SealedText.objects.get(pk=note.text_id).seal_anew
    assert not reads(eve, note.text_id)
    assert CANARY in shown(pair.person, note)


def test_pins_that_are_gone_or_of_other_keys_are_refused_and_not_begun_anew(pair, eve):
    pair.write(pair.person)
    for spoil in (Pins.objects.filter(user=pair.person.user).delete, None):
        if spoil:
            spoil()
        theirs = KeyPair.objects.get(user=eve.user)
        KeyPair.objects.filter(user=pair.supporter.user).update(
            encryption_public=theirs.encryption_public, signing_public=theirs.signing_public
        )
        with pytest.raises(door.CannotOpen):
            pair.write(pair.person)


@pytest.mark.parametrize("blob", [b"", b"junk", b"\1" + b"x" * 1100])
def test_damaged_pins_are_told_plainly_on_every_page(pair, blob):
    note = pair.write(pair.person)
    notes.reflect(door.Content({"reflection": CANARY}), by=pair.supporter.unlocked())
    Pins.objects.filter(user=pair.supporter.user).update(blob=blob)
    client = pair.supporter.client
    pages = [
        address("notes-of", pair.match),
        address("note", note),
        address("compare-keys", pair.match),
        reverse("reflections"),
    ]
    for place in pages:
        answer = client.get(place)
        assert answer.status_code == 200
        assert CANARY not in answer.content.decode()
    place = address("write-note", pair.match)
    answer = client.post(place, {"talked": CANARY, "token": token_on(client.get(place))})
    assert "be opened" in answer.content.decode()
    number = client.get(address("compare-keys", pair.match)).context["number"]
    assert client.post(address("compare-keys", pair.match), {"number": str(number)}).status_code == 302


def test_another_supporter_in_the_row_of_the_match_gets_no_note(pair, eve):
    pair.write(pair.person)
    Supporter.objects.filter(pk=pair.match.supporter_id).update(user=eve.user)
    with pytest.raises((door.CannotOpen, door.KeyChanged)):
        notes.write(pair.world.fresh(pair.match), door.Content({"talked": CANARY}), by=pair.person.unlocked())


def forged(eve, pair, kind="note"):
    """A text of eve's own, sealed for the person, in the tables as if it belonged to the pair."""
    text = door.write(
        kind, uuid4(), door.Content({"talked": "FORGED"}), readers=[pair.person.user.pk], by=eve.unlocked()
    )
    return Note.objects.create(match=pair.match, text=text, author=pair.supporter.user, keep_until=notes.keep_until())


@pytest.mark.parametrize("change", [{}, {"kind": "note"}])
def test_a_text_of_somebody_else_is_not_shown_as_theirs(pair, eve, change):
    note = forged(eve, pair, kind="whatever")
    SealedText.objects.filter(pk=note.text_id).update(**change)
    assert "FORGED" not in shown(pair.person, note)
    note = forged(eve, pair)
    SealedText.objects.filter(pk=note.text_id).update(relationship=pair.match.pk)
    assert "FORGED" not in shown(pair.person, note)
    assert "FORGED" not in pair.person.client.get(address("notes-of", pair.match)).content.decode()


def test_a_note_moved_to_another_match_or_a_reflection_put_in_its_place_is_not_shown(pair, world, sign_in):
    note = pair.write()
    reflection = notes.reflect(door.Content({"reflection": "ABOUT ME"}), by=pair.supporter.unlocked())
    text_id = reflection.text_id
    Reflection.objects.filter(pk=reflection.pk).update(text=note.text_id)
    assert CANARY not in pair.supporter.client.get(reverse("reflections")).content.decode()
    Note.objects.filter(pk=note.pk).update(text=text_id)
    assert "ABOUT ME" not in shown(pair.supporter, note)


def test_who_wrote_a_note_is_told_by_what_was_signed(pair):
    note = pair.write(pair.supporter)
    Note.objects.filter(pk=note.pk).update(author=pair.person.user)
    assert "Written by you" not in pair.person.client.get(address("notes-of", pair.match)).content.decode()


def test_older_keys_of_ones_own_that_never_were_are_refused(pair, eve):
    theirs = eve.unlocked().keys
    fake = crypto.Keys(pair.person.user.pk, 99, theirs.seed)
    KeyPair.objects.create(
        user=pair.person.user,
        version=99,
        state="replaced",
        encryption_public=fake.public.encryption,
        signing_public=fake.public.signing,
    )
    header = crypto.Header("note", uuid4(), 1, pair.match.pk, pair.person.user.pk, 99)
    sealed, key = crypto.seal(door.Content({"talked": "FORGED"}).packed, header, fake)
    wrap, signature = crypto.grant(key, header, pair.person.unlocked().keys.public, fake)
    text = SealedText.objects.create(
        id=header.text,
        kind="note",
        relationship=pair.match.pk,
        author=pair.person.user,
        author_version=99,
        nonce=sealed.nonce,
        ciphertext=sealed.ciphertext,
        signature=sealed.signature,
    )
    Grant.objects.create(
        text=text,
        reader=pair.person.user,
        reader_version=1,
        wrap=wrap,
        granted_by=pair.person.user,
        granter_version=99,
        signature=signature,
    )
    note = Note.objects.create(match=pair.match, text=text, author=pair.person.user, keep_until=notes.keep_until())
    assert "FORGED" not in shown(pair.person, note)


@pytest.mark.parametrize("parts", [["x"], "x", 5, {"a": 1}, {"token": "x"}])
def test_a_draft_that_somebody_else_sealed_is_no_crash(pair, parts):
    import json

    place = address("write-note", pair.match)
    blob = crypto.box(json.dumps([place, parts]).encode(), door.public_of(pair.person.user.pk))
    Draft.objects.create(user=pair.person.user, about=place, key_version=1, blob=blob)
    assert pair.person.client.get(place).status_code == 200


def test_a_public_key_that_is_none_is_refused(pair):
    KeyPair.objects.filter(user=pair.supporter.user).update(encryption_public=b"\0" * 32)
    with pytest.raises(door.CannotOpen):
        pair.write(pair.person)


# What people do, and nothing is lost or left by it


def test_after_new_keys_the_other_one_compares_and_older_notes_open_again(pair, sign_in):
    old = pair.write(pair.person, words="from before")
    pair.read(old, pair.supporter)
    browser = sign_in(pair.supporter.user)
    browser.client.post(reverse("notes-anew"), {"password": PASSWORD})
    assert "from before" not in shown(browser, old)
    compare = address("compare-keys", pair.match)
    number = pair.person.client.get(compare).context["number"]
    pair.person.client.post(compare, {"number": str(number)})
    assert "from before" in shown(browser, old)


def test_a_note_of_older_keys_that_was_not_read_yet_opens_after_comparing(pair, sign_in):
    old = pair.write(pair.supporter, words="from before")
    pair.write(pair.person)
    keys = pair.supporter.unlocked()
    door.somebody_may_know(keys, PASSWORD, new="another long password of theirs")
    page = pair.person.client.get(address("notes-of", pair.match)).content.decode()
    assert "from before" in page, "keys that were seen before still verify what they wrote"
    compare = address("compare-keys", pair.match)
    pair.person.client.post(compare, {"number": pair.person.client.get(compare).context["number"]})
    assert "from before" in shown(pair.person, old)


def test_a_change_of_all_keys_takes_drafts_along(pair):
    door.drafts.save("somewhere", door.Content({"talked": CANARY}), by=pair.person.unlocked())
    by = pair.person.unlocked()
    fresh = door.somebody_may_know(by, PASSWORD, new="another long password of theirs")
    moved = door.Unlocked(by.user, fresh, keyring.current(by.user.pk))
    assert door.drafts.find("somewhere", by=moved).parts == {"talked": CANARY}


def test_two_tabs_that_see_other_people_first_lose_no_pin(pair, world, sign_in):
    from peersupport.vault.pins import PinnedKeys

    others = [sign_in(world.user()).unlocked().keys.public for _ in range(2)]
    one, two = PinnedKeys(pair.person.unlocked()), PinnedKeys(pair.person.unlocked())
    one.trust(others[0]), two.trust(others[1])
    one.save(), two.save()
    kept = PinnedKeys(pair.person.unlocked())._row["keys"]
    assert all(f"{other.user}:1" in kept for other in others)


def test_a_supporter_does_not_destroy_what_the_person_added(pair):
    note = pair.write(pair.supporter)
    pair.write(pair.person, words="mine", adds_to=note)
    pair.supporter.client.post(address("erase-note", note))
    assert Note.objects.filter(pk=note.pk).exists()
    pair.person.client.post(address("erase-note", note))
    assert not Note.objects.exists()


def test_what_was_being_written_about_something_that_is_gone_is_gone_too(pair):
    note = pair.write(pair.person)
    for place in (address("add-to-note", note), address("write-note", pair.match)):
        door.drafts.save(place, door.Content({"added": CANARY}), by=pair.supporter.unlocked())
    notes.erase(note, by=pair.person.user)
    assert Draft.objects.count() == 1
    pair.match.request.delete()
    assert not Draft.objects.exists()


def test_whoever_is_no_supporter_any_more_keeps_their_reflections(pair):
    notes.reflect(door.Content({"reflection": CANARY}), by=pair.supporter.unlocked())
    pair.supporter.user.role_grants.all().delete()
    client = pair.supporter.client
    assert CANARY in client.get(reverse("reflections")).content.decode()
    assert client.get(reverse("reflect")).status_code == 403


def test_a_group_of_an_older_sheet_does_not_settle_a_newer_one(pair):
    by = pair.person.unlocked()
    code, token, number = door.make_sheet(by)
    door.make_sheet(by)
    with pytest.raises(Exception, match="newer sheet"):
        door.check_group(by, token, code.split("-")[number - 1])


def test_guessing_is_counted_for_each_account_from_wherever(pair):
    client = pair.person.client
    client.post(reverse("notes-lock"))
    for number in range(11):
        page = client.post(
            reverse("notes-open"), {"password": "a guess"}, REMOTE_ADDR=f"10.0.0.{number}"
        ).content.decode()
    assert "Too many tries" in page


def test_a_list_notes_what_was_read_once_an_hour(pair):
    from peersupport.audit.models import AuditEntry

    pair.write(pair.supporter)
    for _look in range(3):
        pair.person.client.get(address("notes-of", pair.match))
    assert AuditEntry.objects.filter(verb="note.read", actor=pair.person.user.pseudonym).count() == 1


def swapped(victim, eve):
    """Put somebody else's public keys into the row of the victim."""
    theirs = KeyPair.objects.get(user=eve.user)
    return KeyPair.objects.filter(user=victim.user).update(
        encryption_public=theirs.encryption_public, signing_public=theirs.signing_public
    )


def test_ones_own_swapped_keys_lock_a_vault_that_is_open_and_alarm(pair, eve, caplog):
    """The writer would seal copies and pins to the keys in the row; nothing is sealed, and it is written down."""
    note = pair.write()
    assert CANARY in shown(pair.person, note)
    swapped(pair.person, eve)
    caplog.clear()
    assert CANARY not in shown(pair.person, note)
    assert pair.person.unlocked() is None
    rows = AuditEntry.objects.filter(subject=pair.person.user.pseudonym, verb="vault.swapped_keys")
    assert rows.count() == 1
    assert "not its own" in caplog.text
    looked = pair.person.client.get(reverse("who-looked")).content.decode()
    assert "changed by someone else" in looked
    # Set right again, the password opens them; nothing of what the writer did has stayed.
    theirs = pair.person.user.pk
    keys = KeyPair.objects.get(user=eve.user)
    assert not Grant.objects.filter(reader=theirs, reader_version__gt=keys.version).exists()


@pytest.mark.parametrize("way", ["notes-open", "notes-recover"])
def test_swapped_keys_are_refused_where_a_vault_is_opened_and_said_plainly(pair, eve, way, caplog):
    browser = pair.person
    found = browser.unlocked()
    code = keyring.new_sheet(found.pair, found.keys)
    browser.client.post(reverse("notes-lock"))
    swapped(browser, eve)
    given = {"password": PASSWORD} | ({"code": code} if way == "notes-recover" else {})
    page = browser.client.post(reverse(way), given)
    assert page.status_code == 200
    assert "Someone has changed them" in page.content.decode()
    assert browser.unlocked() is None
    assert AuditEntry.objects.filter(verb="vault.swapped_keys").exists()
    assert "not its own" in caplog.text


def test_swapped_keys_at_sign_in_leave_the_notes_locked_and_alarm(pair, eve, sign_in):
    swapped(pair.person, eve)
    again = sign_in(pair.person.user)
    assert again.client.get(reverse("account")).status_code == 200
    assert again.unlocked() is None
    assert AuditEntry.objects.filter(verb="vault.swapped_keys").exists()
