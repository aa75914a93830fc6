"""What somebody typed when their page had been closed meanwhile: kept for an hour, given back to them alone.

It is kept in the session of this browser and given back only on the same address, which only its owner can open.
"""

import time

from django.http import HttpRequest, QueryDict

KEY = "kept"
SECONDS = 3600


def keep(http: HttpRequest) -> None:
    """Keep what was posted; only the newest is kept."""
    data = http.POST.copy()
    data.pop("csrfmiddlewaretoken", None)
    http.session[KEY] = {"path": http.path, "data": data.urlencode(), "until": time.time() + SECONDS}


def give_back(http: HttpRequest) -> QueryDict | None:
    """Return what was typed on this address and forget it, or None."""
    kept = http.session.get(KEY)
    if not kept or kept["path"] != http.path:
        return None
    del http.session[KEY]
    return QueryDict(kept["data"]) if kept["until"] > time.time() else None
