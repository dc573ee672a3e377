"""Work without JavaScript."""

from __future__ import annotations

from tests.stories.conftest import Visit

TITLE = "Study visit to Aarhus"


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
