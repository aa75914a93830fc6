"""Every page of every role: rules of accessibility, room, targets, words and paper, by looking at the real thing."""

import json

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import translation

from tests.browser import measures
from tests.browser.town import NO_PAGE, Town, addresses, own_names
from tests.making import PASSWORD

RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "wcag2aaa", "best-practice"]
ROLES = [
    "stranger",
    "nobody",
    "draft",
    "choosing",
    "lonely",
    "waiting",
    "invited",
    "declined",
    "meeting",
    "active",
    "paused",
    "rested",
    "ended",
    "supporter",
    "fresh",
    "coordinator",
    "administrator",
    "contact",
    "with notes",
    "reflecting",
    "supervisor",
    "new supervisor",
    "away",
    "away alone",
    "stands in",
    "on leave",
    "on a panel",
    "asked to a panel",
    "by link",
    "by lasting link",
]
#: One world is enough for several roles, and making it takes longer than walking through it.
WALKS = [ROLES[:1], ROLES[1:13], ROLES[13:15], ROLES[15:16], ROLES[16:]]
#: Reached only from a state that another page of this walk makes, or another role's walk.
ELSEWHERE = {"supporting-resume", "import-values", "import-try"}


@pytest.fixture
def town(live_server, world):
    with translation.override("en"):
        return Town(world)


def visitors(town, visit, roles, **how):
    """Give each role a visitor and the addresses of its pages."""
    users, pages = town.users(), town.pages()
    for role in roles:
        visitor = visit(users[role], **how)
        if role.startswith("by "):
            cookies = town.open_by_link(full=role == "by link")
            visitor.context.add_cookies([{"name": n, "value": v, "url": visitor.base} for n, v in cookies.items()])
        if role in {"with notes", "reflecting", "supervisor"}:
            opens_notes(visitor)
        yield visitor, addresses(pages[role])
        visitor.leave()


def opened(visitor, address):
    """Open a page; where it asks for the password first, give it."""
    page = visitor.open(address)
    if reverse("account_reauthenticate") in page.url and address != reverse("account_reauthenticate"):
        page.fill("main [name=password]", PASSWORD)
        visitor.press()
        assert page.url.endswith(address)
    return page


def opens_notes(visitor):
    """Enter the password, as after signing in by another way."""
    visitor.open(reverse("notes-open"))
    visitor.page.fill("main [name=password]", PASSWORD)
    visitor.press()


def violations(page, rules):
    """Return what axe finds, as lines: rule, and where."""
    axe = Axe()
    found = axe.run(page, options={"runOnly": rules, "resultTypes": ["violations"]}).response["violations"]
    return [f"{one['id']}: {[node['html'][:120] for node in one['nodes'][:3]]}" for one in found]


def test_no_page_was_forgotten(town):
    listed = {name for pages in town.pages().values() for name, _arguments, _query in pages}
    assert own_names() - listed - NO_PAGE - ELSEWHERE == set()
    assert set(town.pages()) == set(ROLES)


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("roles", WALKS, ids=lambda roles: roles[0])
def test_every_page_keeps_the_rules(roles, language, town, visit):
    wrong = []
    width = 360 if language == "en" else 1280
    for visitor, places in visitors(town, visit, roles, width=width, language=language):
        for address in places:
            page = opened(visitor, address)
            found = violations(page, RULES)
            found += page.evaluate(measures.TARGETS) + page.evaluate(measures.SPLIT_WORDS)
            found += page.evaluate(measures.MANNERS) + page.evaluate(measures.SIDEWAYS)
            if language == "en":
                page.emulate_media(color_scheme="dark")
                found += [f"dark: {one}" for one in violations(page, ["cat.color"])]
                page.emulate_media(color_scheme="light")
                found += small_zoomed_and_spaced_out(visitor)
            else:
                found += page.evaluate(measures.LONG_LINES)
            found += visitor.problems
            wrong += [f"{address} {one}" for one in found]
    assert not wrong, "\n" + "\n".join(dict.fromkeys(wrong))


def small_zoomed_and_spaced_out(visitor):
    """Return what does not fit at 400 % zoom (320×256), and there with the text spaced out (WCAG 1.4.12)."""
    page = visitor.page
    page.set_viewport_size({"width": 320, "height": 256})
    found = [f"zoomed: {one}" for one in page.evaluate(measures.SIDEWAYS)]
    page.evaluate(measures.SPACE_OUT)
    found += [f"spaced out: {one}" for one in page.evaluate(measures.SIDEWAYS) + page.evaluate(measures.CUT_OFF)]
    page.set_viewport_size(visitor.size)
    return found


