"""Whatever people do in whatever order, who can open a text is who should (hypothesis draws the steps)."""

from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from peersupport.vault import door, keyring, keys, pins, texts
from peersupport.vault.crypto import Refused
from peersupport.vault.models import SealedText
from peersupport.vault.sheet import WrongSheet
from peersupport.vault.unlocking import Unlocked

STEPS = [
    "write",
    "share",
    "take back",
    "change",
    "catch up",
    "change password",
    "reset and recover",
    "reset and old password",
    "begin anew",
    "rotate",
    "destroy",
    "wrong sheet",
    "make a sheet",
]


class Someone:
    """A user as they stand: password of the account, password that opens the wrap, sheet, keys."""

    def __init__(self, user):
        self.user, self.password = user, "first password of theirs"
        self.user.set_password(self.password)
        self.user.save()
        self.keys = keyring.enrol(user, self.password)
        self.code = keyring.new_sheet(self.pair, self.keys)

    @property
    def pair(self):
        return keyring.current(self.user.pk)

    @property
    def unlocked(self):
        return Unlocked(self.user, self.keys, self.pair)

    def set_password(self, password):
        self.password = password
        self.user.set_password(password)
        self.user.save()


class Model:
    """What should be so: for each text its author and who has its key."""

    def __init__(self, world):
        self.people = [Someone(world.user()) for _ in range(3)]
        self.texts, self.readers, self.words = [], {}, {}

    def check(self):
        for text in self.texts:
            row = SealedText.objects.filter(pk=text).first()
            for number, person in enumerate(self.people):
                expected = self.words[text] if number in self.readers[text] else None
                assert self.open(row, person) == expected, (text, number)

    def open(self, row, person):
        if row is None:
            return None
        return trusting(person, lambda: self._words(row, person))

    def _words(self, row, person):
        (content,) = door.read_all([row], by=person.unlocked, role="person", noted=False)
        if isinstance(content, door.KeyChanged):
            raise content
        return content.parts["text"] if content else None


def trusting(person, action):
    """Do it; where somebody's keys are new, confirm them and do it again, as somebody who compared the number."""
    for _try in range(12):
        try:
            with transaction.atomic():
                return action()
        except door.KeyChanged as changed:
            pins.confirm(person.unlocked, changed.public)
    raise AssertionError("keys kept changing")


