"""The code on a recovery sheet: typed back as people type, and slips shown where they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peersupport.vault import sheet
from peersupport.vault.sheet import SIGNS, WrongSheet

CODE = "GEKQ2-9HDXF-8N3M7-T8DFA-WH2Z4-5B8T1-JJ4RD-C6Q2M"


def test_a_code_is_eight_groups_and_another_each_time():
    codes = {sheet.new_code() for _ in range(50)}
    assert len(codes) == 50
    for code in codes:
        assert [len(group) for group in code.split("-")] == [5] * 8
        assert len(sheet.key_of(code)) == 32


@given(st.randoms(use_true_random=False))
def test_small_letters_spaces_and_look_alikes_do_not_matter(chance):
    code = sheet.new_code()
    typed = "".join(chance.choice([one, one.lower()]) + chance.choice(["", "", " "]) for one in code)
    typed = typed.replace("0", "o").replace("1", chance.choice("iIlL"))
    assert sheet.key_of(typed) == sheet.key_of(code)


@given(st.integers(0, 39), st.sampled_from(SIGNS))
def test_one_wrong_sign_is_seen_and_its_group_named(place, sign):
    signs = list(sheet.new_code().replace("-", ""))
    if signs[place] == sign:
        return
    signs[place] = sign
    with pytest.raises(WrongSheet) as refusal:
        sheet.key_of("".join(signs))
    assert refusal.value.groups == [place // 5 + 1]


def test_two_groups_in_the_wrong_order_are_seen():
    seen = 0
    for _ in range(40):
        groups = sheet.new_code().split("-")
        groups[0], groups[1] = groups[1], groups[0]
        try:
            sheet.key_of("".join(groups))
        except WrongSheet as refusal:
            seen += set(refusal.groups) <= {1, 2}
    assert seen == 40


@pytest.mark.parametrize("typed", ["", "abc", "A" * 39, "A" * 41, "éàü" * 20, "\0" * 40, "‮" * 40])
def test_anything_else_is_refused(typed):
    with pytest.raises(WrongSheet):
        sheet.key_of(typed)


def test_arabic_digits_are_digits():
    code = next(code for code in iter(sheet.new_code, None) if any(one.isdigit() for one in code))
    arabic = code.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    assert sheet.key_of(arabic) == sheet.key_of(code)


def test_version_1_gives_the_same_key_for_ever():
    groups = [group[:4] for group in CODE.split("-")]
    code = "".join(group + sheet._check(number, group) for number, group in enumerate(groups))
    assert sheet.key_of(code).hex() == KEY


KEY = "eae084a812e8057044b05b1fd53db41a46afc8c65927125f75f8a640c4817083"
