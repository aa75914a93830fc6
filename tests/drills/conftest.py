"""What drills of the outbox share: one scratch installation for each file, made empty again for each drill."""

import pytest

from tests.drills.outbox_house import OutboxHouse


@pytest.fixture(scope="module")
def one_house(tmp_path_factory):
    house = OutboxHouse(tmp_path_factory.mktemp("drills"))
    yield house
    house.leave()


@pytest.fixture
def house(one_house):
    one_house.fresh()
    yield one_house
    one_house.kill_all()
