"""The numbers for funders: counted from meetings that took place, fixed by month and year, as a page and a file."""

import csv
import io
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from peersupport.reports import figures
from peersupport.reports.models import Figure
from sessions_log.models import Meeting

LATE = date(2027, 2, 20)


def hold(match, setting="phone", month=3, minutes=60, *, times=1, state="held", year=2026):
    wall = datetime(year, month, 10, 15, tzinfo=UTC)
    Meeting.objects.bulk_create(
        Meeting(
            match=match, wall_time=wall, starts_at=wall, time_zone="UTC", minutes=minutes, setting=setting, state=state
        )
        for _ in range(times)
    )


@pytest.fixture
def people(world):
    supporter = world.supporter(maximum=50)
    return [world.match(supporter=supporter) for _ in range(7)]


def cell(period, column):
    return next(line for line in figures.lines(int(period[:4])) if line.period == period).cells[column]


def test_only_what_took_place_counts(people):
    for match in people:
        hold(match, "phone", times=2, minutes=45)
    hold(people[0], "phone", state="not_held")
    hold(people[0], "phone", state="planned")
    figures.fix(LATE)
    assert cell("2026-03", "phone") == figures.hiding.Cell(14, 14 * 45, 7)
    assert cell("2026-03", "all").people == 7
    assert cell("2026", "all").sessions == 14


def test_people_are_counted_once_however_often_they_meet(people):
    for match in people:
        hold(match, "phone", times=2)
        hold(match, "home", times=2)
        hold(match, "home", month=5)
    figures.fix(LATE)
    assert (cell("2026-03", "all").people, cell("2026", "home").people, cell("2026", "in_person").sessions) == (
        7,
        7,
        21,
    )


def test_a_cell_about_few_people_is_hidden_and_the_page_and_file_have_no_trace(people, world):
    for match in people:
        hold(match, "phone", times=3)
    hold(people[0], "video", times=17)
    for match in people[1:]:
        hold(match, "home", times=19)
    figures.fix(LATE)
    client = world.client(world.coordinator)
    page = client.get(reverse("numbers-of-meetings"), {"year": "2026"}).content.decode()
    file = client.get(reverse("numbers-of-meetings-file"), {"year": "2026"}).content.decode()
    row = page[page.index("March 2026") :].split("</tr>")[0]
    assert ">17<" not in row
    assert "hidden" in row
    rows = [line for line in csv.reader(io.StringIO(file.lstrip("\ufeff"))) if line[0] == "2026-03"]
    video = next(line for line in rows if line[1] == "Video")
    assert video[2:] == ["hidden"] * 3
    assert sum(line[2] == "hidden" for line in rows) >= 2, "never one alone"
    assert next(line for line in rows if line[1] == "Phone")[2:] in (["21", "21.0", "hidden"], ["hidden"] * 3)


def test_a_month_is_fixed_when_it_is_over_and_never_changes(people):
    for match in people:
        hold(match, "phone")
    assert figures.last_fixed_month(date(2026, 4, 7)) == "2026-02"
    assert figures.last_fixed_month(date(2026, 4, 8)) == "2026-03"
    assert figures.last_fixed_month(date(2026, 1, 3)) == "2025-11"
    figures.fix(date(2026, 4, 7))
    assert not Figure.objects.exists()
    assert figures.fix(date(2026, 4, 8)) == 1
    before = list(figures.lines(2026))
    hold(people[0], "phone")  # noted too late
    people[1].sessions.all().delete()  # somebody erased what is theirs
    assert figures.fix(date(2026, 4, 9)) == 0
    assert figures.lines(2026) == before


def test_a_later_report_of_the_year_shows_of_each_month_what_the_earlier_one_did(people):
    for month in range(1, 13):
        for match in people[: 2 + month % 6]:
            hold(match, "phone", month=month)
            hold(match, "home", month=month, times=2)
    figures.fix(date(2026, 6, 20))
    early = figures.lines(2026)
    figures.fix(LATE)
    late = figures.lines(2026)
    assert early[:5] == late[:5]
    assert not early[-1].fixed
    assert late[-1].fixed


def test_the_year_is_the_sum_of_its_months_whatever_was_erased_or_noted_since(people):
    for match in people:
        hold(match, "phone", month=3, times=2)
        hold(match, "phone", month=9, times=2)
    figures.fix(date(2026, 12, 20))
    people[0].sessions.all().delete()
    hold(people[1], "phone", month=9, times=5)
    figures.fix(LATE)
    months = [line for line in figures.lines(2026)[:12] if line.fixed]
    assert cell("2026", "phone").sessions == sum(line.cells["phone"].sessions for line in months)
    assert cell("2026", "phone").people >= 7


def test_where_something_is_hidden_people_are_not_told_beside_it(people, world):
    """People bound meetings from below, so they would narrow what is hidden."""
    for match in people:
        hold(match, "phone", times=3)
    hold(people[0], "video", times=3)
    figures.fix(LATE)
    page = (
        world.client(world.coordinator)
        .get(reverse("numbers-of-meetings"), {"year": "2026", "show": "people"})
        .content.decode()
    )
    row = page[page.index("March 2026") :].split("</tr>")[0]
    assert row.count(">hidden<") == len(figures.COLUMNS)


def test_another_threshold_later_does_not_change_what_was_fixed(people, world):
    from peersupport.organization.models import Organization

    for match in people:
        hold(match, "phone")
    hold(people[0], "video")
    figures.fix(date(2026, 4, 20))
    before = figures.lines(2026)
    Organization.objects.update(small_numbers_below=2)
    figures.fix(date(2026, 5, 20))
    assert figures.lines(2026)[:3] == before[:3]


def test_months_with_nothing_are_zero_and_those_to_come_are_empty(people, world):
    for match in people:
        hold(match, "phone", month=1)
    figures.fix(date(2026, 4, 20))
    lines = figures.lines(2026)
    assert lines[1].cells["all"].sessions == 0
    assert not lines[3].fixed


def test_the_page_costs_the_same_however_much_there_is(people, world):
    client = world.client(world.coordinator)

    def cost():
        with CaptureQueriesContext(connection) as found:
            assert client.get(reverse("numbers-of-meetings"), {"show": "hours", "year": "2026"}).status_code == 200
        return len([one for one in found if "django_session" not in one["sql"]])

    for match in people:
        hold(match)
    figures.fix(date(2026, 4, 20))
    cost()
    one = cost()
    for month in range(4, 13):
        for match in people:
            hold(match, "home", month=month)
    figures.fix(LATE)
    assert cost() == one


@pytest.mark.parametrize("query", ["?year=abc", "?year=9999", "?show=names", "?year=²026", "?year="])
def test_an_address_that_makes_no_sense_shows_the_newest_year(world, query):
    client = world.client(world.administrator)
    for name in ("numbers-of-meetings", "numbers-of-meetings-file"):
        assert client.get(reverse(name) + query).status_code == 200
