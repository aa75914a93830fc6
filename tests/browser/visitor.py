"""A person at a screen: opens pages, presses buttons, and notices what is wrong with each page."""

import gzip
from urllib.parse import urlsplit

from django.contrib.staticfiles import finders

HEAVIEST = 60_000
NARROW = {"width": 320, "height": 640}
#: Words a bystander must not read in the title of a page.
TELLING = ("support", "peer", "diagnos", "mental", "crisis", "voices", "medication", "distress", "therap", "lived")
_weights: dict[str, int] = {}


class Visitor:
    """One browser context. `problems` collects console errors, refused resources and foreign requests."""

    def __init__(self, chromium, base, cookies, *, width=1280, language="en", script=True, **options):
        height = 740 if width < 700 else 900
        self.base, self.language, self.size = base, language, {"width": width, "height": height}
        self.context = chromium.new_context(
            base_url=base, viewport=self.size, locale=language, java_script_enabled=script, **options
        )
        host = urlsplit(base).hostname
        self.context.add_cookies([{"name": n, "value": v, "url": base} for n, v in cookies.items()])
        self.problems: list[str] = []
        self.refused_on_purpose = False
        self.away: list[str] = []
        self.page = self.context.new_page()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.problems.append(f"script: {error}"))
        self.page.on("response", self._response)
        self.context.route(lambda url: urlsplit(url).hostname != host, self._foreign)
        self.answer = None
        self.seen: list[tuple[str, int]] = []

    def _console(self, message):
        if message.type == "error" and not ("status of 4" in message.text and self.refused_on_purpose):
            self.problems.append(f"console: {message.text}")

    def _response(self, response):
        if (response.request.is_navigation_request() and response.status < 300) or response.status >= 400:
            self.answer = response

    def _foreign(self, route):
        if route.request.is_navigation_request() and route.request.url.startswith("https://harmless.example/"):
            self.away.append(route.request.url)
            route.fulfill(status=200, content_type="text/html", body="<!doctype html><title>Weather</title>Sunny.")
            return
        self.problems.append(f"foreign request: {route.request.url}")
        route.abort()

    def leave(self):
        self.context.close()

    # What the person does

    def open(self, address, status=200):
        self.refused_on_purpose = status >= 400
        response = self.page.goto(address)
        assert response.status == status, f"{address}: {response.status}"
        return self.page

    def press(self, selector="main form button.button:not([name])"):
        """Press the first thing that fits and wait for the next page."""
        with self.page.expect_navigation():
            self.page.locator(selector).first.click()

    def follow(self, part):
        """Follow a link of the page by a part of its address."""
        self.press(f'main a[href*="{part}"]')

    def tick(self, name, value=None):
        own = f'[value="{value}"]' if value is not None else ""
        self.page.locator(f'main input[name="{name}"]{own}').first.check()

    # What holds for every page

    def look(self):
        """Assert what every page of the product keeps: see the names of the asserts."""
        page = self.page
        found = page.evaluate(LOOK)
        where = f"{page.url} ({self.language}, {self.size['width']} px)"
        assert found["lang"] == self.language, where
        assert found["dir"] == ("rtl" if self.language == "ar" else "ltr"), where
        assert found["headings"] == 1, f"{where}: {found['headings']} h1"
        assert found["styled"], f"{where}: the stylesheet did not load"
        title = found["title"].rsplit(" – ", 1)[0].lower()
        assert not [word for word in TELLING if word in title], f"{where}: the title tells “{title}”"
        assert found["over"] <= 0, f"{where}: {found['over']} px too wide: {found['wide']}"
        weight = self._weight(found["parts"])
        assert weight <= HEAVIEST, f"{where}: {weight} bytes"
        self.seen.append((urlsplit(page.url).path, weight))
        page.set_viewport_size(NARROW)
        narrow = page.evaluate(LOOK)
        page.set_viewport_size(self.size)
        assert narrow["over"] <= 0, f"{where}: {narrow['over']} px too wide at 320: {narrow['wide']}"
        assert not self.problems, f"{where}: {self.problems}"

    def _weight(self, parts):
        body = gzip.compress(self.answer.body()) if self.answer else b""
        return len(body) + sum(_weight_of(part) for part in parts)


def _weight_of(path):
    if path not in _weights:
        found = finders.find(path.removeprefix("/static/"))
        assert found, f"no such file: {path}"
        with open(found, "rb") as file:
            _weights[path] = len(gzip.compress(file.read()))
    return _weights[path]


LOOK = """() => {
  const root = document.documentElement;
  const over = root.scrollWidth - root.clientWidth;
  const wide = over <= 0 ? [] : [...document.body.querySelectorAll("*")].filter((one) => {
    const box = one.getBoundingClientRect();
    return (box.right > root.clientWidth + 1 || box.left < -1) && !one.closest(".table-scroll");
  }).slice(0, 4).map((one) => one.outerHTML.slice(0, 90));
  const parts = [...document.querySelectorAll("link[href], script[src], img[src]")]
    .map((one) => new URL(one.href || one.src, location).pathname).filter((path) => path.startsWith("/static/"));
  return {
    lang: root.lang, dir: root.dir, title: document.title, over, wide, parts: [...new Set(parts)],
    headings: document.querySelectorAll("h1").length,
    styled: getComputedStyle(document.body).display === "flex",
  };
}"""
