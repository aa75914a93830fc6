"""Files of candidates: what they are is read from their content, nothing active is kept, and they go with the application."""

import base64
import contextlib
import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from hiring.attachments import documents
from hiring.attachments import pdf as pdfs
from hiring.attachments.looking import MAX_BYTES, look
from hiring.attachments.refused import FileRefused
from hiring.attachments.searching import search
from hiring.models import Application, Attachment
from hiring.workflows import applying, panel
from peersupport.audit.models import AuditEntry
from tests.hiring.files import docx, folder, odt, packed, pdf, relation

JS = b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"
FRENCH = "Très à l’aise avec les gens, j’ai appris à écouter où ça fait mal, et à me taire. Été comme hiver."
GOOD = {
    "cv.pdf": pdf(
        b"<< /Type /Annot /A << /S /URI /URI (https://example.org) >> >>",
        streams=[(b"/Filter /FlateDecode", packed(b"BT (JavaScript, Launch and AA) Tj ET"))],
    ),
    "cv.docx": docx(
        "<w:p><w:r><w:t>JavaScript: good. DDE, macro: yes. LINK</w:t></w:r><w:r><w:instrText> PAGE </w:instrText></w:r></w:p>",
        relation("hyperlink", "https://example.org") + relation("attachedTemplate", "file:///C:/Vorlagen/Leben.dotx"),
        **{"word__media__image1.png": b"\x89PNG"},
    ),
    "cv.odt": odt('<text:p><text:a xlink:href="https://example.org">Macro: javascript:x</text:a></text:p>'),
    "cv.txt": "مرحبا. I know how to wait.\n".encode(),
    "cv": FRENCH.encode("cp1252"),
}


def refused(name, content, size=0):
    with pytest.raises(FileRefused) as found:
        look(name, content, size)
    return str(found.value.message)


@pytest.mark.parametrize("name", GOOD)
def test_what_is_fine_is_taken_as_what_it_is(name):
    found = look(name, GOOD[name], len(GOOD[name]))
    assert found.type == (name.partition(".")[2] or "txt")
    if found.type == "txt":
        assert found.content.decode() in {"مرحبا. I know how to wait.\n", FRENCH}
    else:
        assert found.content == GOOD[name]


ACTIVE_PDF = {
    "an action": pdf(JS),
    "a name in hex": pdf(b"<< /S /J#61vaScript /#4aS 9 0 R >>"),
    "in an object stream": pdf(streams=[(b"/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode", packed(b"3 0 " + JS))]),
    "packed twice": pdf(streams=[(b"/Filter [/FlateDecode /FlateDecode]", packed(packed(JS)))]),
    "packed in letters": pdf(
        streams=[(b"/Filter [/ASCII85Decode /FlateDecode]", base64.a85encode(packed(JS), adobe=True)[2:])]
    ),
    "before a damage": pdf(
        streams=[(b"/Filter /FlateDecode", packed(JS + bytes(range(256)) * 20, 1)[:-40] + b"\xff" * 40)]
    ),
    "in a picture": pdf(streams=[(b"/Subtype /Image /Filter /DCTDecode", b"\xff\xd8 9 0 obj " + JS + b" endobj")]),
    "a launch": pdf(b"<< /S /Launch /F (cmd.exe) >>"),
    "a file inside": pdf(b"<< /Type /Filespec /EF << /F 9 0 R >> >>"),
    "a form that sends": pdf(b"<< /S /SubmitForm /F (https://example.org) >>"),
    "what happens on opening a page": pdf(b"<< /AA << /O 9 0 R >> >>"),
    "a password": pdf(b"<< >>").replace(b"trailer\n<<", b"trailer\n<< /Encrypt 9 0 R"),
    "an old way of packing": pdf(streams=[(b"/Type /ObjStm /Filter /LZWDecode", b"\x80\x0b")]),
    "a way of packing kept elsewhere": pdf(streams=[(b"/Type /ObjStm /Filter 9 0 R", b"3c3c")]),
    "rearranged objects": pdf(
        streams=[(b"/Type /ObjStm /Filter /FlateDecode /DecodeParms << /Predictor 12 /Columns 4 >>", packed(b"x"))]
    ),
    "no end": pdf().replace(b"%%EOF", b""),
}


