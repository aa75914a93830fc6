"""The floor of suggestions: the same answer from SQL written by hand, as short as it can be made.

Two queries: what matters to the person, then the order. With musts few supporters are left, and what they
share is counted one by one; without musts the likes are counted for everybody first. Nobody who shares no
like comes before somebody who does, so those are looked for only when a page is not full.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import connection

_MATTERS = """
SELECT w.strength, w.option_id, CASE WHEN d.one_answer THEN d.id ELSE w.option_id END, d.kind
FROM matching_wish w JOIN supporters_option o ON o.id = w.option_id JOIN supporters_dimension d ON d.id = o.dimension_id
WHERE w.request_id = {request}
UNION ALL SELECT 'shown', option_id, supporter_id, '' FROM matching_disclosure WHERE request_id = {request}
UNION ALL SELECT 'apart', supporter_id, NULL, '' FROM matching_notagain WHERE person_key = {person}
UNION ALL SELECT 'apart', supporter_id, NULL, '' FROM matching_invitation
  WHERE request_id = {request} AND state IN ('declined', 'expired')
UNION ALL SELECT 'apart', supporter_id, NULL, '' FROM matching_match WHERE request_id = {request} AND state = 'ended'
"""
_SHOWS = "EXISTS (SELECT 1 FROM supporters_characteristic c WHERE c.supporter_id = s.id AND c.visibility = 'show' AND c.option_id IN {0})"
_TOLD = (
    "SELECT supporter_id, option_id FROM supporters_characteristic WHERE visibility = 'show' AND option_id IN {likes}"
)
_TOLD_ME = (
    "SELECT supporter_id, option_id FROM matching_disclosure WHERE request_id = {request} AND option_id IN {likes}"
)
_FIRST = """
WITH liked AS (SELECT supporter_id, count(*) AS n FROM ({told}) t GROUP BY supporter_id)
SELECT s.id FROM supporters_supporter s {join} JOIN liked ON liked.supporter_id = s.id WHERE {fits}
ORDER BY {rank} DESC, s.room_since, s.id LIMIT {size}
"""
_FEW = """
SELECT s.id FROM supporters_supporter s WHERE {fits}
ORDER BY (SELECT count(*) FROM ({told}) t) DESC, s.room_since, s.id LIMIT {size}
"""
_NO_LIKES = "SELECT s.id FROM supporters_supporter s WHERE {fits} ORDER BY s.room_since, s.id LIMIT {size}"


def ranked(request: Any, size: int = 8) -> list[UUID]:
    """Return the ids of the first `size` supporters for a request."""
    rows, shown = defaultdict(set), defaultdict(set)
    for kind, first, second, sort in _run(_MATTERS.format(request=_key(request.pk), person=_key(request.person_key))):
        if kind == "shown":
            shown[first].add(second)
        rows[kind].add((first, second, sort))
    likes = {row[0] for row in rows["like"]}
    fits = " AND ".join(_conditions(request, rows, shown, likes))
    if not likes:
        return _ids(_NO_LIKES.format(fits=fits, size=size))
    words = {"likes": _list(likes), "request": _key(request.pk), "fits": fits, "size": size}
    told = f"{_TOLD} UNION {_TOLD_ME}" if likes & shown.keys() else _TOLD
    if rows["must"]:
        mine = told.replace("WHERE", "WHERE supporter_id = s.id AND")
        return _ids(_FEW.format(told=mine.format(**words), **words))
    words["told"] = told.format(**words)
    found = _ids(_FIRST.format(join="", rank="liked.n", **words))
    return found if len(found) == size else _ids(_FIRST.format(join="LEFT", rank="coalesce(liked.n, 0)", **words))


def _conditions(request: Any, rows: Any, shown: Any, likes: set[Any]) -> Iterable[str]:
    """Who has room and fits."""
    yield "s.room_since IS NOT NULL"
    musts = defaultdict(set)
    for option, group, _sort in rows["must"]:
        musts[group].add(option)
    where = request.places or 63
    for column, wanted in (("places", where), ("times", request.times)):
        if wanted not in (0, 63 if column == "places" else 2**21 - 1):
            yield f"(s.{column} & {wanted}) <> 0"
    for group in musts.values():
        me = set().union(*(shown[option] for option in group))
        yield f"({_SHOWS.format(_list(group))} OR s.id IN {_list(me)})" if me else _SHOWS.format(_list(group))
    practical = defaultdict(set)
    for option, _group, sort in rows["practical"]:
        practical[sort].add(option)
    if practical["language"]:
        yield _SHOWS.format(_list(practical["language"]))
    if practical["area"]:
        yield f"((s.places & {where & 0b110000}) <> 0 OR {_SHOWS.format(_list(practical['area']))})"
    if apart := {row[0] for row in rows["apart"]}:
        yield f"s.id NOT IN {_list(apart)}"
    if request.person_id:
        yield f"(s.user_id IS NULL OR s.user_id <> {_key(request.person_id)})"
    if away := {row[0] for row in rows["rather_not"]}:
        yield f"NOT {_SHOWS.format(_list(away))}"


def _run(statement: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def _ids(statement: str) -> list[UUID]:
    return [row[0] if isinstance(row[0], UUID) else UUID(row[0]) for row in _run(statement)]


def _key(key: Any) -> str:
    """A key as this database writes it; keys come from the database, never from anybody's typing."""
    found = key if isinstance(key, UUID) else UUID(key)
    return f"'{found}'" if connection.features.has_native_uuid_field else f"'{found.hex}'"


def _list(keys: Iterable[Any]) -> str:
    return f"({', '.join(sorted(map(_key, keys)))})"
