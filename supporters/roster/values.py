"""From the text of a cell to a value: numbers, ages, addresses, options of a dimension."""

from __future__ import annotations

import datetime
import difflib
import re
from collections.abc import Iterable, Mapping, Sequence

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from .errors import BadValue
from .text import fold, is_empty, listed, shorten

__all__ = [
    "BadValue",
    "age_band",
    "age_from",
    "birth_year_from",
    "birth_year_to_age",
    "email_from",
    "fold",
    "guess_option",
    "split_values",
    "whole_number",
]

OLDEST = 120
_STRONG_SEPARATORS = re.compile(r"[;|\n؛]+")
# Not inside brackets, not the decimal comma.
_COMMA = re.compile(r"(?:(?<!\d)[,،]|[,،](?!\d))(?![^()]{0,200}+\))")
_PIECE_LENGTH, _PIECE_WORDS = 40, 4
_NUMBER = re.compile(r"([+\-−]?\d{1,18})(?:[.,٫]0*)?")
_YEARS = re.compile(r"\s*+(?:years?(?: old| of age)?|yrs?|y/?o|años?|anos?|ans?|سنة|سنوات|عاما?ً?|أعوام)?\s*+\.?", re.I)
_WRAPPED_EMAIL = re.compile(r"(?:mailto:)?(?:[^<>@]*<([^<>\s]+)>|(\S+?))[.,;]?", re.I)
_YEAR_IN_DATE = re.compile(r"(?:(\d{4})[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](\d{4}))(?:[ T].*)?")


def split_values(text: str) -> list[str]:
    """The values of a cell that holds several, in order, each once; empty ones ("NA") left out.

    Separators are ; | and line breaks; only without those, the comma, and only when every piece is short
    (40 characters, 4 words), so that a sentence stays whole.
    """
    pieces = _STRONG_SEPARATORS.split(text)
    if len(pieces) == 1:
        pieces = _short_pieces(text)
    unique = {fold(piece) or piece: piece.strip() for piece in reversed(pieces) if not is_empty(piece)}
    return list(reversed(unique.values()))


def _short_pieces(text: str) -> list[str]:
    pieces = _COMMA.split(text)
    short = all(len(piece.strip()) <= _PIECE_LENGTH and len(piece.split()) <= _PIECE_WORDS for piece in pieces)
    return pieces if short else [text]


def whole_number(text: str, lowest: int, highest: int) -> int | None:
    """The whole number in a cell ("4", "4.0", "٤"), None when empty.

    Raises BadValue when it is not one or is outside lowest..highest (both allowed).
    """
    if is_empty(text):
        return None
    number = _whole(text.strip())
    if number is None or not lowest <= number <= highest:
        message = _("“{value}” is not a whole number from {lowest} to {highest}.")
        raise BadValue(format_lazy(message, value=shorten(text), lowest=lowest, highest=highest))
    return number


def _whole(text: str) -> int | None:
    match = _NUMBER.fullmatch(text)
    return int(match[1].replace("−", "-")) if match else None


def age_from(text: str) -> int | None:
    """An age in years, 0 to 120 ("37", "37.0", "37 years", "٣٧"); None when empty. Raises BadValue."""
    if is_empty(text):
        return None
    start = _NUMBER.match(text.strip())
    age = _whole(start[0]) if start and _YEARS.fullmatch(text.strip(), start.end()) else None
    if age is None or not 0 <= age <= OLDEST:
        message = _("“{value}” is not an age in years (0 to {oldest}).")
        raise BadValue(format_lazy(message, value=shorten(text), oldest=OLDEST))
    return age


def age_band(age: int, bands: Sequence[tuple[int, int | None, str]]) -> str | None:
    """The key of the band (lower, upper or None for "and over", key) with this age, both ends included."""
    return next((key for low, high, key in bands if low <= age and (high is None or age <= high)), None)


def birth_year_from(text: str) -> int | None:
    """The year in "1980", "1980-05-03" or "03/05/1980"; None when empty. Raises BadValue."""
    if is_empty(text):
        return None
    date = _YEAR_IN_DATE.fullmatch(text.strip())
    year = int(date[1] or date[2]) if date else _whole(text.strip())
    if year is None or not 1850 <= year <= 2200:
        raise BadValue(format_lazy(_("“{value}” is not a year of birth."), value=shorten(text)))
    return year


def birth_year_to_age(year: int, today: datetime.date) -> int:
    """The age reached in the calendar year of `today` (before or after the birthday). Raises BadValue."""
    age = today.year - year
    if not 0 <= age <= OLDEST:
        raise BadValue(format_lazy(_("“{value}” is not a year of birth."), value=year))
    return age


