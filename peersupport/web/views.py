"""Pages that belong to no app: errors, health, leaving."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from peersupport.celery import app as celery_app
from peersupport.web import kept_words
from peersupport.web.scripts import is_script


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say plainly that the form could not be trusted and how to go on; a page that can keep what was typed does."""
    match = request.resolver_match
    keep = getattr(getattr(match.func, "view_class", None), "keep_refused", None) if match else None
    kept = keep(request, **match.kwargs) if keep and match else None
    if kept is not None:
        return kept  # type: ignore[no-any-return]
    if is_script(request):
        return HttpResponse(status=403)
    if not _is_own_page(request) or kept_words.keeps_its_own(request):
        return render(request, "403_csrf.html", {"again": []}, status=403)
    secret = kept_words.secret_fields(request)
    if kept_words.keep(request, kept_words.owner_of(request), without=secret):
        messages.info(
            request, _("This page was older than your sign-in. What you wrote is back. Please send it again.")
        )
        return redirect(request.get_full_path())
    return render(request, "403_csrf.html", {"again": kept_words.to_send_again(request, without=secret)}, status=403)


def _is_own_page(request: HttpRequest) -> bool:
    """Tell whether a page of this site sent the form: another site's words are neither kept nor offered."""
    own = f"{request.scheme}://{request.get_host()}"
    return request.headers.get("Origin") == own or request.headers.get("Referer", "").startswith(f"{own}/")


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer that the process is alive."""
    return HttpResponse("ok", content_type="text/plain; charset=utf-8")


@login_not_required
@require_safe
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