@pytest.mark.parametrize("language", ["es", "fr"])
def test_other_languages_fit_a_small_screen(language, town, visit):
    wrong = []
    for visitor, places in visitors(town, visit, ["draft", "choosing", "supporter"], width=320, language=language):
        for address in places:
            page = visitor.open(address)
            assert page.evaluate("document.documentElement.lang") == language
            wrong += [f"{address}: {one}" for one in page.evaluate(measures.SIDEWAYS)]
    assert not wrong, "\n".join(wrong)


def test_every_tab_stop_is_seen_and_not_covered(town, visit):
    chosen = {
        "stranger": ["home", "ask"],
        "draft": ["ask-practical", "ask-dimension"],
        "choosing": ["suggestions"],
        "coordinator": ["board"],
    }
    for role, names in chosen.items():
        pages = [page for page in town.pages()[role] if page[0] in names]
        for width in (360, 1280):
            visitor = visit(town.users()[role], width=width)
            for address in addresses(pages):
                page = visitor.open(address)
                page.keyboard.press("Tab")
                assert page.evaluate("document.activeElement.className") == "skip", address
                for _stop in range(70):
                    found = page.evaluate(measures.FOCUS)
                    assert not found, f"{address} at {width}: {found}"
                    page.keyboard.press("Tab")
                    if page.evaluate("document.activeElement === document.body"):
                        break


def test_a_form_that_failed_says_so_in_every_place(town, visit):
    tries = [
        (
            "draft",
            reverse("ask-contact", args=[town.draft.pk]),
            {"email": "", "safe_times": "after five"},
            "email_safe",
        ),
        ("draft", reverse("ask-name", args=[town.draft.pk]), {"call_me": ""}, None),
        ("draft", reverse("ask-check", args=[town.draft.pk]), {}, None),
        ("stranger", reverse("something-wrong"), {"how_to_reach": "by letter", "words": ""}, None),
        ("administrator", reverse("add-row", args=["number"]), {"country": "Here"}, None),
        ("stranger", reverse("account_login"), {"login": "nobody"}, None),
    ]
    for role, address, typed, ticked in tries:
        for script in (True, False):
            visitor = visit(town.users()[role], width=360, script=script)
            page = opened(visitor, address)
            for name, value in typed.items():
                page.fill(f"main [name={name}]", value)
            if ticked:
                visitor.tick(ticked)
            visitor.press()
            found = page.evaluate(measures.FAILED_FORM)
            for _try in range(20):  # the browser moves the focus when it draws, a moment after loading
                if found["focused"]:
                    break
                page.wait_for_timeout(100)
                found = page.evaluate(measures.FAILED_FORM)
            assert page.title().startswith("Error: "), address
            assert found["summary_before_heading"], address
            assert found["links"], address
            assert found["unlinked"] == [], address
            assert found["different_words"] == [], f"{address}: {json.dumps(found)}"
            assert found["focused"], f"{address}: the summary is not focused"
            for name, value in typed.items():
                assert page.input_value(f"main [name={name}]") == value, f"{address}: {name} was lost"
            if script:
                assert violations(page, RULES) == [], address
            visitor.leave()


def test_leave_this_page_replaces_it(town, visit):
    for script, way in ((True, "press"), (True, "escape"), (False, "press")):
        visitor = visit(town.choosing.person, width=360, script=script)
        page = visitor.open(reverse("help"))
        visitor.open(reverse("support", args=[town.choosing.pk]))
        with page.expect_navigation(url="https://harmless.example/"):
            if way == "press":
                page.click("[data-leave] button")
            else:
                for _time in range(3):
                    page.keyboard.press("Escape")
        assert visitor.away == ["https://harmless.example/"]
        if script:
            page.go_back()
            assert "/help/" in page.url, "Back leads to what was before, not to the page that was left"


def test_forced_colours_and_paper(town, visit):
    visitor = visit(town.world.coordinator, width=1280)
    page = visitor.open(reverse("board"))
    page.emulate_media(forced_colors="active")
    assert page.evaluate("getComputedStyle(document.querySelector('[aria-current]')).outlineStyle") == "solid"
    assert page.evaluate(measures.SIDEWAYS) == []
    page.emulate_media(forced_colors="none")

    visitor.open(reverse("sheets"))
    sheets = page.locator(".sheet").count()
    assert sheets >= 7
    page.emulate_media(media="print")
    assert page.evaluate(measures.PRINTED) == []
    assert pages_of(page.pdf(format="A4")) == sheets, "one sheet to a page"
    visitor.leave()

    visitor = visit(town.active.request.person, width=1280)
    visitor.open(reverse("agreement", args=[town.active.request.pk]))
    visitor.page.emulate_media(media="print")
    assert visitor.page.evaluate(measures.PRINTED) == []
    assert pages_of(visitor.page.pdf(format="A4")) <= 2


def pages_of(pdf):
    return pdf.count(b"/Type /Page\n") or pdf.count(b"/Type /Page ") or pdf.count(b"/Type/Page")
