"""An assumption: read by everybody, ruled on by the coordinator, marked where it bites, and proved to the auditor."""

from __future__ import annotations

import pytest

from tests.stories.conftest import Visit

READING = "The framework names no signatory"


@pytest.mark.slow
def test_an_assumption_is_rejected_and_everybody_it_concerns_is_told(visit: Visit) -> None:
    officer = visit("officer@odense")
    officer.goes_to("Policy")
    officer.follows("Every assumption, and what rests on it")
    officer.reads("Assumptions")
    assert officer.page.get_by_role("link", name="Confirm or reject it").count() == 0

    coordinator = visit("coordinator@odense")
    coordinator.goes_to("Policy")
    coordinator.follows("Every assumption, and what rests on it")
    entry = coordinator.main.get_by_role("listitem").filter(has_text=READING).first
    entry.get_by_role("link", name="Confirm or reject it").click()
    coordinator.sees("On the way to a decision")
    coordinator.chooses("What does the municipality say?", "The municipality rejects it")
    coordinator.presses("Record it")
    coordinator.is_refused("Say on whose word it is confirmed, or why it is rejected.")
    coordinator.writes("On whose word, or why not?", "The mayor signs, says the legal office")
    coordinator.presses("Record it")
    coordinator.is_told("It is recorded that the municipality rejects it.")

    officer.goes_to("Policy")
    officer.sees("The mayor signs, says the legal office")
    officer.follows("Rejected: 1")
    officer.sees(READING, "Recorded by Coordinator")

    auditor = visit("auditor@odense")
    auditor.goes_to("Trail")
    auditor.page.goto("/audit/journal")
    auditor.sees("Assumption rejected", "The mayor signs, says the legal office")
    auditor.presses("Verify the journal")
    auditor.reads("The trail is whole")
