"""There is no way out for a note: a new address, command, task, admin page, log line, copy or search that shows one fails here.

Each check is shown to find a leak made on purpose.
"""

import ast
import inspect
import json
import logging
from contextlib import contextmanager
from io import StringIO

import pytest
from django.core.management import call_command, get_commands, load_command_class
from django.db import transaction
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.views import View

from peersupport.accounts.own_data import everything_of
from peersupport.celery import app as celery_app
from peersupport.vault import door
from peersupport.web.errors import DiscreetFormatter
from sessions_log.models import Note
from sessions_log.workflows import notes
from supporters.staffing import reviews
from supporters.supervision import workflows as supervision
from supporters.training import growth
from tests.peersupport.test_conventions import CODE, ROOT
from tests.security.test_access_matrix import ENDS_A_SESSION, MATRIX, Place

pytestmark = pytest.mark.usefixtures("cheap_argon2")
CANARY = "Umbrellanthropy"
#: The only pages that show what is sealed, each to its readers.
SHOW_NOTES = {
    "review",
    "growth",
    "note",
    "notes-of",
    "shared",
    "check-in",
    "write-check-in",
    "reflections",
    "write-note",
    "add-to-note",
    "reflect",
}
#: The only files that open what is sealed.
OPEN_NOTES = {
    "peersupport/accounts/sealed.py",
    "supporters/supervision/views.py",
    "supporters/staffing/views.py",
    "supporters/training/growing.py",
    "supporters/training/growth.py",
    *(f"sessions_log/views/{name}.py" for name in ("notes", "reflections", "sharings")),
}
OPENERS = {"read", "read_all", "find"}


class Told(Place):
    """The place of the access matrix, with words that can be recognized in every sealed text."""

    def notes(self):
        super().notes()
        by = {name: one.unlocked() for name, one in self.browsers.items()}
        words = {name: door.Content({part: CANARY}) for name, part in (("note", "talked"), ("own", "reflection"))}
        self.note = notes.write(self.match, words["note"], by=by["supporter"])
        self.reflection = notes.reflect(words["own"], by=by["supporter"])
        for kind in ("agenda", "preparation"):
            supervision.write(
                self.check_in, kind, door.Content({kind if kind == "agenda" else "need": CANARY}), by=by["supporter"]
            )
        supervision.agree_on(
            self.check_in,
            door.Content({"action": CANARY}),
            by_supporter=True,
            due_on=timezone.localdate(),
            by=by["supporter"],
        )
        reviews.write(self.review, door.Content({"well": CANARY}), by=by["supporter"])
        growth.look_at_myself(door.Content({"words": CANARY}), by=by["supporter"])
        for about in (f"/together/{self.match.pk}/notes/write/", "/reflections/write/"):
            door.drafts.save(about, words["note"], by=by["supporter"])


def pages_that_tell(place, actor):
    """Open and post to every address as somebody; return the names of those whose answer holds the words."""
    found = set()
    client = place.client(actor)
    for name, line in MATRIX.items():
        for method in ("get", "post"):
            with transaction.atomic():
                used = place.client(actor) if name in ENDS_A_SESSION else client
                response = getattr(used, method)(reverse(name, kwargs=place.values(line.kwargs)))
                shown = response.content.decode(errors="replace") + str(response.headers) + str(response.cookies)
                if CANARY in shown:
                    found.add(name)
                transaction.set_rollback(True)
    return found


@pytest.mark.parametrize(
    "actor", ["supporter", "person", "supervisor", "coordinator", "administrator", "other_supporter", "stranger"]
)
def test_no_address_but_the_notes_own_shows_them(world, actor):
    found = pages_that_tell(Told(world), actor)
    assert found <= SHOW_NOTES
    if actor == "supporter":
        assert {"note", "notes-of", "reflections", "write-note"} <= found, "the words were there to be found"
    elif actor == "supervisor":
        assert found == {"shared", "check-in"}, "by the person's consent, and in their own check-ins"
    elif actor == "coordinator":
        assert found == {"review"}, "the talk about the work that they lead, and nothing else"
    elif actor != "person":
        assert found == set()


def openers_in(code):
    """Return where a file calls what opens sealed text, as names of functions of the vault."""
    return {
        node.attr
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Attribute) and node.attr in OPENERS and _of_vault(node.value)
    }


def _of_vault(node):
    if isinstance(node, ast.Attribute):
        return node.attr == "drafts" and _of_vault(node.value)
    return isinstance(node, ast.Name) and node.id in {"vault", "door"}


def files_that_open():
    outside = [path for path in CODE if ROOT / "peersupport/vault" not in path.parents]
    return {str(path.relative_to(ROOT)) for path in outside if openers_in(path.read_text())}


def test_only_the_pages_of_notes_open_them():
    assert files_that_open() == OPEN_NOTES


@pytest.mark.parametrize(
    "leak",
    [
        "from peersupport.vault import door\ndef handle(self): print(door.read(text, by=by, role='x'))",
        "from peersupport.vault import door as vault\ndef export(): return vault.read_all(texts, by=by, role='x')",
        "from peersupport.vault import door as vault\ndef task(): mail(vault.drafts.find('note', by=by))",
    ],
)
def test_a_command_task_or_export_that_opens_notes_would_be_seen(leak):
    assert openers_in(leak)


