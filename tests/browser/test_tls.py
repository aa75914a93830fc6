"""Over TLS the key of the notes travels in a `__Host-` cookie, which the browser sends to this site alone."""

import pytest

from tests.security.house import House


@pytest.fixture
def house(tmp_path):
    made = House(tmp_path, server="", tls=True)
    try:
        made.start()
        yield made
    finally:
        made.leave()


def test_the_cookie_of_the_vault_is_bound_to_the_host_and_opens_notes(house, chromium):
    context = chromium.new_context(ignore_https_errors=True, base_url=house.address)
    page = context.new_page()
    page.goto("/accounts/login/")
    page.fill("main [name=login]", house.people["person"])
    page.fill("main [name=password]", house.people["password"])
    with page.expect_navigation():
        page.locator("main form:has([name=login]) button").first.click()
    cookies = {cookie["name"]: cookie for cookie in context.cookies()}
    vault = cookies["__Host-vault"]
    assert "vault" not in cookies, "the plain name is for this machine without TLS"
    assert (vault["secure"], vault["httpOnly"], vault["sameSite"], vault["path"]) == (True, True, "Lax", "/")
    assert vault["expires"] == -1, "it goes when the browser closes"
    assert vault["domain"] == "localhost", "no other host gets it"
    assert "vault" not in page.evaluate("document.cookie"), "no script reads it"
    for name in ("__Host-session", "__Host-csrftoken"):
        assert cookies[name]["secure"]

    page.goto("/account/notes/without/")
    with page.expect_navigation():
        page.locator("main form button.button").first.click()
    page.goto(f"/together/{house.people['match']}/notes/")
    assert page.locator("main h1, h1").first.inner_text(), "the page of notes is open, no password was asked again"
    assert "/account/notes/open" not in page.url
    context.clear_cookies(name="__Host-vault")
    page.goto(f"/together/{house.people['match']}/notes/")
    assert "/account/notes/open" in page.url, "without the cookie the notes are shut"
    context.close()
