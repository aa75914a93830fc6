"""Import a roster without the web: the same steps, the same rules, the same report."""

from __future__ import annotations

import time
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from peersupport.accounts.models import Role, User
from peersupport.workflow.state_machine import NotPossible
from supporters.importing import continue_run, layout, runs
from supporters.importing.lexicon import CatalogueLexicon, SeenValue
from supporters.importing.report import csv_of
from supporters.models import ImportOutcome, ImportRun, ImportState
from supporters.roster.text import fold

_VALUES_SHOWN = 200
HELP = """\
Import a roster of supporters from a CSV or XLSX file.

Columns are guessed from their names; columns that may tell of somebody's health are left out unless you map
them. Values that the catalogue does not know have to be mapped (--value, kept for next time) or left out
(--leave-unknown); otherwise nothing is taken and the command ends with 1. A row with a value that cannot be
right (an age of -29) is refused with its reason; the other rows go on. Running it again makes nobody twice:
a person is known by own number or e-mail address, otherwise by the file and the row.
Nobody gets a message. Imported people are invited later, one by one, on their pages."""
EXAMPLES = """\
targets for --column:
  identity, email, name, pronouns, title, phone, story, max_people, age, birth_year, languages, area,
  dimension:KEY (a key of the catalogue, such as dimension:gender), or - to leave a column out

examples:
  manage.py import_supporters roster.csv --dry-run --report report.csv
  manage.py import_supporters roster.csv --column "Country=area" --column "state=-" \\
      --value "area:United States=-" --value "gender:Dude=man" --leave-unknown --as coordinator@example.org"""


class Command(BaseCommand):
    help = HELP

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        kwargs["formatter_class"] = RawDescriptionHelpFormatter
        return super().create_parser(prog_name, subcommand, epilog=EXAMPLES, **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the spreadsheet (CSV or XLSX)")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen; keep nothing at all")
        parser.add_argument(
            "--column",
            action="append",
            default=[],
            metavar="HEADER=TARGET",
            help="what a column is (again for each column); the others are guessed",
        )
        parser.add_argument(
            "--value",
            action="append",
            default=[],
            metavar="DIMENSION:VALUE=OPTION",
            help="which option of the catalogue a value stands for; - leaves it out",
        )
        parser.add_argument("--leave-unknown", action="store_true", help="leave out values that nobody mapped")
        parser.add_argument("--report", type=Path, metavar="OUT.CSV", help="write the row-by-row report here")
        parser.add_argument("--as", dest="email", metavar="E-MAIL", help="the coordinator who imports")

    def handle(self, *args: Any, **options: Any) -> None:
        by = _coordinator(options["email"])
        language = (by.language if by else "") or settings.LANGUAGE_CODE
        with translation.override(language):
            try:
                self._import(by, options)
            except NotPossible as refusal:
                raise CommandError(str(refusal.message)) from None

    def _import(self, by: User | None, options: dict[str, Any]) -> None:
        run = runs.begin(options["file"].name, _content(options["file"]), by=by)
        try:
            missing = self._prepare(run, by, options)
            if options["dry_run"] or missing:
                self._try(run, options["report"])
            else:
                self._take(run, by, options["report"])
        except BaseException:
            _forget_untaken(run)
            raise
        if options["dry_run"] or missing:
            _forget_untaken(run)
            self.stdout.write("Nothing was taken.")
        if missing:
            raise CommandError(
                "There are values that the catalogue does not know. Map them with --value, or leave them out "
                "with --leave-unknown."
            )

    def _prepare(self, run: ImportRun, by: User | None, options: dict[str, Any]) -> bool:
        """Set columns and values; return whether values are missing that have to be mapped first."""
        for note in run.notes:
            self.stdout.write(f"note: {note}")
        chosen = _columns(run, options["column"])
        self._show_columns(run, chosen)
        runs.choose_columns(run, chosen, by=by, then=_nothing)
        run.refresh_from_db()
        lexicon, seen = runs.values(run)
        decided = _decisions(options["value"], lexicon)
        unknown = [item for item in seen if not item.meaning.known and (item.dimension, item.key) not in decided]
        self._show_unknown(lexicon, unknown)
        missing = bool(unknown) and not options["leave_unknown"]
        runs.choose_values(run, decided, by=by, remember=not (options["dry_run"] or missing), then=_nothing)
        return missing

    def _show_columns(self, run: ImportRun, chosen: dict[str, str]) -> None:
        health = layout.left_out_as_health(run.headers)
        self.stdout.write("Columns:")
        for at, header in enumerate(run.headers):
            why = "left out (may tell of somebody's health)" if at in health else "left out"
            self.stdout.write(f"  {header} -> {chosen.get(str(at)) or why}")

    def _show_unknown(self, lexicon: CatalogueLexicon, unknown: list[SeenValue]) -> None:
        if not unknown:
            return
        self.stdout.write(f"Values that the catalogue does not know ({len(unknown)}), with the number of rows:")
        for item in unknown[:_VALUES_SHOWN]:
            self.stdout.write(f"  {item.rows:6} {item.dimension}:{item.spelling}")
        if len(unknown) > _VALUES_SHOWN:
            self.stdout.write(f"  … and {len(unknown) - _VALUES_SHOWN} more")
        for dimension in dict.fromkeys(item.dimension for item in unknown):
            keys = ", ".join(option.key for option in lexicon.options(dimension))
            self.stdout.write(f"Options of {dimension}: {keys}")

    def _try(self, run: ImportRun, report: Path | None) -> None:
        self._work(run, lambda: runs.is_trying(run))
        self._finish(run, report, "would be")

    def _take(self, run: ImportRun, by: User | None, report: Path | None) -> None:
        self._work(run, lambda: runs.is_trying(run))
        runs.take(run, by=by, then=_nothing)
        self._work(run, lambda: ImportRun.objects.filter(pk=run.pk, state=ImportState.RUNNING).exists())
        run.refresh_from_db()
        self._finish(run, report, "were")

    def _work(self, run: ImportRun, going_on: Any) -> None:
        """Go on until the rows are through, also when a worker takes some of them."""
        run.refresh_from_db()
        while going_on():
            continue_run(run.pk, say=self._say)
            if going_on():
                time.sleep(0.2)

    def _say(self, done: int, total: int) -> None:
        if done % 1000 < 200 or done == total:
            self.stdout.write(f"  {done} of {total} rows")
            self.stdout.flush()

    def _finish(self, run: ImportRun, report: Path | None, were: str) -> None:
        run.refresh_from_db()
        counts = runs.counts(run)
        self.stdout.write(
            f"{sum(counts.values())} rows: {counts[ImportOutcome.CREATED]} {were} created, "
            f"{counts[ImportOutcome.UPDATED]} filled in further, {counts[ImportOutcome.UNCHANGED]} unchanged, "
            f"{counts[ImportOutcome.REFUSED]} refused."
        )
        self._show_refused(run)
        if report:
            report.write_bytes(b"".join(csv_of(run)))
            self.stdout.write(f"The report is in {report}.")

    def _show_refused(self, run: ImportRun) -> None:
        rows = run.rows.filter(**{runs.outcome_column(run): ImportOutcome.REFUSED}).order_by("number")
        for row in rows[:20]:
            self.stdout.write(f"  row {row.number} refused: {row.remarks[0] if row.remarks else row.problem}")
        if (more := rows.count() - 20) > 0:
            self.stdout.write(f"  … and {more} more; --report lists them all.")


