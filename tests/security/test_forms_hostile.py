"""Every form against hostile input: a clear error or a valid object, never a crash, and nothing typed is lost."""

import html

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.hiring.files import docx, odt, pdf
from tests.making import confirm
from tests.security.test_access_matrix import LINKED_MATRIX, MATRIX, Line, Place

#: An application being written, by its private link.
DRAFTED = {"application": Line(frozenset(), None, {"token": "draft"})}
#: Whoever may post each form; one is enough.
PAGES = [
    ("person", "ask", MATRIX),
    ("coordinator", "ask-helped", MATRIX),
    ("bearer", "ask-name", LINKED_MATRIX),
    ("person", "ask-name", MATRIX),
    ("person", "ask-contact", MATRIX),
    ("person", "ask-practical", MATRIX),
    ("person", "ask-dimension", MATRIX),
    ("person", "ask-words", MATRIX),
    ("coordinator", "ask-check", LINKED_MATRIX),
    ("coordinator", "choose", LINKED_MATRIX),
    ("bearer", "choose", LINKED_MATRIX),
    ("person", "meeting", MATRIX),
    ("supporter", "supporting-meeting", MATRIX),
    ("supporter", "decline", MATRIX),
    ("supporter", "profile-about", MATRIX),
    ("supporter", "profile-availability", MATRIX),
    ("supporter", "profile-characteristics", MATRIX),
    ("supporter", "profile-limits", MATRIX),
    ("supporter", "profile-consent", MATRIX),
    ("person", "preferences", MATRIX),
    ("person", "delete-account", MATRIX),
    ("coordinator", "invite-supporter", MATRIX),
    ("coordinator", "invite-imported", MATRIX),
    ("stranger", "something-wrong", MATRIX),
    ("person", "something-wrong", MATRIX),
    ("contact", "concern", MATRIX),
    ("administrator", "edit-organization", MATRIX),
    ("administrator", "edit-text", MATRIX),
    ("administrator", "add-row", MATRIX),
    ("administrator", "edit-row", MATRIX),
    ("administrator", "name-contact", MATRIX),
    ("administrator", "invite-staff", MATRIX),
    ("administrator", "add-dimension", MATRIX),
    ("administrator", "edit-dimension", MATRIX),
    ("administrator", "add-option", MATRIX),
    ("administrator", "edit-option", MATRIX),
    ("coordinator", "import-list", MATRIX),
    ("coordinator", "import-columns", MATRIX),
    ("stranger", "account_login", MATRIX),
    ("stranger", "account_signup", MATRIX),
    ("stranger", "account_reset_password", MATRIX),
    ("person", "account_email", MATRIX),
    ("person", "account_change_password", MATRIX),
    ("coordinator", "write-job", MATRIX),
    ("coordinator", "add-question", MATRIX),
    ("coordinator", "edit-question", MATRIX),
    ("coordinator", "prepare-vacancy", MATRIX),
    ("coordinator", "choose-questions", MATRIX),
    ("coordinator", "extend-vacancy", MATRIX),
    ("coordinator", "cancel-vacancy", MATRIX),
    ("coordinator", "add-member", MATRIX),
    ("coordinator", "hand-over-vacancy", MATRIX),
    ("coordinator", "slots", MATRIX),
    ("coordinator", "move-slot", MATRIX),
    ("coordinator", "decide", MATRIX),
    ("coordinator", "make-offer", MATRIX),
    ("coordinator", "reopen-scorecard", MATRIX),
    ("panel_member", "score", MATRIX),
    ("panel_member", "go-below", MATRIX),
    ("stranger", "application", DRAFTED),
]

NASTY = st.one_of(
    st.text(max_size=200),
    st.sampled_from(
        [
            "",
            " ",
            "\u202e\u200f مرحبا",
            "👩‍👩‍👧‍👦" * 20,
            "x" * 70_000,
            "<script>alert(1)</script>",
            "{{ 7*7 }}{% now %}",
            "%s%d{}",
            "-29",
            "99999999999999999999",
            "1e400",
            "NaN",
            "on",
            "true",
            "2026-02-30T25:61",
            "2026-11-23T10:00",
            "00000000-0000-0000-0000-000000000000",
            "must",
            "show",
            "\r\n\t\x0b\x1f",
            "' OR 1=1 --",
            "a@b",
            "a@example.org",
            "http://[",
            "javascript:alert(1)",
            "\ud83d",
            "१२३",
        ]
    ),
)


@pytest.mark.slow
@pytest.mark.parametrize(("actor", "name", "matrix"), PAGES, ids=lambda value: value if isinstance(value, str) else "")
def test_no_form_breaks(world, actor, name, matrix):
    place = Place(world)
    client = place.client(actor)
    if actor in place.browsers:
        confirm(client, place.user(actor))
    address = reverse(name, kwargs=place.values(matrix[name].kwargs))
    page = client.get(address)
    assert page.status_code == 200, page.status_code
    fields = page.context["form"].fields

    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def attack(data):
        typed = {key: one_value(data, field) for key, field in fields.items() if data.draw(st.booleans(), label=key)}
        with transaction.atomic():
            response = client.post(address, typed)
            transaction.set_rollback(True)
        assert response.status_code in {200, 302, 400, 403, 404, 409, 410, 429}
        if response.status_code == 200 and response.context and name not in FORGETS:
            kept = response.content.decode()
            for key, value in typed.items():
                if isinstance(fields[key], forms.CharField) and not secret(fields[key]) and is_plain(value):
                    assert html.escape(value) in kept, f"{key} was lost"

    attack()


FILES = [
    pdf(b"<< /S /JavaScript /JS (x) >>"),
    pdf(),
    docx(),
    odt(),
    docx()[:-99],
    b"PK" * 50,
    b"%PDF-" + b"\xff" * 300,
    b"\xef\xbb\xbf",
]
#: Pages that answer 200 with something else than the form.
FORGETS = {
    "something-wrong",
    "invite-supporter",
    "invite-imported",
    "invite-staff",
    "import-list",
    "account_email",
    "add-member",
}


def one_value(data, field):
    if isinstance(field, forms.FileField):
        content = data.draw(st.binary(max_size=300) | st.just(b"\x89PNG\r\n\x1a\n" + b"0" * 50))
        content = data.draw(st.just(content) | st.sampled_from(FILES))
        return SimpleUploadedFile(
            data.draw(st.sampled_from(["roster.csv", "roster.xlsx", "x.exe", "cv.pdf", "cv.docx", "..\\cv.odt"])),
            content,
        )
    if hasattr(field, "choices") and data.draw(st.booleans()):
        real = [str(key) for key, _words in list(field.choices)[:5]]
        return data.draw(st.lists(st.sampled_from(real), max_size=3)) if real else "forged"
    return clean(data.draw(NASTY))


def clean(text):
    """What can be sent in a form at all: no lone surrogates."""
    return text.encode("utf-8", "replace").decode()


def secret(field):
    return isinstance(field.widget, forms.PasswordInput)


def is_plain(value):
    return isinstance(value, str) and value.isprintable() and value == value.strip() and "'" not in value
