"""Stockholm: no twin towns, but an agreement about something definite."""

from __future__ import annotations

import pytest

from tests.stories.conftest import Visit

TITLE = "Cooperation with Tallinn on clean water"


@pytest.mark.slow
def test_a_twin_town_is_refused_and_an_agreement_needs_a_purpose(visit: Visit) -> None:
    officer = visit("officer@stockholm")
    officer.asks("Twin-town agreement")
    officer.sees("Nobody may decide this: the policy forbids it", "stockholm/no-twins")
    officer.does_not_see("Open the draft")

    officer.chooses("What is it about?", "Cooperation agreement")
    officer.chooses("Who took the initiative?", "Our own")
    officer.presses("Show who decides")
    officer.sees("stockholm/same-rules", "stockholm/cooperation-agreements")
    officer.writes("Title", TITLE)
    officer.writes("With whom?", "Tallinn")
    officer.ticks("Cooperation", "Vision 2040")
    officer.writes("Expected result", "Fewer overflows.")
    officer.opens_the_draft(TITLE)

    officer.sees("What I cannot do now, and why")
    officer.unfolds("What I cannot do now, and why")
    officer.sees("“Purpose” is required before this step.")
    officer.begins("Change the draft")
    officer.writes("Purpose", "One plan for storm water in both harbours.")
    officer.presses("Save the changes")
    officer.is_told("Done")
    officer.acts_here("Submit")

    visit("manager@stockholm").acts(TITLE, "Endorse")
    visit("secretary.committee@stockholm").records(TITLE, "Approve")
    chair = visit("chair.committee@stockholm")
    chair.acts(TITLE, "Confirm the record")
    chair.acts(TITLE, "Record the signature")
    chair.sees("Waits for the other party’s signature")
    officer.takes_up(TITLE)
    officer.begins("Record when the other party signed")
    officer.writes("When did the other party sign?", "2026-09-15")
    officer.presses("Record the day")
    officer.is_told("Done")
    officer.sees("Concluded")
    visit("auditor@stockholm").verifies(TITLE)
