"""What somebody typed is given back to them, and to nobody else, when their form could not be taken.

That is so after the session had ended, after they had signed in again in another tab, and where something in the form
was wrong (the page with the errors then comes by redirect, so that Back never asks to send a form again).

Who was typing is known by a signed cookie, which a browser gets with the pages of whoever is signed in or has opened a
private link. Words are sealed with the site's secret, kept for an hour at most, and given back on the same address.
Passwords and codes are never kept; sealed texts have drafts of their own in the vault.
"""

import json
import secrets
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from peersupport.web.cache import keyed_hash
from peersupport.web.limits import too_often, too_often_for
from peersupport.web.middleware import GetResponse
from peersupport.web.models import KeptWords
from peersupport.web.scripts import is_script
from peersupport.web.site_seal import NotOurs, open_sealed, seal

SECONDS = 3600
#: The most that is kept, in bytes: of whoever is known, and of a stranger.
LARGEST, LARGEST_OF_STRANGERS = 200_000, 20_000
STRANGERS_COOKIE_SECONDS = 60
COOKIE = "words" if settings.PLAIN_HTTP else "__Host-words"
USE = _SALT = "kept words"
#: A page may lie open for a day before it is sent.
_HOLDS_SECONDS = 24 * 3600
#: Fields that are never kept, whatever form they stand in.
_NEVER = ("password", "oldpassword", "old", "new", "code", "token", "csrfmiddlewaretoken", "form_key")

OwnerOf = Callable[[HttpRequest], str]
_owners: list[OwnerOf] = []


def register_owner(owner_of: OwnerOf) -> None:
    """Register how somebody without an account is known (by the private link they opened); "" for anybody else."""
    _owners.append(owner_of)


def owner_of(request: HttpRequest) -> str:
    """Return who is typing now: a user, whoever opened a private link, or ""."""
    if request.user.is_authenticated:
        return f"user {request.user.pk}"
    return next(filter(None, (find(request) for find in _owners)), "")


def _owner_of_page(request: HttpRequest) -> str:
    """Return whose page this browser had open, by its cookie, or ""."""
    try:
        owner = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=_HOLDS_SECONDS)
    except (signing.BadSignature, ValueError):
        return ""
    return owner if isinstance(owner, str) else ""


def keep(request: HttpRequest, owner: str, *, without: Iterable[str] = (), errors: Iterable[Any] = ()) -> bool:
    """Keep what was posted for its owner; tell whether that was possible.

    `without` names fields not to keep; `errors` are said again beside the form.
    """
    dropped = {*_NEVER, *without}
    names = [name for name in request.POST if name not in dropped and not name.startswith("password")]
    typed = {name: request.POST.getlist(name) for name in names}
    content = json.dumps({"typed": typed, "errors": [str(error) for error in errors]})
    largest = LARGEST_OF_STRANGERS if owner.startswith("stranger") else LARGEST
    if not owner or not typed or len(content.encode()) > largest:
        return False
    if too_often_for(f"kept words of one:{owner}", times=60, seconds=SECONDS):
        return False
    place = _place_of(owner, request)
    sealed = seal(content, use=_use_of(place))
    until = timezone.now() + timedelta(seconds=SECONDS)
    KeptWords.objects.update_or_create(**place, defaults={"sealed": sealed, "expires_at": until})
    return True


def _place_of(owner: str, request: HttpRequest) -> dict[str, str]:
    return {"owner": keyed_hash("words-owner", owner), "path": keyed_hash("words-path", request.path)}


def _use_of(place: dict[str, str]) -> str:
    """Words open in their own row alone: whoever moves them to a row of theirs reads nothing."""
    return f"{USE} {place['owner']} {place['path']}"


def to_send_again(request: HttpRequest, *, without: Iterable[str] = ()) -> list[tuple[str, str]]:
    """Return what was posted as (name, value), for a page that offers to send it again; nothing of it is kept."""
    dropped = {*_NEVER, *without}
    names = [name for name in request.POST if name not in dropped and not name.startswith("password")]
    pairs = [(name, value) for name in names for value in request.POST.getlist(name)]
    return pairs if sum(len(value) for _name, value in pairs) <= LARGEST else []


def keep_of_page(request: HttpRequest, *, link: str) -> bool:
    """Keep what was posted to a page that has closed, for whose it was.

    That is a user, or whoever opened the private link named `link`; a stranger's post keeps nothing.
    """
    owner = _owner_of_page(request)
    known = owner == link or owner.startswith("user ")
    return known and keep(request, owner, without=secret_fields(request))


