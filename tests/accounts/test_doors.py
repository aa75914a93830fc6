"""Sign-up, invitations, the second factor's pages and mail: who learns what, who gets in, and what a mail server breaks."""

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.urls import reverse

from peersupport.accounts import workflows
from peersupport.accounts.models import RoleGrant, RoleInvitation, User
from peersupport.notifications import outbox
from peersupport.notifications.models import Message, MessageState
from tests.making import PASSWORD
from tests.people import Signed

NEW = "another very long password"


@pytest.fixture
def hashes(monkeypatch):
    """How often the expensive hash of a password was computed."""
    from peersupport.vault import hashers

    made = []
    encode = hashers.Argon2id.encode
    monkeypatch.setattr(hashers.Argon2id, "encode", lambda self, *a: made.append(1) or encode(self, *a))
    return made


def sign_up(world, email):
    client = world.client()
    answer = client.post(reverse("account_signup"), {"email": email, "password1": NEW, "name": "Someone"}, follow=True)
    text = answer.content.decode()
    return answer.redirect_chain, text.replace(client.cookies["csrftoken"].value, "")


def test_signing_up_costs_and_says_the_same_whether_there_is_an_account_or_not(world, cheap_argon2, hashes):
    user = world.user()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    costs, pages = [], []
    for email in (user.email, "nobody@example.org"):
        before, rows = len(hashes), Message.objects.count()
        pages.append(sign_up(world, email)[0])
        costs.append((len(hashes) - before, Message.objects.count() - rows))
    assert costs[0] == costs[1] == (1, 1), "the same expensive work, one row of the outbox each"
    assert pages[0] == pages[1]


def test_asking_for_a_new_password_costs_the_same_either_way(world, cheap_argon2, hashes):
    user = world.user()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    costs = []
    for email in (user.email, "nobody@example.org"):
        rows = Message.objects.count()
        world.client().post(reverse("account_reset_password"), {"email": email})
        costs.append((len(hashes), Message.objects.count() - rows))
    assert costs == [(0, 1), (0, 1)]


def test_one_mailbox_is_one_account(world, cheap_argon2):
    for email in ("Ana@bücher.example", "ana@bu\u0308cher.example", "ana@xn--bcher-kva.example"):
        sign_up(world, email)
    assert [user.email for user in User.objects.filter(email__endswith=".example")] == ["ana@xn--bcher-kva.example"]


@pytest.mark.parametrize("typed", ["cafe\u0301 contrasen\u0303a u\u0308ber", "café contraseña über"])
def test_a_password_is_the_same_in_both_forms_and_opens_the_notes(world, cheap_argon2, typed):
    composed = "café contraseña über"
    user = world.user()
    user.set_password(composed)
    user.save()
    first = Signed(world, user, password=composed)
    seed = first.unlocked().keys.seed
    again = Signed(world, User.objects.get(pk=user.pk), password=typed)
    assert again.answer.status_code == 302
    assert again.unlocked().keys.seed == seed


# ---- invitations


def test_an_invitation_belongs_to_its_address(world):
    _invitation, token = workflows.invite("administrator", "new@example.org", by=world.administrator)
    finder = world.user()
    client = world.client(finder)
    answer = client.post(reverse("invited", args=[token]))
    assert answer.status_code == 409
    assert "another email address" in answer.content.decode()
    assert not RoleGrant.objects.filter(user=finder).exists()
    EmailAddress.objects.create(user=finder, email="new@example.org", verified=False)
    assert client.post(reverse("invited", args=[token])).status_code == 409, "an address anybody may claim"
    EmailAddress.objects.filter(user=finder).update(verified=True)
    assert client.post(reverse("invited", args=[token])).status_code == 302
    assert RoleGrant.objects.filter(user=finder, role="administrator").exists()


@pytest.mark.parametrize("role", ["administrator", "coordinator", "supervisor"])
def test_whoever_invites_never_sees_the_link(world, role):
    """With it they could take the role in another's name."""
    data = {"role": role, "email": "new@example.org", "language": "en", "works": "no"}
    page = world.client(world.administrator).post(reverse("invite-staff"), data)
    assert page.status_code == 200
    assert "/invited/" not in page.content.decode()
    invitation = RoleInvitation.objects.get(email="new@example.org")
    again = world.client(world.administrator).post(reverse("team"), {"invitation": invitation.pk, "renew": "1"})
    assert again.status_code == 200
    assert "/invited/" not in again.content.decode()
    outbox.deliver_batch()
    assert ["/invited/" in sent.body for sent in mail.outbox] == [True, True]


