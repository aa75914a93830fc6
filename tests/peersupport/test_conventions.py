"""Conventions are tests: floors, strings, templates, fields, words."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command

from peersupport.audit.classes import declared

ROOT = Path(settings.BASE_DIR)
CODE = [
    path
    for name in ("peersupport", "supporters", "matching", "sessions_log", "hiring")
    for path in (ROOT / name).rglob("*.py")
]
OUR_APPS = {
    "audit",
    "organization",
    "accounts",
    "notifications",
    "web",
    "supporters",
    "matching",
    "staffing",
    "hiring",
    "vault",
    "sessions_log",
    "writing_helper",
    "reports",
    "supervision",
    "training",
}
TEMPLATES = list((ROOT / "templates").rglob("*"))


def test_the_floors_hold():
    done = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_no_reference_upwards_hides_in_a_string():
    floor = {"audit": 1, "web": 1, "organization": 2, "accounts": 3, "notifications": 4, "supporters": 5, "matching": 6}
    wrong = []
    for path in CODE:
        parts = path.relative_to(ROOT).parts
        own = floor.get(parts[1] if parts[0] == "peersupport" and len(parts) > 2 else parts[0], 9)
        if "migrations" in parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found = re.fullmatch(
                    r"(audit|web|organization|accounts|notifications|supporters|matching)\.[A-Z]\w+", node.value
                )
                if found and floor[found.group(1)] > own:
                    wrong.append((str(path), node.value))
    assert wrong == []


@pytest.mark.django_db
def test_every_change_of_a_model_has_its_migration():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_every_field_of_every_model_has_a_class():
    records = declared()
    missing = []
    for model in apps.get_models():
        if model._meta.app_label not in OUR_APPS:
            continue
        if model not in records:
            missing.append(model.__name__)
            continue
        names = {field.name for field in (*model._meta.fields, *model._meta.many_to_many)}
        missing += [f"{model.__name__}.{name}" for name in names ^ set(records[model].fields)]
    assert missing == []


def test_every_kind_of_record_says_how_long_it_is_kept():
    assert all(str(record.keep).strip() for record in declared().values())


def test_every_template_of_ours_is_used():
    code = "\n".join(path.read_text() for path in CODE)
    texts = code + "\n".join(path.read_text() for path in TEMPLATES if path.suffix in {".html", ".txt"})
    theirs = ("allauth/", "account/", "mfa/", "usersessions/", "peer/")
    unused = []
    for path in TEMPLATES:
        name = str(path.relative_to(ROOT / "templates"))
        ours = path.is_file() and not name.startswith(theirs) and re.fullmatch(r"\d{3}(_csrf)?\.html", name) is None
        if ours and name not in texts:
            unused.append(name)
    assert unused == []


@pytest.mark.parametrize("folder", ["templates"])
def test_no_template_speaks_without_gettext(folder):
    """Text between tags that is not in a translate tag: letters outside of tags, comments and variables."""
    loud = []
    for path in (ROOT / folder).rglob("*.html"):
        if path.name in {"400.html", "500.html"}:
            continue
        text = path.read_text()
        text = re.sub(r"{%\s*(blocktranslate|blocktrans)\b.*?{%\s*end\1\s*%}", "", text, flags=re.S)
        text = re.sub(
            r"{#.*?#}|{%\s*comment.*?endcomment\s*%}|<!--.*?-->|<style.*?</style>|<script.*?</script>",
            "",
            text,
            flags=re.S,
        )
        text = re.sub(r"{%.*?%}|{{.*?}}", "", text, flags=re.S)
        text = re.sub(r"<[^>]*>|&\w+;", "", text)
        if found := re.search(r"[A-Za-z]{3,}", text):
            loud.append((str(path.relative_to(ROOT)), found.group(0)))
    assert loud == []


def test_our_templates_have_no_inline_style_or_script():
    bad = []
    for path in TEMPLATES:
        if path.suffix == ".html":
            # A block of data for search engines is no script: nothing runs it.
            text = path.read_text().replace('<script type="application/ld+json">', "")
            if re.search(r"\sstyle=|\son[a-z]+=\"|<script(?![^>]*\ssrc=)[^>]*>", text):
                bad.append(str(path.relative_to(ROOT)))
    assert bad == []


def test_the_stylesheet_is_small_and_knows_no_left_or_right():
    css = (ROOT / "static/peer/peer.css").read_text()
    assert len(css.encode()) <= 15 * 1024
    assert not re.search(r"(?<![\w-])(left|right)\s*:|-(left|right)\s*:|text-align:\s*(left|right)", css)


#: Words about people that the product does not use (domain.md); the code's own `client`, `user` are no words for people.
UNWANTED = re.compile(
    r"\b(patients?|(?<!in )(?<!any )cases?|service users?|consumers?|beneficiar\w+|mentally ill|schizophrenic|suffers? from|noncomplian\w+)\b",
    re.I,
)


def shown_strings():
    for path in CODE:
        if "roster" in path.parts or "locale" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Name)
                    and node.func.id in {"_", "gettext", "gettext_lazy"}
                )
                and node.args
                and isinstance(node.args[0], ast.Constant)
            ):
                yield path, node.args[0].value
    for path in TEMPLATES:
        if path.suffix == ".html":
            for _quote, words in re.findall(r"""{%\s*translate\s+(["'])(.+?)\1""", path.read_text()):
                yield path, words


def test_the_product_does_not_call_people_what_they_do_not_call_themselves():
    assert [(str(path), words) for path, words in shown_strings() if UNWANTED.search(words)] == []


def test_pages_for_people_seeking_support_use_short_sentences():
    """At most 15 words a sentence where people seek support, 20 elsewhere (design.md, 19)."""
    long = []
    for path, words in shown_strings():
        easy = "matching/" in str(path) or "home/" in str(path)
        for sentence in re.split(r"[.!?:;](?:\s|$)|\n", words):
            if len(sentence.split()) > (15 if easy else 20):
                long.append(sentence.strip())
    assert long == []


def test_only_the_vault_opens_sealed_text():
    for path in CODE:
        if ROOT / "peersupport/vault" not in path.parents:
            assert not re.search(r"^\s*(from|import) nacl", path.read_text(), re.M), path


def test_deployment_checks_are_clean_once_there_is_a_pepper(tmp_path):
    """The checks that Django makes of a real installation, in a process with the real mode's settings."""
    environment = {
        "PEER_MODE": "real",
        "PEER_VAR": str(tmp_path),
        "SITE_URL": "https://x.example",
        "PATH": "",
        "BEHIND_PROXY": "1",
        "EMAIL_URL": "smtp+tls://name:password@mail.example.org:587",
    }

    def manage(*arguments):
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    refused = manage("check", "--deploy")
    assert refused.returncode != 0
    assert "vault_pepper" in refused.stderr
    made = manage("vault_pepper")
    assert "Version 1" in made.stdout
    assert "Nothing was changed" in manage("vault_pepper").stdout
    assert (tmp_path / "pepper").stat().st_mode & 0o777 == 0o600
    assert "Version 2" in manage("vault_pepper", "--rotate").stdout
    done = manage("check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr
    (tmp_path / "pepper").write_text("not a pepper")
    assert "damaged" in manage("vault_pepper", "--rotate").stderr


def test_the_formatter_has_every_line():
    """No line asks to be left alone."""
    asking = "fmt: " + "skip", "fmt: " + "off"
    packages = ("peersupport", "supporters", "matching", "sessions_log", "hiring", "tests")
    files = [path for package in packages for path in (ROOT / package).rglob("*.py")]
    assert [path for path in files if any(words in path.read_text() for words in asking)] == []


TYPED = [
    "matching/workflows",
    "matching/policies.py",
    "matching/suggestions.py",
    "matching/parties.py",
    "supporters/workflows.py",
    "supporters/supervision/workflows.py",
    "supporters/supervision/board.py",
    "supporters/training/workflows.py",
    "supporters/staffing/leave.py",
    "supporters/staffing/reviews.py",
    "supporters/staffing/together.py",
    "supporters/room.py",
    "peersupport/notifications/outbox.py",
    "peersupport/notifications/registry.py",
    "peersupport/audit",
    "peersupport/workflow",
    "peersupport/accounts/workflows.py",
    "peersupport/accounts/consents.py",
    "peersupport/organization/workflows.py",
    "peersupport/vault",
    "peersupport/writing_helper/glossary.py",
    "peersupport/writing_helper/phrases.py",
    "sessions_log/workflows",
    "sessions_log/policies.py",
    "hiring/workflows",
    "hiring/policies.py",
    "hiring/asking.py",
]


@pytest.mark.slow
def test_what_hurts_when_it_is_wrong_is_typed(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--follow-imports=silent", "--cache-dir", str(tmp_path), *TYPED],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_the_style_is_kept():
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "."], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


#: Where a state is set without a transition, and why that is right.
STATES_SET_ELSEWHERE = {
    "peersupport/workflow/state_machine.py": "the one place",
    "matching/workflows/questions.py": "a question is open or closed; it has no lifecycle",
    "supporters/workflows.py": "an account that is new, comes back or erases what it told begins again",
    "supporters/supervision/workflows.py": "check-ins ahead end with their supervision, which has an audit row",
    "sessions_log/workflows/sharings.py": "after a restore, what had ended ends again",
    "peersupport/notifications/outbox.py": "a message has no lifecycle: claimed under a lease, then marked",
    "peersupport/notifications/bounces.py": "the same",
    "peersupport/vault/keyring.py": "keys are current or replaced",
    "peersupport/demo/loading.py": "mails of the demo count as read",
}


def test_only_the_state_machine_changes_a_state():
    """An assignment to `.state` anywhere else would pass by the table, the lock and the audit row."""
    wrong = set()
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text())):
            targets = node.targets if isinstance(node, ast.Assign) else []
            names = [name for target in targets for name in ast.walk(target)]
            assigns = any(isinstance(name, ast.Attribute) and name.attr == "state" for name in names)
            updates = (
                isinstance(node, ast.Call)
                and getattr(node.func, "attr", "") == "update"
                and any(keyword.arg == "state" for keyword in node.keywords)
            )
            if assigns or updates:
                wrong.add(str(path.relative_to(ROOT)))
    assert wrong == set(STATES_SET_ELSEWHERE)


def test_every_class_name_exists_once():
    """Whoever searches for a class finds it. Commands of Django's are all called `Command`."""
    places = {}
    for path in CODE:
        if "migrations" not in path.parts:
            for node in ast.parse(path.read_text()).body:
                if isinstance(node, ast.ClassDef) and node.name != "Command":
                    places.setdefault(node.name, []).append(str(path.relative_to(ROOT)))
    assert {name: found for name, found in places.items() if len(found) > 1} == {}
