"""What is told of a policy without a database?"""

from __future__ import annotations

import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

from tests.web.cli.calling import Run, fails
from tests.workflow.policy.amended_law import BEFORE, FIRST, FOUNDING, ROW
from tests.workflow.policy.small_pack import planted
from tests.worlds import CONFIG, MUNICIPALITIES, policy_of
from web.cli.diagram import mermaid, stages_of, svg, usual_kind


def test_the_law_of_another_day_is_asked(run: Run, tmp_path: Path) -> None:
    pack = planted(tmp_path, law=((FOUNDING, f"{ROW}valid_from: {FIRST}}}\n{FOUNDING}"),))
    asked = ("who-decides", "lillby", "membership", "enter", "--set", "scope=municipality", "--json", "--on")
    for day, body in ((BEFORE, "executive-board"), (FIRST, "council")):
        code, out, _err = run(*asked, day.isoformat(), POLICIES=str(pack.parent))
        assert (code, json.loads(out)["body"]) == (0, body)


def test_who_decides_goes_by_the_other_party_where_the_policy_names_towns(run: Run) -> None:
    asked = ("who-decides", "orebro", "twin-agreement", "renew", "--json", "--set")
    for partner, limited in (("Nordic twin town A (example)", False), ("A fifth town", True)):
        code, out, _err = run(*asked, f"partner={partner}")
        assert code == 0
        assert ("time-limited" in {demand["id"] for demand in json.loads(out)["requirements"]}) is limited
    fails(run(*asked, "named_nordic_twin=true"), 2, "say with whom the engagement is")


def test_who_decides_gives_the_json_of_the_contract(run: Run) -> None:
    code, out, err = run("who-decides", "orebro", "membership", "enter", "--set", "scope=municipality", "--json")
    assert (code, err) == (0, "")
    answer = json.loads(out)
    wanted = {"municipality", "engagement", "act", "attributes", "outcome", "body", "body_key", "body_name", "route"}
    assert wanted | {"requirements", "clauses", "assumed", "assumptions"} <= answer.keys()
    assert (answer["outcome"], answer["body"]) == ("decided", "executive-board")
    assert (answer["body_key"], answer["body_name"]) == ("kommunstyrelsen", "Kommunstyrelsen")
    assert answer["assumed"] is False
    assert {"step", "by", "body_name"} <= answer["route"][0].keys()
    assert {"id", "field", "before", "clauses", "assumed"} <= answer["requirements"][0].keys()
    assert "representation" in {demand["id"] for demand in answer["requirements"]}


def test_a_refusal_is_an_answer(run: Run) -> None:
    code, out, _err = run("who-decides", "stockholm", "aid-project", "enter", "--set", "external_funding=99", "--json")
    answer = json.loads(out)
    assert (code, answer["outcome"], answer["body"], answer["route"]) == (0, "refused", None, [])
    assert answer["clauses"] == ["stockholm/aid"]
    code, out, _err = run("who-decides", "stockholm", "twin-agreement", "enter")
    assert code == 0
    assert "Refused" in out
    assert "stockholm/no-twins" in out


def test_every_question_has_an_answer_in_both_forms(run: Run) -> None:
    for municipality in MUNICIPALITIES:
        for engagement, act in (("visit", "enter"), ("policy", "revise"), ("twin-agreement", "terminate")):
            _code, out, _err = run("who-decides", municipality, engagement, act)
            body = json.loads(run("who-decides", municipality, engagement, act, "--json")[1])["body_name"]
            assert f"Decides: {body}" in out


def test_a_folder_of_ones_own_is_asked_instead(run: Run, packs: Path) -> None:
    assert run("who-decides", "oslo", "visit", "enter", POLICIES=str(packs))[0] == 0
    fails(run("who-decides", "orebro", "visit", "enter", POLICIES=str(packs)), 2, "orebro", "oslo")


