"""Writes `lifecycles.md` from the transition tables: `python manage.py shell -c "from peersupport.docs import lifecycles as l; l.write()"`."""

from pathlib import Path

from hiring.workflows import applying, vacancies
from matching.workflows import invitations, matches, requests
from peersupport.organization import workflows as organization
from peersupport.workflow.state_machine import Transition
from sessions_log.workflows import meetings, sharings
from supporters import workflows as supporters
from supporters.importing import lifecycle as importing
from supporters.staffing import leave, reviews, together
from supporters.supervision import workflows as supervision

TARGET = Path(__file__).with_name("lifecycles.md")
EVERY = [
    requests.LIFECYCLE,
    invitations.LIFECYCLE,
    matches.LIFECYCLE,
    meetings.LIFECYCLE,
    sharings.LIFECYCLE,
    supporters.LIFECYCLE,
    importing.LIFECYCLE,
    supervision.LIFECYCLE,
    leave.LIFECYCLE,
    reviews.LIFECYCLE,
    together.LIFECYCLE,
    vacancies.LIFECYCLE,
    applying.LIFECYCLE,
    organization.CONCERNS,
]


def page() -> str:
    """Return the tables of all lifecycles as Markdown."""
    parts = ["# Lifecycles\n\nWritten from the code: which step leads from where to where, and who may take it.\n"]
    for lifecycle in EVERY:
        parts.append(f"\n## {lifecycle.name}\n\n| step | from | to | who |\n|---|---|---|---|\n")
        parts += [_row(row) for row in lifecycle.table.values()]
    return "".join(parts)


def _row(row: Transition) -> str:
    sources, who = ", ".join(sorted(map(str, row.sources))), ", ".join(sorted(row.roles))
    return f"| {row.action} | {sources} | {' or '.join(sorted(map(str, row.targets))) or 'as it was'} | {who} |\n"


def write() -> None:
    """Write the page."""
    TARGET.write_text(page())
