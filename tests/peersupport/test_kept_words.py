"""No typed word is lost, and none is given to anybody else; what a stranger sends is not kept; no script draws a page."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from matching.workflows import links
from peersupport.accounts.models import User
from peersupport.accounts.tasks import leave_nothing_erased
from peersupport.web.models import KeptWords
from tests.making import PASSWORD
from tests.people import Signed

WORDS = "Umbrellas and parasols, a whole afternoon of them"
OURS = {"Origin": "http://localhost"}


@pytest.fixture
def place(world, sign_in):
    from tests.security.test_access_matrix import Place

    return Place(world)


#: Forms in which strangers saw words lost: who, which page, its arguments, which box.
FORMS = [
    ("supporter", "profile-about", {}, "story"),
    ("coordinator", "write-job", {"pk": "job", "language": "en"}, "purpose"),
    ("coordinator", "decide", {"pk": "application"}, "feedback"),
    ("administrator", "edit-text", {"kind": "privacy"}, "body_en"),
    ("administrator", "edit-organization", {}, "help_en"),
    ("person", "ask-words", {"pk": "own"}, "words"),
    ("supporter", "decline", {"pk": "invitation"}, "reason_private"),
    ("coordinator", "cancel-vacancy", {"pk": "vacancy"}, "kind_words"),
    ("supporter", "ask-leave", {}, "from_day"),
    ("administrator", "add-course", {}, "hours"),
]


def box_of(page, wanted):
    """Return the name of a box of the page's form to type into: the wanted one, or one that takes words."""
    fields = page.context["form"].fields
    if wanted in fields:
        return wanted
    from django import forms

    words = [
        name
        for name, field in fields.items()
        if isinstance(field.widget, forms.Textarea | forms.TextInput)
        and not isinstance(field.widget, forms.HiddenInput)
    ]
    return words[0]


def typed_again(client, address, name):
    form = client.get(address).context["form"]
    return form[name].value()


def signed_in_again(client, user):
    client.cookies.pop("session", None)
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})


@pytest.mark.parametrize(("actor", "name", "kwargs", "box"), FORMS, ids=[form[1] for form in FORMS])
@pytest.mark.parametrize("how", ["session ended", "signed in again in another tab"])
def test_words_stand_in_the_form_again(place, cheap_argon2, actor, name, kwargs, box, how):
    user = place.user(actor)
    browser = Signed(place.world, user)
    client = browser.client
    address = reverse(name, kwargs=place.values(kwargs))
    page = client.get(address)
    assert page.status_code == 200
    box = box_of(page, box)
    data = {field.html_name: field.value() for field in page.context["form"] if field.value() not in (None, "", [])}
    data[box] = WORDS
    if how == "session ended":
        client.cookies.pop("session")
        answer = client.post(address, data)
        assert answer.status_code in {302, 403}
        signed_in_again(client, user)
    else:
        strict = type(client)(HTTP_HOST="localhost", enforce_csrf_checks=True)
        strict.cookies = client.cookies
        strict.cookies["csrftoken"] = "x" * 32
        answer = strict.post(address, data | {"csrfmiddlewaretoken": "y" * 64}, headers=OURS)
        assert answer.status_code == 302
        assert answer.url == address
    assert typed_again(client, address, box) == WORDS
    assert not KeptWords.objects.exists(), "given back once"


def test_words_are_given_back_to_their_writer_alone(place, cheap_argon2):
    """The next one who signs in on the same shared device sees nothing of them."""
    writer, other = place.supporter.user, place.other_supporter.user
    browser = Signed(place.world, writer)
    address = reverse("profile-about")
    browser.client.get(address)
    browser.client.cookies.pop("session")
    browser.client.post(address, {"name": "Ana", "story": WORDS})
    assert KeptWords.objects.count() == 1
    signed_in_again(browser.client, other)
    assert WORDS not in browser.client.get(address).content.decode()
    assert KeptWords.objects.count() == 1
    signed_in_again(browser.client, writer)
    assert WORDS in browser.client.get(address).content.decode()


@pytest.mark.django_db(transaction=True)
def test_no_word_lies_open_and_all_are_gone_after_an_hour(place, cheap_argon2):
    browser = Signed(place.world, place.supporter.user)
    browser.client.get(reverse("profile-about"))
    browser.client.cookies.pop("session")
    browser.client.post(reverse("profile-about"), {"story": WORDS})
    row = KeptWords.objects.get()
    assert WORDS.encode() not in bytes(row.sealed)
    assert str(place.supporter.user.pk) not in row.owner
    assert timezone.now() < row.expires_at <= timezone.now() + timedelta(hours=1)
    leave_nothing_erased()
    assert KeptWords.objects.exists()
    KeptWords.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    leave_nothing_erased()
    assert not KeptWords.objects.exists(), "by the task, not by the next visit"


