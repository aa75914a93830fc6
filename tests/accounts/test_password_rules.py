"""Long is not enough: what a list of guesses has is refused, what somebody made of several words is taken."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.urls import reverse

from peersupport.audit.models import AuditEntry
from tests.making import PASSWORD

GUESSED = [
    "passwordpassword",
    "123456789012",
    "iloveyou1234",
    "peersupport1",
    "Password123456",
    "qwertyuiop123",
    "aaaaaaaaaaaa",
    "abababababab",
    "password12345!",
    "monkeydragon1",
    "0987654321098",
    "abcdefghijkl",
    "Welcome20262026",
    "sunshine2026!!",
    "qwertzuiop12",
    "superman1234",
]
TAKEN = [
    PASSWORD,
    "another very long password",
    "a demo for everyone",
    "four umbrellas under the bridge",
    "café contraseña über",
    "x7#Qm9!vLp2z",
    "مظلة تحت الجسر القديم",
    "Regenschirm-Brücke-Dienstag",
]


@pytest.mark.django_db
@pytest.mark.parametrize("password", GUESSED)
def test_what_a_list_of_guesses_has_is_refused(password):
    with pytest.raises(ValidationError):
        validate_password(password)


@pytest.mark.django_db
@pytest.mark.parametrize("password", TAKEN)
def test_several_words_are_taken(password):
    validate_password(password)


@pytest.mark.django_db
def test_the_name_of_the_organization_is_no_password(world):
    from peersupport.organization.models import Organization

    Organization.objects.update(name="Umbrellabridge")
    with pytest.raises(ValidationError):
        validate_password("umbrellabridge1")


# ---- what is written down about signing in


def test_sign_ins_and_failed_ones_stand_where_their_owner_finds_them(sign_in, world):
    browser = sign_in()
    world.client().post("/accounts/login/", {"login": browser.user.email, "password": "wrong " * 3})
    world.client().post("/accounts/login/", {"login": "nobody@example.org", "password": "wrong " * 3})
    verbs = list(AuditEntry.objects.filter(subject=browser.user.pseudonym).values_list("verb", flat=True))
    assert verbs.count("account.sign_in") == 1
    assert verbs.count("account.sign_in_failed") == 1
    page = browser.client.get(reverse("who-looked")).content.decode()
    assert "tried to sign in to your account" in page


def test_is_it_you_gives_the_session_a_new_id_and_the_devices_follow(sign_in):
    from allauth.usersessions.models import UserSession

    browser = sign_in()
    before = browser.client.cookies["session"].value
    browser.confirm()
    after = browser.client.cookies["session"].value
    assert before != after
    assert browser.unlocked() is not None, "notes stay open"
    assert set(UserSession.objects.filter(user=browser.user).values_list("session_key", flat=True)) == {after}
    stolen = browser.client.__class__(HTTP_HOST="localhost")
    stolen.cookies["session"] = before
    assert stolen.get("/account/").status_code == 302


def test_an_administrator_signs_somebody_out_on_every_device(sign_in, world):
    from peersupport.accounts.models import RoleGrant

    browser = sign_in(world.coordinator)
    grant = RoleGrant.objects.get(user=world.coordinator, role="coordinator")
    world.client(world.administrator).post(reverse("team"), {"grant": str(grant.pk), "sign_out": "1"})
    assert browser.client.get("/account/").status_code == 302
    assert RoleGrant.objects.filter(pk=grant.pk).exists()
    assert AuditEntry.objects.filter(verb="account.ended_sessions", subject=world.coordinator.pseudonym).exists()


def test_whoever_is_signed_in_can_sign_out_on_every_page(world):
    client = world.client(world.user())
    for name in ("home", "inbox", "help", "preferences"):
        assert f'action="{reverse("account_logout")}"' in client.get(reverse(name)).content.decode()


def test_a_changed_secret_key_still_opens_second_factors(settings):
    from peersupport.accounts.adapter import SecondFactorAdapter

    sealed = SecondFactorAdapter().encrypt("the secret of an app")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new" * 20, [settings.SECRET_KEY]
    assert SecondFactorAdapter().decrypt(sealed) == "the secret of an app"
    settings.SECRET_KEY_FALLBACKS = []
    from peersupport.web.site_seal import NotOurs

    with pytest.raises(NotOurs):
        SecondFactorAdapter().decrypt(sealed)
