"""Every test of the vault opens keys fast; the real costs have a test of their own."""

import pytest


@pytest.fixture(autouse=True)
def fast(cheap_argon2):
    """See `tests/conftest.py`."""