def test_a_password_is_never_kept(place, cheap_argon2):
    browser = Signed(place.world, place.own.person)
    for name in ("delete-account", "notes-known", "account_change_password"):
        browser.client.get(reverse(name))
        browser.client.cookies.pop("session", None)
        browser.client.post(
            reverse(name),
            {
                "password": "hunter hunter",
                "old": "hunter hunter",
                "new": "hunter hunter",
                "oldpassword": "hunter hunter",
                "password1": "hunter hunter",
            },
        )
        signed_in_again(browser.client, place.own.person)
    from peersupport.web.site_seal import open_sealed

    kept = [open_sealed(row.sealed, use="kept words") for row in KeptWords.objects.all()]
    assert "hunter" not in str(kept)


def test_sealed_words_are_never_kept_here(place, cheap_argon2):
    browser = Signed(place.world, place.supporter.user)
    address = reverse("write-note", args=[place.match.pk])
    browser.client.get(address)
    browser.client.cookies.pop("session")
    browser.client.post(address, {"talked": WORDS, "token": "forged"})
    assert not KeptWords.objects.exists()


# ---- strangers


def test_a_stranger_keeps_nothing_on_anybodys_page(world):
    support = world.helped_request()
    client = world.client()
    for number in range(5):
        client.post(reverse("ask-words", args=[support.pk]), {"words": "x" * 500_000, "n": number})
        client.post(f"/mine/00000000-0000-0000-0000-00000000000{number}/words/", {"words": "x" * 500_000})
    assert not KeptWords.objects.exists()
    from django.contrib.sessions.models import Session

    assert not Session.objects.exists()


def test_whoever_opened_the_link_gets_their_words_back(world):
    support = world.helped_request()
    token = links.make(support, "choosing", by=world.coordinator)
    client = world.client()
    client.post(f"/l/{token}/")
    address = reverse("ask-words", args=[support.pk])
    assert client.get(address).status_code == 200
    client.cookies.pop("session")
    page = client.post(address, {"words": WORDS})
    assert page.status_code == 403
    assert "kept for an hour" in page.content.decode()
    other = world.helped_request()
    client.post(reverse("ask-words", args=[other.pk]), {"words": WORDS})
    assert KeptWords.objects.count() == 1, "only for the request this browser really held"
    client.post(f"/l/{links.make(support, 'choosing', by=world.coordinator)}/")
    assert typed_again(client, address, "words") == WORDS


def test_a_stranger_keeps_little_and_not_often(world):
    client = world.client()
    navigates = {"Sec-Fetch-Mode": "navigate"}
    answer = client.post(reverse("something-wrong"), {"words": "x" * 30_000}, headers=navigates)
    assert not KeptWords.objects.exists()
    assert answer.status_code == 200
    for number in range(40):
        world.client().post(reverse("ask-for-sign-in-link"), {"email": f"no address {number}"}, headers=navigates)
    assert KeptWords.objects.count() <= 30


# ---- Back after a mended slip


def test_errors_come_by_redirect_and_say_the_same(world):
    """Back never asks whether to send a form again: the page with the errors was asked for by GET."""
    client = world.client(world.user())
    support = world.request(by=User.objects.get(pk=client.session["_auth_user_id"]), submit=False)
    address = reverse("ask-contact", args=[support.pk])
    data = {"phone": "no number", "email": "not an address"}
    plain = client.post(address, data).context["form"].errors
    answer = client.post(address, data, headers={"Sec-Fetch-Mode": "navigate"})
    assert (answer.status_code, answer.url) == (303, address)
    page = client.get(address)
    assert page.context["form"].errors == plain
    assert "not an address" in page.content.decode()
    assert client.get(address).context["form"].is_bound is False, "for one look"


def test_what_a_workflow_refuses_is_said_after_the_redirect_too(world):
    client = world.client(world.administrator)
    data = {"role": "coordinator", "email": "twice@example.org", "language": "en"}
    client.post(reverse("invite-staff"), data)
    answer = client.post(reverse("invite-staff"), data, headers={"Sec-Fetch-Mode": "navigate"})
    assert answer.status_code == 303
    page = client.get(reverse("invite-staff")).content.decode()
    assert "open invitation already" in page
    assert "twice@example.org" in page


