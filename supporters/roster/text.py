"""Cleaning and comparing the text of cells."""

from __future__ import annotations

import re
import unicodedata

# Control characters except tab and newline; zero-width and direction marks (they make equal-looking
# names differ); surrogates (no database stores them). Joiners U+200C/D stay: Persian and emoji need them.
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_NEWLINES = re.compile("\r\n?|\u2028|\u2029")
_NOT_WORD = re.compile(r"[\W_]+")
_ARABIC_LETTERS = str.maketrans({"ة": "ه", "ى": "ي", "ٱ": "ا", "ـ": None})
_DASHES = re.compile(r"[-‐‑‒–—―−_./\\]{1,3}")


def listed(words: str) -> list[str]:
    """The words of a list that is written as running text, so that it stays readable."""
    return words.split()


# Whole cells that mean "nothing here". Left out on purpose because they are also names or places:
# "Nil" and "Nada" (first names), "ND" without a dot or stroke (North Dakota), "no".
_EMPTY_WORDS = frozenset(
    listed("""na n/a n.a. n.a #n/a n/d n.d. n.d s/d s/o null none nan empty blank (blank) <na>
    ninguno ninguna vacío vacio nulo aucun aucune néant neant vide nul
    فارغ لايوجد""")
) | {
    "not applicable",
    "not available",
    "no answer",
    "no aplica",
    "no disponible",
    "sin dato",
    "sin datos",
    "sin respuesta",
    "sans objet",
    "sans réponse",
    "non applicable",
    "non disponible",
    "لا يوجد",
    "لا توجد",
    "لا شيء",
    "لا ينطبق",
    "غير متوفر",
    "غير متاح",
    "غ/م",
}


def clean(text: str) -> str:
    """The text of one cell without control characters, composed (NFC), stripped; newlines as \\n."""
    if text.isascii() and text.isprintable():
        return text.strip()
    tidy = _UNWANTED.sub("", _NEWLINES.sub("\n", text)).strip()
    return tidy if tidy.isascii() else unicodedata.normalize("NFC", tidy)


def is_empty(text: str) -> bool:
    """Whether a whole cell means "nothing here": blank, a dash or dots, or "NA" in one of four languages."""
    word = " ".join(text.split()).casefold()
    return not word or word in _EMPTY_WORDS or _DASHES.fullmatch(word) is not None


def fold(text: str) -> str:
    """The key under which two spellings of a value are the same.

    Case, accents (Arabic vowel marks and letter variants too), punctuation and runs of space do not count:
    "  Non-Binary" and "non binary" fold to "non binary"; "أُنثى" folds to "انثي".
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return _NOT_WORD.sub(" ", bare.casefold().translate(_ARABIC_LETTERS)).strip()


def shorten(text: str, length: int = 40) -> str:
    """The text on one line, cut to `length` characters with an ellipsis, for quoting in a message."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1] + "…"
