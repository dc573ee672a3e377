"""DMN export: the decision table answers every request as the policy does, in another engine."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from tests.workflow.policy.interchange.dmn_engine import MODEL, Table
from tests.workflow.policy.packs import KEYS, pack
from tests.workflow.policy.small_pack import changed, small
from workflow.core.errors import PolicyGap
from workflow.policy.competence import look_up
from workflow.policy.conditions import Condition
from workflow.policy.interchange.answer_rules import answer_rules
from workflow.policy.interchange.dmn import OUTPUTS, dmn
from workflow.policy.loading.loader import law_only
from workflow.policy.model import Policy
from workflow.policy.request_domain import Request
from workflow.policy.request_space import conditions, founding_alone, mentioned, requests

NAMES = {"d": MODEL}


def plain(name: str) -> str:
    return name


def every(policy: Policy) -> list[Request]:
    """Every request that anything in a policy can tell from another."""
    return list(requests(policy, mentioned(conditions(policy))))


def told(policy: Policy, request: Request) -> dict[str, object]:
    """Our answer in the columns of the table."""
    answer = look_up(policy, request)
    own = [row.id for row in policy.competence if row.when.holds(request)]
    return {
        "outcome": answer.outcome,
        "body": answer.body,
        "route": answer.route,
        "row": answer.row,
        "tier": answer.tier,
        "policy_row": own[0] if answer.is_decided else None,
    }


def agrees(policy: Policy, some: list[Request]) -> None:
    """Another engine answers as we do, and where it may give every rule that applies it gives one."""
    text = dmn(policy, plain)
    unique, all_of_them = Table(text), Table(text.replace('hitPolicy="UNIQUE"', 'hitPolicy="COLLECT"'))
    for request in some:
        answer = told(policy, request)
        assert unique.answer(request) == answer, request
        assert all_of_them.answer(request) == {name: [value] for name, value in answer.items()}, request


# -- what has no table


def test_a_policy_with_two_answers_to_one_request_has_no_table(tmp_path: Path) -> None:
    twice = changed(
        tmp_path, ("when: {engagement: visit}, decides", "when: {engagement: [visit, membership]}, decides")
    )
    with pytest.raises(PolicyGap) as refused:
        answer_rules(twice)
    assert {*refused.value.rows} == {"memberships", "visits"}
    with pytest.raises(PolicyGap):
        look_up(twice, refused.value.request)  # type: ignore[arg-type]


def test_a_request_without_an_answer_has_no_rule(tmp_path: Path) -> None:
    gap = changed(
        tmp_path,
        ("{engagement: membership, scope: municipality}", "{engagement: membership, scope: municipality, act: enter}"),
    )
    unanswered = Request("membership", "renew", "committee", "municipality")
    assert not any(rule.subset.holds(unanswered) for rule in answer_rules(gap))
    assert Table(dmn(gap, plain)).answer(unanswered) == {}


# -- what it answers


@pytest.mark.parametrize("key", KEYS)
def test_another_engine_answers_as_we_do(key: str) -> None:
    policy = pack(key)
    agrees(policy, random.Random(4).sample(every(policy), 40))  # noqa: S311


@pytest.mark.slow
@pytest.mark.parametrize("key", KEYS)
def test_another_engine_answers_every_request_as_we_do(key: str) -> None:
    policy = pack(key)
    agrees(policy, every(policy))
    law = law_only(policy)
    agrees(law, every(law))


@pytest.mark.parametrize("key", KEYS)
def test_the_rules_answer_every_request_as_we_do_and_each_once(key: str) -> None:
    for policy in (pack(key), law_only(pack(key))):
        rules = answer_rules(policy)
        for request in every(policy):
            (rule,) = [rule for rule in rules if rule.subset.holds(request)]
            answer = look_up(policy, request)
            assert (rule.row.id, rule.tier) == (answer.row, answer.tier)


def test_the_small_pack_with_its_own_prohibition_and_law_agrees() -> None:
    policy = small()
    agrees(policy, random.Random(5).sample(every(policy), 40))  # noqa: S311


def test_a_law_row_that_asks_nothing_of_the_pack_stands_alone_where_the_pack_is_silent() -> None:
    policy = small()
    first = policy.law.rows[0]
    blunt = replace(first, id="blunt", when=Condition((("engagement", ("solidarity",)),)))
    own = Condition((("engagement", ("solidarity",)), ("scope", ("own-area",))))
    rows = (replace(row, when=own) for row in policy.competence if row.id == "own-agreements")
    silent = replace(policy, law=replace(policy.law, rows=(blunt,)), competence=tuple(rows))
    for scope, policy_row in (("own-area", "own-agreements"), ("municipality", None)):
        asked = Request("solidarity", "enter", "committee", scope)
        assert look_up(silent, asked).row == "blunt"
        (rule,) = [rule for rule in answer_rules(silent) if rule.subset.holds(asked)]
        assert (rule.row.id, rule.tier, rule.policy_row) == ("blunt", "law", policy_row)


def test_the_founding_rows_have_a_table_too() -> None:
    policy = founding_alone(pack("orebro"))
    assert len(answer_rules(policy)) > len(policy.competence)


# -- what it says


@pytest.fixture(params=KEYS)
def table(request: pytest.FixtureRequest) -> tuple[Policy, etree._Element]:
    policy = pack(request.param)
    root = etree.fromstring(dmn(policy, plain).encode())
    (found,) = root.iterfind("d:decision/d:decisionTable", NAMES)
    return policy, found


def test_only_what_something_looks_at_is_a_column(table: tuple[Policy, etree._Element]) -> None:
    policy, found = table
    asked = mentioned(row.when for row in (*policy.prohibitions, *policy.law.rows, *policy.competence)) - {"otherwise"}
    columns = {text.text for text in found.iterfind("d:input/d:inputExpression/d:text", NAMES)}
    assert columns == asked | {"engagement", "act", "responsible"}
    assert [output.get("name") for output in found.iterfind("d:output", NAMES)] == [*OUTPUTS]


def test_every_rule_says_by_which_clause_or_that_it_is_assumed(table: tuple[Policy, etree._Element]) -> None:
    policy, found = table
    for drawn, rule in zip(found.iterfind("d:rule", NAMES), answer_rules(policy), strict=True):
        told = drawn.findtext("d:description", namespaces=NAMES)
        assert all(clause in told for clause in rule.row.clauses)
        assert (rule.row.assumed or "") in told
        assert told


def test_everything_in_the_picture_is_in_the_file(table: tuple[Policy, etree._Element]) -> None:
    root = table[1].getroottree().getroot()
    ids = {one.get("id") for one in root.iter() if one.get("id")}
    shown = [one.get("dmnElementRef") for one in root.iter() if one.get("dmnElementRef")]
    assert len(shown) == len({*shown})
    assert {*shown} <= ids
    needed = {one.get("href").removeprefix("#") for one in root.iter() if one.get("href")}
    assert needed <= {*shown}