def email_from(text: str) -> str | None:
    """The address in lower case ("Ana <Ana@Example.org>" too); None when empty. Raises BadValue."""
    if is_empty(text):
        return None
    match = _WRAPPED_EMAIL.fullmatch(text.strip())
    address = (match[1] or match[2]).lower() if match else ""
    try:
        validate_email(address)
    except ValidationError as error:
        raise _not_an_address(text) from error
    if len(address) > 254:  # RFC 5321 4.5.3.1.3, less the angle brackets
        raise _not_an_address(text)
    return address


def _not_an_address(text: str) -> BadValue:
    return BadValue(format_lazy(_("“{value}” is not one e-mail address."), value=shorten(text)))


# Which option a value means ------------------------------------------------------------------------------

_GENDER_WORDS = frozenset(
    map(
        fold,
        listed("female woman mujer femenino femme féminin أنثى امرأة male man hombre masculino homme ذكر رجل"),
    )
)
_IRREGULAR = {"men": "man", "women": "woman"}
_SIMILAR = 0.86
_LONG_NAME, _ONE_EDIT_NAME = 5, 6


def guess_option(text: str, options: Mapping[str, Sequence[str]]) -> str | None:
    """The key of the one option that a value surely means; None leaves the choice to the person who imports.

    `options` maps each option's key to its names and synonyms in any language. In this order: equal when
    folded; equal in the singular; a single letter for a gender when only one option has a name starting
    so; a slip of the pen ("Femake"). Whatever fits two options fits none.
    """
    wanted = fold(text)
    if not wanted or is_empty(text):
        return None
    names = {key: {fold(name) for name in (key, *given)} - {""} for key, given in options.items()}
    for fits in (_equal, _equal_singular, _initial, _slip):
        found = fits(wanted, names)
        if found:
            return found[0] if len(found) == 1 else None
    return None


Names = Mapping[str, set[str]]


def _equal(wanted: str, names: Names) -> list[str]:
    return [key for key, given in names.items() if wanted in given]


def _equal_singular(wanted: str, names: Names) -> list[str]:
    single = _singular(wanted)
    return [key for key, given in names.items() if single in map(_singular, given)]


def _singular(folded: str) -> str:
    return " ".join(_singular_word(word) for word in folded.split())


def _singular_word(word: str) -> str:
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _initial(wanted: str, names: Names) -> list[str]:
    """Gender codes such as F; both M for male and M for mujer known means nothing is guessed."""
    if len(wanted) != 1 or not any(given & _GENDER_WORDS for given in names.values()):
        return []
    return [key for key, given in names.items() if any(name.startswith(wanted) for name in given)]


def _slip(wanted: str, names: Names) -> list[str]:
    """The options with the most similar long name, when similar enough."""
    scores = {key: max(_similarities(wanted, given), default=0.0) for key, given in names.items()}
    best = max(scores.values(), default=0.0)
    return [key for key, score in scores.items() if score == best] if best > 0 else []


def _similarities(wanted: str, given: Iterable[str]) -> list[float]:
    return [_similarity(wanted, name) for name in given if len(name) >= _LONG_NAME]


def _similarity(wanted: str, name: str) -> float:
    """How alike, 0 when not enough. Word by word the first letters must agree and lengths differ by one at
    most: else "trans male" would pass for "trans female", "theist" for "atheist".
    """
    pairs = list(zip(wanted.split(), name.split(), strict=False))
    same_words = len(wanted.split()) == len(name.split())
    if not same_words or abs(len(wanted) - len(name)) > 1 or any(a[0] != b[0] for a, b in pairs):
        return 0.0
    ratio = difflib.SequenceMatcher(None, wanted, name, autojunk=False).ratio()
    slip = len(name) >= _ONE_EDIT_NAME and _one_edit_apart(wanted, name)
    return ratio if ratio >= _SIMILAR or slip else 0.0


def _one_edit_apart(one: str, other: str) -> bool:
    """One letter put in, left out or mistyped, or two neighbours swapped."""
    short, long = sorted((one, other), key=len)
    at = next((i for i, letter in enumerate(short) if letter != long[i]), len(short))
    if len(short) != len(long):
        return len(long) - len(short) == 1 and short[at:] == long[at + 1 :]
    swapped = short[:at] + short[at : at + 2][::-1] + short[at + 2 :]
    return short[at + 1 :] == long[at + 1 :] or swapped == long
