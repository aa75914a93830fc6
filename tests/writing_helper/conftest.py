"""The pair who keep notes, as in the tests of sessions."""

from tests.sessions_log.conftest import pair

__all__ = ["pair"]
