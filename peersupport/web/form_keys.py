"""A double press makes one thing: each shown form has a key, and the same form sent twice is done once.

The key stands in every form (`{% csrf_token %}` writes it). The first press is worked on; a second one with the same
content waits for it and gets the same answer, after every check that the first one had to pass. A form that came back
with errors has a key of its own.

What is kept of an answer is where it leads. It is sealed with the site's secret together with the form's key, which is in
the browser's page alone: neither the tables nor the secret nor both open it. Pages are not kept, for they may show a
code or words; a page that has to be (`answer_is_kept`) is, for two minutes.
"""

import hashlib
import json
import time
from datetime import timedelta
from importlib import import_module
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.utils import timezone

from peersupport.web.cache import keyed_hash
from peersupport.web.middleware import GetResponse
from peersupport.web.models import SubmittedForm
from peersupport.web.scripts import is_script
from peersupport.web.site_seal import NotOurs, open_sealed, seal

FIELD, USE = "form_key", "form answer"
KEPT = timedelta(hours=1)
#: So long a page, or an answer with a new session, is kept: a double press is a matter of seconds.
KEPT_SHORT = timedelta(minutes=2)
#: So long a second press waits for the first one; it holds a process of the server meanwhile.
WAIT_SECONDS, LOOK_EVERY = 2.0, 0.1
#: The largest page that is given once more, in bytes.
LARGEST = 300_000


class FormKeyMiddleware:
    """Do each shown form once."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        done = False
        try:
            response = self.get_response(request)
            form: tuple[str, str, bool] | None = getattr(request, "_sent_form", None)
            done = form is None or _note(request, form, response)
        finally:
            if not done and (form := getattr(request, "_sent_form", None)):
                SubmittedForm.objects.filter(pk=form[0]).delete()
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Claim the form, or answer as before: the last thing before the view, when every other check has been passed."""
        if request.method != "POST" or is_script(request) or not 0 < len(request.POST.get(FIELD, "")) <= 64:
            return None
        content = _content_of(request)
        key = keyed_hash("form", content)
        until = time.monotonic() + WAIT_SECONDS
        while not _claim(key):
            answer = _answer_of(request, key, content)
            if answer is not None:
                return answer
            if time.monotonic() > until:
                return render(request, "page/still_working.html", {"form": None}, status=409)
            time.sleep(LOOK_EVERY)
        request._sent_form = key, content, request.user.is_authenticated  # type: ignore[attr-defined]
        return None


def _content_of(request: HttpRequest) -> str:
    """Return what stands for this form with this content, sent by this browser. It is kept nowhere."""
    content = hashlib.sha256()
    for name, values in sorted(request.POST.lists()):
        if name not in {"csrfmiddlewaretoken", FIELD}:
            content.update(json.dumps([name, values]).encode())
    for name, file in sorted(request.FILES.items()):
        content.update(f"{name} {file.name} {file.size}".encode())
        for chunk in file.chunks():
            content.update(chunk)
        file.seek(0)
    # As the browser sent it: the first press may have ended that session and begun another.
    session = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    return "|".join([request.POST[FIELD], session, request.get_full_path(), content.hexdigest()])


def _claim(key: str) -> bool:
    SubmittedForm.objects.filter(pk=key, expires_at__lt=timezone.now()).delete()
    try:
        with transaction.atomic():
            SubmittedForm(key=key, expires_at=timezone.now() + KEPT_SHORT).save(force_insert=True)
    except IntegrityError:
        return False
    return True


def _answer_of(request: HttpRequest, key: str, content: str) -> HttpResponse | None:
    row = SubmittedForm.objects.filter(pk=key).first()
    if row is None or row.answer is None:
        return None
    try:
        answer: dict[str, Any] = json.loads(open_sealed(row.answer, use=f"{USE} {content}"))
    except (NotOurs, ValueError):
        return None
    if session := answer.get("session"):
        _take_up(request, session)
    return HttpResponseRedirect(answer["to"]) if "to" in answer else HttpResponse(answer["page"])


def _take_up(request: HttpRequest, session_key: str) -> None:
    """The first answer, and the session it began, never reached the browser: give it this one."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    if store().exists(session_key):
        request.session = store(session_key)
        request.session.modified = True


def _note(request: HttpRequest, form: tuple[str, str, bool], response: HttpResponse) -> bool:
    """Keep the answer for a second press; tell whether the form was done (it was not, where it came back)."""
    key, content, was_signed_in = form
    kept_for = KEPT
    answer: dict[str, Any]
    if response.status_code in {302, 303}:
        answer = {"to": response.headers["Location"]}
    elif _is_kept_page(request, response):
        answer, kept_for = {"page": response.content.decode()}, KEPT_SHORT
    else:
        return False
    if request.session.modified and not request.session.is_empty():
        request.session.save()  # a session that has just begun has its key from now on
    session = request.session.session_key or ""
    if session != content.split("|")[1]:
        if request.user.is_authenticated or was_signed_in:  # signing in and out are done anew, with all they begin
            return False
        answer, kept_for = (answer | {"session": session} if session else answer), KEPT_SHORT
    sealed = seal(json.dumps(answer), use=f"{USE} {content}")
    SubmittedForm.objects.filter(pk=key).update(answer=sealed, expires_at=timezone.now() + kept_for)
    return True


def _is_kept_page(request: HttpRequest, response: HttpResponse) -> bool:
    """Tell whether something was done and answered by a page that a second press has to get too."""
    view = getattr(request.resolver_match.func, "view_class", None) if request.resolver_match else None
    if not getattr(view, "answer_is_kept", False) or response.status_code != 200 or response.streaming:
        return False
    context = response.context_data or {} if isinstance(response, TemplateResponse) else {}
    form = context.get("form")
    return not (form is not None and form.is_bound) and len(response.content) <= LARGEST
