"""Örebro: a twin town, from the officer's first question to the auditor's last."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tests.stories.conftest import Visit
from tests.stories.pages import Person

TITLE = "Twin town: Novi Sad"
PAPER = b"%PDF-1.4\n% the agreement as it was signed\n%%EOF\n"
DIGEST = hashlib.sha256(PAPER).hexdigest()


@pytest.mark.slow
def test_a_twin_town_needs_an_end_date_every_body_and_a_signature(visit: Visit, tmp_path: Path) -> None:
    officer = visit("officer@orebro")
    _asks(officer)
    officer.acts_here("Submit")
    visit("manager@orebro").acts(TITLE, "Endorse", "Well prepared.")

    visit("secretary.committee@orebro").records(TITLE, "Recommend", proposal="Adopt it")
    visit("chair.committee@orebro").acts(TITLE, "Confirm the record")
    limited = "Örebro enters a limited agreement with Novi Sad."
    board = visit("secretary.executive@orebro")
    board.records(TITLE, "Recommend", proposal="Adopt it with changes", text=limited)
    chair = visit("chair.executive@orebro")
    chair.acts(TITLE, "Confirm the record")
    chair.sees("Version 2 against version 1")

    _council_approves_only_with_an_end_date(visit("secretary.council@orebro"))
    visit("chair.council@orebro").acts(TITLE, "Confirm the record")
    _signature_is_recorded(chair, tmp_path / "agreement.pdf")
    _register_shows_it(officer)
    _auditor_follows_it(visit("auditor@orebro"))


def _asks(officer: Person) -> None:
    officer.asks("Twin-town agreement")
    officer.sees("Municipal council decides this", "orebro/levels.council", "orebro/twins.time-limited")
    officer.writes("Title", TITLE)
    officer.writes("With whom?", "Novi Sad")
    officer.picks("In which country?", "Serbia")
    officer.writes("The proposal", "Örebro enters an agreement with Novi Sad.")
    officer.ticks("Operations develop", "Overall strategies and budget")
    officer.writes("Representatives", "A. Andersson\nB. Berg")
    officer.opens_the_draft(TITLE)


def _council_approves_only_with_an_end_date(secretary: Person) -> None:
    secretary.takes_up(TITLE)
    secretary.begins("Enter the decision")
    secretary.fills_in_the_record("Approve")
    secretary.presses("Enter the decision")
    secretary.is_refused("“Last day” is required", "orebro/twins.time-limited")
    secretary.chooses("What did the body decide?", "Approve with changes")
    secretary.writes("Last day", "2029-12-31")
    secretary.presses("Enter the decision")
    secretary.is_told("Done")
    secretary.sees("Not confirmed yet.", "31 December 2029")


def _signature_is_recorded(chair: Person, paper: Path) -> None:
    paper.write_bytes(PAPER)
    chair.takes_up(TITLE)
    chair.registers(paper, "The agreement")
    chair.sees(DIGEST)
    chair.takes_up(TITLE)
    chair.begins("Record the signature")
    chair.writes("When did we sign?", "2026-09-15")
    chair.writes("When did the other party sign?", "2026-09-15")
    chair.field("What exactly was signed?").select_option(DIGEST)
    chair.presses("Record the signature")
    chair.is_refused("The document was added after the decision.")
    chair.field("If it was added after the decision: what does it come from?").select_option("decided-text")
    chair.presses("Show the difference")
    chair.sees("What is signed beside what was before the body", "Their texts cannot be compared here.")
    chair.writes("If it was added after the decision: what differs?", "The seals of both parties.")
    chair.presses("Record the signature")
    chair.is_told("Done")
    chair.sees("Concluded", "Nobody: it is closed")


def _register_shows_it(officer: Person) -> None:
    officer.goes_to("Register")
    officer.writes("Title, partner or number", "Novi")
    officer.presses("Search")
    officer.follows(TITLE)
    officer.reads(TITLE)
    officer.sees("15 September 2026 to 31 December 2029", DIGEST, "entered it")


def _auditor_follows_it(auditor: Person) -> None:
    auditor.goes_to("Trail")
    auditor.follows(TITLE)
    auditor.reads(TITLE)
    auditor.sees("Decision confirmed: approve with changes", "orebro/levels.council", "Signature recorded")
    auditor.page.get_by_text("As recorded, byte for byte").last.click()
    auditor.sees(DIGEST)
    auditor.verifies(TITLE)
