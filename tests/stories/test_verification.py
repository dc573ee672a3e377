"""A pack is tried: its fault is seen where it happens; the right one is taken in, and an officer asks what changes."""

from __future__ import annotations

import json

import pytest

from tests.stories.conftest import Visit
from tests.stories.live_server import Stage
from tests.stories.test_axe import barriers
from tests.web.policies.verification.test_views import holed
from tests.workflow.pack_versions import council_decides_agreements, later_pack


def test_a_fault_is_seen_where_it_happens_and_shuts_nobody_out(visit: Visit, stage: Stage) -> None:
    stage.town("orebro")
    admin = visit("admin@orebro")
    admin.goes_to("Policy")
    admin.follows("Proof")
    admin.sees("All ten promises are kept")
    field = admin.page.get_by_label("The pack, a YAML file")
    wrong = json.dumps(json.loads(later_pack("orebro", holed)), indent=1).replace('"decides"', '"decider"', 1)
    field.set_input_files({"name": "wrong.yaml", "mimeType": "application/yaml", "buffer": wrong.encode()})
    admin.presses("Check the pack")
    admin.sees("did you mean decides?")
    found = barriers(admin.page)
    assert not found, found
    pack = {"name": "holed.yaml", "mimeType": "application/yaml", "buffer": later_pack("orebro", holed)}
    admin.page.get_by_label("The pack, a YAML file").set_input_files(pack)
    admin.presses("Check the pack")
    admin.sees("It cannot be brought into force.")
    admin.sees("Here it fails")
    assert admin.page.get_by_role("button", name="Take it in").count() == 0
    found = barriers(admin.page)
    assert not found, found


@pytest.mark.slow
def test_a_pack_that_holds_is_taken_in_and_an_officer_sees_what_it_would_change(visit: Visit, stage: Stage) -> None:
    number = stage.town("orebro").open("cooperation-agreement", title="Agreement with Tartu")
    admin = visit("admin@orebro")
    admin.goes_to("Policy")
    admin.follows("Proof")
    raw = later_pack("orebro", council_decides_agreements, version="orebro-2031")
    pack = {"name": "later.yaml", "mimeType": "application/yaml", "buffer": raw}
    admin.page.get_by_label("The pack, a YAML file").set_input_files(pack)
    admin.presses("Check the pack")
    admin.presses("Take it in")
    admin.is_told("orebro-2031 is stored. It governs nothing until it is brought into force.")

    officer = visit("officer@orebro")
    officer.goes_to("Cases")
    officer.follows("Agreement with Tartu")
    officer.follows("What if the request were another?")
    officer.sees(number)
    officer.page.get_by_label("Under which version?").select_option("orebro-2031")
    officer.presses("What changes?")
    officer.sees("Another body decides: Municipal council instead of Municipal executive board.")
