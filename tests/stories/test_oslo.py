"""Oslo: an agency joins a network under its mandate, and the council takes note of a strategy."""

from __future__ import annotations

import pytest

from tests.conftest import STORES
from tests.stories.conftest import Visit

NETWORK = "Membership in a network for emergency planning"
STRATEGY = "A new international strategy"


@pytest.mark.parametrize("stage", STORES, indirect=True)
def test_an_agency_joins_a_network_under_its_mandate(visit: Visit) -> None:
    officer = visit("officer@oslo")
    officer.asks("Network membership")
    officer.sees("oslo/agency-decides", "It decides under the mandate Delegation order, 4.1.")
    officer.writes("Title", NETWORK)
    officer.ticks("Sustainability in Oslo", "4 Competence and culture")
    officer.writes("How what is learnt will be shared", "Two open seminars a year.")
    officer.opens_the_draft(NETWORK)
    officer.acts_here("Submit")

    manager = visit("manager@oslo")
    manager.takes_up(NETWORK)
    manager.begins("Approve")
    manager.sees("Delegation order, 4.1")
    manager.presses("Approve")
    manager.sees("Concluded", "under the mandate Delegation order, 4.1")

    officer.goes_to("Register")
    officer.follows(NETWORK)
    officer.sees("Active", "entered it")
    visit("auditor@oslo").verifies(NETWORK)


@pytest.mark.slow
def test_the_council_takes_note_of_a_strategy(visit: Visit) -> None:
    officer = visit("officer@oslo")
    officer.asks("International strategy", "Adopt")
    officer.sees("City council decides this", "oslo/recommendation")
    officer.writes("Title", STRATEGY)
    officer.writes("The proposal", "The city works abroad for what the city needs.")
    officer.opens_the_draft(STRATEGY)
    officer.acts_here("Submit")

    visit("manager@oslo").acts(STRATEGY, "Endorse")
    visit("secretary.executive@oslo").records(STRATEGY, "Recommend", proposal="Adopt it")
    visit("chair.executive@oslo").acts(STRATEGY, "Confirm the record")
    visit("secretary.council@oslo").records(STRATEGY, "Take note")
    chair = visit("chair.council@oslo")
    chair.acts(STRATEGY, "Confirm the record")
    chair.sees("Concluded", "Taken note of")
    chair.goes_to("Register")
    chair.follows(STRATEGY)
    chair.sees("took note")
    visit("auditor@oslo").verifies(STRATEGY)
