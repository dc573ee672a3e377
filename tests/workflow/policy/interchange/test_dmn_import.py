"""DMN import: a decision table becomes the pack's own, or leaves the pack as it was."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.workflow.policy.interchange.dmn_editor import DMN_1_5, LILLBY, REFUSED, Rule, decided, rule, table
from tests.workflow.policy.packs import KEYS, pack
from tests.workflow.policy.small_pack import LAW, PACK, small
from workflow.core.errors import PolicyInvalid
from workflow.policy.competence import look_up
from workflow.policy.interchange.answer_rules import answer_rules
from workflow.policy.interchange.dmn import dmn
from workflow.policy.interchange.dmn_import import import_table
from workflow.policy.loading.loader import load_pack, packaged
from workflow.policy.model import Policy
from workflow.policy.request_domain import Request
from workflow.policy.request_space import conditions, mentioned, requests


def plain(name: str) -> str:
    return name


@pytest.fixture
def lillby(tmp_path: Path) -> Path:
    """A copy of the small pack to import into."""
    (tmp_path / "policies").mkdir()
    return Path(shutil.copy(PACK, tmp_path / "policies"))


def brought_in(pack_file: Path, text: str, law: Path = LAW.parent, decision: str = "") -> Policy:
    """The pack after a table has come in."""
    file = pack_file.parent.parent / "table.dmn"
    file.write_text(text, encoding="utf-8")
    return import_table(file, pack_file, law, date(2026, 1, 1), decision).policy


def refused(pack_file: Path, text: str, *words: str, decision: str = "") -> None:
    """A table is refused in one sentence that names the file and the words; nothing has changed."""
    before, beside = pack_file.read_bytes(), sorted(pack_file.parent.iterdir())
    with pytest.raises(PolicyInvalid) as told:
        brought_in(pack_file, text, decision=decision)
    for word in ("table.dmn", *words):
        assert word in str(told.value), told.value
    assert pack_file.read_bytes() == before
    assert sorted(pack_file.parent.iterdir()) == beside


def every(policy: Policy) -> list[Request]:
    return list(requests(policy, mentioned(conditions(policy))))


# -- files that are not read

BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
ELSEWHERE = '<!DOCTYPE x SYSTEM "file:///etc/passwd">'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ["is not XML"]),
        ("competence: []", ["is not XML"]),
        (table(LILLBY)[:-20], ["is not XML"]),
        ("<definitions/>", ["is no file of DMN 1.3 or later"]),
        (table(LILLBY, namespace="http://www.omg.org/spec/DMN/20151101/dmn.xsd"), ["is no file of DMN 1.3"]),
        (table(LILLBY, namespace="http://www.omg.org/spec/DMN/20180521/MODEL/"), ["is no file of DMN 1.3"]),
        (table(LILLBY, prologue=BOMB), ["DOCTYPE", ":1:"]),
        (table(LILLBY, prologue=ELSEWHERE), ["DOCTYPE"]),
        ("<a>" * 100 + "</a>" * 100, ["is nested deeper than 60 levels"]),
        (f"<a>{'x' * 2_100_000}</a>", ["is larger than 2 MB"]),
        ('<?xml version="1.0" encoding="klingon"?><a/>', ["is not XML"]),
        (table([]), ["has no rule"]),
        (table(LILLBY).replace("decisionTable", "literalExpression"), ["holds no decision table"]),
        (table(LILLBY, hit_policy="FIRST"), ["has the hit policy FIRST"]),
        (table(LILLBY, hit_policy="RULE ORDER"), ["has the hit policy RULE ORDER"]),
        (
            table(LILLBY).replace("<text>act</text>", "<text>akt</text>"),
            ["input column 2 (Act): unknown attribute 'akt'; did you mean act?"],
        ),
        (
            table(LILLBY).replace("<text>act</text>", "<text>engagement</text>"),
            ["input column 2", "'engagement' has a column already"],
        ),
        (table(LILLBY).replace('name="route"', 'name="rout"'), ["output column", "did you mean route?"]),
        (
            table(LILLBY).replace("<inputEntry><text></text></inputEntry>", "", 1),
            ["rule 1", "has 3 cells for 4 columns"],
        ),
        (
            table(LILLBY).replace("<inputEntry>", '<inputEntry expressionLanguage="juel">', 1),
            ["rule 1, column engagement: is written in juel, not in FEEL"],
        ),
    ],
)
def test_a_file_that_is_no_such_table_is_refused(lillby: Path, text: str, words: list[str]) -> None:
    refused(lillby, text, *words)


def test_one_of_several_decisions_is_named(lillby: Path) -> None:
    one = table(LILLBY)
    inner = one[one.index("  <decision id") : one.index("</definitions>")]
    both = one.replace(
        "</definitions>", inner.replace("Kompetens", "Other").replace("Decision_1", "Decision_2") + "</definitions>"
    )
    refused(lillby, both, "2 decision tables", "Kompetens, Other", "name one")
    refused(lillby, both, "unknown decision 'Kompetans'; did you mean Kompetens?", decision="Kompetans")
    assert brought_in(lillby, both, decision="Decision_2").competence == small().competence


# -- rules that a policy cannot say

VISIT = {"engagement": '"visit"'}
OTHERS = tuple(one for one in LILLBY if one[0]["engagement"] != '"visit"')


@pytest.mark.parametrize(
    ("last", "words"),
    [
        (
            rule({"engagement": '"vist"'}, decided("responsible", "own-matter")),
            ['rule 11, column engagement: “"vist"”', "did you mean visit?"],
        ),
        (
            rule({"engagement": 'starts with(?, "v")'}, decided("responsible", "own-matter")),
            ["rule 11, column engagement", "starts with", "unknown value"],
        ),
        (
            rule(VISIT | {"external_funding": "[0..120]"}, decided("responsible", "own-matter")),
            ["column external_funding: “[0..120]”", "120 is no whole number from 0 to 100"],
        ),
        (
            rule(VISIT | {"act": '"adopt"'}, decided("responsible", "own-matter")),
            ["rule 11, column act: no request has this act"],
        ),
        (
            rule({"engagement": '"visit", "membership"'}, decided("responsible", "own-matter")),
            ["rule 11: answers what rule 9 answers too", "membership"],
        ),
        (rule(VISIT, decided("responsible", "own-matter"), ""), ["rule 11: cites no clause and admits no assumption"]),
        (
            rule(VISIT, decided("responsible", "own-matter"), "Ask the lawyer."),
            ["rule 11: cites no clause and admits no assumption"],
        ),
        (
            rule(VISIT, decided("responsible", "own-matter"), "Clauses: lillby/own-aera"),
            ["rule 11, column clauses", "did you mean lillby/own-area?"],
        ),
        (rule(VISIT, decided("responsible", "own-mater")), ["rule 11, column route", "did you mean own-matter?"]),
        (rule(VISIT, decided('"comittee"', "own-matter")), ["rule 11, column decides", "did you mean committee?"]),
        (rule(VISIT, decided("committee", "own-matter")), ["rule 11, column decides", "is no text in quotation marks"]),
        (rule(VISIT, decided('"committee" + "s"', "own-matter")), ["rule 11, column decides", "cannot be read from"]),
        (rule(VISIT, decided("", "own-matter")), ["rule 11, column decides: says nothing"]),
        (rule(VISIT, {"decides": "responsible"}), ["rule 11, column route: says nothing"]),
        (
            rule(VISIT, decided("responsible", "own-matter", "My Visits")),
            ["rule 11, column row", "'My Visits' is not a key"],
        ),
        (
            rule(VISIT, decided("responsible", "own-matter", "own-evaluations"), "Assumed: x"),
            ["rule 11, column row: row 'own-evaluations' has another answer"],
        ),
        (
            rule(VISIT, REFUSED | {"tier": '"pack"'}, "Clauses: lillby/aid"),
            ["rule 11, column tier", "“pack”", "“refused”"],
        ),
        (rule(VISIT, REFUSED, "Assumed: so we read it"), ["rule 11, column clauses: says nothing"]),
        (rule(VISIT, REFUSED | {"outcome": '"forbidden"'}), ["rule 11, column outcome", "unknown outcome 'forbidden'"]),
        # what cannot stand in a pack is told of the rule it comes from
        (
            rule(VISIT, decided('"company-board"', "own-matter")),
            ["rule 11, column decides: row 'rule-11'", "company-board"],
        ),
        (
            rule(VISIT, decided("responsible", "own-agreement")),
            ["rule 11, column route: row 'rule-11'", "nothing is signed for these requests"],
        ),
        (
            rule(VISIT, decided('"council"', "own-matter")),
            ["rule 11, column route: row 'rule-11': on route own-matter responsible decides"],
        ),
        # nor can a table say what the law does not
        (
            rule(VISIT | {"principal": "true"}, decided("responsible", "own-matter") | {"tier": '"law"'}),
            ["rule 11: ", "visit"],
        ),
    ],
)
def test_a_rule_is_refused_by_its_number_column_and_value(lillby: Path, last: Rule, words: list[str]) -> None:
    refused(lillby, table((*OTHERS, last)), *words)


# -- tables that come in


@pytest.mark.parametrize("namespace", ["https://www.omg.org/spec/DMN/20191111/MODEL/", DMN_1_5])
def test_a_table_drawn_elsewhere_says_what_the_pack_says_and_leaves_it_alone(lillby: Path, namespace: str) -> None:
    before = lillby.read_bytes()
    brought_in(lillby, table(LILLBY, namespace=namespace))
    assert lillby.read_bytes() == before


def test_another_body_for_a_matter_changes_its_row_and_no_other_line(lillby: Path) -> None:
    board = rule(
        VISIT,
        decided('"executive-board"', "executive-matter", "visits"),
        'Clauses: lillby/levels\nAssumed: who receives is not said: "we" say so',
    )
    policy = brought_in(lillby, table((*OTHERS, board)))
    assert look_up(policy, Request("visit", "enter", "committee")).body == "executive-board"
    assert load_pack(lillby, LAW.parent) == policy
    old, new = (file.read_text(encoding="utf-8").splitlines() for file in (PACK, lillby))
    assert [line for line in old if line not in new] == [line for line in old if "{id: visits," in line]
    assert [line.strip() for line in new if line not in old] == [
        "- {id: visits,",
        "when: {engagement: visit},",
        "decides: executive-board, route: executive-matter, clauses: [lillby/levels],",
        'assumed: "who receives is not said: \\"we\\" say so"}',
    ]


def test_clauses_and_assumptions_may_stand_in_columns_of_their_own(lillby: Path) -> None:
    annotated: Rule = (
        VISIT,
        decided("responsible", "own-matter", "visits"),
        {"clauses": "lillby/own-area, lillby/levels", "assumed": "an example", "remarks": "as ever"},
        "",
    )
    answered: Rule = (
        VISIT,
        decided("responsible", "own-matter", "visits")
        | {"clauses": '"lillby/own-area lillby/levels"', "assumed": '"an example"'},
        {},
        "",
    )
    for one in (annotated, answered):
        policy = brought_in(lillby, table((*OTHERS, one)))
        (row,) = [row for row in policy.competence if row.id == "visits"]
        assert (row.clauses, row.assumed) == (("lillby/own-area", "lillby/levels"), "an example")


def test_a_row_that_one_condition_cannot_say_becomes_several(lillby: Path) -> None:
    halves = (
        rule(VISIT | {"act": '"enter"', "eu_funded": "true"}, decided("responsible", "own-matter", "visits")),
        rule(VISIT | {"act": '"renew"', "eu_funded": "false"}, decided("responsible", "own-matter", "visits")),
    )
    policy = brought_in(lillby, table((*OTHERS, *halves)))
    assert [row.id for row in policy.competence if row.id.startswith("visits")] == ["visits", "visits-2"]
    assert look_up(policy, Request("visit", "enter", "committee", eu_funded=True)).row == "visits"
    assert look_up(policy, Request("visit", "renew", "committee")).row == "visits-2"


def test_what_nobody_said_and_a_stretch_of_percent_are_written_as_a_pack_writes_them(lillby: Path) -> None:
    halves = (
        rule(
            VISIT | {"initiative": "null", "external_funding": "[20..80]"},
            decided("responsible", "own-matter", "visits"),
        ),
        rule(
            VISIT | {"initiative": '"own"', "external_funding": "0, 50"},
            decided("responsible", "own-matter", "own-visits"),
        ),
    )
    brought_in(lillby, table((*OTHERS, *halves)))
    text = lillby.read_text(encoding="utf-8")
    assert "when: {engagement: visit, initiative: unset, external_funding: {from: 20, to: 80}}" in text
    assert "when: {engagement: visit, initiative: own, external_funding: [0, 50]}" in text


def test_prohibitions_come_and_go(lillby: Path) -> None:
    forbidden = rule(
        VISIT | {"act": '"terminate"'},
        {"outcome": '"refused"', "row": '"no-farewells"'},
        "Clauses: lillby/aid\nAssumed: nobody is sent home",
    )
    allowed = rule(VISIT | {"act": 'not("terminate")'}, decided("responsible", "own-matter", "visits"))
    without_aid = tuple(one for one in OTHERS if one[1] is not REFUSED)
    policy = brought_in(lillby, table((*without_aid, allowed, forbidden)))
    assert [row.id for row in policy.prohibitions] == ["no-farewells"]
    assert not look_up(policy, Request("visit", "terminate", "committee")).is_decided
    policy = brought_in(lillby, table((*without_aid, rule(VISIT, decided("responsible", "own-matter", "visits")))))
    assert policy.prohibitions == ()
    assert "prohibitions: []\n" in lillby.read_text(encoding="utf-8")


def test_a_file_keeps_its_line_ends_its_comments_and_its_rights(lillby: Path) -> None:
    text = (
        PACK.read_text(encoding="utf-8")
        .replace("  - {id: visits,", "  # Whoever comes.\n  - {id: visits,")
        .replace("requirements:\n", "# What must be shown.\nrequirements:\n")
    )
    lillby.write_bytes(text.replace("\n", "\r\n").encode())
    lillby.chmod(0o640)
    own = (LILLBY[-2][0], LILLBY[-2][1], {}, "Clauses: lillby/own-area\nAssumed: so we read it")
    brought_in(lillby, table((*LILLBY[:-2], own, LILLBY[-1])))
    changed = lillby.read_bytes().decode()
    assert changed.count("\r\n") == changed.count("\n") == text.count("\n") + 3
    assert "  # Whoever comes.\r\n  - {id: visits," in changed
    assert "\r\n\r\n# What must be shown.\r\nrequirements:\r\n" in changed
    assert lillby.stat().st_mode & 0o777 == 0o640


# -- there and back


@pytest.mark.parametrize("key", KEYS)
def test_our_own_table_comes_back_and_changes_no_letter(tmp_path: Path, key: str) -> None:
    (tmp_path / "policies").mkdir()
    file = Path(shutil.copy(packaged().policies / f"{key}.yaml", tmp_path / "policies"))
    before = file.read_bytes()
    assert brought_in(file, dmn(pack(key), plain), packaged().law) == pack(key)
    assert file.read_bytes() == before


CRUDE = """competence:
  - {id: other, when: {engagement: policy}, decides: council, route: policy, clauses: [], assumed: to be replaced}

