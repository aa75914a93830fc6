"""Working through the rows in batches. Each batch is one transaction, each row all of it or none.

A row's outcome is written in the transaction of its effect, so a worker may be killed anywhere: the next
one goes on with the rows that still wait. The run is locked for a batch, so two workers never take a row twice.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _now

from peersupport.accounts.models import Role, RoleInvitation, User
from peersupport.accounts.workflows import INVITATION_DAYS
from peersupport.audit.models import ActorRole, AuditEntry, AuditKind
from supporters.importing.doubles import Doubles, doubles_in
from supporters.importing.layout import AGE_GROUP, Layout
from supporters.importing.lexicon import CatalogueLexicon
from supporters.importing.lifecycle import LIFECYCLE
from supporters.importing.planning import Known, Plan, plan, refused
from supporters.importing.rows import Reading, read_keys, read_row
from supporters.models import Characteristic, ImportOutcome, ImportRow, ImportRun, ImportState, Supporter, Visibility

log = logging.getLogger("peersupport.supporters")
BATCH = 200
_FILLED = ["name", "pronouns", "title", "phone", "story", "external_id", "invitation"]
_PRACTICAL = {"language", "area"}


@dataclass
class Work:
    """What stays the same for all rows of a run."""

    run: ImportRun
    layout: Layout
    lexicon: CatalogueLexicon
    doubles: Doubles
    today: Any

    @classmethod
    def of(cls, run: ImportRun) -> Work:
        layout = Layout.of(run.columns["targets"])
        lexicon = CatalogueLexicon([AGE_GROUP, *(key for _at, key in layout.dimensions)], run.columns.get("values"))
        today = timezone.localdate(run.started_at)
        return cls(run, layout, lexicon, _doubles(run, layout, today), today)

    def read(self, row: ImportRow) -> Reading:
        if row.problem:
            return Reading(row.number, problem=row.problem)
        return read_row(row.number, row.cells, self.layout, self.lexicon, self.today)


def _doubles(run: ImportRun, layout: Layout, today: Any) -> Doubles:
    if not layout.recognises_people:
        return Doubles()
    rows = run.rows.filter(problem="").order_by("number").values_list("number", "cells")
    readings = (read_keys(number, cells, layout, today) for number, cells in rows.iterator(1000))
    return doubles_in(reading for reading in readings if reading)


def continue_all() -> None:
    """Go on with every run that was started, or is being tried, and is not through."""
    trying = ImportRun.objects.filter(state=ImportState.TRIED, rows__tried=ImportOutcome.WAITING).distinct()
    running = ImportRun.objects.filter(state=ImportState.RUNNING)
    for found in [*trying.values_list("pk", flat=True), *running.values_list("pk", flat=True)]:
        try:
            continue_run(found)
        except Exception:
            log.exception("an import stopped and will go on at the next scan")


def continue_run(pk: Any, *, say: Callable[[int, int], None] | None = None) -> None:
    """Go on with one run until no row waits, somebody else holds it, or it was changed meanwhile.

    `say` is told after each batch how many rows of how many are done.
    """
    run = ImportRun.objects.select_related("started_by").get(pk=pk)
    total = run.rows.count() if say else 0
    with translation.override(_language(run.started_by)):
        work = Work.of(run)
        while taken := take_batch(work):
            if say:
                say(total - run.rows.filter(**{taken: ImportOutcome.WAITING}).count(), total)


def _language(user: User | None) -> str:
    """Reports speak the language of whoever reads them, also when a worker writes them."""
    return (user.language if user else "") or translation.get_language() or settings.LANGUAGE_CODE


@transaction.atomic
def take_batch(work: Work) -> str:
    """Try or take the next rows; return the column their outcome went to, or nothing when none were left."""
    run = _hold(work)
    if run is None:
        return ""
    taking = run.state == ImportState.RUNNING
    column = "outcome" if taking else "tried"
    rows = list(run.rows.filter(**{column: ImportOutcome.WAITING}).order_by("number")[:BATCH])
    plans = _take(work, rows) if taking else _plans(work, rows)
    for row, made in zip(rows, plans, strict=True):
        setattr(row, column, made.outcome)
        row.remarks = made.remarks
    ImportRow.objects.bulk_update(rows, [column, "remarks"])
    if taking and len(rows) < BATCH:
        _finish(run)
    return column if rows else ""


def _hold(work: Work) -> ImportRun | None:
    """Lock the run. None when another worker has it, or its columns or state are no longer what they were."""
    skip = connection.features.has_select_for_update_skip_locked
    free = ImportRun.objects.select_for_update(skip_locked=skip).filter(pk=work.run.pk)
    run = free.filter(state__in=[ImportState.TRIED, ImportState.RUNNING]).first()
    return run if run and run.columns == work.run.columns else None


def _finish(run: ImportRun) -> None:
    with LIFECYCLE.transition("finish", run, by=None) as locked_run:
        locked_run.finished_at = timezone.now()


def _plans(work: Work, rows: Sequence[ImportRow]) -> list[Plan]:
    readings = [work.read(row) for row in rows]
    digest = work.run.digest
    known = Known.of(readings, digest)
    return [plan(reading, known, work.doubles, digest) for reading in readings]


def _take(work: Work, rows: Sequence[ImportRow]) -> list[Plan]:
    """Take the rows together; if that fails, one by one, so that only the row at fault is refused."""
    try:
        return _take_together(work, rows)
    except (OperationalError, InterfaceError):
        raise  # the database is away or busy: no row is at fault, the batch is tried again later
    except Exception as problem:
        log.warning("a batch of an import is taken row by row (%s)", type(problem).__name__)
        return [_take_alone(work, row) for row in rows]


def _take_alone(work: Work, row: ImportRow) -> Plan:
    try:
        return _take_together(work, [row])[0]
    except (OperationalError, InterfaceError):
        raise
    except Exception as problem:
        log.warning("row %s of an import failed (%s)", row.number, type(problem).__name__)
        return refused(_now("This row could not be taken, for a reason of ours. Nothing of it was kept."))


def _take_together(work: Work, rows: Sequence[ImportRow]) -> list[Plan]:
    with transaction.atomic():
        plans = _plans(work, rows)
        _write(
            [made for made in plans if made.outcome in (ImportOutcome.CREATED, ImportOutcome.UPDATED)],
            work.run.started_by,
        )
    return plans


def _write(plans: Sequence[Plan], by: User | None) -> None:
    people: dict[str, list[Supporter]] = {ImportOutcome.CREATED: [], ImportOutcome.UPDATED: []}
    for made in plans:
        made.supporter = made.supporter or Supporter()
        people[made.outcome].append(made.supporter)
        for name, value in made.fields.items():
            setattr(made.supporter, name, value)
    _keep_addresses(plans, by)
    Supporter.objects.bulk_create(people[ImportOutcome.CREATED])
    Supporter.objects.bulk_update(people[ImportOutcome.UPDATED], _FILLED)
    Characteristic.objects.bulk_create(
        Characteristic(supporter=made.supporter, option=option, visibility=_visibility(option))
        for made in plans
        for option in made.options
    )
    AuditEntry.objects.bulk_create(_audit_row(made.supporter, by) for made in plans)


def _visibility(option: Any) -> str:
    """Nobody consented to anything yet: only what is practical is shown."""
    return Visibility.SHOW if option.dimension.kind in _PRACTICAL else Visibility.ASK


def _keep_addresses(plans: Sequence[Plan], by: User | None) -> None:
    """An address is kept as an invitation without a link; a coordinator sends it later, one by one."""
    until = timezone.now() + timedelta(days=INVITATION_DAYS)
    made = [
        (item, RoleInvitation(role=Role.SUPPORTER, email=item.email, invited_by=by, expires_at=until))
        for item in plans
        if item.email
    ]
    RoleInvitation.objects.bulk_create(invitation for _plan, invitation in made)
    for item, invitation in made:
        item.supporter.invitation = invitation  # type: ignore[union-attr]


def _audit_row(supporter: Any, by: User | None) -> AuditEntry:
    """What `record` writes, for a whole batch at once. Nobody has an account yet, so there is no subject."""
    return AuditEntry(
        actor=by.pseudonym if by else None,
        actor_role=ActorRole.COORDINATOR if by else ActorRole.SYSTEM,
        kind=AuditKind.CHANGE,
        verb="import.row",
        object_type=supporter._meta.label,
        object_id=supporter.pk,
    )
