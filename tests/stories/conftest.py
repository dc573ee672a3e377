"""Fixtures of stories: a live server, and people with a browser each.

One Chromium serves them all. What it complains of while a story is told (an error on the console, something the
security policy forbids, an answer 500, an address elsewhere) makes the story fail.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from tests.needs import require
from tests.stories.browser_errors import Watch
from tests.stories.live_server import Stage, staged
from tests.stories.pages import Person
from tests.stories.screens import TOWN, Gallery, Screen
from web.i18n.locale import LANGUAGES

#: What a Chromium is called on the systems we know; the one without windows takes half as long for everything.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-site-isolation-trials",
    "--disable-sync",
    "--no-first-run",
)
#: A desk's screen, pixels.
WIDE: ViewportSize = {"width": 1280, "height": 900}
#: How long anything may take to appear, milliseconds; generous, for a machine with other things to do.
PATIENCE = 20_000

#: Somebody comes by with a browser: user name, then options of the browser's context.
Visit = Callable[..., Person]
#: Somebody opens a screen of the gallery: the screen, then a language.
Look = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every story needs a browser."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.browser)


def chromium_path() -> str:
    """The system's Chromium; ends the test where there is none."""
    given = os.environ.get("INSTANS_CHROMIUM")
    found = given or next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        require("browser", "no Chromium on PATH, and INSTANS_CHROMIUM is not set")
    return found


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One headless Chromium for all stories."""
    path = chromium_path()
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        except PlaywrightError as error:
            require("browser", f"{path} does not start: {error.message.splitlines()[0]}")
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def _sqlite_stage(_sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    path = tmp_path_factory.mktemp("stage") / "instans.db"
    shutil.copyfile(_sqlite_template, path)
    with staged(f"sqlite:///{path}") as stage:
        yield stage


@pytest.fixture
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """The stage on SQLite that all stories share; one of its own for a story that also runs on PostgreSQL."""
    if getattr(request, "param", "sqlite") == "sqlite":
        yield request.getfixturevalue("_sqlite_stage")
        return
    with staged(request.getfixturevalue("postgres_url")) as stage:
        yield stage


@pytest.fixture
def visit(chromium: Browser, stage: Stage) -> Iterator[Visit]:
    """People come by, each with a browser of their own, and log in unless told otherwise."""
    watch, contexts = Watch(stage.url), []

    def come(username: str = "", **options: Any) -> Person:
        context = new_context(chromium, stage, **options)
        contexts.append(context)
        watch.over(context)
        person = Person(context.new_page(), username)
        if username:
            stage.town(username.partition("@")[2])
            person.logs_in()
        return person

    yield come
    for context in contexts:
        context.close()
    assert not watch.faults, "\n".join(watch.faults)


@pytest.fixture(scope="session")
def gallery(_sqlite_stage: Stage) -> Gallery:
    """A municipality with something to see on every screen."""
    return Gallery(_sqlite_stage.town(TOWN))


@pytest.fixture(scope="session")
def _lookers(chromium: Browser) -> Iterator[dict[tuple[str, bool], Page]]:
    """People who look at one screen after the other, logged in once for all of them."""
    pages: dict[tuple[str, bool], Page] = {}
    yield pages
    for page in pages.values():
        page.context.close()


@pytest.fixture
def look(
    chromium: Browser, _sqlite_stage: Stage, gallery: Gallery, _lookers: dict[tuple[str, bool], Page]
) -> Iterator[Look]:
    """Whoever a screen of the gallery is for opens it, and chooses another language there if asked to."""
    watch = Watch(_sqlite_stage.url)

    def open_(screen: Screen, language: str = "en") -> Page:
        key = screen.who, language != "en"
        if key not in _lookers:
            _lookers[key] = new_context(chromium, _sqlite_stage).new_page()
            if screen.who:
                Person(_lookers[key], f"{screen.who}@{TOWN}").logs_in()
        page = _lookers[key]
        page.set_viewport_size(WIDE)
        with watch.kept_over(page.context):
            page.goto(screen.path(gallery))
            if language != "en":
                page.get_by_role("button", name=LANGUAGES[language]).click()
                expect(page.locator("html")).to_have_attribute("lang", language)
        return page

    yield open_
    assert not watch.faults, "\n".join(watch.faults)


def new_context(chromium: Browser, stage: Stage, **options: Any) -> BrowserContext:
    """A browser that nobody has used, reading English on a wide screen unless told otherwise.

    Its reader wants nothing to move: what glides into view cannot be clicked until it stands still.
    """
    given = {"base_url": stage.url, "locale": "en-GB", "viewport": WIDE, "reduced_motion": "reduce"} | options
    context = chromium.new_context(**given)
    context.set_default_timeout(PATIENCE)
    return context
