"""Identity of an assumption: it lasts as long as nothing that rests on it changes, and no longer."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.worlds import MUNICIPALITIES, policy_of
from workflow.policy.assumptions import assumption_ids, assumptions, rules_by_assumption
from workflow.policy.loading.loader import law_only, policy_from

RENEWING = "renewing is not mentioned; we read it as entering again"
EXAMPLES = "the document names no administration; this one is an example"
SIGNATORY = "the policy names no signatory"
LAW = "without a policy we let the council decide on twin towns"


def changed(change: Callable[[Any], object]) -> dict[str, str]:
    """The assumption_ids of Örebro's assumptions when something in pack and law has changed."""
    document = json.loads(policy_of("orebro").canonical)
    change(document)
    return dict(assumption_ids(policy_from(document, source="changed")))


def differing(change: Callable[[Any], object]) -> set[str]:
    """Reasons that are known under another identity then."""
    before, after = assumption_ids(policy_of("orebro")), changed(change)
    return {why for why in before if before[why] != after.get(why)}


def row(document: Any, id_: str) -> Any:
    return next(row for row in document["pack"]["competence"] if row["id"] == id_)


# -- another one


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda d: row(d, "twins-renew").update(decides="executive-board"), RENEWING),
        (lambda d: row(d, "twins-renew").update(clauses=[]), RENEWING),
        (lambda d: row(d, "twins-renew")["when"].update(scope="own-area"), RENEWING),
        (lambda d: d["pack"]["bodies"][2].update(kind="office"), EXAMPLES),
        (lambda d: d["pack"]["bodies"][4].update(parent="kommunstyrelsen"), EXAMPLES),
        (lambda d: d["pack"]["routes"]["council-agreement"][-1].update(by="chair@council"), SIGNATORY),
        (lambda d: d["law"]["founding"][1].update(decides="executive-board"), LAW),
    ],
)
def test_a_rule_that_changes_is_assumed_anew(change: Callable[[Any], object], reason: str) -> None:
    assert differing(change) == {reason}


def test_one_more_rule_under_the_same_reason_is_assumed_anew() -> None:
    assert differing(lambda d: row(d, "twins").update(assumed=RENEWING)) == {RENEWING}


def test_another_reason_for_the_same_rule_is_another_assumption() -> None:
    found = changed(lambda d: row(d, "twins-renew").update(assumed="we simply think so"))
    assert RENEWING not in found
    assert found["we simply think so"] not in assumption_ids(policy_of("orebro")).values()


# -- the same one


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["pack"]["document"].update(version="orebro-2027"),
        lambda d: d["pack"]["competence"].reverse(),
        lambda d: d["pack"]["competence"].pop(0),
        lambda d: d["pack"]["clauses"]["orebro/levels.council"].update(claims=[]),
        lambda d: d["pack"]["routes"]["council-agreement"].insert(1, {"step": "consult", "by": ["committee"]}),
        lambda d: d["pack"]["goals"].clear(),
    ],
)
def test_what_no_assumption_rests_on_may_change(change: Callable[[Any], object]) -> None:
    assert differing(change) == set()


@pytest.mark.parametrize("key", MUNICIPALITIES)
def test_every_assumption_has_one_identity_of_its_own(key: str) -> None:
    policy = policy_of(key)
    found = assumption_ids(policy)
    assert set(found) == {assumption.reason for assumption in assumptions(policy)} == set(rules_by_assumption(policy))
    assert len(set(found.values())) == len(found)


@pytest.mark.parametrize("key", MUNICIPALITIES)
def test_the_law_alone_makes_the_laws_assumptions_under_the_same_identity(key: str) -> None:
    pack, law = assumption_ids(policy_of(key)), assumption_ids(law_only(policy_of(key)))
    assert law.items() <= pack.items()
    assert law


@pytest.mark.parametrize("key", MUNICIPALITIES)
def test_everything_that_rests_on_an_assumption_is_named(key: str) -> None:
    policy = policy_of(key)
    found = [(rule.where, why) for why, rules in rules_by_assumption(policy).items() for rule in rules]
    assert sorted(found) == sorted((assumption.where, assumption.reason) for assumption in assumptions(policy))
    assert all(rule.source is not None for rules in rules_by_assumption(policy).values() for rule in rules)
