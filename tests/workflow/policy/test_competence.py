"""Competence in the four municipalities, written from what the documents say, refusals first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.workflow.policy.packs import KEYS, asked, pack
from tests.workflow.policy.small_pack import small
from workflow.core.errors import PolicyGap
from workflow.policy.competence import Answer, deciding_body_key, look_up
from workflow.policy.conditions import Condition
from workflow.policy.loading.loader import law_only
from workflow.policy.pack_rules import AlsoCites, Row


def answer(key: str, engagement: str, act: str, **attributes: Any) -> Answer:
    policy = pack(key)
    return look_up(policy, asked(policy, engagement, act, **attributes))


# -- what nobody may decide

REFUSED = [
    # Stockholm makes no twin-town agreements, not even with capitals
    ("twin-agreement", "enter", {}, "stockholm/no-twins"),
    ("twin-agreement", "renew", {}, "stockholm/no-twins"),
    ("twin-agreement", "enter", {"responsible": "executive-board", "scope": "municipality"}, "stockholm/no-twins"),
    ("twin-agreement", "enter", {"named_nordic_twin": True}, "stockholm/no-twins"),
    # however important it is: nobody decides around a prohibition
    ("twin-agreement", "enter", {"principal": True}, "stockholm/no-twins"),
    ("twin-agreement", "renew", {"principal": True, "scope": "municipality"}, "stockholm/no-twins"),
    # aid only where others pay all of it
    ("aid-project", "enter", {}, "stockholm/aid"),
    ("aid-project", "enter", {"external_funding": 99}, "stockholm/aid"),
    ("aid-project", "renew", {"external_funding": 1}, "stockholm/aid"),
    ("aid-project", "enter", {"external_funding": 99, "principal": True}, "stockholm/aid"),
    ("aid-project", "enter", {"external_funding": 50, "eu_funded": True}, "stockholm/aid"),
]


@pytest.mark.parametrize(("engagement", "act", "attributes", "clause"), REFUSED)
def test_stockholm_refuses(engagement: str, act: str, attributes: dict[str, Any], clause: str) -> None:
    found = answer("stockholm", engagement, act, **attributes)
    assert (found.outcome, found.is_decided, found.body, found.route) == ("refused", False, None, None)
    assert found.clauses == (clause,)
    assert found.tier == "prohibition"


@pytest.mark.parametrize("key", [key for key in KEYS if key != "stockholm"])
def test_nothing_is_forbidden_elsewhere(key: str) -> None:
    assert pack(key).prohibitions == ()
    assert answer(key, "twin-agreement", "enter").is_decided
    assert answer(key, "aid-project", "enter").is_decided


# -- who decides

WHOLE = {"scope": "municipality"}

DECIDED = [
    # Örebro: the council its policy and its twin towns
    ("orebro", "policy", "adopt", {}, "council", "orebro/levels.council"),
    ("orebro", "policy", "revise", {"responsible": "executive-board"}, "council", "orebro/levels.council"),
    ("orebro", "policy", "repeal", {}, "council", "orebro/levels.council"),
    ("orebro", "twin-agreement", "enter", {}, "council", "orebro/levels.council"),
    ("orebro", "twin-agreement", "enter", WHOLE, "council", "orebro/levels.council"),
    ("orebro", "twin-agreement", "terminate", {"named_nordic_twin": True}, "council", "orebro/levels.council"),
    ("orebro", "twin-agreement", "renew", {"responsible": "company-board"}, "council", "orebro/levels.council"),
    # the executive board agreements, partnerships and what the whole municipality joins
    ("orebro", "cooperation-agreement", "enter", {}, "executive-board", "orebro/levels.executive-board"),
    ("orebro", "cooperation-agreement", "terminate", {}, "executive-board", "orebro/levels.executive-board"),
    (
        "orebro",
        "partnership",
        "enter",
        {"responsible": "company-board"},
        "executive-board",
        "orebro/levels.executive-board",
    ),
    ("orebro", "membership", "enter", WHOLE, "executive-board", "orebro/levels.executive-board"),
    (
        "orebro",
        "membership",
        "terminate",
        WHOLE,
        "executive-board",
        "orebro/levels.executive-board",
    ),
    # committees and company boards the rest within their own area
    ("orebro", "membership", "enter", {}, "committee", "orebro/levels.committees"),
    ("orebro", "project", "enter", {}, "committee", "orebro/levels.committees"),
    ("orebro", "project", "enter", {"responsible": "company-board"}, "company-board", "orebro/levels.committees"),
    ("orebro", "exchange", "terminate", {}, "committee", "orebro/levels.committees"),
    ("orebro", "visit", "enter", {"responsible": "administration"}, "administration", "orebro/levels.committees"),
    # and where the policy is silent, the whole municipality is the executive board's
    ("orebro", "project", "enter", WHOLE, "executive-board", None),
    ("orebro", "visit", "enter", WHOLE, "executive-board", None),
    # Stockholm: the same boundaries as in all other work
    ("stockholm", "policy", "adopt", {}, "council", "stockholm/process.consultation"),
    ("stockholm", "project", "enter", {}, "committee", "stockholm/same-rules"),
    ("stockholm", "cooperation-agreement", "enter", {}, "committee", "stockholm/same-rules"),
    ("stockholm", "membership", "enter", {"responsible": "company-board"}, "company-board", "stockholm/same-rules"),
    ("stockholm", "aid-project", "enter", {"external_funding": 100}, "committee", "stockholm/same-rules"),
    ("stockholm", "aid-project", "terminate", {}, "committee", "stockholm/same-rules"),
    ("stockholm", "aid-project", "evaluate", {}, "committee", "stockholm/same-rules"),
    ("stockholm", "membership", "enter", WHOLE, "executive-board", None),
    # an old twin-town agreement can still be ended
    ("stockholm", "twin-agreement", "terminate", {}, "council", None),
    ("stockholm", "twin-agreement", "evaluate", {}, "council", None),
    # Oslo: the council what the city government recommends, each agency what is its own
    ("oslo", "policy", "adopt", {}, "council", "oslo/recommendation"),
    ("oslo", "policy", "repeal", {"responsible": "executive-board"}, "council", "oslo/recommendation"),
    ("oslo", "membership", "enter", {}, "administration", "oslo/agency-decides"),
    ("oslo", "project", "enter", {"eu_funded": True}, "administration", "oslo/agency-decides"),
    ("oslo", "visit", "enter", {}, "administration", "oslo/agency-decides"),
    ("oslo", "exchange", "renew", {"responsible": "executive-board"}, "executive-board", "oslo/agency-decides"),
    ("oslo", "aid-project", "enter", {}, "administration", None),
    ("oslo", "twin-agreement", "enter", {}, "council", None),
    ("oslo", "membership", "enter", WHOLE, "executive-board", None),
    # Odense: the economy committee revises, the administrations see to the selection
    ("odense", "policy", "revise", {}, "executive-board", "odense/revision"),
    ("odense", "policy", "adopt", {}, "council", None),
    ("odense", "policy", "repeal", {}, "council", None),
    ("odense", "project", "enter", {}, "administration", "odense/chiefs-of-staff"),
    ("odense", "partnership", "terminate", {}, "administration", "odense/chiefs-of-staff"),
    ("odense", "membership", "renew", {"responsible": "committee"}, "committee", "odense/chiefs-of-staff"),
    ("odense", "twin-agreement", "enter", {}, "council", None),
    ("odense", "project", "enter", WHOLE, "executive-board", None),
]


@pytest.mark.parametrize(("key", "engagement", "act", "attributes", "body", "clause"), DECIDED)
def test_the_competent_body_is_named(
    key: str, engagement: str, act: str, attributes: dict[str, Any], body: str, clause: str | None
) -> None:
    found = answer(key, engagement, act, **attributes)
    assert (found.outcome, found.body, found.tier) == ("decided", body, "pack")
    if clause is None:
        assert found.assumptions, "a rule without a clause says that it is assumed"
    else:
        assert clause in found.clauses


# -- what the law puts above a policy


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(
    ("engagement", "act"), [("project", "enter"), ("membership", "terminate"), ("visit", "evaluate")]
)
def test_a_matter_of_principle_goes_to_the_council(key: str, engagement: str, act: str) -> None:
    for responsible in set(pack(key).responsible_kinds()) - {"company-board"}:
        found = answer(key, engagement, act, responsible=responsible, principal=True)
        assert (found.body, found.tier) == ("council", "law")


@pytest.mark.parametrize("key", ["orebro", "stockholm"])
def test_a_swedish_company_decides_a_matter_of_principle_after_the_council(key: str) -> None:
    found = answer(key, "project", "enter", responsible="company-board", principal=True)
    assert (found.body, found.tier) == ("company-board", "law")
    assert "se/kl.10-3" in found.clauses
    steps = [(step.step, step.by) for step in pack(key).routes[found.route or ""]]
    assert steps.index(("recommend", ("council",))) < steps.index(("decide", ("responsible",)))


@pytest.mark.parametrize("key", KEYS)
def test_what_is_already_the_councils_stays_on_the_policys_own_route(key: str) -> None:
    usual, principal = (answer(key, "policy", "adopt", principal=value) for value in (False, True))
    assert (usual.body, usual.route) == (principal.body, principal.route)
    assert principal.tier == "pack"


@pytest.mark.parametrize("key", ["orebro", "stockholm"])
def test_an_administration_decides_only_by_delegation(key: str) -> None:
    found = answer(key, "visit", "enter", responsible="administration")
    assert {"se/kl.7-5", "se/kl.6-38"} <= set(found.clauses)
    assert "se/kl.6-37" not in found.clauses
    by_committee = answer(key, "visit", "enter", responsible="committee").clauses
    assert not {"se/kl.6-37", "se/kl.6-38", "se/kl.7-5"} & set(by_committee)


@pytest.mark.parametrize("key", ["orebro", "stockholm"])
def test_the_limit_of_delegation_sends_nothing_to_the_council(key: str) -> None:
    found = answer(key, "project", "enter", principal=True)
    assert found.body == "council"
    assert "se/kl.5-1" in found.clauses
    assert "se/kl.6-38" not in found.clauses


def test_under_parliamentary_rule_the_section_on_the_city_government_stands_for_that_on_the_director() -> None:
    oslo = pack("oslo")
    assert oslo.municipality.government == "parliamentary"
    assert "no/koml.10-2" in answer("oslo", "visit", "enter", responsible="administration").clauses
    assert "no/koml.10-2" in answer("oslo", "project", "enter", scope="municipality").clauses
    assert "no/koml.13-1" not in oslo.clauses
    assert {row.where for row in oslo.law.rows} == {"parliamentary"}


def test_aid_names_the_act_that_allows_it() -> None:
    assert "se/lag-2009-47.5" in answer("orebro", "aid-project", "enter").clauses
    assert "se/lag-2009-47.5" not in answer("orebro", "project", "enter").clauses


@pytest.mark.parametrize("key", ["orebro", "stockholm"])
def test_before_the_swedish_council_decides_the_executive_board_is_heard(key: str) -> None:
    assert "se/kl.5-28" in answer(key, "policy", "adopt").clauses


# -- where no policy is in force


@pytest.mark.parametrize("key", KEYS)
def test_under_the_law_alone_the_council_adopts_and_nothing_is_forbidden(key: str) -> None:
    law = law_only(pack(key))
    for engagement, act, scope, body in (
        ("policy", "adopt", "own-area", "council"),
        ("twin-agreement", "enter", "own-area", "council"),
        ("membership", "enter", "municipality", "executive-board"),
        ("project", "enter", "own-area", law.default_responsible),
        ("aid-project", "enter", "own-area", law.default_responsible),
    ):
        found = look_up(law, asked(law, engagement, act, scope=scope))
        assert (found.outcome, found.body, found.tier) == ("decided", body, "founding")


# -- assumptions and gaps


def test_an_assumption_of_a_row_and_of_a_clause_it_cites_are_told_once_each() -> None:
    found = answer("stockholm", "project", "enter")
    assert len(found.assumptions) == len(set(found.assumptions)) == 2
    assert answer("orebro", "twin-agreement", "enter").assumptions == ()


def test_an_assumption_of_what_the_law_cites_besides_is_told_too() -> None:
    policy = small()
    also = AlsoCites(Condition(), ("se/law.meetings",), assumed="we read it so")
    policy = replace(policy, law=replace(policy.law, also=(also,)))
    found = look_up(policy, asked(policy, "visit", "enter"))
    assert found.assumptions == ("we read it so",)
    assert found.clauses == ("lillby/own-area", "se/law.meetings")


def test_no_answer_is_a_gap_and_never_a_guess() -> None:
    policy = replace(small(), competence=small().competence[1:])
    with pytest.raises(PolicyGap, match="no row answers") as gap:
        look_up(policy, asked(policy, "policy", "adopt"))
    assert gap.value.rows == ()


@pytest.mark.parametrize("table", ["competence", "prohibitions"])
def test_two_answers_are_a_gap_even_when_they_agree(table: str) -> None:
    policy = small()
    rows: tuple[Row, ...] = getattr(policy, table)
    policy = replace(policy, **{table: (*rows, replace(rows[0], id="again"))})
    request = asked(policy, *(("policy", "adopt") if table == "competence" else ("aid-project", "enter")))
    with pytest.raises(PolicyGap) as gap:
        look_up(policy, request)
    assert gap.value.rows == (rows[0].id, "again")


# -- the body itself


@pytest.mark.parametrize(
    ("engagement", "responsible", "body"),
    [
        ("twin-agreement", "programnamnd-barn", "kommunfullmaktige"),
        ("partnership", "programnamnd-barn", "kommunstyrelsen"),
        ("project", "programnamnd-barn", "programnamnd-barn"),
        ("project", "forvaltningen-barn", "forvaltningen-barn"),
    ],
)
def test_the_deciding_body_is_the_cases_own_or_the_only_one_of_its_kind(
    engagement: str, responsible: str, body: str
) -> None:
    policy = pack("orebro")
    request = asked(policy, engagement, "enter", responsible=policy.body(responsible).kind)
    assert deciding_body_key(policy, look_up(policy, request), responsible) == body
