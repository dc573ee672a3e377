"""Keyboard operation: everything without a mouse, with visible focus."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.stories.conftest import Visit
from tests.stories.live_server import Stage
from tests.stories.pages import Person
from tests.web.conftest import PASSWORD

TITLE = "Visit from Narvik"
#: More stops than any page has between one field and another.
FAR = 120
#: Whether the element that has the focus shows it (WCAG 2.2, 2.4.7).
IS_RINGED = """element => {
  const style = getComputedStyle(element);
  return style.outlineStyle !== 'none' || style.boxShadow !== 'none';
}"""


def tabs_to(person: Person, target: Locator) -> None:
    """Press Tab until the target has the focus; every stop on the way must be seen."""
    for _ in range(FAR):
        person.page.keyboard.press("Tab")
        stop = person.page.locator(":focus")
        if stop.count():  # none while the browser's own controls have it
            expect(stop).to_be_in_viewport()
            assert stop.evaluate(IS_RINGED), f"nobody sees the focus on {stop.evaluate('e => e.outerHTML')}"
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"Tab does not reach {target}")


def types(person: Person, label: str, text: str) -> None:
    """Go to a field and type."""
    tabs_to(person, person.field(label))
    person.page.keyboard.type(text)


def button(person: Person, name: str) -> Locator:
    """A button by its words."""
    return person.page.get_by_role("button", name=name, exact=True)


@pytest.mark.slow
def test_a_request_is_made_with_the_keyboard_alone(visit: Visit, stage: Stage) -> None:
    stage.town("orebro")
    officer = visit()
    keyboard = officer.page.keyboard
    officer.page.goto("/login")
    types(officer, "User name", "officer@orebro")
    types(officer, "Password", PASSWORD)
    keyboard.press("Enter")
    officer.reads("Waiting for me")

    tabs_to(officer, officer.page.get_by_role("link", name="New request", exact=True).first)
    keyboard.press("Enter")
    officer.reads("New request")
    kinds = officer.page.get_by_role("group", name="What is it about?")
    tabs_to(officer, kinds.get_by_role("radio").first)
    visit_kind = kinds.get_by_role("radio", name=re.compile("^Visit"))
    while not visit_kind.is_checked():
        keyboard.press("ArrowDown")
    tabs_to(officer, officer.page.get_by_role("radio", name="Enter").first)
    keyboard.press("Space")
    tabs_to(officer, button(officer, "Show who decides"))
    keyboard.press("Enter")

    officer.sees("orebro/levels.committees")
    types(officer, "Title", TITLE)
    for goal in ("Local business and visitors", "Overall strategies and budget"):
        tabs_to(officer, officer.page.get_by_role("checkbox", name=goal, exact=True))
        keyboard.press("Space")
    tabs_to(officer, button(officer, "Open the draft"))
    keyboard.press("Space")
    officer.reads(TITLE)

    tabs_to(officer, officer.page.get_by_role("link", name="Submit", exact=True))
    keyboard.press("Enter")
    officer.reads("Submit")
    tabs_to(officer, button(officer, "Submit"))
    keyboard.press("Enter")
    officer.is_told("Done: submitted.")


def test_the_first_stop_leads_past_the_navigation(visit: Visit) -> None:
    officer = visit("officer@orebro")
    officer.goes_to("New request")
    officer.reads("New request")
    skip = officer.page.get_by_role("link", name="Go to the content")
    expect(skip).not_to_be_in_viewport()
    officer.page.keyboard.press("Tab")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    officer.page.keyboard.press("Enter")
    expect(officer.main).to_be_focused()
    officer.page.keyboard.press("Tab")
    assert officer.main.locator(":focus").count() == 1


def test_a_refusal_leads_to_the_field_it_speaks_of(visit: Visit) -> None:
    officer = visit("officer@orebro")
    officer.goes_to("Letters")
    officer.follows("Register a letter")
    officer.writes("Title", "A letter without a file")
    officer.presses("Register the letter")
    officer.is_refused("The file is empty.")
    tabs_to(officer, officer.page.get_by_role("alert").get_by_role("link"))
    officer.page.keyboard.press("Enter")
    expect(officer.field("File")).to_be_focused()
