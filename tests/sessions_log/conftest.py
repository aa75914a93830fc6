"""A pair who keep notes."""

import pytest

from tests.sessions_log.pair import Pair


@pytest.fixture
def pair(world, sign_in):
    return Pair(world, sign_in)
