"""An evaluation, from the day it is due to what comes of it; and one that nobody sees to, rung by rung."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.conftest import STORES
from tests.stories.conftest import Visit
from tests.stories.live_server import Stage
from tests.stories.pages import Person
from tests.web.evaluation_data import registered
from workflow.scheduling.scheduler import run_round

POSTGRES = [store for store in STORES if store.id == "postgres"]


@pytest.mark.slow
def test_a_network_is_evaluated_and_left_by_the_executive_board(visit: Visit, stage: Stage) -> None:
    title = "Network of river towns"
    registered(stage.town("orebro"), title=title, starts_on="2024-09-02")
    coordinator = visit("coordinator@orebro")
    _takes_up(coordinator, title)
    coordinator.sees("Assumed:", "every 24 months", "If it is to end", "Municipal executive board")
    coordinator.follows("Report what it has led to")
    coordinator.writes("What has the engagement led to?", "Two seminars in eight years.")
    coordinator.writes("What have we learnt?", "That we no longer have a river project.")
    coordinator.writes("Could we influence and develop what we meant to?", "No.")
    coordinator.presses("File the report and open the case")
    coordinator.is_refused("This must be answered: “Should we stay in the network?”", "orebro/networks.evaluation")
    coordinator.writes("Should we stay in the network?", "No.")
    coordinator.chooses("What do you propose?", "End it")
    coordinator.presses("File the report and open the case")
    coordinator.is_told("The report is filed.")

    officer = visit("officer@orebro")
    officer.takes_up(title)
    officer.sees("It decides what comes of the evaluation", "Two seminars in eight years.")
    officer.acts_here("Submit")
    visit("manager@orebro").acts(title, "Endorse")
    visit("secretary.executive@orebro").records(title, "Approve")
    visit("chair.executive@orebro").acts(title, "Confirm the record")

    officer.goes_to("Register")
    officer.writes("Title, partner or number", "river towns")
    officer.presses("Search")
    officer.follows(title)
    officer.sees(
        "It was decided that it ends.", "Decided after the evaluation: end it.", "Evaluated. Proposed: end it."
    )
    auditor = visit("auditor@orebro")
    auditor.goes_to("Trail")
    auditor.sees("Evaluation decided: end it")
    auditor.follows("Evaluation")
    auditor.presses("Verify this trail")
    auditor.reads("The trail is whole")


@pytest.mark.slow
def test_the_evaluation_of_a_twin_town_goes_to_the_council_which_wants_other_terms(visit: Visit, stage: Stage) -> None:
    title = "Twin town: Lund by the sea"
    registered(stage.town("orebro"), "twin-agreement", title=title, starts_on="2021-03-01", ends_on="2027-02-28")
    coordinator = visit("coordinator@orebro")
    _takes_up(coordinator, title)
    coordinator.sees("If it is to go on or be renegotiated", "Municipal council", "6 months before it ends")
    coordinator.follows("Report what it has led to")
    for question in (
        "What has the engagement led to?",
        "Has the agreement reached its purpose?",
        "What have we learnt and shared?",
        "Should the agreement be renewed?",
    ):
        coordinator.writes(question, f"About it: {question}")
    coordinator.chooses("What do you propose?", "Go on with it")
    coordinator.presses("File the report and open the case")
    coordinator.is_told("The report is filed.")
    visit("officer@orebro").acts(title, "Submit")
    visit("manager@orebro").acts(title, "Endorse")
    visit("secretary.executive@orebro").records(title, "Recommend", proposal="Adopt it")
    visit("chair.executive@orebro").acts(title, "Confirm the record")
    secretary = visit("secretary.council@orebro")
    secretary.takes_up(title)
    secretary.begins("Enter the decision")
    secretary.fills_in_the_record("Approve with changes")
    secretary.unfolds("If the body changed anything else")
    secretary.picks("What comes of the evaluation", "Renegotiate it")
    secretary.presses("Enter the decision")
    secretary.is_told("Done")
    visit("chair.council@orebro").acts(title, "Confirm the record")
    coordinator.goes_to("Evaluations")
    coordinator.picks("Which", "Decided")
    coordinator.presses("Show")
    coordinator.follows(title)
    coordinator.sees("Renegotiate it", "Proposed: go on with it", "Decided: renegotiate it")


@pytest.mark.slow
def test_what_has_no_value_left_can_only_be_ended_and_the_case_to_end_it_is_opened(visit: Visit, stage: Stage) -> None:
    title = "Network of fairy tale towns"
    world = stage.town("odense")
    registered(world, title=title, starts_on="2024-09-03")
    officer = visit("officer@odense")
    _takes_up(officer, title)
    officer.follows("Report what it has led to")
    rule = next(rule for rule in world.policy.evaluations if rule.id == "partnerships-networks")
    for question in rule.questions:
        officer.writes(question.names["en"], "Nothing this year.")
    officer.chooses("How much is it worth, against what it costs?", "Nothing any more")
    officer.chooses("What do you propose?", "Go on with it")
    officer.presses("File the report and open the case")
    officer.is_refused("What has no value left is ended", "odense/end-without-value")
    officer.chooses("What do you propose?", "End it")
    officer.presses("File the report and open the case")
    officer.is_told("The report is filed.")
    officer.sees("Nothing any more")
    officer.takes_up(title)
    officer.sees("terminate", "It decides what comes of the evaluation")
    officer.acts_here("Submit")


@pytest.mark.slow
@pytest.mark.parametrize("stage", POSTGRES, indirect=True)
def test_a_late_evaluation_is_raised_to_each_seat_of_its_ladder_and_to_nobody_who_may_then_decide(
    visit: Visit, stage: Stage
) -> None:
    title, world = "Network that nobody looks at", stage.town("orebro")
    registered(world, title=title, starts_on="2024-09-10")
    begun = world.now
    told = ("officer@orebro", "manager@orebro", "coordinator@orebro", "chair.executive@orebro")
    for rung, who in enumerate(told):
        run_round(world.services, now=begun + timedelta(days=30 * rung))
        seat = visit(who)
        seat.sees("An evaluation is late.", title)
        seat.goes_to("What is late")
        seat.sees("being told gives nobody the right to decide", title)
        if who == "coordinator@orebro":
            continue  # who is told here is the one who reports
        seat.follows(title)
        seat.sees("Who reports", "International coordinator, Municipal executive board")
        seat.does_not_see("Report what it has led to")
    board = visit("chair.council@orebro")
    board.goes_to("What is late")
    board.sees("Told: Chair, Municipal executive board", "Nobody is left to be told")
    board.page.goto("/")
    board.does_not_see("An evaluation is late.")


def _takes_up(person: Person, title: str) -> None:
    """Find an evaluation in the calendar."""
    person.goes_to("Evaluations")
    person.follows(title)
    person.reads(title)
