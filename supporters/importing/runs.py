"""Verbs of an import: begin, choose columns, choose values, take over, stop. One transaction each."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from django.conf import settings
from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from peersupport.accounts.models import Role, User
from peersupport.workflow.state_machine import NotAllowed, NotPossible
from supporters.importing import layout as columns
from supporters.importing.layout import Layout
from supporters.importing.lexicon import CatalogueLexicon, SeenValue, value_key, values_in
from supporters.importing.lifecycle import BEFORE_TAKING, LIFECYCLE
from supporters.importing.taking import continue_run
from supporters.models import Dimension, ImportOutcome, ImportRow, ImportRun, ImportState, RememberedValue
from supporters.roster.reading import Table, UnreadableTable, read_table

log = logging.getLogger("peersupport.supporters")
#: Up to so many rows are tried while the coordinator waits; more are left to the worker.
TRIED_AT_ONCE = 500
_SAMPLE = 50

#: Called when the transaction is through: wakes a worker, unless the caller does the work (the command line).
Then = Callable[[], None]


def _need_coordinator(by: User | None) -> None:
    if by is not None and not by.holds(Role.COORDINATOR):
        raise NotAllowed("import")


def begin(name: str, content: bytes, *, by: User | None) -> ImportRun:
    """Read a spreadsheet and keep its rows until they are taken or 30 days are over; the file is not kept.

    Raises NotPossible with plain words for anything that is not a table we can read.
    """
    _need_coordinator(by)
    table = _read(name, content)
    targets = columns.guess(table.headers, [cells for _number, cells in table.rows[:_SAMPLE]])
    with transaction.atomic():
        run = ImportRun.objects.create(
            file_name=_tidy(name),
            digest=table.digest,
            headers=list(table.headers),
            notes=[str(note) for note in table.notes],
            columns={"targets": targets},
            started_by=by,
        )
        ImportRow.objects.bulk_create(_rows(run, table), batch_size=1000)
    return run


def _read(name: str, content: bytes) -> Table:
    try:
        table = read_table(name, content)
    except UnreadableTable as problem:
        raise NotPossible(problem.message) from problem
    if not table.rows:
        raise NotPossible(_("This table has column names but no rows."))
    return table


def _tidy(name: str) -> str:
    return "".join(letter for letter in name if letter.isprintable())[-200:] or "?"


def _rows(run: ImportRun, table: Table) -> list[ImportRow]:
    return [
        ImportRow(run=run, number=number, cells=list(cells), problem=table.problems.get(number, "")[:300])
        for number, cells in table.rows
    ]


@transaction.atomic
def choose_columns(
    run: ImportRun, chosen: Mapping[str, str], *, by: User | None, then: Then | None = None
) -> ImportRun:
    """Say what the columns are (position to target, "" left out). Raises NotPossible.

    Goes to the values when some are unknown, otherwise straight to the try.
    """
    kept = columns.check(chosen)
    with LIFECYCLE.transition("choose_columns", run, by=by) as locked_run:
        locked_run.columns = {"targets": kept}
    if not unknown(locked_run):
        return choose_values(locked_run, {}, by=by, then=then)
    return locked_run  # type: ignore[no-any-return]


@transaction.atomic
def choose_values(
    run: ImportRun,
    chosen: Mapping[tuple[str, str], str],
    *,
    by: User | None,
    remember: bool = True,
    then: Then | None = None,
) -> ImportRun:
    """Say what values stand for: (dimension, value key) to option key, "" for left out. Then try all rows.

    `remember`: keep it for the next roster too. What was remembered before is noted in the run, so that the
    real run cannot mean anything else than the try.
    """
    with LIFECYCLE.transition("choose_values", run, by=by) as locked_run:
        decided = _lexicon(locked_run).decided()
        for (dimension, value), option in chosen.items():
            decided.setdefault(dimension, {})[value] = option or None
        locked_run.columns = {**locked_run.columns, "values": decided}
    if remember:
        _remember(chosen)
    locked_run.rows.update(tried=ImportOutcome.WAITING, remarks=[])
    _try_out(locked_run, then or wake)
    return locked_run  # type: ignore[no-any-return]


def _remember(chosen: Mapping[tuple[str, str], str]) -> None:
    found = Dimension.objects.filter(key__in={key for key, _value in chosen}).prefetch_related("options")
    dimensions = {item.key: (item, {option.key: option for option in item.options.all()}) for item in found}
    rows = [
        RememberedValue(dimension=dimensions[key][0], value=value, option=dimensions[key][1].get(option))
        for (key, value), option in chosen.items()
    ]
    RememberedValue.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["dimension", "value"], update_fields=["option"], batch_size=500
    )


def _try_out(run: ImportRun, then: Then) -> None:
    if run.rows.count() <= TRIED_AT_ONCE:
        continue_run(run.pk)
    else:
        transaction.on_commit(then)


@transaction.atomic
def take(run: ImportRun, *, by: User | None, then: Then | None = None) -> ImportRun:
    """Begin to take the rows over, as they were tried. Raises NotPossible while the try is not through."""
    with LIFECYCLE.transition("start", run, by=by) as locked_run:
        if locked_run.rows.filter(tried=ImportOutcome.WAITING).exists():
            raise NotPossible(_("The rows are still being tried. Please look again in a moment."))
    transaction.on_commit(then or wake)
    return locked_run  # type: ignore[no-any-return]


@transaction.atomic
def cancel(run: ImportRun, *, by: User | None) -> ImportRun:
    """Stop. Before anything was taken, the rows are deleted at once; afterwards they stay for the report."""
    with LIFECYCLE.transition("cancel", run, by=by) as locked_run:
        pass
    if not locked_run.rows.exclude(outcome=ImportOutcome.WAITING).exists():
        locked_run.rows.all().delete()
    return locked_run  # type: ignore[no-any-return]


def is_trying(run: ImportRun) -> bool:
    """Whether rows still wait to be tried."""
    return run.state == ImportState.TRIED and run.rows.filter(tried=ImportOutcome.WAITING).exists()


def counts(run: ImportRun) -> dict[str, int]:
    """Return outcome to number of rows: what was taken, or before that what would be."""
    column = outcome_column(run)
    found = run.rows.order_by().values(column).annotate(rows=Count("pk")).values_list(column, "rows")
    return dict.fromkeys(ImportOutcome.values, 0) | dict(found)


def outcome_column(run: ImportRun) -> str:
    return "tried" if run.state in BEFORE_TAKING else "outcome"


def values(run: ImportRun) -> tuple[CatalogueLexicon, list[SeenValue]]:
    """Return every value of the mapped dimensions with its count, and the words to choose from."""
    layout, lexicon = Layout.of(run.columns["targets"]), _lexicon(run)
    rows = run.rows.filter(problem="").order_by("number").values_list("cells", flat=True)
    return lexicon, values_in(rows.iterator(1000), layout, lexicon)


def _lexicon(run: ImportRun) -> CatalogueLexicon:
    layout = Layout.of(run.columns["targets"])
    return CatalogueLexicon((key for _at, key in layout.dimensions), run.columns.get("values"))


def unknown(run: ImportRun) -> list[SeenValue]:
    """Return the values nobody has said anything about yet."""
    return [item for item in values(run)[1] if not item.meaning.known]


def wake() -> None:
    """Tell a worker that there is something to do; the beat finds it anyway when this fails."""
    from supporters.tasks import continue_imports

    if settings.TESTING:
        return
    try:
        continue_imports.apply_async(retry=False, expires=60)
    except Exception as problem:
        log.warning("the broker could not be reached (%s)", type(problem).__name__)


__all__ = [
    "begin",
    "cancel",
    "choose_columns",
    "choose_values",
    "counts",
    "is_trying",
    "outcome_column",
    "take",
    "unknown",
    "value_key",
    "values",
]
