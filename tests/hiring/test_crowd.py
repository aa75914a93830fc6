"""A crowd of candidates costs no more queries than a few: panel table, coordinator's table, scoring form."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.benchmarks.crowd import settle_panel


def asked(client, address):
    """How many queries a page asks, once it is warm; the session is left out, which a shared cache may or may not hold."""
    client.get(address)
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return len([one for one in found if "django_session" not in one["sql"]])


@pytest.mark.slow
def test_pages_of_a_panel_ask_the_same_number_of_queries_with_60_300_and_3000_candidates(world):
    counts = []
    for candidates in (60, 300, 3000):
        member, coordinator = world.user("panel_member"), world.user("coordinator")
        for user in range(1, 5):  # the crowd makes its own members, by fixed addresses
            type(member).objects.filter(email=f"m{user}@example.org").update(
                email=f"before{candidates}{user}@example.org"
            )
        made = settle_panel(member, coordinator, candidates=candidates)
        sits, runs = world.client(member), world.client(coordinator)
        counts.append(
            [
                asked(sits, reverse("panel", args=[made["vacancy"]])),
                asked(sits, reverse("score", args=[made["candidate"]])),
                asked(runs, reverse("candidates", args=[made["vacancy"]])),
                asked(runs, reverse("vacancy", args=[made["vacancy"]])),
            ]
        )
    assert counts[0] == counts[1] == counts[2], counts