def take(model, step, draw):
    number = draw(st.integers(0, 2))
    person, other = model.people[number], draw(st.integers(0, 2))
    mine = [text for text in model.texts if number in model.readers[text]]
    if step == "write":
        readers = {number, other}
        words = f"words {len(model.texts)}"
        made = trusting(
            person,
            lambda: door.write(
                "note",
                uuid4(),
                door.Content({"text": words}),
                by=person.unlocked,
                readers=[model.people[one].user.pk for one in readers],
            ),
        )
        model.texts.append(made.pk)
        model.readers[made.pk], model.words[made.pk] = readers, words
    elif step == "share" and mine:
        text = draw(st.sampled_from(mine))
        trusting(
            person, lambda: door.share(SealedText.objects.get(pk=text), model.people[other].user.pk, by=person.unlocked)
        )
        model.readers[text].add(other)
    elif step == "take back" and mine and other != number:
        text = draw(st.sampled_from(mine))
        row = SealedText.objects.get(pk=text)
        if row.author_id != model.people[other].user.pk:
            trusting(person, lambda: door.take_back(row, model.people[other].user.pk, by=person.unlocked))
            model.readers[text].discard(other)
            _resealed(model, text, person)
    elif step == "change" and mine:
        text = draw(st.sampled_from(mine))
        if SealedText.objects.get(pk=text).author_id == person.user.pk:
            trusting(
                person,
                lambda: door.seal_anew(
                    SealedText.objects.get(pk=text), by=person.unlocked, content=door.Content({"text": "put better"})
                ),
            )
            model.words[text] = "put better"
            _resealed(model, text, person)
    elif step == "catch up":
        waiting = list(SealedText.objects.filter(author=person.user, seal_anew=True).values_list("pk", flat=True))
        for text in waiting:
            if number in model.readers[text]:
                trusting(person, lambda text=text: door.seal_anew(SealedText.objects.get(pk=text), by=person.unlocked))
                _resealed(model, text, person)
    elif step == "change password":
        new = f"{person.password}+"
        keys.change_password(person.user, old=person.password, new=new)
        person.set_password(new)
        assert keyring.open_with_password(person.pair, new).seed == person.keys.seed
    elif step.startswith("reset"):
        old = person.password
        person.set_password(f"{old}r")
        with pytest.raises(Refused):
            keyring.open_with_password(person.pair, person.password)
        opened = (
            keyring.open_with_sheet(person.pair, person.code)
            if step.endswith("recover")
            else keyring.open_with_password(person.pair, old)
        )
        assert opened.seed == person.keys.seed
        keyring.wrap_with_password(person.pair, opened, person.password)
    elif step == "begin anew":
        person.keys = keyring.enrol(person.user, person.password, anew=True)
        person.code = keyring.new_sheet(person.pair, person.keys)
        for text in model.texts:
            model.readers[text].discard(number)
    elif step == "rotate":
        person.keys = keys.somebody_may_know(person.unlocked, person.password, new=f"{person.password}k")
        person.set_password(f"{person.password}k")
        person.code = keyring.new_sheet(person.pair, person.keys)
    elif step == "destroy" and mine:
        text = draw(st.sampled_from(mine))
        door.destroy(SealedText.objects.filter(pk=text))
        model.readers[text] = set()
    elif step == "wrong sheet":
        other_code = model.people[(number + 1) % 3].code
        with pytest.raises((Refused, WrongSheet)):
            keyring.open_with_sheet(person.pair, other_code)
    elif step == "make a sheet":
        old = person.code
        person.code = keyring.new_sheet(person.pair, person.keys)
        with pytest.raises(Refused):
            keyring.open_with_sheet(person.pair, old)


def _resealed(model, text, author):
    """Sealed anew: readers have the keys they have now, if they had a wrap at all and the author has seen their keys.

    Whoever has keys that the author has not compared waits for it, and the author is told so.
    """
    row = SealedText.objects.get(pk=text)
    if row.author_id == author.user.pk:
        holders = dict(texts.Grant.objects.filter(text=text).values_list("reader", "reader_version"))
        for number, one in enumerate(model.people):
            if one.user.pk not in holders:
                model.readers[text].discard(number)
            elif holders[one.user.pk] == one.pair.version:
                model.readers[text].add(number)
            else:
                model.readers[text].discard(number)
                assert door.shared_with_older_keys(row, one.user.pk, by=author.unlocked)


def test_who_got_new_keys_before_a_text_was_changed_waits_and_its_author_is_told(world):
    model = Model(world)
    for step, *drawn in (("write", 1, 0), ("rotate", 0, 1), ("change", 1, 1, "its text")):
        found = iter([model.texts[0] if one == "its text" else one for one in drawn])
        take(model, step, lambda _choices, label=None, found=found: next(found))
        model.check()
    (text,), (reader, author, _third) = model.texts, model.people
    row = SealedText.objects.get(pk=text)
    assert model.readers[text] == {1}
    assert door.shared_with_older_keys(row, reader.user.pk, by=author.unlocked)
    trusting(author, lambda: door.share(row, reader.user.pk, by=author.unlocked))
    assert model.open(row, reader) == "put better"
    assert not door.shared_with_older_keys(row, reader.user.pk, by=author.unlocked)


@given(st.data())
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
def test_who_can_open_is_who_should(world, data):
    with transaction.atomic():
        model = Model(world)
        for _ in range(data.draw(st.integers(3, 14))):
            take(model, data.draw(st.sampled_from(STEPS)), data.draw)
            model.check()
        transaction.set_rollback(True)