def test_nor_do_coordinators_see_the_link_of_a_supporter(world):
    data = {"email": "new@example.org", "language": "en", "training_first": ""}
    page = world.client(world.coordinator).post(reverse("invite-supporter"), data)
    assert page.status_code == 200
    assert "/invited/" not in page.content.decode()
    outbox.deliver_batch()
    assert "/invited/" in mail.outbox[-1].body


def test_an_account_is_made_with_the_address_the_invitation_was_sent_to(world, cheap_argon2):
    """Nobody tries out by it which addresses have an account."""
    known = world.user()
    _invitation, token = workflows.invite("coordinator", "new@example.org", by=world.administrator)
    client = world.client()
    page = client.post(reverse("invited", args=[token]), {"name": "N", "email": known.email, "password": NEW})
    assert "There is an account" not in page.content.decode()
    assert User.objects.filter(email="new@example.org").exists()
    assert not RoleGrant.objects.filter(user=known, role="coordinator").exists()


def test_administrators_are_told_when_a_role_of_trust_begins(world):
    from peersupport.accounts.models import Role

    second = world.user(Role.ADMINISTRATOR)
    invitation, _token = workflows.invite("coordinator", "", by=world.administrator)
    workflows.accept(invitation, by=world.user())
    told = set(Message.objects.filter(kind="role.begun").values_list("recipient", flat=True))
    assert told == {second.pk}, "whoever granted it knows"
    invitation, _token = workflows.invite("supporter", "", by=world.coordinator)
    workflows.accept(invitation, by=world.user())
    assert Message.objects.filter(kind="role.begun").count() == 1, "no role of trust"


def test_keeping_a_request_with_an_account_belongs_to_the_tab_that_asked(world, cheap_argon2):
    from matching.workflows import links

    support = world.helped_request(words="SECRETWORDS", show_words=True)
    for scheme in ("next person", "the tab"):
        token = links.make(support, "choosing", by=world.coordinator)
        client = world.client()
        client.post(f"/l/{token}/")
        answer = client.post(reverse("want-account"))
        assert "tab%3D" in answer.url or "tab=" in answer.url
        user = world.user()
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        if scheme == "next person":  # opens the sign-in page by itself on the shared phone
            client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
            assert "Keep your request" not in client.get("/").content.decode()
            client.post(reverse("keep-with-account"))
        else:
            back = answer.url.split("next=")[1]
            from urllib.parse import unquote

            client.post("/accounts/login/", {"login": user.email, "password": PASSWORD, "next": unquote(back)})
            client.post(unquote(back))
        support.refresh_from_db()
        assert (support.person == user) is (scheme == "the tab")


# ---- pages without a second factor


def test_only_pages_named_whole_are_open_without_a_second_factor(world, settings):
    settings.REQUIRE_SECOND_FACTOR = True
    client = world.client(world.user("supervisor", "supporter", "panel_member"))
    for name in ("leave-of-mine", "ask-leave", "panels", "inbox"):
        answer = client.get(reverse(name))
        assert (answer.status_code, answer.url) == (302, reverse("second-factor-needed")), name
    assert client.get(reverse("help-now")).status_code == 200


def test_every_page_open_without_a_second_factor_is_there():
    from peersupport.accounts.confirming import FACTOR_FIRST, OF_ROLES, PASSWORD_FIRST
    from peersupport.accounts.middleware import OPEN_WITHOUT, TAKES_PASSWORD
    from tests.security.test_access_matrix import MATRIX

    for names in (OPEN_WITHOUT, PASSWORD_FIRST, FACTOR_FIRST, OF_ROLES, TAKES_PASSWORD):
        assert not set(names) - set(MATRIX), "a name that is no page protects nothing"


# ---- a mail server that is away


