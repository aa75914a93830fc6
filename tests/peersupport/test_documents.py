"""Documents stay true: commands exist, pictures are there, the tables are those of the code."""

import re
from pathlib import Path

from django.conf import settings
from django.core.management import get_commands

from peersupport.docs.lifecycles import TARGET, every_lifecycle, page

ROOT = Path(settings.BASE_DIR)
README = (ROOT / "README.md").read_text()


def test_every_command_in_the_readme_exists():
    named = set(re.findall(r"manage\.py ([a-z_]+)", README))
    assert named
    assert named <= set(get_commands())


def test_every_file_the_readme_points_to_exists():
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).exists(), target


def test_the_page_of_lifecycles_is_what_the_code_says():
    assert TARGET.read_text() == page(every_lifecycle())


def test_ci_calls_the_readmes_test_command():
    assert "the test command" in (ROOT / ".ci/run").read_text()
    assert "requirements-test.txt" in README.split("<!-- the test command -->")[1].split("```")[1]


def test_requirement_files_pin_hashes_and_name_no_host():
    for name in ("requirements.txt", "requirements-test.txt"):
        text = (ROOT / name).read_text()
        assert "http" not in text
        packages = [line for line in text.splitlines() if re.match(r"[a-z]", line)]
        assert all("==" in line for line in packages)
        assert text.count("--hash=sha256:") >= len(packages)


def test_the_changelog_names_the_version():
    import peersupport

    assert peersupport.__version__ in (ROOT / "CHANGELOG.md").read_text()
