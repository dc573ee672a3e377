"""Accessibility of every screen by axe-core: WCAG 2.2 A and AA.

Each screen is looked at wide and narrow, as it is opened and with everything unfolded; five of them in every language.
Opening a screen takes longer than looking at it, so whether it fits a telephone is asked here too.
"""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from sqlalchemy import update

from models import Person as Account
from models.database import writing
from tests.stories.conftest import Look, Visit
from tests.stories.live_server import Stage
from tests.stories.pages import Person
from tests.stories.screens import CORE, TOWN, Screen, core_first, screens
from tests.web.conftest import HASH, PASSWORD
from web.i18n.locale import LANGUAGES
from workflow.policy.vocabulary import ROLES

SCREENS = {screen.name: screen for screen in screens()}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: Width of the page, pixels, to what is not looked at again there: colours are the same on a telephone.
WIDTHS = {1280: {}, 390: {"color-contrast": {"enabled": False}}}
#: axe leaves it off: the smallest size of what is clicked, WCAG 2.2, 2.5.8.
ALWAYS = {"target-size": {"enabled": True}}
UNFOLD = "for (const folded of document.querySelectorAll('details')) folded.open = true"


def barriers(page: Page) -> str:
    """What axe objects to on a page, told at length; empty when it has no objection."""
    found = []
    for width, left_out in WIDTHS.items():
        _resize(page, width)
        page.evaluate(UNFOLD)
        options: dict[str, Any] = {"runOnly": TAGS, "rules": ALWAYS | left_out, "resultTypes": ["violations"]}
        result = Axe().run(page, options=options)
        if result.violations_count:
            found.append(f"at {width} px:\n{result.generate_report()}")
    return "\n".join(found)


def _resize(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})


def too_wide(page: Page, width: int) -> int:
    """How far the page can be scrolled sideways at a width, pixels."""
    _resize(page, width)
    found: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return found


def test_every_screen_is_opened_by_somebody_there_is() -> None:
    assert {screen.who.partition(".")[0] for screen in SCREENS.values()} - {""} <= set(ROLES)


@pytest.mark.parametrize("screen", core_first())
def test_no_screen_shuts_anybody_out(screen: Screen, look: Look) -> None:
    page = look(screen)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    expect(page.get_by_role("main")).to_have_count(1)
    assert {width: too_wide(page, width) for width in WIDTHS} == dict.fromkeys(WIDTHS, 0)
    found = barriers(page)
    assert not found, found


@pytest.mark.slow
@pytest.mark.parametrize("name", CORE)
@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {"en"}))
def test_nor_does_it_in_another_language(name: str, language: str, look: Look) -> None:
    found = barriers(look(SCREENS[name], language))
    assert not found, found


def test_a_verdict_on_a_trail_shuts_nobody_out(look: Look) -> None:
    auditor = Person(look(SCREENS["audit.case"]))
    auditor.presses("Verify this trail")
    auditor.reads("The trail is whole")
    found = barriers(auditor.page)
    assert not found, found


def test_the_page_of_somebody_without_a_seat_shuts_nobody_out(visit: Visit, stage: Stage) -> None:
    world = stage.town(TOWN)
    this = Account.id == world.add("unseated")
    with writing(world.engine, world.tenant.id) as connection:
        connection.execute(update(Account).where(this).values(password_hash=HASH))
    person = visit()
    person.page.goto("/login")
    person.writes("User name", f"unseated@{TOWN}")
    person.writes("Password", PASSWORD)
    person.presses("Log in")
    person.reads("You hold no appointment today")
    assert {width: too_wide(person.page, width) for width in WIDTHS} == dict.fromkeys(WIDTHS, 0)
    found = barriers(person.page)
    assert not found, found


def test_a_refused_form_shuts_nobody_out(look: Look) -> None:
    officer = Person(look(SCREENS["requests.new"]))
    officer.presses("Show who decides")
    officer.is_refused("Choose what it is about.")
    found = barriers(officer.page)
    assert not found, found
