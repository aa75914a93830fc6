"""The same text in other Unicode forms is the same: numbers, addresses, digits of any script, in forms and import alike."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from peersupport.accounts.models import User
from peersupport.vault import sheet
from peersupport.web.phones import PhoneInput, check_phone, plain_phone
from peersupport.web.plain import plain_address, western_digits

PASTED = [
    "\u202a+44 20 7946 0000\u202c",
    "+44\u202f20\u00a07946\u20110000",
    "+44–20–7946–0000",
    "tel:+442079460000",
    "٠٠٤٤٢٠٧٩٤٦٠٠٠٠",
    "+44 (20) 7946 0000",
    "\ufeff+４４ ２０ ７９４６ ００００",
]


@pytest.mark.parametrize("typed", PASTED)
def test_a_number_as_a_phone_copies_it_is_the_number(typed):
    assert PhoneInput().clean(typed) == "+44 20 7946 0000"


@pytest.mark.parametrize(
    "typed", ["112", "030 123456", "0711 234567", "555-0100", "(020) 7946 0000", "020 7946 0000 ext. 12"]
)
def test_a_number_without_a_country_is_taken_as_it_is(typed):
    check_phone(plain_phone(typed))


@pytest.mark.parametrize(
    "typed", ["no number", "12", "+44", "+44 1", "+999 12 34 56 78", "call me", "<script>", "+" * 30]
)
def test_what_is_no_number_is_said(typed):
    with pytest.raises(ValidationError):
        PhoneInput().clean(typed)


@pytest.mark.django_db
@pytest.mark.parametrize("typed", PASTED[:3])
def test_every_form_takes_it_alike(world, typed):
    """The request's form, the supporter's profile, the organization's page, a talk with a peer on duty."""
    from matching.forms import HowToReachForm
    from peersupport.organization.forms import OrganizationForm
    from supporters.forms import AboutForm
    from supporters.staffing.forms import TalkForm

    fields = [
        HowToReachForm.base_fields["phone"],
        AboutForm.base_fields["phone"],
        OrganizationForm.base_fields["contact_phone"],
        TalkForm.base_fields["phone"],
    ]
    assert {field.clean(typed) for field in fields} == {"+44 20 7946 0000"}


@pytest.mark.django_db
def test_a_person_who_pastes_their_number_goes_on(world):
    person = world.user()
    request = world.request(by=person, submit=False)
    answer = world.client(person).post(
        reverse("ask-contact", args=[request.pk]), {"phone": PASTED[0], "call_safe": "on", "email": ""}
    )
    assert answer.status_code == 302
    request.refresh_from_db()
    assert request.phone == "+44 20 7946 0000"


def test_the_import_cleans_it_as_the_forms_do():
    from supporters.importing.rows import _text

    assert _text(PASTED[0], "phone", 40) == "+44 20 7946 0000"
    assert _text(PASTED[1], "phone", 40) == "+44 20 7946 0000"


@pytest.mark.parametrize(
    "typed",
    [
        "Ana@Bücher.example",
        "ana@bu\u0308cher.example",
        "ana@xn--bcher-kva.example",
        "\u202aana@bücher.example\u202c",
        " ANA@BÜCHER.EXAMPLE ",
    ],
)
def test_one_mailbox_has_one_form(typed):
    assert plain_address(typed) == "ana@xn--bcher-kva.example"


@pytest.mark.parametrize("typed", ["no address", "@", "a@", "@b", "a@b@ü", "\ud83d@x"])
def test_what_is_no_address_comes_back_for_whoever_says_so(typed):
    assert isinstance(plain_address(typed), str)


@pytest.mark.django_db
def test_invitations_and_accounts_compare_addresses_so(world):
    from peersupport.accounts import workflows

    invitation, _token = workflows.invite("coordinator", "Ana@Bücher.example", by=world.administrator)
    user = User.objects.create_user("ana@bu\u0308cher.example", "a long password for tests")
    workflows.accept(invitation, by=user)
    assert user.holds("coordinator")
    assert User.objects.get_by_natural_key("ANA@bücher.example") == user


@pytest.mark.parametrize(
    "digits", ["٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "०१२३४५६७८९", "০১২৩৪৫৬৭৮৯", "０１２３４５６７８９", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗"]
)
def test_digits_of_any_script_are_digits_wherever_a_code_is_typed(digits):
    assert western_digits(digits) == "0123456789"
    code = sheet.new_code()
    assert sheet.key_of(code.translate(str.maketrans("0123456789", digits))) == sheet.key_of(code)


@pytest.mark.django_db
@pytest.mark.parametrize("digits", ["٠١٢٣٤٥٦٧٨٩", "०१२३४५६७८९"])
def test_a_code_of_a_second_factor_too(world, sign_in, digits):
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, hotp_value, yield_hotp_counters_from_time

    browser, secret = sign_in(), generate_totp_secret()
    TOTP.activate(browser.user, secret)
    browser.client.post(reverse("account_logout"))
    browser.client.post("/accounts/login/", {"login": browser.user.email, "password": "a long password for tests"})
    code = f"{hotp_value(secret, next(yield_hotp_counters_from_time())):06d}"
    typed = code.translate(str.maketrans("0123456789", digits))
    browser.client.post(reverse("mfa_authenticate"), {"code": f"\u200f{typed[:3]} {typed[3:]}"})
    assert browser.client.get("/account/").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("digits", ["٠١٢٣٤٥٦٧٨٩", "०१२३४५६७८९"])
def test_numbers_days_and_times_of_forms_too(digits):
    from peersupport.web.when import WhenForm

    table = str.maketrans("0123456789", digits)
    form = WhenForm(
        {
            "day": "2027-02-03".translate(table),
            "time": "10:30".translate(table),
            "minutes": "45".translate(table),
            "time_zone": "UTC",
        }
    )
    assert form.is_valid(), form.errors
    assert form.values()["minutes"] == 45