@pytest.fixture
def no_mail_server(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9


def test_a_mail_server_that_is_away_breaks_no_page(world, cheap_argon2, no_mail_server, sign_in):
    from allauth.mfa.totp.internal.auth import generate_totp_secret, hotp_value, yield_hotp_counters_from_time

    assert sign_up(world, "new@example.org")[0][-1][1] == 302
    user = world.user()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    assert world.client().post(reverse("account_reset_password"), {"email": user.email}).status_code == 302
    browser = sign_in().confirm()
    secret = generate_totp_secret()
    session = browser.client.session
    session["mfa.totp.secret"] = secret
    session.save()
    code = f"{hotp_value(secret, next(yield_hotp_counters_from_time())):06d}"
    answer = browser.client.post(reverse("mfa_activate_totp"), {"code": code}, follow=True)
    assert answer.status_code == 200
    session = browser.client.session
    codes = browser.client.get(reverse("mfa_view_recovery_codes"), follow=True)
    assert codes.status_code == 200
    workflows.invite("coordinator", "later@example.org", by=world.administrator)
    assert (
        world.client(world.administrator)
        .post(reverse("invite-staff"), {"role": "coordinator", "email": "x@example.org", "language": "en"})
        .status_code
        == 200
    )
    outbox.deliver_batch()
    waiting = Message.objects.filter(urgent=True, state=MessageState.WAITING).count()
    assert waiting >= 3
    health = world.client(world.administrator).get(reverse("outbox-health")).content.decode()
    assert f"{waiting}" in health


def test_mails_of_sign_in_leave_first(world):
    from django.utils import timezone

    user = world.user()
    for number in range(150):
        outbox.write(
            "beat.silent",
            type("Thing", (), {"pk": __import__("uuid").uuid4()})(),
            to=user,
            due=timezone.now() - timezone.timedelta(hours=1, seconds=number),
        )
    world.client().post(reverse("account_reset_password"), {"email": "nobody@example.org"})
    outbox.deliver_batch()
    assert "no account" in mail.outbox[0].body.lower()


def test_the_worker_sends_them_while_it_does_something_else(world):
    """The thread of its own takes nothing but them."""
    outbox.write("beat.silent", world.administrator, to=world.administrator)
    world.client().post(reverse("account_reset_password"), {"email": "nobody@example.org"})
    assert outbox.deliver_batch(urgent=True) == 1
    assert len(mail.outbox) == 1


def test_nothing_of_a_key_or_an_address_lies_in_the_outbox(world, cheap_argon2):
    """Neither before it has left, nor after; and what was sealed is gone with it."""
    user = world.user(email="umbrella@example.org")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    workflows.invite("coordinator", "parasol@example.org", by=world.administrator)
    world.client(world.administrator).post(
        reverse("invite-staff"), {"role": "coordinator", "email": "brolly@example.org", "language": "en"}
    )
    world.client().post(reverse("account_reset_password"), {"email": "umbrella@example.org"})
    sign_up(world, "sunshade@example.org")
    before = list(Message.objects.filter(urgent=True).values())
    assert len(before) == 3
    text = str(before)
    assert not [word for word in ("umbrella", "brolly", "sunshade", "/invited/", "/reset/key/") if word in text]
    assert all(row["sealed"] for row in before)
    outbox.deliver_batch()
    assert len(mail.outbox) == 3
    assert all("http://localhost" in sent.body for sent in mail.outbox)
    assert list(Message.objects.filter(urgent=True).values_list("sealed", "state")) == [(None, MessageState.SENT)] * 3


def test_a_key_is_made_when_the_mail_leaves_and_works(world, cheap_argon2):
    import re

    user = world.user()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    world.client().post(reverse("account_reset_password"), {"email": user.email})
    outbox.deliver_batch()
    address = re.search(r"http://localhost:8000(/accounts/password/reset/key/\S+)", mail.outbox[0].body).group(1)
    client = world.client()
    page = client.get(address, follow=True)
    answer = client.post(page.redirect_chain[-1][0], {"password1": NEW, "password2": NEW})
    assert answer.status_code == 302
    user.refresh_from_db()
    assert user.check_password(NEW)
    sign_up(world, "new@example.org")
    outbox.deliver_batch()
    (body,) = [sent.body for sent in mail.outbox if "confirm-email" in sent.body]
    address = re.search(r"http://localhost:8000(/accounts/confirm-email/\S+)", body).group(1)
    world.client().post(address)
    assert EmailAddress.objects.get(email="new@example.org").verified