"""


@pytest.mark.parametrize("key", KEYS)
def test_a_pack_made_from_a_table_alone_answers_every_request_alike(tmp_path: Path, key: str) -> None:
    original = packaged().policies / f"{key}.yaml"
    text = original.read_text(encoding="utf-8")
    bare = text[: text.index("\nprohibitions:") + 1] + CRUDE + text[text.index("\nrequirements:") + 1 :]
    (tmp_path / "policies").mkdir()
    file = tmp_path / "policies" / original.name
    file.write_text(bare, encoding="utf-8")
    made = brought_in(file, dmn(pack(key), plain), packaged().law)
    for request in every(pack(key)):
        assert look_up(made, request) == look_up(pack(key), request)
    assert [row.id for row in made.competence] == [row.id for row in pack(key).competence]
    assert dmn(made, plain) == dmn(pack(key), plain)


@st.composite
def tables(draw: st.DrawFn) -> tuple[Rule, ...]:
    """The small pack's tables with visits cut in up to three by facts of the request, in any order."""
    funding = draw(st.integers(1, 100))
    acts = draw(st.lists(st.sampled_from(["enter", "renew", "evaluate"]), unique=True, min_size=1))
    some = ", ".join(f'"{act}"' for act in acts)
    cut = (
        rule(VISIT | {"external_funding": f"< {funding}"}, decided("responsible", "own-matter", "poor")),
        rule(
            VISIT | {"external_funding": f">= {funding}", "act": some},
            decided('"executive-board"', "executive-matter", "rich"),
        ),
        rule(
            VISIT | {"external_funding": f">= {funding}", "act": f"not({some})"},
            decided("responsible", "own-matter", "left"),
        ),
    )
    return tuple(draw(st.permutations((*OTHERS, *cut))))


@settings(deadline=None, max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=tables())
def test_whatever_is_drawn_comes_back_as_it_went_out(lillby: Path, drawn: tuple[Rule, ...]) -> None:
    shutil.copy(PACK, lillby)
    once = brought_in(lillby, table(drawn))
    before = lillby.read_bytes()
    assert brought_in(lillby, dmn(once, plain)) == once
    assert lillby.read_bytes() == before
    assert {rule.row.id for rule in answer_rules(once) if rule.tier == "pack"} >= {"poor", "rich", "left"}