@pytest.mark.parametrize("how", ACTIVE_PDF)
def test_a_pdf_that_could_act_is_refused(how):
    assert refused("cv.pdf", ACTIVE_PDF[how])


ACTIVE_DOCUMENTS = {
    "a macro": docx(**{"word__vbaProject.bin": b"\xd0\xcf\x11\xe0"}),
    "a macro under another name": docx(
        types='<Override PartName="/word/a.xml" ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>'
    ),
    "a programme inside": docx(**{"word__media__cv.exe": b"MZ"}),
    "a file inside": docx(**{"word__embeddings__a.docx": b"PK"}),
    "a template from elsewhere": docx(relations=relation("attachedTemplate", "https://evil.example/a.dotm")),
    "a template from a server": docx(relations=relation("attachedTemplate", "file://evil.example/a.dotm")),
    "a picture from elsewhere": docx(relations=relation("image", "https://evil.example/seen.png")),
    "a link that runs": docx(relations=relation("hyperlink", "javascript:alert(1)")),
    "a field that runs": docx(
        "<w:p><w:r><w:instrText>DD</w:instrText></w:r><w:r><w:instrText>EAUTO c:\\\\cmd</w:instrText></w:r></w:p>"
    ),
    "a simple field that runs": docx('<w:p><w:fldSimple w:instr=" INCLUDEPICTURE x "/></w:p>'),
    "an object": docx("<w:p><w:object/></w:p>"),
    "a type declaration": folder(
        {"[Content_Types].xml": '<!DOCTYPE a [<!ENTITY b "c">]><Types/>', "word/document.xml": "<a/>"}
    ),
    "in wide letters": folder(
        {
            "[Content_Types].xml": "<Types/>",
            "word/document.xml": '<?xml version="1.0" encoding="utf-16"?><a><object/></a>'.encode("utf-16"),
        }
    ),
    "a drawing that runs": docx(**{"word__media__a.svg": '<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>'}),
    "a way out of the folder": docx(**{"..__..__a.xml": "<a/>"}),
    "a macro of the other kind": odt(**{"Basic__Standard__Module1.xml": "<a/>"}),
    "a listener": odt('<text:p><script:event-listener xlink:href="vnd.sun.star.script:x"/></text:p>'),
    "another picture": odt('<draw:image xlink:href="https://evil.example/seen.png"/>'),
    "a section from elsewhere": odt('<text:section-source xlink:href="https://evil.example/"/>'),
    "an object of the other kind": odt('<draw:object xlink:href="./Object 1"/>'),
    "a link that runs, of the other kind": odt('<text:p><text:a xlink:href="macro:x">x</text:a></text:p>'),
    "a password": odt(manifest="<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>"),
    "another file before": b"PK junk" + docx(),
    "another file behind": docx() + b"MZ a programme",
    "half of it": docx()[:-200],
    "words that are no XML": docx("<w:p>"),
}


@pytest.mark.parametrize("how", ACTIVE_DOCUMENTS)
def test_a_document_that_could_act_is_refused(how):
    assert refused("cv.odt" if "other" in how else "cv.docx", ACTIVE_DOCUMENTS[how])


def test_two_parts_under_one_name_are_refused():
    buffer = io.BytesIO(docx())
    with zipfile.ZipFile(buffer, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("word/document.xml", "<other/>")
    assert refused("cv.docx", buffer.getvalue())


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("cv.pdf", b"MZ\x90"),
        ("cv.pdf", GOOD["cv.odt"]),
        ("cv.docx", GOOD["cv.pdf"]),
        ("cv.txt", b"%PDF-1.7 %%EOF"),
        ("cv.txt", b"<html>"),
        ("cv.exe", b"words"),
        ("cv.html", b"words"),
        ("cv.txt", b"\x00\x01\x02"),
        ("cv.zip", folder({"a.txt": "x"})),
        ("cv.docx", folder({"a.txt": "x"})),
        ("cv.doc", b"\xd0\xcf\x11\xe0"),
        ("cv.rtf", b"{\\rtf1}"),
        ("cv.png", b"\x89PNG"),
        ("cv.txt", b""),
    ],
)
def test_a_file_that_lies_about_its_type_is_refused(name, content):
    assert refused(name, content)


