"""A double press makes one thing: each shown form has a key, and the same form sent twice is done once.

The key stands in every form (`{% csrf_token %}` writes it). The first press is worked on; a second one with the same
content waits for it and gets the same answer. A form that came back with errors has a key of its own.
"""

import hashlib
import json
import time
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.utils import timezone

from peersupport.ui.cache import keyed_hash
from peersupport.ui.middleware import GetResponse
from peersupport.ui.models import SubmittedForm
from peersupport.ui.scripts import is_script
from peersupport.ui.site_seal import NotOurs, open_sealed, seal

FIELD, USE = "form_key", "form answer"
KEPT = timedelta(hours=1)
#: So long a second press waits for the first one.
WAIT_SECONDS, LOOK_EVERY = 10.0, 0.1
#: The largest page that is given once more, in bytes.
LARGEST = 300_000


class FormKeyMiddleware:
    """Do each shown form once."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST" or is_script(request) or not 0 < len(request.POST.get(FIELD, "")) <= 64:
            return self.get_response(request)
        key = _key_of(request)
        until = time.monotonic() + WAIT_SECONDS
        while not _claim(key):
            answer = _answer_of(key)
            if answer is not None:
                return answer
            if time.monotonic() > until:
                return render(request, "page/still_working.html", {"form": None}, status=409)
            time.sleep(LOOK_EVERY)
        done = False
        try:
            response = self.get_response(request)
            done = _note(key, response)
        finally:
            if not done:
                SubmittedForm.objects.filter(pk=key).delete()
        return response


def _key_of(request: HttpRequest) -> str:
    """Return what stands for this form with this content, sent by this browser."""
    content = hashlib.sha256()
    for name, values in sorted(request.POST.lists()):
        if name not in {"csrfmiddlewaretoken", FIELD}:
            content.update(json.dumps([name, values]).encode())
    for name, file in sorted(request.FILES.items()):
        content.update(f"{name} {file.name} {file.size}".encode())
    session = request.session.session_key or ""
    return keyed_hash("form", "|".join([request.POST[FIELD], session, request.get_full_path(), content.hexdigest()]))


def _claim(key: str) -> bool:
    try:
        with transaction.atomic():
            SubmittedForm(key=key, expires_at=timezone.now() + KEPT).save(force_insert=True)
    except IntegrityError:
        return False
    return True


def _answer_of(key: str) -> HttpResponse | None:
    row = SubmittedForm.objects.filter(pk=key).first()
    if row is None or row.answer is None:
        return None
    try:
        answer: dict[str, Any] = json.loads(open_sealed(row.answer, use=USE))
    except (NotOurs, ValueError):
        return None
    return HttpResponseRedirect(answer["to"]) if "to" in answer else HttpResponse(answer["page"])


def _note(key: str, response: HttpResponse) -> bool:
    """Keep the answer for a second press; tell whether the form was done (it was not, where it came back)."""
    if response.status_code in {302, 303}:
        answer = {"to": response.headers["Location"]}
    elif _is_page_of_something_done(response):
        answer = {"page": response.content.decode()}
    else:
        return False
    SubmittedForm.objects.filter(pk=key).update(answer=seal(json.dumps(answer), use=USE))
    return True


def _is_page_of_something_done(response: HttpResponse) -> bool:
    if (
        response.status_code != 200
        or response.streaming
        or not response.headers["Content-Type"].startswith("text/html")
    ):
        return False
    context = response.context_data or {} if isinstance(response, TemplateResponse) else {}
    form = context.get("form")
    return not (form is not None and form.is_bound) and len(response.content) <= LARGEST
