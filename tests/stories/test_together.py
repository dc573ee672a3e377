"""Two people on one case, and people of another municipality."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.stories.conftest import Visit
from tests.stories.live_server import Stage
from tests.stories.pages import Person

PAPER = b"%PDF-1.4\n% what it will cost\n%%EOF\n"


@pytest.mark.slow
def test_who_comes_second_sees_what_changed_and_keeps_what_was_typed(visit: Visit, stage: Stage) -> None:
    title, mine = "Exchange with Lund", "My thoughts, which took the whole morning."
    stage.town("orebro").open("exchange", title=title)
    here, there = visit("officer@orebro"), visit("officer@orebro")
    for desk in (here, there):
        desk.takes_up(title)
        desk.begins("Change the draft")
    there.writes("Purpose", "What I wrote on the train.")
    there.writes("What you changed, and why", "The purpose was vague.")
    there.presses("Save the changes")
    there.is_told("Done")

    here.writes("The proposal", mine)
    here.presses("Save the changes")
    here.is_refused("The case has changed since you opened this page", "The purpose was vague.")
    expect(here.field("The proposal")).to_have_value(mine)
    here.presses("Save the changes")
    here.is_told("Done")
    here.sees(mine)


@pytest.mark.slow
def test_who_comes_too_late_to_act_at_all_is_told_so(visit: Visit, stage: Stage) -> None:
    title, mine = "Exchange with Umeå", "It needs a budget."
    world = stage.town("orebro")
    world.walk(world.open("exchange", title=title), "review")
    here, there = visit("manager@orebro"), visit("manager@orebro")
    here.takes_up(title)
    here.begins("Refer back")
    here.writes("What must be prepared", mine)
    there.acts(title, "Endorse")
    here.presses("Refer back")
    here.is_refused("The case has changed since you opened this page", "Endorsed")
    here.sees("You cannot do this now", mine)


def test_a_case_does_not_exist_for_another_municipality(visit: Visit, stage: Stage) -> None:
    orebro = stage.town("orebro")
    number = orebro.open("exchange", title="Exchange with Visby")
    orebro.walk(number, "review")
    stranger = visit("officer@stockholm")
    stranger.goes_to("Cases")
    stranger.writes("Case number, here or elsewhere", number)
    stranger.presses("Go to the case")
    stranger.sees(f"No case that you may see bears the number {number}.")
    for pasted in (f"/cases/{number}", f"/cases/{number}/documents", f"/cases/{number}/do/endorse"):
        _finds_nothing(stranger, pasted)
    _finds_nothing(visit("auditor@stockholm"), f"/audit/cases/{number}")


def _finds_nothing(stranger: Person, pasted: str) -> None:
    """Open an address that somebody has sent."""
    answer = stranger.page.goto(pasted)
    assert answer is not None
    assert answer.status == 404
    stranger.does_not_see("Visby")


def test_a_document_is_handed_out_as_a_file_and_never_shown(visit: Visit, stage: Stage, tmp_path: Path) -> None:
    title = "Exchange with Gävle"
    stage.town("orebro").open("exchange", title=title)
    paper = tmp_path / "Kostnader åäö.pdf"
    paper.write_bytes(PAPER)
    officer = visit("officer@orebro")
    officer.takes_up(title)
    officer.registers(paper, "The budget")
    address = officer.page.url
    handed = officer.downloads("The budget")
    assert handed.suggested_filename == paper.name
    assert Path(handed.path()).read_bytes() == PAPER
    assert officer.page.url == address

    note = tmp_path / "note.txt"
    note.write_text("not a paper")
    officer.field("File").set_input_files(note)
    officer.writes("Title", "A note")
    officer.presses("Register the document")
    officer.is_refused("Only PDF, DOCX, PNG and JPEG files can be registered")
    expect(officer.field("Title")).to_have_value("A note")