def test_nothing_opens_notes_by_another_name():
    """The door's openers are not passed on under other names, which the check above could not see."""
    for file in CODE:
        if ROOT / "peersupport/vault" in file.parents:
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("peersupport.vault"):
                assert not OPENERS & {name.name for name in node.names}, file
                assert all(name.asname in {None, "vault"} for name in node.names), file


def test_a_new_address_that_tells_would_be_found(world, settings, monkeypatch):
    class Leak(View):
        def get(self, request, pk):
            found = Note.objects.select_related("text").get(pk=pk)
            from peersupport.vault import unlocking

            content = door.read(found.text, by=unlocking.unlocked(request), role="person")
            return HttpResponse(content.parts["talked"])

    from peersupport import urls

    monkeypatch.setattr(urls, "urlpatterns", [*urls.urlpatterns, path("leak/<uuid:pk>/", Leak.as_view(), name="leak")])
    from django.urls import clear_url_caches

    clear_url_caches()
    try:
        line = type(MATRIX["note"])(frozenset(), 404, {"pk": "note"})
        monkeypatch.setitem(MATRIX, "leak", line)
        assert "leak" in pages_that_tell(Told(world), "supporter")
    finally:
        monkeypatch.undo()
        clear_url_caches()


# Commands, tasks, copies, logs


def our_commands():
    return {
        name: app
        for name, app in get_commands().items()
        if str(app).startswith(("peersupport", "supporters", "matching", "sessions_log", "hiring"))
    }


def test_commands_and_tasks_have_nothing_to_open_notes_with():
    """Nobody's vault is open in a command or a task: there is no request, so no cookie."""
    for name, app in our_commands().items():
        source = inspect.getsource(type(load_command_class(app, name)))
        assert "unlocked" not in source
        assert "with_password" not in source
    celery_app.loader.import_default_modules()
    for name, task in celery_app.tasks.items():
        if not name.startswith("celery."):
            source = inspect.getsource(task.run)
            assert "unlocked" not in source, name
            assert "Content(" not in source, name


def test_the_whole_database_as_a_dump_of_django_tells_nothing(world):
    Told(world)
    out = StringIO()
    call_command("dumpdata", stdout=out)
    assert CANARY not in out.getvalue()
    assert "vault.sealedtext" in out.getvalue()


def test_a_copy_of_ones_data_lists_notes_without_words(world):
    place = Told(world)
    for name in ("person", "supporter"):
        told = json.dumps(everything_of(place.user(name)), default=str)
        assert CANARY not in told
        assert '"notes"' in told


def test_there_is_no_admin_site():
    assert not [name for name in MATRIX if name.startswith("admin")]


@contextmanager
def everything_logged():
    """Collect every line of every logger, at the finest level, as the product formats it."""
    lines = StringIO()
    handler = logging.StreamHandler(lines)
    handler.setFormatter(DiscreetFormatter())
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    silent = {name: logging.getLogger(name).propagate for name in ("django", "peersupport", "django.security.csrf")}
    for name in silent:
        logging.getLogger(name).propagate = True
    try:
        yield lines
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
        for name, propagate in silent.items():
            logging.getLogger(name).propagate = propagate


NOTE_PAGES = ["note", "notes-of", "write-note", "add-to-note", "erase-note", "reflections", "reflect", "compare-keys"]
BREAKS = [
    "peersupport.vault.texts.record_reads",
    "peersupport.vault.texts.Grant.objects.update_or_create",
    "sessions_log.workflows.notes.record",
    "peersupport.vault.drafts.drop",
    "sessions_log.views.notes.labelled",
    "sessions_log.views.notes._all_words",
]


@pytest.mark.parametrize("broken", BREAKS)
def test_a_crash_in_any_page_of_notes_leaves_no_word_anywhere(world, monkeypatch, broken):
    place = Told(world)
    client = place.client("supporter")
    client.raise_request_exception = False

    def crash(*args, **kwargs):
        raise RuntimeError(CANARY, args, kwargs)

    crashed = 0
    with everything_logged() as lines:
        for name in NOTE_PAGES:
            address = reverse(name, kwargs=place.values(MATRIX[name].kwargs))
            token = door.drafts.token(address, place.browsers["supporter"].unlocked())
            data = {"talked": CANARY, "added": CANARY, "reflection": CANARY, "find": CANARY, "token": token}
            for send in (lambda a=address: client.get(a), lambda a=address, d=data: client.post(a, d)):
                with monkeypatch.context() as broken_now, transaction.atomic():
                    broken_now.setattr(broken, crash)
                    response = send()
                    crashed += response.status_code == 500
                    if response.status_code == 500:
                        assert CANARY not in response.content.decode()
                    transaction.set_rollback(True)
    assert crashed, "nothing broke, so nothing was shown"
    assert CANARY not in lines.getvalue()


def test_a_log_line_on_purpose_would_be_found():
    with everything_logged() as lines:
        logging.getLogger("sessions_log").debug("a note: %s", CANARY)
    assert CANARY in lines.getvalue()
