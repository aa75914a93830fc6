"""Nothing a stranger sends may hold a worker: work grows with the length of what is sent, and its length is capped.

Each row is the worst input somebody found for one pattern, file check or helper. What is compared is the processor time
of the same function in the same run: of the input four times as long, against the input itself and a plain one of that
length. A pattern that is quadratic takes sixteen times as long; one that is linear four times.
"""

import struct
import subprocess
import sys
import time
import zlib

import pytest

from hiring.attachments import child
from hiring.attachments.looking import look
from hiring.attachments.refused import FileRefused
from hiring.attachments.searching import search
from peersupport.notifications import bounces
from peersupport.web.plain import cleaned, plain_address
from peersupport.web.templatetags.peer import plain_text
from peersupport.writing_helper import glossary, learned, phrases
from supporters.roster import values
from tests.hiring.files import docx

PLAIN = "She listened, and told me what had helped her. "


def wrapped(content):
    return b"%PDF-1.4\n" + content + b"\n%%EOF"


def searched(content):
    try:
        search(content)
    except FileRefused:
        return


def plain_pdf(length):
    return wrapped(b"<< /Type /Page /Contents 4 0 R >>\n" * (length // 34))


def starts_without_end(length):
    """Streams each of which unpacks to nothing and would read the whole file."""
    number = length // 1000
    starts = []
    for place in range(number):
        rest = min((number - 1 - place) * 14, 65_535)
        starts.append(b"stream\n\x78\x9c\x00" + struct.pack("<HH", rest, rest ^ 0xFFFF))
    return wrapped(b"".join(starts) + b"\x00\x00\x00\xff\xff" * (length // 5))


def looked(language, duties=False):
    return lambda text: glossary.look(text, language, duties)


def age(text):
    try:
        values.age_from(text)
    except values.BadValue:
        return


#: What is looked at: the function, the worst input of a length, a plain one, and the shorter length.
WORST = {
    "digits after a name of a PDF": (searched, lambda n: wrapped(b"/JS " + b"1" * n), plain_pdf, 20_000),
    "digits after a type": (searched, lambda n: wrapped(b"/Type " + b"1" * n), plain_pdf, 20_000),
    "digits, packed": (
        searched,
        lambda n: wrapped(b"stream\n" + zlib.compress(b"/JS " + b"1" * n) + b"\nendstream"),
        plain_pdf,
        20_000,
    ),
    "names in comments": (searched, lambda n: wrapped((b"%" + b"/F%" * 66 + b"\n") * (n // 200)), plain_pdf, 20_000),
    "scripts in comments": (searched, lambda n: wrapped((b"%" + b"/JS%" * 49 + b"\n") * (n // 198)), plain_pdf, 40_000),
    "objects in comments": (
        searched,
        lambda n: wrapped((b"%#" + b"/F%" * 65 + b"\n") * 82 + b")" + b"/ObjStm stream\nzz\n" * (n // 18)),
        plain_pdf,
        20_000,
    ),
    "streams that unpack to nothing": (searched, starts_without_end, plain_pdf, 100_000),
    "letters without end": (
        searched,
        lambda n: wrapped(b"/A85 " + b"stream\nabcd " * (n // 5000) + b"~" + b" " * n),
        plain_pdf,
        200_000,
    ),
    "damaged streams": (
        searched,
        lambda n: wrapped(
            b"".join(b"stream\n\x78\x9c" + b"\0\0\0\xff\xff" * 816 + b"\x07\x07" for _ in range(n // 4100))
        ),
        plain_pdf,
        200_000,
    ),
    "attributes under a long namespace": (
        searched,
        lambda n: docx(
            b'<x xmlns:a="' + b"u" * (n // 2) + b'" ' + b" ".join(b'a:b%d=""' % i for i in range(n // 22)) + b"/>"
        ),
        lambda n: docx(b"<a>words</a>" * (n // 12)),
        25_000,
    ),
    "elements under a long namespace": (
        searched,
        lambda n: docx(b'<a:x xmlns:a="' + b"u" * (n // 2) + b'">' + b"<a:b/>" * (n // 12) + b"</a:x>"),
        lambda n: docx(b"<a>words</a>" * (n // 12)),
        50_000,
    ),
    "blanks before markup": (searched, lambda n: b" " * n + b"x", lambda n: PLAIN.encode() * (n // 47), 200_000),
    "one long word": (looked("en"), lambda n: "a" * n, lambda n: PLAIN * (n // 47), 5_000),
    "one long word in Arabic": (looked("ar"), lambda n: "وال" + "ب" * n, lambda n: "كلمة أخرى " * (n // 10), 5_000),
    "many pointers": (looked("en"), lambda n: "psycho. " * (n // 8), lambda n: PLAIN * (n // 47), 5_000),
    "many pointers in Arabic": (looked("ar"), lambda n: "هش " * (n // 3), lambda n: "كلمة أخرى " * (n // 10), 5_000),
    "many pointers in French": (
        looked("fr"),
        lambda n: "sdf. " * (n // 5),
        lambda n: "des mots simples " * (n // 17),
        5_000,
    ),
    "pointers with exceptions": (looked("en"), lambda n: "i addict " * (n // 9), lambda n: PLAIN * (n // 47), 5_000),
    "blanks in a duty": (
        looked("en", True),
        lambda n: "Dispense medication and administer injections to patients" + " " * n + "x",
        lambda n: PLAIN * (n // 47),
        2_500,
    ),
    "blanks between clauses": (
        lambda text: list(learned._CLAUSES.finditer(text)),
        lambda n: "a" + " " * n + "x",
        lambda n: PLAIN * (n // 47),
        5_000,
    ),
    "headings": (plain_text, lambda n: "# a\n" * (n // 4), lambda n: "words\n\n" * (n // 7), 20_000),
    "blanks after an age": (age, lambda n: "37" + " " * n + "x", lambda n: "37 years" + "x" * n, 20_000),
    "commas of a cell": (values.split_values, lambda n: "," * n, lambda n: "one, two, " * (n // 10), 5_000),
    "signs of a pasted number": (
        cleaned,
        lambda n: "\u202a+\u2011" * (n // 3),
        lambda n: "+44 20 7946 " * (n // 12),
        20_000,
    ),
    "an address": (plain_address, lambda n: "@" * n + "ü", lambda n: "ana@bücher.example " * (n // 19), 20_000),
    "a returned mail": (
        lambda raw: bounces.failed_for_good(bounces.message_from_bytes(raw)),
        lambda n: b"Content-Type: multipart/report" + b"; a=b" * (n // 5) + b"\n\nwords",
        lambda n: b"Content-Type: text/plain\n\n" + PLAIN.encode() * (n // 47),
        10_000,
    ),
}


def cost(function, given):
    """Return the processor time of one call, the least of three."""
    times = []
    for _round in range(3):
        begun = time.process_time()
        function(given)
        times.append(time.process_time() - begun)
    return min(times)


@pytest.mark.django_db
@pytest.mark.parametrize("name", WORST)
def test_work_grows_with_the_length_and_not_with_its_square(name):
    function, worst, plain, length = WORST[name]
    function(plain(length))  # what is made ready once
    short, long = cost(function, worst(length)), cost(function, worst(4 * length))
    ordinary = cost(function, plain(4 * length))
    assert long <= 8 * short + 3 * ordinary, (
        f"{name}: {long / max(short, 1e-9):.1f} times as long for four times as much"
    )


@pytest.mark.django_db
def test_gaps_of_a_phrase_are_few():
    """Each gap multiplies the ways to look; a glossary entry with dozens would hold everybody's page."""
    parts = phrases.parts_of("a … " * 8 + "zz", "en")
    assert sum(part.gap for part in parts) <= phrases.GAPS_AT_MOST
    from peersupport.writing_helper.forms import EntryForm

    form = EntryForm(
        {"phrases": "a … b … c … d … e", "why": "words", "instead": "", "exceptions": "", "active": "on"}, language="en"
    )
    assert "three times" in str(form.errors.get("phrases"))


@pytest.mark.django_db
def test_a_helper_looks_at_so_many_letters_and_shows_so_many_pointers(world):
    pointers = glossary.look("psycho. " * 20_000, "en")
    assert len(pointers) <= glossary.AT_MOST
    assert max(pointer.end for pointer in pointers) <= glossary.LARGEST


@pytest.mark.django_db
def test_the_button_that_looks_is_counted_too(world):
    user = world.supporter().user
    user.wording_helper = True
    user.save()
    client = world.client(user)
    answers = [client.post("/profile/about/", {"story": "words", "look": "1"}).status_code for _time in range(122)]
    assert answers[:120] == [200] * 120
    assert answers[-1] == 429


def test_typed_words_do_not_stay_in_memory_whole():
    assert all(len(form) <= phrases.LONGEST_WORD for form in phrases.tokens("x" * 5000, "en")[0].forms)


# ---- the process that looks at files


def test_a_file_that_takes_too_long_is_refused_and_holds_nobody(monkeypatch):
    """The limit is of the process, whatever the pattern: here the file is searched by something that never ends."""
    monkeypatch.setattr(child, "CPU_SECONDS", 1)
    code = (
        "import resource,sys; from hiring.attachments import child, searching; child.CPU_SECONDS = 1\n"
        "def forever(content):\n    while True: pass\n"
        "searching.search = forever; child.main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], input=b"words", capture_output=True, cwd=child.ROOT, check=False
    )
    assert done.returncode < 0, "killed by the limit"
    monkeypatch.setattr(child.subprocess, "run", lambda *a, **k: done)
    with pytest.raises(FileRefused):
        child.search_apart(b"words")


def test_a_file_that_takes_too_much_memory_is_refused():
    code = (
        "from hiring.attachments import child, searching; child.MEMORY = 300 * 1024 * 1024\n"
        "searching.search = lambda content: bytearray(1024 * 1024 * 1024)\nchild.main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], input=b"words", capture_output=True, cwd=child.ROOT, check=False
    )
    assert done.returncode != 0
    assert b"MemoryError" in done.stderr


def test_the_process_gets_no_secret(monkeypatch):
    seen = {}
    real = subprocess.run
    monkeypatch.setenv("SECRET_KEY", "canary")
    monkeypatch.setattr(child.subprocess, "run", lambda *a, **k: seen.update(k) or real(*a, **k))
    assert look("words.txt", b"words", 5).content == b"words"
    assert "canary" not in str(seen["env"])
    assert "DATABASE_URL" not in seen["env"]


@pytest.mark.parametrize(
    "far",
    [b"/JS" + b" " * 51 + b"(x)", b"/OpenAction" + b" " * 51 + b"<</URI (x)>>", b"/Filter" + b" " * 51 + b"1 0 R"],
)
def test_what_stands_farther_away_than_is_searched_is_refused(far):
    with pytest.raises(FileRefused):
        search(wrapped(far))
