"""The check finds every kind of broken obligation, and passes only what keeps them all.

A fault is planted in the small pack, which is otherwise sound; the obligation it breaks must say so in words.
"""

from __future__ import annotations

import json

import pytest

from tests.workflow.policy.packs import KEYS, pack
from tests.workflow.policy.small_pack import small
from tests.workflow.policy.verification.reports import without
from workflow.policy.verification.runner import check, summary

Change = tuple[str, str]


def test_the_small_pack_is_sound() -> None:
    assert check(small()).ok


def test_every_assumption_is_listed_with_its_reason() -> None:
    listed = {(found.where, found.reason) for found in check(small()).assumptions}
    assert {
        ("body eu-enheten", "an example"),
        ("competence row memberships", "the policy is silent on memberships of the whole"),
        ("clause lillby/aims", "that one aim is enough is our reading"),
        ("founding row founding-matters", "without a policy the council decides"),
    } <= listed


@pytest.mark.parametrize("key", KEYS)
def test_no_assumption_written_in_a_pack_is_left_out(key: str) -> None:
    written = json.loads(pack(key).canonical)
    assert set(_assumed(written)) == {found.reason for found in check(pack(key)).assumptions}


def _assumed(data: object) -> list[str]:
    if isinstance(data, dict):
        own = [data["assumed"]] if "assumed" in data else []
        return own + [reason for value in data.values() for reason in _assumed(value)]
    return [reason for value in data for reason in _assumed(value)] if isinstance(data, list) else []


def test_the_report_is_the_json_that_others_script_against() -> None:
    told = json.loads(json.dumps(summary([check(small()), check(without(small(), "visits"))])))
    assert told["ok"] is False
    sound, faulty = told["packs"]
    assert sound["municipality"] == "lillby"
    assert {"id", "ok", "checked", "counterexample"} <= set(sound["obligations"][0])
    assert sound["obligations"][0]["counterexample"] is None
    assert sound["unanswered"] == []
    assert all(found["path"] is None for found in sound["obligations"])
    assert faulty["unanswered"][0]["requests"][0]["engagement"] == "visit"
    assert faulty["obligations"][0]["ok"] is False
    assert faulty["obligations"][0]["counterexample"].startswith("no row answers: enter visit")
    assert sound["coverage"]["duty"] == {"enforced": 1, "total": 1, "unenforced": []}
    assert {"where", "reason"} == set(sound["assumptions"][0])


def test_all_is_well_only_when_every_pack_is() -> None:
    assert summary([check(small())])["ok"] is True
    assert summary([check(without(small(), "visits")), check(small())])["ok"] is False
