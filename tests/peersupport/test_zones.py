"""Rules of zones: the newer data is used, what lies ahead follows them and is told, and pages name whose clock it is."""

import zoneinfo
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from hiring.models import Slot
from peersupport import zones
from peersupport.accounts.models import User
from peersupport.notifications import tasks
from peersupport.notifications.models import Heartbeat, Message
from peersupport.web import when
from sessions_log.models import Meeting
from sessions_log.workflows import meetings
from supporters.staffing.models import Appraisal, Gathering
from supporters.supervision.models import CheckIn
from tests.sessions_log.pair import Pair


@pytest.fixture(autouse=True)
def as_before():
    """Put the search path of zones back."""
    yield
    zones.use_newest()


def machine_with(folder, version):
    (folder / "zoneinfo").mkdir()
    (folder / "zoneinfo/tzdata.zi").write_text(f"# version {version}\n# rest\n")
    return str(folder / "zoneinfo")


@pytest.mark.parametrize(
    ("machine", "used"),
    [("2025b", "package"), ("2019a", "package"), ("2099a", "machine"), ("", "package")],
)
def test_the_newer_of_the_two_is_used(tmp_path, monkeypatch, machine, used):
    folder = machine_with(tmp_path, machine) if machine else str(tmp_path)
    zoneinfo.reset_tzpath(to=(folder,))
    version = zones.use_newest()
    assert version == (zones.packages_version() if used == "package" else machine)
    assert (zoneinfo.TZPATH == ()) is (used == "package")


def test_a_version_after_z_is_newer():
    assert zones._key("2026za") > zones._key("2026z") > zones._key("2026a") > zones._key("2025zz") > zones._key("")


def test_the_site_runs_on_the_newer_data():
    """In the pinned data British Columbia stays on summer time from 2026; a machine's older data would be an hour off."""
    newest = max(zones.packages_version(), zones.machines_version(("/usr/share/zoneinfo",)), key=zones._key)
    assert newest == settings.ZONE_DATA
    if zones._key(newest) >= zones._key("2026c"):
        winter = datetime(2026, 12, 15, 10, tzinfo=ZoneInfo("America/Vancouver"))
        assert winter.astimezone(UTC).hour == 17


@pytest.fixture
def pair(world, sign_in):
    return Pair(world, sign_in)


def planned(pair, zone="America/Vancouver", wall=datetime(2031, 1, 15, 10)):
    return meetings.plan(
        pair.match, by=pair.supporter.user, wall_time=wall, time_zone=zone, minutes=60, setting="phone"
    )


def test_what_lies_ahead_follows_new_rules_and_both_are_told(pair):
    session = planned(pair)
    right = session.starts_at
    Meeting.objects.filter(pk=session.pk).update(starts_at=right + timedelta(hours=1))  # by the rules of before
    Message.objects.all().delete()
    tasks.recompute_times()
    session.refresh_from_db()
    assert session.starts_at == right
    assert session.wall_time.replace(tzinfo=None) == datetime(2031, 1, 15, 10), (
        "the clock on the wall is what they agreed on"
    )
    told = set(Message.objects.filter(kind="session.news").values_list("recipient", flat=True))
    assert told == {pair.person.user.pk, pair.supporter.user.pk}


def test_it_is_done_once_for_each_version(pair):
    tasks.recompute_times()
    session = planned(pair)
    Meeting.objects.filter(pk=session.pk).update(starts_at=session.starts_at + timedelta(hours=1))
    tasks.recompute_times()
    assert Meeting.objects.get(pk=session.pk).starts_at != session.starts_at
    Heartbeat.objects.filter(name__startswith="zones").update(name="zones 2000a")
    tasks.recompute_times()
    assert Meeting.objects.get(pk=session.pk).starts_at == session.starts_at


def test_what_is_over_and_what_is_right_stays_and_nobody_is_told(pair):
    over, right = planned(pair, wall=datetime(2026, 1, 5, 10)), planned(pair)
    moved = timezone.now() - timedelta(days=90)
    Meeting.objects.filter(pk=over.pk).update(starts_at=moved)
    Message.objects.all().delete()
    assert when.recompute(timezone.now()) == 0
    assert Meeting.objects.get(pk=over.pk).starts_at == moved
    assert Meeting.objects.get(pk=right.pk).starts_at == right.starts_at
    assert not Message.objects.exists()


def test_every_model_with_a_clock_on_the_wall_follows():
    from django.apps import apps

    registered = {model for model, _tell in when._kept}
    kept = {
        model
        for model in apps.get_models()
        if {"wall_time", "time_zone", "starts_at"} <= {field.name for field in model._meta.fields}
    }
    assert registered == kept == {Meeting, CheckIn, Appraisal, Gathering, Slot}


def test_the_form_is_in_the_readers_own_zone_and_names_it(pair):
    """The page said 19:00, the form 10:00, and neither said where; "20:00" made it five in the morning."""
    User.objects.filter(pk=pair.person.user.pk).update(time_zone="Europe/Madrid")
    session = planned(pair)
    page = pair.person.client.get(reverse("sessions", args=[pair.match.pk])).content.decode()
    there = session.starts_at.astimezone(ZoneInfo("Europe/Madrid"))
    assert f"{there:%H:%M}" in page
    assert "(Madrid)" in page
    form = pair.person.client.get(reverse("move-session", args=[session.pk])).context["form"]
    assert form["time"].value() == there.time().replace(tzinfo=None)
    assert form["time_zone"].value() == "Europe/Madrid"
    assert "By the clock in Madrid." in str(form.fields["time"].help_text)
    data = {name: form[name].value() for name in form.fields} | {"time": f"{there.hour:02d}:30", "setting": "phone"}
    pair.person.client.post(reverse("move-session", args=[session.pk]), data)
    session.refresh_from_db()
    assert session.starts_at - timedelta(minutes=30) == there.astimezone(UTC).replace(minute=0)


def test_where_both_read_the_same_clock_no_zone_is_named_on_the_page(pair):
    planned(pair, zone="UTC")
    page = pair.person.client.get(reverse("sessions", args=[pair.match.pk])).content.decode()
    assert "(UTC)" not in page


def test_a_check_in_is_moved_by_the_readers_clock_too(world, sign_in):
    from supporters.supervision import workflows as supervision
    from tests.security.test_access_matrix import Place

    place = Place(world)
    User.objects.filter(pk=place.match.supporter.user_id).update(time_zone="Europe/Madrid")
    check_in = supervision.plan(
        place.supervision,
        by=place.a_supervisor,
        wall_time=datetime(2031, 1, 15, 13),
        time_zone="America/Vancouver",
        minutes=60,
        mode="phone",
    )
    client = place.browsers["supporter"].client
    form = client.get(reverse("move-check-in", args=[check_in.pk])).context["form"]
    there = check_in.starts_at.astimezone(ZoneInfo("Europe/Madrid"))
    assert (form["time"].value(), form["time_zone"].value()) == (there.time(), "Europe/Madrid")
    assert "(Madrid)" in client.get(reverse("check-in", args=[check_in.pk])).content.decode()
