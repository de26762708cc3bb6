"""Looks at pages in a real browser, as somebody would who sees badly, has a phone, or reads no English."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, ViewportSize, sync_playwright

CHROMIUM = "/usr/bin/chromium"
NOTHING_NEW = 204
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
WIDE, PHONE = ViewportSize(width=1400, height=900), ViewportSize(width=390, height=844)
_AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
_COLOURS = ("color-contrast", "link-in-text-block")
"""What another theme can break."""
_FRAME = [["#nav-sidebar"]]
"""The same on every page."""
_ASK_AXE = """async ([except, options]) => {
    const found = await axe.run({exclude: except}, {resultTypes: ["violations"], ...options});
    return found.violations.filter(it => ["serious", "critical"].includes(it.impact))
        .flatMap(it => it.nodes.map(node => `${it.id}: ${node.html.slice(0, 160)} (${node.target})`));
}"""
_TEXT = """() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
    const others = ".material-symbols-outlined, script, style, code, kbd, textarea, option, [lang]:not([lang=ru])";
    while (walker.nextNode()) {
        const parent = walker.currentNode.parentElement;
        if (!parent.closest(others) && parent.checkVisibility()) found.push(walker.currentNode.data);
    }
    return found.join(" ");
}"""
_NO_WORDS = re.compile(r"https?://\S+|\w+/\w+|@\w+|\S+@\S+|\.[a-z]{3,4}\b|\S*\w[._]\w+")
"""Addresses, names of people and files in Telegram and elsewhere, codes."""
HIGHEST_CARD = 170
"""Pixels of a list's row on a phone: some six lines; most have three."""
_CARDS = """() => Math.max(0, ...[...document.querySelectorAll("#result_list .data-row")].map(it => it.offsetHeight))"""
_TOO_WIDE = "() => document.documentElement.scrollWidth - window.innerWidth"


class Walker:
    """One browser window; what it finds wrong is in ``findings``, what pages answered in ``statuses``."""

    def __init__(self, context: BrowserContext, known_words: frozenset[str]) -> None:
        context.add_init_script(_AXE)
        self.findings: list[str] = []
        self.statuses: set[int] = set()
        self._known_words = known_words
        self._said: list[str] = []
        self.page = context.new_page()
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self._said.append(str(error)))
        self._seen_frame = False

    def look(self, url: str, path: str, *, in_russian: bool = True) -> None:
        """Open a page and look at it, light and dark, wide and narrow."""
        self._said.clear()
        asked = self.page.request.get(url + path, max_redirects=0)
        if asked.status == NOTHING_NEW or "text/html" not in asked.headers.get("content-type", ""):
            return  # what pages ask, and nobody reads
        answer = self.page.goto(url + path)
        assert answer, path
        self.statuses.add(answer.status)
        found = [*self._axe("light"), *self._too_wide("1400 px wide"), *(self._english() if in_russian else ())]
        with self._dark():
            found += self._axe("dark", runOnly=_only(*_COLOURS))
        self.page.set_viewport_size(PHONE)
        found += [
            *self._too_wide("390 px wide"),
            *self._high_cards(),
            *self._axe("390 px wide", runOnly=_only("scrollable-region-focusable")),
        ]
        self.page.set_viewport_size(WIDE)
        found += [f"console: {said}" for said in self._said if f"status of {answer.status}" not in said]
        self.findings += [f"{path} {it}" for it in found]

    def look_here(self, what: str) -> None:
        """Look at what is open on the page that is shown, light and dark."""
        found = self._axe("light")
        with self._dark():
            found += self._axe("dark", runOnly=_only(*_COLOURS))
        self.findings += [f"{what} {it}" for it in [*found, *self._english(), *self._too_wide("1400 px wide")]]

    def choose(self, url: str, path: str) -> None:
        """Choose a list's first row, and look at it and at the bar of what can be done with it."""
        self.page.goto(url + path)
        self.page.locator(".action-select").first.check()
        found = list(self._axe("chosen, light", runOnly=_only(*_COLOURS)))
        with self._dark():
            found += self._axe("chosen, dark", runOnly=_only(*_COLOURS))
        self.findings += [f"{path} {it}" for it in found]

    def _axe(self, how: str, **options: Any) -> list[str]:
        asked = [_FRAME if self._seen_frame else [], options]
        return [f"{how}, {found}" for found in self.page.evaluate(_ASK_AXE, asked)]

    def _english(self) -> list[str]:
        words = set(re.findall(r"[A-Za-z]{3,}", _NO_WORDS.sub(" ", self.page.evaluate(_TEXT))))
        return [f"not Russian: {word}" for word in sorted(words - self._known_words)]

    def _too_wide(self, where: str) -> list[str]:
        too_wide = self.page.evaluate(_TOO_WIDE)
        return [f"{where}: {too_wide} px too many"] if too_wide > 0 else []

    def _high_cards(self) -> list[str]:
        highest = self.page.evaluate(_CARDS)
        return [f"390 px wide: a row is {highest} px high"] if highest > HIGHEST_CARD else []

    @contextmanager
    def _dark(self) -> Iterator[None]:
        self.page.evaluate("document.documentElement.classList.add('dark')")
        yield
        self._seen_frame = True  # now in both
        self.page.evaluate("document.documentElement.classList.remove('dark')")

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self._said.append(message.text)


@contextmanager
def window(url: str, session: str, known_words: frozenset[str]) -> Iterator[Walker]:
    """A window of somebody who is logged in, in Russian."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context(viewport=WIDE, locale="ru")
        context.add_cookies([{"name": "sessionid", "value": session, "url": url}])
        yield Walker(context, known_words)
        browser.close()


def _only(*rules: str) -> dict[str, Any]:
    return {"type": "rule", "values": rules}