def test_bombs_are_refused():
    zeros = b"0" * (70 << 20)
    bombs = [
        pdf(streams=[(b"/Filter /FlateDecode", packed(zeros))]),
        pdf(streams=[(b"", b"")] * (pdfs.MAX_STREAMS + 1)),
        pdf(streams=[(b"", packed(b"0" * 9)[:-5])] * 4_000 + [(b"/Filter /FlateDecode", packed(zeros))]),
        folder({"[Content_Types].xml": "<a/>", "word/document.xml": zeros}),
        folder(
            {"[Content_Types].xml": "<a/>", "word/document.xml": "<a/>"}
            | {f"word/{number}.xml": "" for number in range(1_001)}
        ),
        odt(**{"Pictures__a.png": b"0" * (documents.MAX_UNPACKED + 1)}),
    ]
    for bomb in bombs:
        assert len(bomb) < MAX_BYTES
        said = refused("cv", bomb) + refused("cv.docx", bomb)
        assert "unpacks" in said or "unusual" in said


def test_too_large_is_said():
    assert "5 MB" in refused("cv.txt", b"x" * (MAX_BYTES + 1))
    assert "5 MB" in refused("cv.txt", b"", 50 << 20), "the content of a very large file was dropped on its way"


@given(st.sampled_from(list(GOOD.values())), st.integers(0, 4000), st.binary(max_size=60), st.booleans())
def test_whatever_is_done_to_a_file_it_is_taken_or_refused(content, at, words, cut):
    changed = content[:at] + words + (b"" if cut else content[at + len(words) :])
    with contextlib.suppress(FileRefused):
        assert look("cv", changed, len(changed), search=search).type