def _nothing() -> None:
    """No worker has to be woken: the command does the work itself."""


def _coordinator(email: str | None) -> User | None:
    if not email:
        return None
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if user is None or not user.holds(Role.COORDINATOR):
        raise CommandError(f"{email} is no coordinator here.")
    return user


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        raise CommandError(f"{path} cannot be read ({problem.strerror}).") from None


def _columns(run: ImportRun, given: list[str]) -> dict[str, str]:
    """The guessed columns, changed by what was given. Raises CommandError for a header or target that is none."""
    chosen = dict(run.columns["targets"])
    for item in given:
        header, equals, target = item.rpartition("=")
        at = next((at for at, name in enumerate(run.headers) if fold(name) == fold(header)), None)
        if not equals or at is None:
            raise CommandError(
                f"--column {item}: there is no column “{header or item}”. There are: {', '.join(run.headers)}"
            )
        chosen[str(at)] = "" if target.strip() in ("", "-") else _target(target.strip())
    return chosen


def _target(given: str) -> str:
    offered = layout.targets()
    target = layout.target_for(given.removeprefix("dimension:")) if given not in offered else given
    if target not in offered:
        raise CommandError(f"--column: there is no target “{given}”. There are: {', '.join(offered)}")
    return target


def _decisions(given: list[str], lexicon: CatalogueLexicon) -> dict[tuple[str, str], str]:
    """(dimension, value key) to option key. Raises CommandError for a dimension or option that is none."""
    decided = {}
    for item in given:
        place, equals, option = item.rpartition("=")
        dimension, colon, value = place.removeprefix("dimension:").partition(":")
        dimension = layout.NAMED.get(dimension, dimension)
        if not (equals and colon and value) or dimension not in lexicon:
            raise CommandError(f"--value {item}: write DIMENSION:VALUE=OPTION, with the dimension of a mapped column.")
        option = "" if option.strip() in ("", "-") else option.strip()
        if option and lexicon.option(dimension, option) is None:
            keys = ", ".join(known.key for known in lexicon.options(dimension))
            raise CommandError(f"--value {item}: there is no option “{option}”. There are: {keys}")
        decided[dimension, runs.value_key(value)] = option
    return decided


def _forget_untaken(run: ImportRun) -> None:
    """Leave nothing behind of an import that took nothing; one that began to take goes on by itself."""
    ImportRun.objects.filter(pk=run.pk, state__in=[ImportState.COLUMNS, ImportState.VALUES, ImportState.TRIED]).delete()
