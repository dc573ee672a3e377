"""Does every screen fit a telephone, and does the work go on without scripts?"""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.stories.conftest import Look, Visit
from tests.stories.screens import Screen, core_first

#: A desk's screen and a telephone's, pixels.
WIDTHS = (1280, 390)
TITLE = "Study visit to Aarhus"


@pytest.mark.parametrize("screen", core_first())
def test_no_screen_is_wider_than_a_telephone(screen: Screen, look: Look) -> None:
    page = look(screen)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    expect(page.get_by_role("main")).to_have_count(1)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        too_wide = _overflow(page)
        assert too_wide == 0, f"at {width} px the page is {too_wide} px too wide"


def _overflow(page: Page) -> int:
    """How far the page can be scrolled sideways, pixels."""
    width: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return width


def test_a_request_is_made_and_passed_on_without_scripts(visit: Visit) -> None:
    officer = visit("officer@orebro", java_script_enabled=False)
    officer.asks("Exchange")
    officer.sees("orebro/levels.committees", "orebro/administrations.operating-plan")
    officer.writes("Title", TITLE)
    officer.ticks("Operations develop", "Overall strategies and budget")
    officer.writes("Place in the operating plan", "Plan 2026, 3.2")
    officer.writes("How what is learnt will be shared", "At the autumn meeting.")
    officer.opens_the_draft(TITLE)
    officer.acts_here("Submit")
    manager = visit("manager@orebro", java_script_enabled=False)
    manager.acts(TITLE, "Endorse")
    manager.sees("What can I do now?", "Decision: Committee for Children and Education")