@pytest.mark.parametrize(
    ("name", "tidy"),
    [
        ("C:\\Users\\Ana\\CV final.PDF", "CV final.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("\u202efdp.exe", "fdp.pdf"),
        ("", "file.pdf"),
        ("سيرة ذاتية.pdf", "سيرة ذاتية.pdf"),
        ("a\r\nSet-Cookie: b.pdf", "aSet-Cookie b.pdf"),
        ("x" * 300, "x" * 70 + ".pdf"),
        ("...", "file.pdf"),
    ],
)
def test_names_are_tidied(name, tidy):
    assert applying.tidy_name(name, "pdf").replace(":", "") == tidy


@pytest.fixture
def draft(house):
    house.open()
    application = applying.begin(house.vacancy, language="en")
    return application, applying.token_of(application)


def send(client, token, **data):
    return client.post(reverse("application", args=[token]), data)


def upload(content, name="cv.pdf"):
    return SimpleUploadedFile(name, content, content_type="text/html")


def test_a_file_is_added_taken_away_and_handed_out(draft, client):
    application, token = draft
    page = send(
        client, token, name="Ana", relevance="I know", attach="1", file=upload(GOOD["cv.pdf"], "Ana <b> CV.pdf")
    )
    assert page.status_code == 302
    one = Attachment.objects.get(application=application)
    assert Application.objects.get().name == "Ana", "what was typed is kept with it"
    page = client.get(reverse("application", args=[token])).content.decode()
    assert "Ana &lt;b&gt; CV.pdf" in page
    file = client.get(reverse("application-file", args=[token, one.pk]))
    assert file.content == GOOD["cv.pdf"]
    assert file["Content-Disposition"] == 'attachment; filename="file.pdf"'
    assert file["Content-Type"] == "application/pdf"
    assert file["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in file["Content-Security-Policy"]
    assert "no-store" in file["Cache-Control"]
    send(client, token, remove=str(one.pk))
    assert not Attachment.objects.exists()


def test_a_refused_file_loses_nothing_that_was_typed(draft, client):
    _application, token = draft
    page = send(client, token, name="Ana", relevance="I know", email="nonsense", attach="1", file=upload(pdf(JS)))
    shown = page.content.decode()
    assert page.status_code == 200
    assert "could act by itself" in shown
    assert "I know" in shown
    assert "nonsense" in shown
    assert Application.objects.get().relevance == "I know"
    assert not Attachment.objects.exists()


def test_keeping_with_something_wrong_says_so_and_does_not_lose_it(draft, client):
    _application, token = draft
    page = send(client, token, email="nonsense", keep="1")
    assert page.status_code == 200
    assert "nonsense" in page.content.decode()
    assert "Write a name" not in page.content.decode(), "what is missing may be missing still"


def test_sending_takes_the_chosen_file_along(draft, client):
    application, token = draft
    said = {"name": "Ana", "relevance": "I know", "lived": "on"}
    assert "itself" in send(client, token, **said, file=upload(pdf(JS))).content.decode()
    application.refresh_from_db()
    assert application.state == "draft", "not without the file that was chosen"
    send(client, token, **said, file=upload(GOOD["cv.odt"], "cv.odt"))
    application.refresh_from_db()
    assert application.state == "sent"
    assert application.attachments.get().type == "odt"


def test_at_most_three_and_none_after_sending(draft, client):
    application, token = draft
    for _number in range(3):
        send(client, token, attach="1", file=upload(GOOD["cv.pdf"]))
    assert "Three files" in send(client, token, attach="1", file=upload(GOOD["cv.pdf"])).content.decode()
    assert application.attachments.count() == 3
    send(client, token, name="Ana", relevance="I know", lived="on")
    one = application.attachments.defer("content").first()
    send(client, token, remove=str(one.pk))
    send(client, token, attach="1", file=upload(GOOD["cv.pdf"]))
    assert application.attachments.count() == 3


def test_fifty_megabytes_are_refused_and_lie_on_no_disk(draft, client, tmp_path, settings):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    _application, token = draft
    page = send(client, token, name="Ana", attach="1", file=upload(b"%PDF-1.7" + b"0" * (50 << 20)))
    assert page.status_code == 200
    assert "larger than 5 MB" in page.content.decode()
    assert "Ana" in page.content.decode()
    assert list(tmp_path.iterdir()) == []


def test_only_the_panel_and_the_candidate_open_it(house, client):
    house.open()
    application = applying.begin(house.vacancy, language="en")
    by = applying.Candidate(application)
    one = applying.attach(application, "cv.pdf", GOOD["cv.pdf"], size=1, by=by)
    address = reverse("read-file", args=[one.pk])
    first, second = house.members
    client.force_login(first.user)
    assert client.get(address).status_code == 404, "a draft is its writer's alone"
    applying.send(application, by=by, name="Ana", relevance="I know", lived=True)
    house.close()
    assert client.get(address).status_code == 404, "a file may hold a name, and names are hidden"
    assert "open them once" in client.get(reverse("read-application", args=[application.pk])).content.decode()
    house.invited(application)
    found = client.get(address)
    assert found.content == GOOD["cv.pdf"]
    assert found["Content-Disposition"] == 'attachment; filename="1-1.pdf"', "no name, whatever the file was called"
    assert AuditEntry.objects.filter(verb="application.read_file", subject=application.pk).exists()
    panel.can_not_score(second, application, by=second.user)
    for somebody in (second.user, house.coordinator, house.world.user("administrator")):
        client.force_login(somebody)
        assert client.get(address).status_code == 404
    client.logout()
    assert client.get(reverse("application-file", args=[applying.token_of(application), one.pk])).status_code == 200


def test_withdrawing_erases_files_too(draft, client):
    application, token = draft
    applying.attach(application, "cv.pdf", GOOD["cv.pdf"], size=1, by=applying.Candidate(application))
    client.post(reverse("withdraw-application", args=[token]))
    assert not Attachment.objects.exists()
