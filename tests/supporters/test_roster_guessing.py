"""Columns are guessed when they are clear, in four languages; health data never is."""

from __future__ import annotations

import pytest
from dirty_roster import dirty_roster, roster_with_contacts

from supporters.roster.guessing import Target, guess_columns, is_health_column
from supporters.roster.reading import read_table
from supporters.roster.words import FIXED_NAMES

GENDER = Target("dimension:gender", ("Gender", "Sex", "Género", "Genre", "الجنس"))
AGE_GROUP = Target("dimension:age-group", ("Age group", "Grupo de edad", "Tranche d'âge", "الفئة العمرية"))


def guessed(header: str, *cells: str) -> str | None:
    return guess_columns([header], [(cell,) for cell in cells], [GENDER, AGE_GROUP]).get(0)


@pytest.mark.parametrize(
    ("header", "target"),
    [
        ("ID", "identity"),
        ("Número", "identity"),
        ("identifiant", "identity"),
        ("الرقم", "identity"),
        ("E-Mail", "email"),
        ("correo_electronico", "email"),
        ("Courriel", "email"),
        ("البريد الإلكتروني", "email"),
        ("FULL NAME", "name"),
        ("fullName", "name"),
        ("Nombre", "name"),
        ("Prénom", "name"),
        ("الاسم", "name"),
        ("Pronouns", "pronouns"),
        ("pronombres", "pronouns"),
        ("Pronoms", "pronouns"),
        ("الضمائر", "pronouns"),
        ("Job title", "title"),
        ("Puesto", "title"),
        ("Poste", "title"),
        ("المسمى الوظيفي", "title"),
        ("Mobile", "phone"),
        ("telefono", "phone"),
        ("Téléphone", "phone"),
        ("رقم الهاتف", "phone"),
        ("About me", "story"),
        ("Mi historia", "story"),
        ("À propos", "story"),
        ("نبذة عني", "story"),
        ("Languages", "languages"),
        ("Idiomas", "languages"),
        ("Langues", "languages"),
        ("اللغات", "languages"),
        ("Language(s)", "languages"),
        ("Langauges", "languages"),
        ("What languages do you speak?", None),
        ("Neighbourhood", "area"),
        ("Barrio", "area"),
        ("Quartier", "area"),
        ("المنطقة", "area"),
        ("How many people at most?", "max_people"),
        ("Capacidad", "max_people"),
        ("السعة", "max_people"),
        ("Year of birth", "birth_year"),
        ("fecha de nacimiento", "birth_year"),
        ("تاريخ الميلاد", "birth_year"),
        ("Age", "age"),
        ("What is your age?", "age"),
        ("Edad", "age"),
        ("Âge", "age"),
        ("العمر", "age"),
        ("Gender", GENDER.key),
        ("genero", GENDER.key),
        ("الجنس", GENDER.key),
        ("Age group", AGE_GROUP.key),
        ("Timestamp", None),
        ("remote_work", None),
        ("Country", None),
        ("Package", None),
        ("Stage", None),
        ("Emergency contact name", None),
        ("Emergency phone", None),
        ("Supervisor", None),
        ("User name", None),
        ("Nom de l'organisme", None),
        ("", None),
        ("???", None),
    ],
)
def test_headers(header: str, target: str | None) -> None:
    assert guessed(header) == target


def test_content_finds_addresses_under_any_header() -> None:
    assert guessed("How we reach them", "a@example.org", "b@example.org", "NA", "none yet") == "email"
    assert guessed("How we reach them", "a@example.org", "by phone", "ring me") is None


def test_content_speaks_against_a_header() -> None:
    assert guessed("E-mail", "yes", "no", "yes") is None
    assert guessed("Age", "25 to 34", "under 20", "old enough") is None
    assert guessed("Age", "37", "41", "n/a", "thirty") == "age"
    assert guessed("Contact name", "a@example.org") == "email"


def test_ages_are_seen_in_a_column_without_a_name_but_running_numbers_are_not_ages() -> None:
    assert guessed("Column 3", "37", "41", "37", "29", "55", "-29") == "age"
    assert guessed("Column 3", *map(str, range(10, 60))) is None
    assert guessed("Hours a month", "37", "41", "37", "29", "55") is None


def test_each_target_is_used_once_by_the_best_match() -> None:
    assert guess_columns(["Mail adress", "E-mail", "Sex", "Gender"], [], [GENDER]) == {
        1: "email",
        2: GENDER.key,
    }
    assert guess_columns(["Contact", "E-mail"], [("a@example.org", "b@example.org")], []) == {1: "email"}


def test_ragged_sample_rows_do_not_matter() -> None:
    assert guess_columns(["Name", "Age"], [("Ana",), ()], []) == {0: "name", 1: "age"}


@pytest.mark.parametrize(
    "header",
    [
        "Diagnosis",
        "diagnoses (if any)",
        "Treatment",
        "Medication",
        "family_history",
        "familyHistory",
        "FAMILYHISTORY",
        "work_interfere",
        "Does it interfere with work?",
        "Hospital stays",
        "Symptoms",
        "Mental health",
        "Therapist",
        "Disability",
        "Diagnóstico",
        "tratamiento",
        "Medicación",
        "Antecedentes familiares",
        "Síntomas",
        "Ingresos hospitalarios",
        "Salud mental",
        "¿Interfiere con el trabajo?",
        "Diagnostic",
        "Traitement",
        "Médicaments",
        "Antécédents familiaux",
        "Hospitalisations",
        "Symptômes",
        "Santé mentale",
        "Interfère avec le travail",
        "التشخيص",
        "العلاج",
        "الأدوية",
        "التاريخ العائلي",
        "المستشفى",
        "الأعراض",
        "الصحة النفسية",
        "التأثير على العمل",
    ],
)
def test_health_columns_are_known_and_never_guessed(header: str) -> None:
    assert is_health_column(header)
    everything = Target("dimension:understanding", (header,))
    assert guess_columns([header], [("a@example.org",), ("37",)], [everything]) == {}


@pytest.mark.parametrize("names", FIXED_NAMES.values(), ids=FIXED_NAMES)
def test_no_name_that_we_know_is_taken_for_health(names: tuple[str, ...]) -> None:
    assert [name for name in names if is_health_column(name)] == []


@pytest.mark.parametrize(
    "header", ["Gender", "Country", "remote_work", "Timestamp", "Faith or belief", "Género", "الدين", ""]
)
def test_other_columns_are_not_health(header: str) -> None:
    assert not is_health_column(header)


def test_a_survey_export() -> None:
    table = read_table("survey.csv", dirty_roster(200, seed=3))
    guesses = guess_columns(table.headers, [cells for _number, cells in table.rows[:50]], [GENDER])
    assert {table.headers[at]: key for at, key in guesses.items()} == {
        "Age": "age",
        "Gender": GENDER.key,
        "state": "area",
    }


def test_a_roster_with_contacts() -> None:
    table = read_table("roster.csv", roster_with_contacts(100, seed=3))
    guesses = guess_columns(table.headers, [cells for _number, cells in table.rows[:50]])
    assert list(guesses.values()) == ["identity", "name", "email", "languages"]
