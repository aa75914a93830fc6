"""What a cell means, or in plain words why it cannot mean that."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supporters.roster.values import (
    BadValue,
    age_band,
    age_from,
    birth_year_from,
    birth_year_to_age,
    email_from,
    fold,
    guess_option,
    split_values,
    whole_number,
)

GENDERS = {
    "female": ("Female", "Woman", "Femme", "أنثى"),
    "male": ("Male", "Man", "Homme", "ذكر"),
    "nonbinary": ("Non-binary", "Genderqueer"),
}
BANDS = [(16, 25, "young"), (26, 64, "middle"), (65, None, "older")]
TODAY = datetime.date(2025, 3, 1)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("English; Spanish", ["English", "Spanish"]),
        ("English|French\nArabic", ["English", "French", "Arabic"]),
        ("English, Spanish", ["English", "Spanish"]),
        ("العربية، الإنجليزية", ["العربية", "الإنجليزية"]),
        ("a, b; c", ["a, b", "c"]),
        ("Spanish (Spain, Mexico), French", ["Spanish (Spain, Mexico)", "French"]),
        ("1,5", ["1,5"]),
        ("When I was young, I could not find anybody who understood", None),
        ("English; english; NA; ;French", ["English", "French"]),
        ("NA", []),
        ("", []),
    ],
)
def test_cells_with_several_values(text: str, values: list[str] | None) -> None:
    assert split_values(text) == ([text] if values is None else values)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("  Non-Binary ", "non_binary"),
        ("GÉNERO", "genero"),
        ("Straße", "strasse"),
        ("أُنثى", "انثي"),
        ("l’âge", "L'Age"),
    ],
)
def test_spellings_that_are_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@given(st.text(max_size=200))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("37", 37),
        ("37.0", 37),
        ("37,00", 37),
        (" 37 years ", 37),
        ("37 yrs.", 37),
        ("37 años", 37),
        ("37 ans", 37),
        ("٣٧", 37),
        ("٣٧ سنة", 37),
        ("0", 0),
        ("120", 120),
        ("5", 5),
        ("NA", None),
        ("", None),
        ("—", None),
    ],
)
def test_ages(text: str, age: int | None) -> None:
    assert age_from(text) == age


@pytest.mark.parametrize(
    "text",
    ["-29", "−29", "99999999999", "9" * 400, "121", "37.5", "thirty", "25-34", "37 dogs", "3 7", "0x10", "²"],
)
def test_impossible_ages_are_quoted_back(text: str) -> None:
    with pytest.raises(BadValue, match="is not an age") as refusal:
        age_from(text)
    assert text[:30] in str(refusal.value)
    assert len(str(refusal.value)) < 100


@given(st.text(max_size=60))
def test_any_text_is_an_age_or_refused(text: str) -> None:
    try:
        age = age_from(text)
    except BadValue:
        return
    assert age is None or 0 <= age <= 120


@pytest.mark.parametrize(
    ("age", "band"), [(15, None), (16, "young"), (25, "young"), (26, "middle"), (65, "older"), (120, "older")]
)
def test_bands_include_both_ends(age: int, band: str | None) -> None:
    assert age_band(age, BANDS) == band


def test_years_of_birth() -> None:
    assert birth_year_from("1980") == birth_year_from("1980-05-03 00:00:00") == birth_year_from("03/05/1980") == 1980
    assert birth_year_from("n/a") is None
    assert birth_year_to_age(1980, TODAY) == 45
    for text in ("80", "yesterday", "19800503", "1980/5"):
        with pytest.raises(BadValue, match="year of birth"):
            birth_year_from(text)
    for year in (2026, 1900):
        with pytest.raises(BadValue, match=str(year)):
            birth_year_to_age(year, TODAY)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (" Ana@Example.ORG ", "ana@example.org"),
        ("mailto:ana@example.org", "ana@example.org"),
        ("Ana Muestra <Ana@example.org>", "ana@example.org"),
        ("ana@example.org;", "ana@example.org"),
        ("NA", None),
        ("", None),
    ],
)
def test_addresses(text: str, address: str | None) -> None:
    assert email_from(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "ana",
        "ana@",
        "ana@example",
        "ana at example.org",
        "a@example.org, b@example.org",
        "a@example.org b@example.org",
        "a" * 250 + "@example.org",
        "<>",
        "a@b@example.org",
    ],
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(BadValue, match="not one e-mail address"):
        email_from(text)


def test_whole_numbers() -> None:
    assert whole_number("4", 0, 20) == whole_number("4.0", 0, 20) == whole_number("٤", 0, 20) == 4
    assert whole_number("none", 0, 20) is None
    for text in ("-1", "21", "4.5", "four", "1e1", "9" * 5000):
        with pytest.raises(BadValue, match="from 0 to 20"):
            whole_number(text, 0, 20)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Female", "female"),
        (" FEMALE ", "female"),
        ("females", "female"),
        ("Women", "female"),
        ("femme", "female"),
        ("أُنثى", "female"),
        ("nonbinary", "nonbinary"),
        ("non binary", "nonbinary"),
        ("F", "female"),
        ("m", "male"),
        ("Femake", "female"),
        ("Femlae", "female"),
        ("Femal", "female"),
        ("genderquer", "nonbinary"),
        ("Mle", None),
        ("Malr", None),
        ("Guy (-ish) ^_^", None),
        ("Trans-female", None),
        ("x", None),
        ("", None),
        ("NA", None),
        ("male leaning androgynous", None),
        ("^_^", None),
        ("she/her", None),
    ],
)
def test_options(text: str, key: str | None) -> None:
    assert guess_option(text, GENDERS) == key


def test_what_fits_two_options_fits_none() -> None:
    assert guess_option("M", {"female": ("Mujer",), "male": ("Male",)}) is None
    assert guess_option("other", {"a": ("Other",), "b": ("other",)}) is None
    assert guess_option("Colomban", {"a": ("Colombans",), "b": ("Colombana",)}) == "a"
    assert guess_option("catholix", {"a": ("catholic",), "b": ("catholis",)}) is None


def test_a_single_letter_stands_for_nothing_but_a_gender() -> None:
    assert guess_option("C", {"christian": ("Christian",), "muslim": ("Muslim",)}) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("trans male", "trans female"),
        ("theist", "atheist"),
        ("married", "unmarried"),
        ("Austria", "Australia"),
        ("religious", "non-religious"),
        ("homme", "femme"),
    ],
)
def test_the_opposite_is_no_slip_of_the_pen(text: str, name: str) -> None:
    assert guess_option(text, {"only": (name,)}) is None
