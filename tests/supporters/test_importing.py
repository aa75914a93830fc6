"""From a spreadsheet to supporters: nothing lost, nobody twice, nobody shown before they said so."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import openpyxl
import pytest
from dirty_roster import dirty_roster, roster_with_contacts
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, OperationalError
from django.urls import reverse

from peersupport.accounts.models import RoleGrant, RoleInvitation, User
from peersupport.audit.models import AuditEntry
from peersupport.organization.models import Organization
from peersupport.workflow.state_machine import NotAllowed, NotPossible
from supporters import catalogue
from supporters.importing import continue_all, continue_run, layout, runs, taking
from supporters.importing.report import csv_of
from supporters.importing.taking import Work, take_batch
from supporters.models import (
    Characteristic,
    Dimension,
    ImportOutcome,
    ImportRow,
    ImportRun,
    ImportState,
    Option,
    RememberedValue,
    Status,
    Supporter,
)
from supporters.tasks import continue_imports

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + bytes(range(256))
ROSTER = b"""ID,Name,E-mail,Languages,Age,Gender,Diagnosis
1,Alba,alba@example.org,English; Spanish,31,Female,private
2,Bruno,bruno@example.org,French,-29,Male,private
3,,NA,Klingon,45,Dude,private
1,Alba again,other@example.org,English,31,F,private
"""


@pytest.fixture(autouse=True)
def house(settings: Any) -> None:
    settings.REQUIRE_SECOND_FACTOR = False
    Organization.objects.get_or_create(pk=1, defaults={"name": "The Bridge"})
    catalogue.load_default()


def user_with(role: str, email: str) -> User:
    user = User.objects.create_user(email, "a long pass phrase")
    RoleGrant.objects.create(user=user, role=role)
    return user


@pytest.fixture
def coordinator() -> User:
    return user_with("coordinator", "coordinator@example.org")


def tried(content: bytes, by: User | None = None, *, name: str = "roster.csv", **columns: str) -> ImportRun:
    """A run that was tried, unknown values left out; `columns` by header."""
    run = runs.begin(name, content, by=by)
    chosen = dict(run.columns["targets"])
    chosen |= {str(run.headers.index(header)): target for header, target in columns.items()}
    run = runs.choose_columns(run, chosen, by=by)
    if run.state == ImportState.VALUES:
        run = runs.choose_values(run, {}, by=by, remember=False)
    if runs.is_trying(run):
        continue_run(run.pk)
    return run


def started(content: bytes, by: User | None = None, **columns: str) -> ImportRun:
    return runs.take(tried(content, by, **columns), by=by)


def imported(content: bytes, by: User | None = None, **columns: str) -> ImportRun:
    run = started(content, by, **columns)
    continue_imports()
    run.refresh_from_db()
    assert run.state == ImportState.DONE
    return run


def outcomes(run: ImportRun) -> dict[int, str]:
    return dict(run.rows.values_list("number", runs.outcome_column(run)))


def reason(run: ImportRun, number: int) -> str:
    return str(run.rows.get(number=number).remarks[0])


def told(supporter: Supporter) -> set[tuple[str, str, str]]:
    return set(supporter.characteristics.values_list("option__dimension__key", "option__key", "visibility"))


# What becomes of people ------------------------------------------------------------------------------------


def test_a_row_becomes_an_invited_supporter_whom_nobody_can_find(coordinator: User) -> None:
    imported(ROSTER, coordinator)
    alba = Supporter.objects.get(external_id="id:1")
    assert (alba.name, alba.state, alba.user, alba.room_since, alba.confirmed_at) == (
        "Alba",
        Status.INVITED,
        None,
        None,
        None,
    )
    assert told(alba) == {
        ("spoken-language", "en", "show"),
        ("spoken-language", "es", "show"),
        ("age-group", "25-39", "ask"),
        ("gender", "woman", "ask"),
    }
    assert not Supporter.objects.with_room().exists()


def test_an_address_is_kept_as_an_invitation_that_was_not_sent(coordinator: User, mailoutbox: list[Any]) -> None:
    imported(ROSTER, coordinator)
    invitation = Supporter.objects.get(external_id="id:1").invitation
    assert invitation
    assert (invitation.email, invitation.token_hash, invitation.role) == (
        "alba@example.org",
        "",
        "supporter",
    )
    assert mailoutbox == []


def test_each_row_has_its_outcome_and_reason(coordinator: User) -> None:
    run = imported(ROSTER, coordinator)
    assert outcomes(run) == {2: "created", 3: "refused", 4: "created", 5: "refused"}
    assert reason(run, 3) == "“-29” is not an age in years (0 to 120)."
    assert reason(run, 5) == "The same person stands in row 2."
    assert run.rows.get(number=4).remarks == [
        "Left out of Languages: “Klingon”.",
        "Left out of Gender: “Dude”.",
    ]


def test_a_refused_row_leaves_nothing_behind(coordinator: User) -> None:
    imported(ROSTER, coordinator)
    assert not RoleInvitation.objects.filter(email="bruno@example.org").exists()
    assert Supporter.objects.count() == 2


def test_health_data_is_left_out_unless_somebody_maps_it() -> None:
    run = runs.begin("roster.csv", ROSTER, by=None)
    assert str(run.headers.index("Diagnosis")) not in run.columns["targets"]
    assert layout.left_out_as_health(run.headers) == {6}


def test_what_is_taken_is_audited_row_by_row(coordinator: User) -> None:
    imported(ROSTER, coordinator)
    rows = AuditEntry.objects.filter(verb="import.row", actor=coordinator.pseudonym)
    assert set(rows.values_list("object_id", flat=True)) == set(Supporter.objects.values_list("pk", flat=True))
    assert AuditEntry.objects.filter(verb="import.start").count() == 1


def test_a_row_with_nothing_to_keep_is_refused() -> None:
    run = imported(b"Name,Gender,Note\nAna,F,x\n,Dude,y\n")
    assert reason(run, 3) == "Nothing in this row can be kept."


def test_text_that_does_not_fit_is_refused_not_cut() -> None:
    run = imported(b"Name,ID\n" + b"a" * 81 + b",1\nBen,2\n")
    assert outcomes(run) == {2: "refused", 3: "created"}
    assert "longer than 80 characters" in reason(run, 2)


def test_a_year_of_birth_becomes_an_age_group() -> None:
    imported(b"ID,Born\n1,1900\n2,\n")
    assert not Supporter.objects.get(external_id="id:2").characteristics.exists()
    run = imported(b"ID,Born\n3,1950-02-03\n")
    assert outcomes(run) == {2: "created"}
    assert told(Supporter.objects.get(external_id="id:3")) == {("age-group", "60-plus", "ask")}


def test_an_age_that_no_group_of_the_catalogue_fits_is_a_remark() -> None:
    Option.objects.filter(dimension__key="age-group", key="60-plus").update(active=False)
    run = imported(b"ID,Age\n1,70\n")
    assert run.rows.get().remarks == ["No age group of the catalogue fits the age 70."]


def test_where_one_answer_fits_the_first_is_taken() -> None:
    run = imported(b"ID,Age group\n1,Under 25; 25 to 39\n", **{"Age group": "dimension:age-group"})
    assert told(Supporter.objects.get()) == {("age-group", "under-25", "ask")}
    assert "takes one answer" in run.rows.get().remarks[0]


# Running it again ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [ROSTER, b"Gender,Age\nF,31\nF,31\nM,50\n"])
def test_running_twice_makes_nobody_twice(content: bytes, coordinator: User) -> None:
    first = imported(content, coordinator)
    before = (Supporter.objects.count(), Characteristic.objects.count(), RoleInvitation.objects.count())
    again = imported(content, coordinator)
    assert (Supporter.objects.count(), Characteristic.objects.count(), RoleInvitation.objects.count()) == before
    expected = {number: "unchanged" if was == "created" else was for number, was in outcomes(first).items()}
    assert outcomes(again) == expected


def test_the_same_file_with_another_mapping_finds_the_same_people() -> None:
    content = b"ID,Name,E-mail,Gender\n1,Ana,ana@example.org,F\n2,Ben,,M\n"
    imported(content, ID="", **{"E-mail": ""})
    imported(content, ID="")
    imported(content)
    assert set(Supporter.objects.values_list("external_id", flat=True)) == {"id:1", "id:2"}


def test_another_file_fills_what_is_empty_and_overwrites_nothing() -> None:
    imported(b"ID,Name,Age\n1,Ana,30\n")
    run = imported(b"ID,Name,Pronouns,Age,Gender,E-mail\n1,Anna,she,70,F,ana@example.org\n")
    ana = Supporter.objects.get()
    assert outcomes(run) == {2: "updated"}
    assert (ana.name, ana.pronouns, ana.invitation and ana.invitation.email) == ("Ana", "she", "ana@example.org")
    assert told(ana) == {("age-group", "25-39", "ask"), ("gender", "woman", "ask")}


@pytest.mark.parametrize("state", [Status.INVITED, Status.TRAINING, Status.ENDED])
def test_nobody_changes_a_profile_that_somebody_took_over(state: str) -> None:
    imported(b"ID,Name\n1,Ana\n")
    user = User.objects.create_user("ana@example.org", "a long pass phrase")
    Supporter.objects.update(user=user, state=state, name="")
    run = imported(b"ID,Name,Gender\n1,Ana,F\n")
    assert (Supporter.objects.get().name, Characteristic.objects.count()) == ("", 0)
    assert outcomes(run) == {2: "unchanged"}
    assert "only they change" in run.rows.get().remarks[0]


def test_somebody_invited_by_hand_is_the_person_with_that_address(coordinator: User) -> None:
    from supporters.workflows import invite_supporter

    invite_supporter("ana@example.org", by=coordinator)
    run = imported(b"E-mail,Name\nAna@Example.org,Ana\n")
    assert outcomes(run) == {2: "updated"}
    assert (Supporter.objects.get().name, RoleInvitation.objects.count()) == ("Ana", 1)


def test_an_address_with_an_account_gets_no_second_invitation(coordinator: User) -> None:
    run = imported(b"ID,E-mail\n1,coordinator@example.org\n")
    assert run.rows.get().remarks == ["There is an account with this e-mail address. No second invitation was made."]
    assert not RoleInvitation.objects.exists()


def test_two_people_with_one_address_both_come_and_the_address_once() -> None:
    run = imported(b"ID,E-mail,Name\n1,home@example.org,Ana\n2,HOME@example.org,Ben\n,home@example.org,Ana?\n")
    assert outcomes(run) == {2: "created", 3: "created", 4: "refused"}
    assert "stands in row 2 already" in run.rows.get(number=3).remarks[0]
    assert RoleInvitation.objects.count() == 1


def test_a_very_long_address_is_an_identity_too() -> None:
    address = "a" * 60 + "@" + ".".join(["b" * 60] * 3) + ".org"
    content = f"E-mail,Name\n{address},Ana\n".encode()
    imported(content)
    assert outcomes(imported(content + b"ben@example.org,Ben\n")) == {2: "unchanged", 3: "created"}


# The try is exact ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [ROSTER, dirty_roster(630, 3), roster_with_contacts(630, 3)])
def test_the_try_says_what_the_real_run_does_and_takes_nothing(content: bytes) -> None:
    run = tried(content)
    expected = dict(run.rows.values_list("number", "tried"))
    remarks = dict(run.rows.values_list("number", "remarks"))
    assert not Supporter.objects.exists()
    assert not RoleInvitation.objects.exists()
    runs.take(run, by=None)
    continue_imports()
    run.refresh_from_db()
    assert outcomes(run) == expected
    assert dict(run.rows.values_list("number", "remarks")) == remarks


@pytest.mark.parametrize(("content", "rows"), [(dirty_roster(630, 5), 630), (roster_with_contacts(630, 5), 630)])
def test_no_row_of_a_dirty_roster_is_lost(content: bytes, rows: int) -> None:
    run = imported(content)
    counts = runs.counts(run)
    assert sum(counts.values()) == rows
    assert counts[ImportOutcome.CREATED] == Supporter.objects.count()
    assert counts[ImportOutcome.WAITING] == 0
    assert counts[ImportOutcome.CREATED] + counts[ImportOutcome.REFUSED] == rows
    assert all(row.remarks for row in run.rows.filter(outcome=ImportOutcome.REFUSED))
    assert not Characteristic.objects.exclude(visibility="ask").exclude(
        option__dimension__kind__in=["language", "area"]
    )


def test_a_decision_made_meanwhile_does_not_change_what_was_tried() -> None:
    gender = Dimension.objects.get(key="gender")
    RememberedValue.objects.create(dimension=gender, value="dude", option=gender.options.get(key="man"))
    run = runs.take(tried(b"ID,Gender\n1,Dude\n"), by=None)
    RememberedValue.objects.update(option=None)
    continue_imports()
    assert told(Supporter.objects.get(external_id="id:1")) == {("gender", "man", "ask")}
    assert run.rows.get().remarks == []


def test_the_rows_cannot_be_taken_before_all_were_tried() -> None:
    run = runs.begin("roster.csv", dirty_roster(501, 1), by=None)
    run = runs.choose_columns(run, {"1": "age"}, by=None)
    assert runs.is_trying(run)
    with pytest.raises(NotPossible):
        runs.take(run, by=None)
    continue_imports()
    runs.take(run, by=None)


# Interrupted and together ----------------------------------------------------------------------------------


class Killed(BaseException):
    """What a worker feels of kill -9: nothing runs after it."""


def test_killed_in_the_middle_nothing_is_lost_or_doubled(monkeypatch: pytest.MonkeyPatch) -> None:
    run = started(roster_with_contacts(630, 2))
    real, calls = taking._write, []

    def dying(*args: Any) -> None:
        real(*args)
        calls.append(1)
        if len(calls) == 2:
            raise Killed

    monkeypatch.setattr(taking, "_write", dying)
    with pytest.raises(Killed):
        continue_imports()
    monkeypatch.undo()
    assert run.rows.exclude(outcome=ImportOutcome.WAITING).count() == taking.BATCH
    taken = run.rows.filter(outcome=ImportOutcome.CREATED).count()
    assert Supporter.objects.count() == taken
    continue_imports()
    assert Supporter.objects.count() == run.rows.filter(outcome=ImportOutcome.CREATED).count()
    assert not run.rows.filter(outcome=ImportOutcome.WAITING).exists()
    assert Supporter.objects.count() == Supporter.objects.values("external_id").distinct().count()


def test_two_workers_share_the_rows() -> None:
    run = started(dirty_roster(630, 4))
    one, other = Work.of(run), Work.of(run)
    while take_batch(one) or take_batch(other):
        pass
    run.refresh_from_db()
    assert run.state == ImportState.DONE
    assert Supporter.objects.count() == runs.counts(run)[ImportOutcome.CREATED]


def test_a_worker_with_old_columns_stops() -> None:
    run = tried(b"ID,Name\n1,Ana\n")
    old = Work.of(ImportRun.objects.get(pk=run.pk))
    runs.choose_columns(run, {"0": "identity"}, by=None)
    assert take_batch(old) == ""


def test_a_row_the_database_refuses_does_not_take_the_others_along(monkeypatch: pytest.MonkeyPatch) -> None:
    run = started(b"ID,Name\n1,Ana\n2,Ben\n3,Cleo\n")
    real = taking._write

    def failing(plans: Any, by: Any) -> None:
        real(plans, by)
        if any(made.fields.get("name") == "Ben" for made in plans):
            raise IntegrityError

    monkeypatch.setattr(taking, "_write", failing)
    continue_all()
    assert outcomes(ImportRun.objects.get()) == {2: "created", 3: "refused", 4: "created"}
    assert set(Supporter.objects.values_list("name", flat=True)) == {"Ana", "Cleo"}
    assert "for a reason of ours" in reason(run, 3)


def test_a_database_that_is_away_refuses_no_row(monkeypatch: pytest.MonkeyPatch) -> None:
    run = started(b"ID,Name\n1,Ana\n")

    def away(*args: Any) -> None:
        raise OperationalError

    monkeypatch.setattr(taking, "_write", away)
    continue_all()  # says so in the log and goes on with other imports
    assert outcomes(run) == {2: "waiting"}
    monkeypatch.undo()
    continue_all()
    assert Supporter.objects.count() == 1


def test_without_its_audit_rows_nothing_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    run = started(b"ID,Name\n1,Ana\n")

    def broken(*args: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(taking, "_audit_row", broken)
    continue_all()
    assert (Supporter.objects.count(), outcomes(ImportRun.objects.get(pk=run.pk))) == (0, {2: "refused"})


def test_a_batch_asks_the_same_number_of_questions_however_many_rows(
    django_assert_max_num_queries: Any,
) -> None:
    for rows in (1, 3, 40):
        content = "ID,Name,E-mail,Gender\n" + "".join(f"{rows}-{n},A,p{rows}-{n}@example.org,F\n" for n in range(rows))
        work = Work.of(started(content.encode()))
        with django_assert_max_num_queries(22):
            take_batch(work)
    assert Supporter.objects.count() == 44


# Files of all kinds ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (PNG, "picture"),
        (b"", "empty"),
        (",".join(f"c{n}" for n in range(400)).encode() + b"\n" + b"1," * 399 + b"1\n", "200 columns"),
        (b"Name,Age\n", "no rows"),
        (b"%PDF-1.7 \x00\x01", "PDF"),
    ],
)
def test_what_is_no_roster_is_refused_in_plain_words(content: bytes, words: str) -> None:
    with pytest.raises(NotPossible, match=words):
        runs.begin("roster.csv", content, by=None)
    assert not ImportRun.objects.exists()


def test_windows_1252_keeps_names_whole() -> None:
    run = imported("ID,Name\n1,Zoë Müller\n2,José Núñez\n".encode("cp1252"))
    assert set(Supporter.objects.values_list("name", flat=True)) == {"Zoë Müller", "José Núñez"}
    assert any("Windows-1252" in note for note in run.notes)


def test_formulas_are_text_and_the_report_is_safe_to_open() -> None:
    run = imported(b'ID,Name,Gender\n1,"=HYPERLINK(""x"")",=1+1\n2,Ana,F\n')
    assert Supporter.objects.get(external_id="id:1").name == '=HYPERLINK("x")'
    assert all(not cell.startswith(("=", "+", "-", "@")) for line in lines(run) for cell in line)


def test_a_workbook_is_read_like_a_csv() -> None:
    book = openpyxl.Workbook()
    for line in [["ID", "Name", "Age"], [1, "Ana", 37.0], [2, "Ben", "=30+1"]]:
        book.active.append(line)
    buffer = io.BytesIO()
    book.save(buffer)
    run = imported(buffer.getvalue())
    assert outcomes(run) == {2: "created", 3: "created"}
    assert told(Supporter.objects.get(external_id="id:1")) == {("age-group", "25-39", "ask")}


def test_a_row_with_too_many_cells_is_refused_with_the_readers_words() -> None:
    run = imported(b"ID,Name\n1,Ana,what is this\n2,Ben\n")
    assert outcomes(run) == {2: "refused", 3: "created"}
    assert "1 cell more" in reason(run, 2)


def lines(run: ImportRun) -> list[list[str]]:
    return list(csv.reader(io.StringIO(b"".join(csv_of(run)).decode("utf-8-sig"))))


def test_the_report_has_a_line_for_each_row(coordinator: User) -> None:
    report = lines(imported(ROSTER, coordinator))
    assert report[0] == ["row", "outcome", "message", "warnings"]
    assert [line[:2] for line in report[1:]] == [["2", "created"], ["3", "refused"], ["4", "created"], ["5", "refused"]]


# Columns and values ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({}, "at least one column"),
        ({"0": "name", "1": "name"}, "Two columns are “Name”"),
        ({"0": "age", "1": "birth_year"}, "not both"),
        ({"0": "user.password"}, "changed meanwhile"),
        ({"0": "dimension:nothing"}, "changed meanwhile"),
    ],
)
def test_columns_that_do_not_fit_together_are_refused(chosen: dict[str, str], words: str) -> None:
    run = runs.begin("roster.csv", ROSTER, by=None)
    with pytest.raises(NotPossible, match=words):
        runs.choose_columns(run, chosen, by=None)


def test_a_decision_is_asked_once_and_kept_for_next_time(coordinator: User) -> None:
    content = b"ID,Gender\n1,Dude\n2,dude!\n3,Klingon\n"
    run = runs.choose_columns(
        runs.begin("a.csv", content, by=coordinator), {"0": "identity", "1": "dimension:gender"}, by=coordinator
    )
    assert [(item.key, item.rows) for item in runs.unknown(run)] == [("dude", 2), ("klingon", 1)]
    runs.choose_values(run, {("gender", "dude"): "man", ("gender", "klingon"): ""}, by=coordinator)
    other = runs.begin("b.csv", content + b"4,DUDE\n", by=coordinator)
    other = runs.choose_columns(other, other.columns["targets"], by=coordinator)
    assert other.state == ImportState.TRIED
    runs.take(other, by=coordinator)
    continue_imports()
    assert told(Supporter.objects.get(external_id="id:4")) == {("gender", "man", "ask")}


def test_a_cell_that_is_known_as_a_whole_is_not_split() -> None:
    area = Dimension.objects.get(key="area")
    RememberedValue.objects.create(dimension=area, value="korea republic of", option=area.options.get(key="east"))
    run = imported(b'ID,Country\n1,"Korea, Republic of"\n', Country="area")
    assert told(Supporter.objects.get()) == {("area", "east", "show")}
    assert run.rows.get().remarks == []


def test_only_a_coordinator_imports(coordinator: User) -> None:
    supporter = user_with("supporter", "supporter@example.org")
    with pytest.raises(NotAllowed):
        runs.begin("roster.csv", ROSTER, by=supporter)
    run = tried(ROSTER, coordinator)
    for verb in (runs.take, runs.cancel):
        with pytest.raises(NotAllowed):
            verb(run, by=supporter)


def test_cancelled_before_it_ran_the_rows_are_gone(coordinator: User) -> None:
    run = runs.cancel(tried(ROSTER, coordinator), by=coordinator)
    assert (run.state, ImportRow.objects.count(), Supporter.objects.count()) == ("cancelled", 0, 0)
    with pytest.raises(NotPossible):
        runs.take(run, by=coordinator)


def test_stopped_in_the_middle_what_was_taken_stays_and_the_rest_waits() -> None:
    run = started(dirty_roster(630, 8))
    take_batch(Work.of(run))
    runs.cancel(run, by=None)
    continue_imports()
    assert runs.counts(ImportRun.objects.get())[ImportOutcome.WAITING] == 430
    assert {line[1] for line in lines(ImportRun.objects.get())[1:]} >= {"created", "waiting"}


def test_reasons_are_in_the_language_of_whoever_imports(coordinator: User, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.utils import translation

    coordinator.language = "fr"
    coordinator.save()
    heard = []
    monkeypatch.setattr(taking, "_plans", lambda *_: heard.append(translation.get_language()) or [])
    run = runs.begin("roster.csv", dirty_roster(501, 1), by=coordinator)
    runs.choose_columns(run, {"1": "age"}, by=coordinator)
    continue_all()
    assert heard == ["fr"]


# Through the web -------------------------------------------------------------------------------------------


def upload(client: Any, content: bytes, name: str = "roster.csv") -> Any:
    return client.post(reverse("import-list"), {"file": SimpleUploadedFile(name, content)}, follow=True)


def form_values(page: Any) -> dict[str, Any]:
    form = page.context["form"]
    return {name: form[name].value() for name in form.fields}


def test_the_whole_way_through_the_web(client: Any, coordinator: User) -> None:
    client.force_login(coordinator)
    page = upload(client, ROSTER)
    run = ImportRun.objects.get()
    assert page.redirect_chain[-1][0] == reverse("import-columns", args=[run.pk])
    text = page.content.decode()
    assert "somebody&#x27;s health" in text
    assert "alba@example.org" in text
    assert text.count('value="email" selected') == 1
    page = client.post(reverse("import-columns", args=[run.pk]), form_values(page), follow=True)
    assert page.redirect_chain[-1][0] == reverse("import-values", args=[run.pk])
    assert "Klingon" in page.content.decode()
    chosen = form_values(page)
    dude = next(name for name, field in page.context["form"].fields.items() if field.label == "Dude")
    page = client.post(reverse("import-values", args=[run.pk]), chosen | {dude: "man"}, follow=True)
    assert page.redirect_chain[-1][0] == reverse("import-try", args=[run.pk])
    assert "not an age in years" in page.content.decode()
    assert not Supporter.objects.exists()
    assert b"refused" in client.get(reverse("import-report", args=[run.pk])).content
    page = client.post(reverse("import-try", args=[run.pk]), follow=True)
    assert page.redirect_chain[-1][0] == reverse("import-progress", args=[run.pk])
    assert "<progress" in page.content.decode()
    fragment = client.get(reverse("import-progress", args=[run.pk]), headers={"HX-Request": "true"})
    assert b"<html" not in fragment.content
    assert b"hx-get" in fragment.content
    assert b'role="status"' in fragment.content
    continue_imports()
    page = client.get(reverse("import-progress", args=[run.pk]))
    assert reverse("supporters") + "?state=invited" in page.content.decode()
    assert b"hx-get" not in page.content
    report = client.get(reverse("import-report", args=[run.pk]))
    assert report["Content-Disposition"].startswith("attachment")
    assert report.content.decode("utf-8-sig").count("\r\n") == 5
    third = Supporter.objects.get(external_id="id:3")
    assert told(third) == {("gender", "man", "ask"), ("age-group", "40-59", "ask")}
    assert reverse("import-progress", args=[run.pk]) in client.get(reverse("import-list")).content.decode()


def test_what_stands_in_a_file_is_never_markup(client: Any, coordinator: User) -> None:
    client.force_login(coordinator)
    evil = b"<script>alert(1)</script>"
    page = upload(client, b"ID,Gender %s,%s\n1,%s,%s\n-,%s,%s\n" % ((evil,) * 6), "<script>.csv")
    run = ImportRun.objects.get()
    chosen = {"column_0": "identity", "column_1": "dimension:gender", "column_2": "age"}
    pages = [page, client.post(reverse("import-columns", args=[run.pk]), chosen, follow=True)]
    values = form_values(pages[-1])
    pages.append(client.post(reverse("import-values", args=[run.pk]), values, follow=True))
    pages.append(client.post(reverse("import-try", args=[run.pk]), follow=True))
    continue_imports()
    pages.append(client.get(reverse("import-progress", args=[run.pk])))
    assert all("&lt;script&gt;" in page.content.decode() for page in pages)
    assert not any("<script>" in page.content.decode() for page in pages)


@pytest.mark.parametrize("content", [PNG, b"", b"a," * 400 + b"b\n" + b"1," * 400 + b"1\n", b"PK\x03\x04broken"])
def test_a_file_that_is_no_roster_is_told_on_the_page(client: Any, coordinator: User, content: bytes) -> None:
    client.force_login(coordinator)
    page = upload(client, content, "roster.xlsx")
    assert page.status_code == 200
    assert page.context["form"].errors
    assert not ImportRun.objects.exists()


def test_a_try_of_many_rows_is_left_to_the_worker_and_says_how_far_it_is(client: Any, coordinator: User) -> None:
    client.force_login(coordinator)
    page = upload(client, dirty_roster(630, 6))
    run = ImportRun.objects.get()
    page = client.post(reverse("import-columns", args=[run.pk]), form_values(page), follow=True)
    page = client.post(reverse("import-values", args=[run.pk]), form_values(page), follow=True)
    text = page.content.decode()
    assert "0 of 630 rows" in text
    assert "Take them over" not in text
    refused = client.post(reverse("import-try", args=[run.pk]), follow=True)
    assert "still being tried" in refused.content.decode()
    continue_imports()
    assert "Take them over" in client.get(reverse("import-try", args=[run.pk])).content.decode()


def test_what_was_left_out_before_can_be_decided_anew(client: Any, coordinator: User) -> None:
    client.force_login(coordinator)
    run = tried(b"ID,Gender\n1,Dude\n2,F\n", coordinator)
    address = reverse("import-values", args=[run.pk])
    assert client.get(address).status_code == 302
    page = client.get(address + "?all=1")
    labels = [field.label for field in page.context["form"].fields.values()]
    assert set(labels) == {"Dude", "F"}
    chosen = form_values(page)
    client.post(address + "?all=1", {name: "non-binary" for name in chosen})
    assert RememberedValue.objects.filter(option__key="non-binary").count() == 2


def test_at_most_200_values_are_asked_and_the_most_frequent_first(client: Any, coordinator: User) -> None:
    client.force_login(coordinator)
    content = "Gender\nmanymany\nmanymany\n" + "".join(f"quite odd {n} x\n" for n in range(250))
    page = upload(client, content.encode())
    run = ImportRun.objects.get()
    page = client.post(reverse("import-columns", args=[run.pk]), {"column_0": "dimension:gender"}, follow=True)
    assert len(page.context["form"].fields) == 200
    assert next(iter(page.context["form"].fields.values())).label == "manymany"
    assert "51 rarer ones" in page.content.decode()


def test_refused_rows_come_in_pages(client: Any, coordinator: User) -> None:
    client.force_login(coordinator)
    run = tried(b"ID,Age\n" + b"".join(b"%d,-29\n" % n for n in range(1, 121)), coordinator, Age="age")
    page = client.get(reverse("import-try", args=[run.pk]) + "?page=3")
    assert len(re.findall(r"is not an age", page.content.decode())) == 20


def test_cancelling_through_the_web(client: Any, coordinator: User) -> None:
    client.force_login(coordinator)
    run = tried(ROSTER, coordinator)
    page = client.post(reverse("import-cancel", args=[run.pk]), follow=True)
    assert "Nothing was taken over" in page.content.decode()
    assert client.post(reverse("import-cancel", args=[run.pk]), follow=True).status_code == 200
    assert client.get(reverse("import-cancel", args=[run.pk])).status_code == 405


def test_pages_lead_to_where_the_import_is(client: Any, coordinator: User) -> None:
    client.force_login(coordinator)
    run = imported(ROSTER, coordinator)
    for name in ("import-columns", "import-values", "import-try"):
        assert client.get(reverse(name, args=[run.pk])).url == reverse("import-progress", args=[run.pk])
    for name in ("import-columns", "import-values", "import-try", "import-cancel"):
        assert client.post(reverse(name, args=[run.pk]), {"column_0": "name"}).status_code in (200, 302)
    assert ImportRun.objects.get().state == ImportState.DONE


NAMES = ["import-columns", "import-values", "import-try", "import-progress", "import-report", "import-cancel"]


@pytest.mark.parametrize("name", NAMES)
def test_only_coordinators_see_an_import(client: Any, name: str) -> None:
    run = tried(ROSTER)
    address = reverse(name, args=[run.pk])
    assert client.get(address).status_code == 302
    for role in ("supporter", "administrator", "panel_member"):
        client.force_login(user_with(role, f"{role}@example.org"))
        assert client.get(address).status_code == 403
        assert client.post(address).status_code == 403
    assert client.get(reverse("import-list")).status_code == 403
    assert ImportRun.objects.get().state == ImportState.TRIED


def test_an_import_that_does_not_exist_is_not_found(client: Any, coordinator: User) -> None:
    client.force_login(coordinator)
    for name in NAMES:
        address = reverse(name, args=["00000000-0000-4000-8000-000000000000"])
        assert (client.post if name == "import-cancel" else client.get)(address).status_code == 404
