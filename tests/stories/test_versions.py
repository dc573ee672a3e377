"""A new version: the council revises the policy, it comes into force, and no running case slips past the council."""

from __future__ import annotations

import pytest

from tests.stories.conftest import Visit
from tests.stories.live_server import Stage
from tests.workflow.pack_versions import council_decides_agreements, later_pack
from tests.worlds import World
from workflow.versions.service import submit_pack

NEW = "orebro-2027"
SIGNED, WAITING = "Agreement with Lodz, decided", "Agreement with Kaunas, waiting"


def _running(town: World) -> None:
    for title, state in ((SIGNED, "sign"), (WAITING, "decide:executive-board")):
        number = town.open("cooperation-agreement", title=title)
        assert town.walk(number, state) == state
    revision = town.open("policy", "adopt", attributes={}, title="Agreements go to the council")
    assert town.walk(revision) == "concluded"
    raw = later_pack("orebro", council_decides_agreements)
    submit_pack(town.services, town.people["admin"], "orebro", raw, "later.yaml", now=town.now)


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.parametrize("stage", ["postgres"], indirect=True)
def test_a_move_that_would_skip_the_council_is_refused_and_one_that_does_not_is_taken(
    visit: Visit, stage: Stage
) -> None:
    _running(stage.town("orebro"))
    admin = visit("admin@orebro")
    admin.page.goto(f"/policy?version={NEW}")
    admin.sees("This version waits: nothing is judged by it yet.")
    admin.follows("Bring it into force")
    admin.chooses("What does it rest on?", "The competent body has decided it in a case")
    option = admin.field("In which case was it decided?").get_by_role("option", name="Agreements go to the council")
    admin.field("In which case was it decided?").select_option(label=str(option.first.text_content()))
    admin.presses("Bring it into force")
    admin.is_told("governs from")

    admin.goes_to("Cases")
    admin.follows(SIGNED)
    admin.follows("Move to the version in force")
    admin.sees("It must stay under its version")
    admin.sees("The step “Decision” of Municipal council would be skipped.")
    assert admin.page.get_by_role("button", name="Move the case").count() == 0

    admin.goes_to("Cases")
    admin.follows(WAITING)
    admin.follows("Move to the version in force")
    admin.sees("The way under the version in force")
    admin.writes("Why is it moved?", "The council has revised the policy")
    admin.presses("Move the case")
    admin.is_told(f"The case is under {NEW} now.")

    visit("secretary.executive@orebro").records(WAITING, "Recommend", proposal="Adopt it")
    visit("chair.executive@orebro").acts(WAITING, "Confirm the record")
    visit("secretary.council@orebro").records(WAITING, "Approve")
    visit("chair.council@orebro").acts(WAITING, "Confirm the record")
    auditor = visit("auditor@orebro")
    auditor.verifies(WAITING)