def test_policy_check_reports_every_pack(run: Run) -> None:
    code, out, err = run("policy", "check", "--json")
    report = json.loads(out)
    assert (code, err, report["ok"]) == (0, "", True)
    assert [pack["municipality"] for pack in report["packs"]] == list(MUNICIPALITIES)
    for pack in report["packs"]:
        assert pack["obligations"]
        assert pack["coverage"]
        assert all(found["checked"] > 0 and found["counterexample"] is None for found in pack["obligations"])
    code, out, _err = run("policy", "check", "oslo", str(CONFIG / "policies" / "odense.yaml"))
    assert code == 0
    assert "oslo-2023-2" in out
    assert "odense-2022" in out
    assert "orebro" not in out


def test_policy_check_prints_every_assumption_under_its_reason(run: Run) -> None:
    _code, told, _err = run("policy", "check", "orebro", "--json")
    [pack] = json.loads(told)["packs"]
    _code, out, _err = run("policy", "check", "orebro")
    assert f"{len(pack['assumptions'])} assumptions" in out
    said = dict(line.strip().rsplit(": ", 1) for line in out.partition(" assumptions, ")[2].splitlines()[1:])
    for one in pack["assumptions"]:
        assert one["where"] in said[one["reason"]]


def test_policy_check_needs_no_database_and_loads_none() -> None:
    asked = "import sys, web.cli.policy; print('sqlalchemy' in sys.modules)"
    answered = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert answered.stdout.strip() == "False"


def test_a_pack_that_breaks_an_obligation_or_cannot_be_read_fails_the_check(run: Run, packs: Path) -> None:
    whole = (packs / "oslo.yaml").read_text(encoding="utf-8")
    broken = {
        "claims": whole.replace("decided_by: council", "decided_by: committee", 1),
        "shape": f"{whole}\ncolour: red\n",
    }
    assert whole not in broken.values()
    for name, content in broken.items():
        (packs / "oslo.yaml").write_text(content, encoding="utf-8")
        code, out, err = run("policy", "check", "--json", POLICIES=str(packs))
        report = json.loads(out)
        assert (code, report["ok"]) == (1, False), name
        assert any(not found["ok"] and found["counterexample"] for found in report["packs"][0]["obligations"])
        assert err == "instans: the check failed for oslo\n"
        code, out, _err = run("policy", "check", POLICIES=str(packs))
        assert code == 1
        assert "FAILED" in out
    fails(run("who-decides", "oslo", "visit", "enter", POLICIES=str(packs)), 1, "oslo.yaml", "colour")


def test_every_route_of_every_municipality_can_be_drawn() -> None:
    for municipality in MUNICIPALITIES:
        policy = policy_of(municipality)
        for route in policy.routes:
            stages = stages_of(policy, route, usual_kind(policy, route))
            chart = "\n".join(mermaid(policy, stages))
            assert chart.startswith("flowchart LR\n")
            assert chart.count("subgraph") == chart.count("  end")
            picture = ET.fromstring("".join(svg(policy, stages, route)))  # noqa: S314 - our own picture
            names = " ".join(picture.itertext())
            assert policy.version in names
            assert "Decision" in names


def test_a_route_is_drawn_as_text_or_as_a_picture(run: Run) -> None:
    assert run("policy", "diagram", "oslo", "policy")[1].startswith("flowchart LR\n")
    code, out, err = run("policy", "diagram", "oslo", "policy", "--format", "svg")
    assert (code, err) == (0, "")
    assert out.startswith("<svg ")
    assert out.endswith("</svg>\n")
    code, out, err = run("policy", "diagram", "oslo", "policy", "--format", "bpmn")
    assert (code, err) == (0, "")
    drawn = ET.fromstring(out)  # noqa: S314 - our own file
    names = {one.get("name") for one in drawn.iter("{http://www.omg.org/spec/BPMN/20100524/MODEL}userTask")}
    assert {"Draft", "Review by the line manager", "Decision: Bystyret"} <= names


def test_a_route_is_drawn_for_those_who_can_travel_it(run: Run) -> None:
    usual = run("policy", "diagram", "orebro", "own-matter")[1]
    assert "Programnämnd" in usual
    assert "kommunalt bolag" in run("policy", "diagram", "orebro", "own-matter", "--responsible", "company-board")[1]
    assert "kommunalt bolag" in run("policy", "diagram", "orebro", "company-principal-matter")[1]
