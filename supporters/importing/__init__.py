"""A roster on its way in: columns, values, a try that takes nothing, then row by row, all of it or none.

`runs` has the verbs, `rows` reads one row, `planning` says what would become of it (the try and the real
run ask the same function), `taking` does it in batches that can be interrupted anywhere.
"""

from supporters.importing.taking import continue_all, continue_run

__all__ = ["continue_all", "continue_run"]
