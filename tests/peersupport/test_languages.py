"""Every language is complete, fresh, and calls people what they call themselves."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import translation

LOCALE = Path(settings.LOCALE_PATHS[0])
OTHERS = [code for code, _name in settings.LANGUAGES if code != "en"]
#: Words about people that the product does not use, in each language.
UNWANTED = {
    "es": r"\b(pacientes?|clientes?|usuari[oa]s?|beneficiari[oa]s?|enfermos? mentales?|esquizofrénic[oa]s?)\b",
    "fr": r"\b(patient(e|s|es)?|client(e|s|es)?|usagers?|bénéficiaires?|malades? menta\w+|schizophrènes?)\b",
    "ar": r"(مريض|مرضى|عميل|عملاء|مستفيد)",
}


def entries(code):
    text = (LOCALE / code / "LC_MESSAGES" / "django.po").read_text()
    for block in text.split("\n\n")[1:]:
        if "msgid" in block and not block.lstrip().startswith("#~"):
            yield block


def strings(block, field):
    found = re.findall(rf'^{field}(?:\[\d\])? ((?:".*"\n?)+)', block, re.M)
    return ["".join(re.findall(r'"(.*)"', one)) for one in found]


@pytest.mark.parametrize("code", OTHERS)
def test_nothing_is_missing_or_unsure(code):
    missing = [block for block in entries(code) if "" in strings(block, "msgstr") or "fuzzy" in block]
    assert missing == []


@pytest.mark.parametrize("code", OTHERS)
def test_words_we_do_not_use(code):
    said = [text for block in entries(code) for text in strings(block, "msgstr")]
    assert [text for text in said if re.search(UNWANTED[code], text, re.I)] == []


@pytest.mark.parametrize("code", OTHERS)
def test_the_compiled_file_is_fresh(code):
    folder = LOCALE / code / "LC_MESSAGES"
    from gettext import GNUTranslations

    with (folder / "django.mo").open("rb") as file:
        compiled = GNUTranslations(file)
    for block in list(entries(code)):
        ids, texts = strings(block, "msgid"), strings(block, "msgstr")
        if "msgid_plural" not in block and "\\" not in ids[0] + texts[0]:
            assert compiled.gettext(ids[0]) == texts[0]


def test_every_string_of_the_code_is_in_the_files(tmp_path):
    """What `makemessages` would find now is what the files have."""
    from tests.peersupport.test_conventions import shown_strings

    have = {text for block in entries("es") for text in strings(block, "msgid")}
    plain = {words for _path, words in shown_strings() if "\n" not in words and '"' not in words and "\\" not in words}
    assert sorted(plain - have) == []


@pytest.mark.parametrize("code", [code for code, _name in settings.LANGUAGES])
def test_people_choose_a_language_by_its_own_name_and_pages_speak_it(world, code):
    client = world.client()
    page = client.get("/").content.decode()
    assert dict(settings.LANGUAGES)[code] in page
    client.post(reverse("set_language"), {"language": code, "next": "/"})
    page = client.get("/").content.decode()
    assert f'lang="{code}" dir="{"rtl" if code == "ar" else "ltr"}"' in page
    with translation.override(code):
        assert translation.gettext("Find someone who gets it") in page


def test_a_signed_in_persons_language_follows_them_to_another_device(world):
    person = world.user()
    world.client(person).post(reverse("set_language"), {"language": "ar", "next": "/"})
    assert 'lang="ar"' in world.client(person).get("/").content.decode()


@pytest.mark.skipif(not shutil.which("msgfmt"), reason="gettext is not installed here")
def test_msgfmt_finds_nothing_wrong():
    for code in OTHERS:
        done = subprocess.run(
            ["msgfmt", "-c", "-o", "/dev/null", LOCALE / code / "LC_MESSAGES" / "django.po"],
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
