"""Writes `lifecycles.md` from the transition tables: `python -m peersupport.docs.lifecycles`."""

from pathlib import Path

from peersupport.audit.lifecycle import Lifecycle

TARGET = Path(__file__).with_name("lifecycles.md")


def page(lifecycles: list[Lifecycle]) -> str:
    """Return the tables of all lifecycles as Markdown."""
    parts = ["# Lifecycles\n\nWritten from the code: which step leads from where to where, and who may take it.\n"]
    for lifecycle in lifecycles:
        parts.append(f"\n## {lifecycle.name}\n\n| step | from | to | who |\n|---|---|---|---|\n")
        for row in lifecycle.table.values():
            sources, who = ", ".join(sorted(map(str, row.sources))), ", ".join(sorted(row.who))
            parts.append(f"| {row.verb} | {sources} | {row.target or 'as it was'} | {who} |\n")
    return "".join(parts)


def every_lifecycle() -> list[Lifecycle]:
    """Return the lifecycles of the product, from the upper floors down."""
    from matching.workflows import invitations, matches, requests
    from peersupport.organization import workflows as organization
    from supporters import workflows as supporters

    return [requests.LIFECYCLE, invitations.LIFECYCLE, matches.LIFECYCLE, supporters.LIFECYCLE, organization.CONCERNS]


if __name__ == "__main__":
    import django

    django.setup()
    TARGET.write_text(page(every_lifecycle()))
