"""What does another version change, told by a command?"""

from __future__ import annotations

import json
from pathlib import Path

from sqlalchemy import Engine

from tests.web.cli.calling import Run, fails
from tests.web.evaluation_data import registered
from tests.workflow.policy.versions import row_of, version_of
from tests.worlds import CONFIG, NOON, build, policy_of
from workflow.policy.loading.loader import load_pack
from workflow.versions.install import install

OREBRO = CONFIG / "policies" / "orebro.yaml"


def draft(folder: Path) -> Path:
    """Örebro's pack as somebody would rewrite it: agreements to the council, and a longer review."""
    text = OREBRO.read_text(encoding="utf-8").replace("version: orebro-2012-2", "version: orebro-2027")
    row = "when: {engagement: [cooperation-agreement, partnership], act: enter},\n     decides: "
    old, new = f"{row}executive-board, route: executive-agreement", f"{row}council, route: council-agreement"
    assert text.count(old) == 1
    file = folder / "orebro-2027.yaml"
    file.write_text(text.replace(old, new), encoding="utf-8")
    return file


def test_a_draft_is_told_against_the_pack_in_force(run: Run, tmp_path: Path) -> None:
    code, out, err = run("policy", "diff", "orebro", str(draft(tmp_path)))
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "orebro: orebro-2012-2 → orebro-2027"
    assert "  Now: decided by Municipal council. Before: decided by Municipal executive board." in lines
    assert "    for: Cooperation agreement, Municipal partnership; enter; not a matter of principle" in lines
    assert "  New step: Recommendation (Municipal executive board)" in lines


def test_a_program_reads_codes_keys_and_conditions(run: Run, tmp_path: Path) -> None:
    code, out, _err = run("policy", "diff", "orebro", str(draft(tmp_path)), "--json")
    told = json.loads(out)
    assert (code, told["municipality"]) == (0, "orebro")
    assert (told["old"]["version"], told["new"]["version"]) == ("orebro-2012-2", "orebro-2027")
    assert told["old"]["digest"] == policy_of("orebro").digest
    decides = [change for change in told["changes"] if change["what"] == "decides"]
    assert [(change["was"], change["now"]) for change in decides] == [("executive-board", "council")]
    assert decides[0]["when"] == [
        {"engagement": ["cooperation-agreement", "partnership"], "act": ["enter"], "principal": [False]}
    ]


def test_nothing_changes_between_a_pack_and_itself(run: Run) -> None:
    assert run("policy", "diff", "oslo", str(CONFIG / "policies" / "oslo.yaml"))[1].splitlines() == [
        "oslo: oslo-2023-2 → oslo-2023-2",
        "Nothing changes.",
    ]
    assert json.loads(run("policy", "diff", "oslo", "oslo", "--json")[1])["changes"] == []


def test_a_version_of_the_database_is_named_after_its_municipality(
    run: Run, database: dict[str, str], engine: Engine
) -> None:
    def allow(document: dict[str, object]) -> None:
        row_of(document, "competence", "whole-visits")["clauses"] = ["orebro/levels.executive-board"]

    install(engine, [policy_of("orebro"), version_of(policy_of("orebro"), allow, "orebro-2027")], now=NOON)
    code, out, _err = run("policy", "diff", "orebro", "orebro@orebro-2027", **database)
    assert code == 0
    assert "clauses: orebro/levels.executive-board" in out
    fails(run("policy", "diff", "orebro", "orebro@orebro-1999"), 2, "orebro-1999", "orebro-2012-2", "orebro-2027")
    fails(run("policy", "diff", "orebro", "skara@skara-1"), 2, "skara", "orebro")


def test_what_cannot_be_compared_is_wrong_usage(run: Run, tmp_path: Path) -> None:
    fails(run("policy", "diff", "orebro", "oslo"), 2, "orebro", "oslo")
    fails(run("policy", "diff", "orebro", "skara"), 2, "skara", "orebro")
    (tmp_path / "broken.yaml").write_text("municipality: 3\n", encoding="utf-8")
    fails(run("policy", "diff", "orebro", str(tmp_path / "broken.yaml")), 1, "broken.yaml")


def test_the_draft_of_these_tests_is_a_pack(tmp_path: Path) -> None:
    assert load_pack(draft(tmp_path), CONFIG / "law").version == "orebro-2027"


def test_the_impact_on_every_open_case_and_engagement_is_told_by_number(
    run: Run, database: dict[str, str], engine: Engine, tmp_path: Path
) -> None:
    world = build(engine, "orebro")
    visit, agreement = world.open("visit"), world.open("cooperation-agreement")
    signing = world.open("cooperation-agreement")
    world.walk(signing, until="sign")
    lasting = registered(world, kind="membership")
    ask = ("policy", "diff", "orebro", str(draft(tmp_path)), "--impact")
    code, out, err = run(*ask, **database)
    assert (code, err) == (0, "")
    assert "Open cases: refused now 0, another way 2, more is required 0, unchanged 1" in out
    assert "Engagements: refused now 0, another way 0, more is required 0, unchanged 1" in out
    assert f"  {agreement}: another way\n    Now: decided by Municipal council. Before: decided by" in out
    assert "    can be moved, to: Draft" in out
    assert "    stays: Municipal executive board has decided; under the new version" in out
    assert visit not in out
    assert lasting not in out
    told = json.loads(run(*ask, "--json", **database)[1])["impact"]
    assert told["cases"]["counts"] == {"refused": 0, "changed-route": 2, "new-requirement": 0, "unchanged": 1}
    assert [(one["number"], one["to"], len(one["stays"])) for one in told["cases"]["affected"]] == [
        (signing, "", 3),
        (agreement, "Draft", 0),
    ]


def test_the_impact_needs_a_database_that_knows_the_municipality(
    run: Run, database: dict[str, str], tmp_path: Path
) -> None:
    fails(run("policy", "diff", "orebro", str(draft(tmp_path)), "--impact", **database), 2, "orebro")
