"""Odense: a partnership answers for five principles before the chief of staff approves it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from playwright.sync_api import expect

from tests.stories.conftest import Visit

TITLE = "Partnership with Groningen on robots in care"
ANSWERS: Mapping[str, str] = {
    "Title": TITLE,
    "With whom?": "Groningen",
    "The proposal": "We enter a partnership with Groningen.\nIt lasts three years.",
    "Added value": "Fewer heavy lifts.",
    "Knowledge": "They are ahead of us.",
    "Cooperation": "The university and two companies.",
    "Partnerships": "Neither of us can do it alone.",
    "Reputation": "A city of robots.",
    "Expected result": "A method that ten homes use.",
    "Local partners": "The university\nThe business council",
    "How what is learnt will be shared": "An open day in both cities.",
}


@pytest.mark.slow
def test_what_was_typed_survives_a_refused_form_and_the_chief_of_staff_approves(visit: Visit) -> None:
    officer = visit("officer@odense")
    officer.asks("Partnership")
    officer.sees("odense/chiefs-of-staff", "odense/principles")
    for label, answer in ANSWERS.items():
        officer.writes(label, answer)
    officer.ticks("Leading robotics city")
    officer.unfolds("Change what is asked")
    officer.writes("How much of the cost do others pay? (percent)", "a third")
    officer.presses("Open the draft")
    officer.is_refused("Write a whole number from 0 to 100.")

    officer.writes("How much of the cost do others pay? (percent)", "33")
    officer.presses("Show who decides")
    for label, answer in ANSWERS.items():
        expect(officer.field(label)).to_have_value(answer)
    expect(officer.page.get_by_role("checkbox", name="Leading robotics city")).to_be_checked()
    officer.opens_the_draft(TITLE)
    officer.acts_here("Submit")

    manager = visit("manager@odense")
    manager.takes_up(TITLE)
    manager.begins("Approve")
    manager.sees("Delegation order, 4.1", *(line for line in ANSWERS["The proposal"].splitlines()))
    manager.presses("Approve")
    manager.is_told("Done")
    chair = visit("chair.executive@odense")
    chair.takes_up(TITLE)
    chair.begins("Record the signature")
    chair.writes("When did the other party sign?", "2026-09-15")
    chair.presses("Record the signature")
    chair.is_told("Done")
    officer.goes_to("Register")
    officer.follows(TITLE)
    officer.sees("Active", "Groningen")
    visit("auditor@odense").verifies(TITLE)
