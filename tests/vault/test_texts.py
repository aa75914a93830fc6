"""Sealed texts in the database: who opens what, and what somebody who writes to the tables achieves."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from peersupport.audit.models import AuditEntry
from peersupport.vault import door, pins, texts
from peersupport.vault.door import CannotOpen, Content, KeyChanged, NoKeys
from peersupport.vault.models import Draft, Gone, Grant, KeyPair, Pins, SealedText
from peersupport.workflow.state_machine import NotPossible

CANARY = "Zephyrinthia"


@pytest.fixture
def two(sign_in):
    """Two people who write to each other."""
    return sign_in().unlocked(), sign_in().unlocked()


@pytest.fixture
def third(sign_in):
    return sign_in().unlocked()


def write(by, *readers, words=CANARY, kind="note", relationship=None):
    readers = [one.user.pk for one in readers]
    return door.write(kind, relationship or uuid4(), Content({"text": words}), readers=readers, by=by)


def opened(text, by):
    return door.read(SealedText.objects.get(pk=text.pk), by=by, role="person").parts["text"]


def test_both_read_what_one_wrote_and_nobody_else_does(two, third):
    ann, bea = two
    text = write(ann, bea)
    assert opened(text, ann) == opened(text, bea) == CANARY
    with pytest.raises(CannotOpen):
        opened(text, third)


def test_that_somebody_else_read_it_is_written_down_for_its_author(two):
    ann, bea = two
    text = write(ann, bea)
    door.read(text, by=bea, role="supporter", subjects=[ann.user.pseudonym, bea.user.pseudonym])
    (entry,) = AuditEntry.objects.filter(verb="note.read")
    assert (entry.subject, entry.actor, entry.object_id) == (ann.user.pseudonym, bea.user.pseudonym, text.pk)


def test_no_column_holds_a_word_of_it(two):
    text = write(*two)
    door.drafts.save("note:new", Content({"text": CANARY}), by=two[0])
    rows = list(SealedText.objects.values()) + list(Grant.objects.values()) + list(Draft.objects.values())
    rows += list(Pins.objects.values()) + list(KeyPair.objects.values())
    plain = "".join(
        str({name: bytes(value) if isinstance(value, memoryview) else value for name, value in row.items()})
        for row in rows
    )
    assert CANARY not in plain
    assert str(text.pk) in plain


def test_whoever_never_signed_in_with_a_password_has_no_keys_and_nothing_is_half_written(two, world):
    other = world.user()
    with pytest.raises(NoKeys) as refusal:
        door.write("note", uuid4(), Content({"text": "x"}), readers=[other.pk], by=two[0])
    assert refusal.value.user_id == other.pk
    assert not SealedText.objects.exists()


def test_a_text_that_is_too_long_is_refused_before_anything_is_kept(two):
    with pytest.raises(ValueError, match="too long"):
        write(*two, words="x" * texts.LARGEST)
    assert not SealedText.objects.exists()


def test_a_third_reader_is_let_in_and_out_again(two, third):
    ann, bea = two
    text = write(ann, bea)
    door.share(text, third.user.pk, by=bea)
    assert opened(text, third) == CANARY
    old = SealedText.objects.filter(pk=text.pk).values().get()
    grant = Grant.objects.filter(text=text, reader=third.user.pk).values().get()
    door.take_back(text, third.user.pk, by=bea)
    with pytest.raises(CannotOpen):
        opened(text, third)
    assert SealedText.objects.get(pk=text.pk).seal_anew, "only its author can seal it under a new key"
    assert door.catch_up(ann) == 1
    assert opened(text, bea) == CANARY
    # Whoever kept the old wrap has the key of a revision that no reader takes for the newest.
    SealedText.objects.filter(pk=text.pk).update(
        **{name: old[name] for name in ("nonce", "ciphertext", "signature", "revision")}
    )
    Grant.objects.filter(text=text, reader=bea.user.pk).delete()
    Grant.objects.create(**{name: value for name, value in grant.items() if name != "id"})
    assert opened(text, third) == CANARY, "what was once read can be read again from a copy: that is said to people"
    with pytest.raises(CannotOpen):
        opened(text, bea)


def test_the_author_takes_back_and_the_key_is_new_at_once(two, third):
    ann, bea = two
    text = write(ann, bea, third)
    before = bytes(SealedText.objects.get().ciphertext)
    door.take_back(text, third.user.pk, by=ann)
    fresh = SealedText.objects.get()
    assert (fresh.revision, bytes(fresh.ciphertext) != before, fresh.seal_anew) == (2, True, False)
    assert opened(text, bea) == CANARY


def test_only_its_author_changes_a_text(two):
    ann, bea = two
    text = write(ann, bea)
    with pytest.raises(NotPossible):
        door.seal_anew(text, by=bea, content=Content({"text": "forged"}))
    door.seal_anew(text, by=ann, content=Content({"text": "put better"}))
    assert opened(text, bea) == "put better"


def test_an_old_revision_put_back_is_refused(two):
    ann, bea = two
    text = write(ann, bea)
    row = SealedText.objects.filter(pk=text.pk).values().get()
    grants = list(Grant.objects.filter(text=text).values())
    door.seal_anew(text, by=ann, content=Content({"text": "newer"}))
    assert opened(text, bea) == "newer"
    SealedText.objects.filter(pk=text.pk).update(**{k: v for k, v in row.items() if k != "id"})
    for grant in grants:
        Grant.objects.filter(pk=grant["id"]).update(**{k: v for k, v in grant.items() if k != "id"})
    for reader in (ann, bea):
        with pytest.raises(CannotOpen):
            opened(text, reader)


FIELDS = {
    "kind": "reflection",
    "relationship": uuid4(),
    "revision": 9,
    "nonce": b"n" * 24,
    "ciphertext": b"\1" + b"c" * 1040,
    "signature": b"s" * 64,
    "author_version": 2,
}


@pytest.mark.parametrize("name", FIELDS)
def test_any_column_of_a_text_that_is_changed_shuts_it_and_raises_an_alarm(two, name):
    text = write(*two)
    SealedText.objects.filter(pk=text.pk).update(**{name: FIELDS[name]})
    with pytest.raises(CannotOpen) as refusal:
        opened(text, two[1])
    assert str(refusal.value) == ""
    assert AuditEntry.objects.filter(verb="vault.alarm", object_id=text.pk).exists()


@pytest.mark.parametrize("name", ["wrap", "signature", "reader_version", "granter_version", "granted_by"])
def test_any_column_of_a_grant_that_is_changed_shuts_the_text(two, third, name):
    text = write(*two)
    changed = {
        "wrap": b"\1" + b"w" * 112,
        "signature": b"s" * 64,
        "reader_version": 2,
        "granter_version": 2,
        "granted_by": third.user.pk,
    }[name]
    Grant.objects.filter(text=text, reader=two[1].user.pk).update(**{name: changed})
    with pytest.raises(CannotOpen):
        opened(text, two[1])


def test_swapped_rows_authors_and_wraps_are_refused(two, third):
    ann, bea = two
    one, other = write(ann, bea, words="one"), write(ann, bea, words="other")
    first = SealedText.objects.filter(pk=one.pk).values("nonce", "ciphertext", "signature").get()
    SealedText.objects.filter(pk=other.pk).update(**first)
    with pytest.raises(CannotOpen):
        opened(other, bea)
    SealedText.objects.filter(pk=one.pk).update(author=third.user.pk)
    with pytest.raises(CannotOpen):
        opened(one, bea)
    mine = write(ann, bea)
    wrap = Grant.objects.get(text=mine, reader=ann.user.pk)
    Grant.objects.filter(text=mine, reader=bea.user.pk).update(wrap=wrap.wrap, signature=wrap.signature)
    with pytest.raises(CannotOpen):
        opened(mine, bea)


def test_a_reader_whom_nobody_let_in_can_not_be_written_into_the_table(two, third):
    text = write(*two)
    grant = Grant.objects.get(text=text, reader=two[1].user.pk)
    grant.pk, grant.reader_id = None, third.user.pk
    grant.save()
    with pytest.raises(CannotOpen):
        opened(text, third)


def test_a_key_substituted_after_it_was_seen_blocks_writing_and_reading(two, third):
    ann, bea = two
    text = write(ann, bea)
    theirs = KeyPair.objects.get(user=third.user)
    KeyPair.objects.filter(user=bea.user).update(
        encryption_public=theirs.encryption_public, signing_public=theirs.signing_public
    )
    with pytest.raises(KeyChanged):
        write(ann, bea)
    KeyPair.objects.filter(user=bea.user).update(version=2)
    with pytest.raises(KeyChanged):
        write(ann, bea)
    assert SealedText.objects.count() == 1
    assert opened(text, ann) == CANARY


def test_an_author_whose_key_was_substituted_is_not_believed(two, third):
    ann, bea = two
    first = write(ann, bea)
    assert opened(first, bea) == CANARY
    forged = write(third, bea)
    theirs = KeyPair.objects.get(user=third.user)
    KeyPair.objects.filter(user=ann.user).update(
        encryption_public=theirs.encryption_public, signing_public=theirs.signing_public
    )
    SealedText.objects.filter(pk=forged.pk).update(author=ann.user.pk)
    Grant.objects.filter(text=forged).update(granted_by=ann.user.pk)
    with pytest.raises((KeyChanged, CannotOpen)):
        opened(forged, bea)


def test_pins_can_not_be_put_back_under_anothers_name_or_changed(two):
    ann, bea = two
    text = write(ann, bea)
    opened(text, bea)
    blob = Pins.objects.get(user=ann.user).blob
    Pins.objects.filter(user=bea.user).update(blob=blob)
    with pytest.raises(CannotOpen):
        opened(text, bea)


def test_new_keys_are_taken_after_both_compared_their_number(two, sign_in):
    ann, bea = two
    text = write(ann, bea)
    browser = sign_in(bea.user)
    request = browser.request()
    anew = door.begin_anew(request, "a long password for tests")
    assert anew.keys.version == 2
    with pytest.raises(KeyChanged) as changed:
        write(ann, anew)
    assert door.comparison(ann.keys.public, changed.value.public) == door.comparison(anew.keys.public, ann.keys.public)
    pins.confirm(ann, changed.value.public)
    with pytest.raises(CannotOpen):
        opened(text, anew)
    door.share(text, anew.user.pk, by=ann)
    assert opened(text, anew) == CANARY, "the other reader shared it again"
    assert opened(write(ann, anew), anew) == CANARY


def test_when_somebody_may_know_the_password_everything_moves_to_new_keys(two):
    ann, bea = two
    mine, theirs = write(ann, bea, words="mine"), write(bea, ann, words="theirs")
    old = ann.keys
    keys = door.somebody_may_know(ann, "a long password for tests", new="another one, longer still")
    fresh = texts.Unlocked(ann.user, keys, KeyPair.objects.get(user=ann.user, state="current"))
    assert keys.seed != old.seed
    assert (opened(mine, fresh), opened(theirs, fresh)) == ("mine", "theirs")
    with pytest.raises(CannotOpen):
        opened(mine, ann)
    with pytest.raises(KeyChanged):
        write(bea, fresh)
    with pytest.raises(door.Refused):
        door.somebody_may_know(fresh, "not the right password", new="x" * 12)


def test_destroyed_is_destroyed_and_noted_for_the_ledger(two, settings, tmp_path):
    settings.LEDGER_FILE = str(tmp_path / "ledger")
    text, other = write(*two), write(*two)
    rows = list(SealedText.objects.filter(pk=text.pk))
    assert door.destroy(SealedText.objects.filter(pk=text.pk)) == 1
    assert list(Gone.objects.values_list("thing", flat=True)) == [text.pk]
    assert not Grant.objects.filter(text=text.pk).exists()
    assert door.ledger.write_down() == 1
    assert not Gone.objects.exists()
    rows[0].save(force_insert=True)  # as a backup would bring it back
    assert door.ledger.replay() == 1
    assert not SealedText.objects.filter(pk=text.pk).exists()
    assert opened(other, two[1]) == CANARY
    assert CANARY not in (tmp_path / "ledger").read_text()


def test_fifty_are_opened_with_as_many_queries_as_one(two):
    counted = {}
    opened(write(*two), two[1])  # keys that are seen for the first time are noted once
    for number in (1, 3, 50):
        made = [write(*two) for _ in range(number)]
        rows = list(SealedText.objects.filter(pk__in=[one.pk for one in made]))
        with CaptureQueriesContext(connection) as queries:
            found = door.read_all(rows, by=two[1], role="person", noted=False)
        assert all(one.parts["text"] == CANARY for one in found)
        counted[number] = len(queries)
    assert len(set(counted.values())) == 1, counted


def test_content_never_shows_itself():
    assert CANARY not in f"{Content({'text': CANARY})} {Content({'text': CANARY})!r}"


# Drafts


def test_a_draft_is_for_whoever_wrote_it_and_for_what_it_was_about(two):
    ann, bea = two
    door.drafts.save("note:1", Content({"text": CANARY}), by=ann)
    assert door.drafts.find("note:1", by=ann).parts == {"text": CANARY}
    assert door.drafts.find("note:2", by=ann) is None
    assert door.drafts.find("note:1", by=bea) is None
    Draft.objects.update(about="note:2")
    assert door.drafts.find("note:2", by=ann) is None
    Draft.objects.update(user=bea.user, about="note:1")
    assert door.drafts.find("note:1", by=bea) is None


def test_what_is_sent_after_the_vault_closed_is_kept_for_its_author(two):
    ann, bea = two
    token = door.drafts.token("note:1", ann)
    door.drafts.save_locked("note:1", Content({"text": CANARY * 1500}), user=ann.user, signed=token)
    assert door.drafts.find("note:1", by=ann).parts["text"] == CANARY * 1500
    for about, user in (("note:2", ann.user), ("note:1", bea.user)):
        with pytest.raises(door.Refused):
            door.drafts.save_locked(about, Content({"text": "x"}), user=user, signed=token)
    with pytest.raises(door.Refused):
        door.drafts.save_locked("note:1", Content({"text": "x"}), user=ann.user, signed=token + "x")


def test_a_key_swapped_meanwhile_gets_nothing_of_what_is_sent_late(two, third):
    ann, _bea = two
    token = door.drafts.token("note:1", ann)
    theirs = KeyPair.objects.get(user=third.user)
    KeyPair.objects.filter(user=ann.user).update(encryption_public=theirs.encryption_public)
    with pytest.raises(door.Refused):
        door.drafts.save_locked("note:1", Content({"text": CANARY}), user=ann.user, signed=token)
    assert not Draft.objects.exists()
