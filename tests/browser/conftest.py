"""A real browser on pages of a real server, that fails on whatever a user would trip over."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from backend.organizations.actors import Actor

SIZES = {"pc": (1280, 800), "phone": (360, 740)}
SHOTS = Path(os.environ.get("KERONG_SCREENSHOTS", "build/screenshots"))
_CHROMIUM = next(
    (path for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(path).exists()),
    None,
)
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Start Debian's Chromium; where it is missing, say how to get it.

    It ends with the module, so that what it needs of the process is gone for other tests.
    """
    if _CHROMIUM is None:
        message = "Chromium 未安装；Debian/Ubuntu 上运行 apt-get install chromium fonts-noto-cjk。"
        # Continuous integration must not pass because nothing ran.
        pytest.fail(message) if os.environ.get("KERONG_NEEDS_BROWSER") else pytest.skip(message)
    # Playwright's own loop runs in this thread, and Django would refuse the database beside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=_FLAGS)
        yield browser
        browser.close()
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)


@dataclass
class Visitor:
    """Somebody at a screen; collects every fault of the pages that they open."""

    page: Page
    base: str
    size: str
    faults: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Listen for errors of the console and requests to other hosts."""
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.page.on("request", self._on_request)

    def _on_console(self, message) -> None:
        if message.type in {"error", "warning"}:
            self.faults.append(f"console: {message.text} ({self.page.url})")

    def _on_request(self, request) -> None:
        if not request.url.startswith((self.base, "data:", "blob:")):
            self.faults.append(f"outside request: {request.url}")

    def open(self, address: str) -> None:
        """Open an address of the platform and look at the page as a whole."""
        self.page.goto(self.base + address)
        self.look()

    def sign_in(self, username: str, password: str) -> None:
        """Sign in through the page."""
        self.page.goto(f"{self.base}/sign-in/")
        self.page.fill("[name=username]", username)
        self.page.fill("[name=password]", password)
        self.page.click("main button[type=submit]")
        self.page.wait_for_load_state()

    def look(self, shot: str = "") -> None:
        """Check the page shown: nothing wider than the screen, no rule of access broken."""
        self.page.wait_for_load_state("networkidle")
        width, _ = SIZES[self.size]
        found = self.page.evaluate("document.documentElement.scrollWidth")
        if found > width:
            self.faults.append(f"{self.page.url}: {found}px wide on a screen of {width}px")
        for violation in Axe().run(self.page).response["violations"]:
            nodes = "; ".join(node["html"][:120] for node in violation["nodes"][:3])
            self.faults.append(f"{self.page.url}: {violation['id']}: {nodes}")
        if shot:
            SHOTS.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=SHOTS / f"{shot}-{self.size}.png", full_page=True)

    def check(self) -> None:
        """Fail with everything that was found."""
        assert not self.faults, "\n".join(self.faults)


@pytest.fixture(params=SIZES)
def size(request) -> str:
    """Name the screen: a PC's or a phone's."""
    return request.param


@pytest.fixture
def visit(chromium, live_server, size, transactional_db) -> Iterator[Callable[..., Visitor]]:
    """Return a maker of visitors, signed in as an actor; their faults fail the test at its end."""
    contexts: list[BrowserContext] = []
    visitors: list[Visitor] = []

    def make(actor: Actor | None = None) -> Visitor:
        width, height = SIZES[size]
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            locale="zh-CN",
            timezone_id=settings.TIME_ZONE,
            accept_downloads=True,
            has_touch=size == "phone",
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        visitor = Visitor(context.new_page(), live_server.url, size)
        visitor.watch()
        visitors.append(visitor)
        if actor is not None:
            actor.user.set_password(PASSWORD)
            actor.user.save()
            visitor.sign_in(actor.user.username, PASSWORD)
        return visitor

    yield make
    for context in contexts:
        context.close()
    for visitor in visitors:
        visitor.check()


PASSWORD = "一个足够长的口令-2026"