def test_a_page_of_another_site_plants_no_words(world):
    strict = type(world.client())(HTTP_HOST="localhost", enforce_csrf_checks=True)
    strict.force_login(world.supporter().user, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = strict.post(reverse("profile-about"), {"story": WORDS}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert WORDS not in answer.content.decode()
    assert not KeptWords.objects.exists()


def test_a_stranger_whose_page_was_old_sends_it_again_by_a_button(world):
    strict = type(world.client())(HTTP_HOST="localhost", enforce_csrf_checks=True)
    page = strict.post(reverse("something-wrong"), {"words": WORDS}, headers=OURS)
    assert page.status_code == 403
    text = page.content.decode()
    assert f'name="words" value="{WORDS}"' in text
    assert 'name="csrfmiddlewaretoken"' in text
    assert not KeptWords.objects.exists()


# ---- scripts


@pytest.mark.parametrize("header", ["X-Keep", "X-Look", "HX-Request", "X-Background"])
@pytest.mark.parametrize("name", ["look-at-words", "score", "import-try"])
def test_a_script_is_never_led_to_a_sign_in_page(place, header, name):
    pks = {"score": ["application"], "import-try": ["import"], "look-at-words": []}[name]
    address = reverse(name, args=[place.values({"pk": pk})["pk"] for pk in pks])
    client = place.world.client()
    for method in ("get", "post"):
        answer = getattr(client, method)(address, headers={header: "1"})
        assert answer.status_code in {401, 405}
        assert b"password" not in answer.content


def test_a_script_whose_notes_are_locked_is_told_so_in_a_number(place, cheap_argon2):
    browser = Signed(place.world, place.supporter.user)
    browser.client.post(reverse("notes-lock"))
    answer = browser.client.post(reverse("reflect"), {"reflection": WORDS}, headers={"X-Keep": "1"})
    assert answer.status_code == 401


def test_scripts_take_only_answers_they_know():
    """What is drawn into a page is marked as the helper's; autosave knows 204 alone."""
    from tests.peersupport.test_conventions import ROOT

    keep, look = (ROOT / f"static/peer/{name}.js" for name in ("keep", "look"))
    for script in (keep, look):
        assert 'redirect: "manual"' in script.read_text()
    assert 'headers.get("X-Answer") === "pointers"' in look.read_text()
    assert look.read_text().count("innerHTML") == 1
    assert "answer.status === 204" in keep.read_text()
    assert "innerHTML" not in keep.read_text()


def test_the_helpers_answer_is_marked(world):
    answer = world.client(world.user()).post(
        reverse("look-at-words"), {"text": "a schizophrenic"}, headers={"X-Look": "1"}
    )
    assert answer.headers["X-Answer"] == "pointers"


def test_a_page_takes_a_fresh_token_after_signing_in_in_another_tab(world):
    strict = type(world.client())(HTTP_HOST="localhost", enforce_csrf_checks=True)
    user = world.user()
    strict.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    token = strict.get("/form-token/").json()["token"]
    answer = strict.post(reverse("look-at-words"), {"text": "words", "csrfmiddlewaretoken": token})
    assert answer.status_code == 200


# ---- leaving


def test_leaving_ends_the_session_and_drops_what_was_kept(place, cheap_argon2):
    browser = Signed(place.world, place.supporter.user)
    client = browser.client
    client.get(reverse("profile-about"))
    session = client.cookies["session"].value
    client.cookies.pop("session")
    client.post(reverse("profile-about"), {"story": WORDS})
    client.cookies["session"] = session
    assert KeptWords.objects.exists()
    page = client.post(reverse("leave"))
    text = page.content.decode()
    assert page.status_code == 200
    assert 'http-equiv="refresh"' in text
    assert place.world.administrator.name not in text
    assert "Umbrella" not in text
    assert not KeptWords.objects.exists()
    assert client.get(reverse("profile-about")).status_code == 302
    assert "no-store" in page.headers["Cache-Control"]


def test_leaving_works_from_a_page_that_was_open_for_days(world):
    strict = type(world.client())(HTTP_HOST="localhost", enforce_csrf_checks=True)
    strict.force_login(world.user(), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert strict.post(reverse("leave")).status_code == 200
    assert strict.get("/account/").status_code == 302


def test_leaving_closes_what_a_private_link_opened(world):
    support = world.helped_request()
    client = world.client()
    client.post(f"/l/{links.make(support, 'choosing', by=world.coordinator)}/")
    address = reverse("support", args=[support.pk])
    assert client.get(address).status_code == 200
    client.post(reverse("leave"))
    assert client.get(address).status_code == 403


def test_the_page_says_what_the_history_still_shows(world):
    world.client(world.administrator)
    from peersupport.organization.models import Organization

    Organization.objects.update(leave_page_url="https://weather.example/")
    page = world.client(world.user()).get("/").content.decode()
    assert f'action="{reverse("leave")}"' in page
    assert "history still lists this site" in page