def give_back(request: HttpRequest) -> tuple[QueryDict, list[str]] | None:
    """Return what its owner typed on this address, with errors to say again, and forget it; None when there is nothing."""
    page_owner = _owner_of_page(request)
    owner = owner_of(request) or (page_owner if page_owner.startswith("stranger") else "")
    if not owner:
        return None
    place = _place_of(owner, request)
    row = KeptWords.objects.filter(**place, expires_at__gt=timezone.now()).first()
    if row is None:
        return None
    row.delete()
    try:
        content = json.loads(open_sealed(row.sealed, use=_use_of(place)))
    except (NotOurs, ValueError):
        return None
    data = QueryDict(mutable=True)
    for name, values in content["typed"].items():
        data.setlist(name, values)
    return data, content["errors"]


def forget(request: HttpRequest) -> None:
    """Drop everything kept for whoever uses this browser: they leave."""
    for owner in filter(None, {owner_of(request), _owner_of_page(request)}):
        KeptWords.objects.filter(owner=keyed_hash("words-owner", owner)).delete()


def redirect_with_errors(request: HttpRequest, form: forms.BaseForm) -> HttpResponse | None:
    """Answer a form with errors by a redirect to its page, which shows them; None where a plain answer is better.

    Only a browser that shows a page is answered so, and no form with a password or a file in it.
    """
    navigates = request.headers.get("Sec-Fetch-Mode") == "navigate"
    secret = any(isinstance(field.widget, forms.PasswordInput | forms.FileInput) for field in form.fields.values())
    if not navigates or secret or request.FILES:
        return None
    owner = owner_of(request) or _stranger(request)
    if not owner or not keep(request, owner, errors=form.non_field_errors() if form.is_bound else ()):
        return None
    response = HttpResponseRedirect(request.get_full_path())
    response.status_code = 303
    if owner.startswith("stranger"):
        _set_cookie(response, owner)
    return response


def _stranger(request: HttpRequest) -> str:
    """Return a name for a browser nobody knows, a limited number of times from one network."""
    known = _owner_of_page(request)
    if known.startswith("stranger"):
        return known
    return "" if too_often(request, "kept words", times=30, seconds=SECONDS) else f"stranger {secrets.token_hex(16)}"


def _set_cookie(response: HttpResponse, owner: str) -> None:
    value = signing.dumps(owner, salt=_SALT)
    # A stranger's is for the redirect alone: the next person at this browser gets nothing of it.
    life = STRANGERS_COOKIE_SECONDS if owner.startswith("stranger") else None
    response.set_cookie(COOKIE, value, max_age=life, secure=not settings.PLAIN_HTTP, httponly=True, samesite="Lax")


class KeptWordsMiddleware:
    """Keep what was posted after the session had ended; let pages know later whose they were."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method == "POST" and _leads_to_sign_in(response) and not is_script(request):
            _keep_after_the_end(request)
        elif request.method == "GET" and response.headers.get("Content-Type", "").startswith("text/html"):
            owner = owner_of(request)
            if owner and owner != _owner_of_page(request):
                _set_cookie(response, owner)
        return response


def _leads_to_sign_in(response: HttpResponse) -> bool:
    from django.shortcuts import resolve_url

    where = response.headers.get("Location", "")
    return response.status_code == 302 and where.partition("?")[0] == resolve_url(settings.LOGIN_URL)


def _keep_after_the_end(request: HttpRequest) -> None:
    """The session had ended: keep the words for whose page it was."""
    if keeps_its_own(request):
        return
    if keep(request, _owner_of_page(request), without=secret_fields(request)):
        messages.info(request, _("You were signed out. What you wrote is kept for an hour. Sign in, and it is back."))


def keeps_its_own(request: HttpRequest) -> bool:
    """Tell whether the page keeps what is typed by itself, sealed: then it is not kept here."""
    page = _page_of(request)
    return page is None or hasattr(page, "keep_refused") or getattr(page, "keeps_nothing", False)


def secret_fields(request: HttpRequest) -> list[str]:
    """Return the names of the fields of a page's form that nobody may keep."""
    form = getattr(_page_of(request), "form_class", None)
    found = getattr(form, "base_fields", {})
    return [name for name, field in found.items() if isinstance(field.widget, forms.PasswordInput)]


def _page_of(request: HttpRequest) -> Any:
    match = request.resolver_match
    return getattr(match.func, "view_class", None) if match else None
