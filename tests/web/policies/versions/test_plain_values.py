"""Values of a policy as plain JSON."""

from __future__ import annotations

import json
from datetime import date

from tests.worlds import policy_of
from web.policies.versions.plain_values import condition, plain
from workflow.policy.conditions import Condition
from workflow.policy.loading.loader import document_of, packaged
from workflow.policy.request_domain import Span


def test_a_condition_is_written_as_in_a_pack() -> None:
    some = Condition((("act", ("enter",)), ("initiative", (None, "own")), ("external_funding", Span(0, 99))))
    assert condition(some) == {
        "act": ["enter"],
        "initiative": ["unset", "own"],
        "external_funding": {"from": 0, "to": 99},
    }
    assert condition(Condition()) == {}


def test_the_conditions_of_a_pack_come_back() -> None:
    folders = packaged()
    pack = document_of(folders.policies / "orebro.yaml", folders.law)["pack"]
    for written, row in zip(pack["competence"], policy_of("orebro").competence, strict=True):
        once = {name: value if isinstance(value, list) else [value] for name, value in written["when"].items()}
        assert condition(row.when) == once


def test_every_value_of_a_policy_is_json() -> None:
    policy = policy_of("odense")
    for value in (policy.evaluations, policy.bodies, policy.clauses, policy.law, policy.ladders, policy.document):
        json.dumps(plain(value))
    assert plain({"on": date(2026, 1, 31), "to": ("a", None)}) == {"on": "2026-01-31", "to": ["a", None]}
