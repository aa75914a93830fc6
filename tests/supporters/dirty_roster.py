"""Invented spreadsheets as dirty as real ones: for tests and trials. Nobody in them exists."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterable, Sequence

SURVEY_HEADERS = (
    "Timestamp",
    "Age",
    "Gender",
    "Country",
    "state",
    "family_history",
    "treatment",
    "work_interfere",
    "remote_work",
)
CONTACT_HEADERS = ("ID", "Name", "E-mail", "Languages")

_CLEAN_GENDERS = ("Male", "Female", "male", "female", "M", "F", "m", "f")
_DIRTY_GENDERS = (
    "Mael",
    "Femlae",
    "Womn",
    "woman ",
    "  Man",
    "cis-female",
    "Trans woman",
    "Nonbinary",
    "non binary",
    "Genderfluid",
    "agender",
    "she/her",
    "enby :)",
    "Dude (more or less)",
    "rather not say",
    "does it matter?",
    "p",
    "NA",
    "-",
    "mujer",
    "homme",
    "=1+1",
)
_IMPOSSIBLE_AGES = ("-29", "99999999999", "-1", "0.5", "430", "thirty", "3o", "", "NA")
_ODD_AGES = ("37.0", "41 years", " 28 ", "٣٧", "52 yrs")
_PLACES = (
    ("United States", "OR"),
    ("United States", "NC"),
    ("united states", "or"),
    ("USA", "Oregon"),
    ("Mexico", "NA"),
    ("México", ""),
    ("France", "NA"),
    ("Côte d'Ivoire", "NA"),
    ("Egypt", "n/a"),
    ("Korea, Republic of", "NA"),
)
_INTERFERES = ("Often", "Rarely", "Never", "Sometimes", "NA")
_FIRST = (
    "Alba",
    "Bruno",
    "Chloé",
    "Dalia",
    "Emre",
    "Farah",
    "Gaël",
    "Hana",
    "Íñigo",
    "June",
    "Kofi",
    "Lina",
    "ليلى",
)
_LAST = ("Fictive", "O'Sample", "de la Muestra", "Exemple", "Nobody-Really", "Invented, Jr.", "مثال")
_LANGUAGES = (
    "English",
    "Spanish",
    "French",
    "Arabic",
    "English; Spanish",
    "french, arabic",
    "Español|English",
    "NA",
)


def dirty_roster(rows: int, seed: int) -> bytes:
    """A UTF-8 CSV with SURVEY_HEADERS and `rows` answers; the same seed gives the same bytes."""
    chance = random.Random(seed)
    return _csv(SURVEY_HEADERS, (_answer(chance) for _ in range(rows)))


def roster_with_contacts(rows: int, seed: int) -> bytes:
    """A UTF-8 CSV with CONTACT_HEADERS: `rows` fictional people @example.org, some doubled."""
    chance = random.Random(seed)
    return _csv(CONTACT_HEADERS, (_contact(number, chance) for number in range(1, rows + 1)))


def _csv(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(headers)
    writer.writerows(rows)
    return buffer.getvalue().encode()


def _answer(chance: random.Random) -> list[str]:
    day, hour, minute = chance.randint(1, 28), chance.randint(0, 23), chance.randint(0, 59)
    yes_or_no = [chance.choice(("Yes", "No")) for _ in range(3)]
    family, treatment, remote = yes_or_no
    stamp = f"{chance.randint(1, 12)}/{day}/2014 {hour}:{minute:02}"
    place = chance.choice(_PLACES)
    return [
        stamp,
        _age(chance),
        _gender(chance),
        *place,
        family,
        treatment,
        chance.choice(_INTERFERES),
        remote,
    ]


def _age(chance: random.Random) -> str:
    dice = chance.random()
    if dice < 0.02:
        return chance.choice(_IMPOSSIBLE_AGES)
    return chance.choice(_ODD_AGES) if dice < 0.05 else str(round(chance.gauss(34, 9)))


def _gender(chance: random.Random) -> str:
    return chance.choice(_DIRTY_GENDERS if chance.random() < 0.08 else _CLEAN_GENDERS)


def _contact(number: int, chance: random.Random) -> list[str]:
    name = f"{chance.choice(_FIRST)} {chance.choice(_LAST)}"
    dice = chance.random()
    email = f"person{number}@example.org"
    if dice < 0.02:
        email = chance.choice(("NA", "person@", "person at example.org", "two@example.org, three@example.org"))
    elif dice < 0.06:
        email = f" Person{chance.randint(1, number)}@Example.ORG "
    return [f"{number:04}", name, email, chance.choice(_LANGUAGES)]
