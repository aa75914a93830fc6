"""Pages that belong to no app: errors, health, leaving."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from peersupport.celery import app as celery_app


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say plainly that the form could not be trusted and how to go on; a page that can keep what was typed does."""
    match = request.resolver_match
    keep = getattr(getattr(match.func, "view_class", None), "keep_refused", None) if match else None
    kept = keep(request, **match.kwargs) if keep and match else None
    if kept is not None:
        return kept  # type: ignore[no-any-return]
    return render(request, "403_csrf.html", status=403)


@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer that the process is alive."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer whether database and broker can be reached: 200 or 503, naming only which part."""
    parts = {"database": _database_answers(), "broker": _broker_answers()}
    return JsonResponse(parts, status=200 if all(parts.values()) else 503)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return bool(cursor.fetchone())
    except DatabaseError:
        return False


def _broker_answers() -> bool:
    if settings.CELERY_BROKER_URL.startswith(("embedded", "memory")):
        return True
    try:
        with celery_app.connection_for_read() as broker:
            broker.ensure_connection(max_retries=1, timeout=2)
            return True
    except Exception:
        return False
