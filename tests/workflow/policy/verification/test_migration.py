"""Moves to another version: one that skips a step, a higher body or a prohibition is found."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.workflow.policy.packs import KEYS, pack
from tests.workflow.policy.small_pack import small
from tests.workflow.policy.test_mutants import of_pack, reader
from workflow.core.calendar import Within
from workflow.core.messages import reason
from workflow.policy.conditions import Condition
from workflow.policy.diff import migration
from workflow.policy.diff.migration import CasePosition, Destination, destination
from workflow.policy.loading.loader import law_only
from workflow.policy.model import Policy
from workflow.policy.pack_rules import Row, Step
from workflow.policy.verification.migration import moves
from workflow.policy.verification.result import combined

SEED = 1998
#: Mistakes that give a case another body, another way or no way at all.
ELSEWHERE = (
    "step dropped",
    "steps swapped",
    "body and route swapped in one row",
    "body swapped everywhere",
    "body swapped for another",
    "condition widened",
    "row dropped",
)


def found(old: Policy, new: Policy, rule: Callable[[CasePosition, Policy], Destination] = destination) -> str:
    """The counterexample when cases are moved from one version to another."""
    return str(combined(*moves(old, new, rule)).counterexample or "nothing")


def later(policy: Policy, **changes: object) -> Policy:
    """A later version of a policy."""
    return replace(policy, document=replace(policy.document, version="lillby-2030"), **changes)  # type: ignore[arg-type]


def forbidding(policy: Policy, engagement: str) -> Policy:
    """A later version that forbids a kind of engagement."""
    row = Row("no-more", Condition((("engagement", (engagement,)),)), ("lillby/aid",))
    return later(policy, prohibitions=(*policy.prohibitions, row))


def raised(policy: Policy) -> Policy:
    """A later version in which the council decides what the executive board decided."""
    rows = tuple(
        replace(row, decides="council", route="council-matter") if row.decides == "executive-board" else row
        for row in policy.competence
    )
    assert rows != policy.competence
    return later(policy, competence=rows)


def asking(policy: Policy) -> Policy:
    """A later version that asks other bodies for their opinion first."""
    draft, review, *rest = policy.routes["executive-matter"]
    asks = Step("consult", ("committee", "office"), Within(30, "days"), assumed="an example")
    return later(policy, routes={**policy.routes, "executive-matter": (draft, review, asks, *rest)})


@pytest.mark.parametrize("key", KEYS)
def test_between_a_pack_and_its_law_alone_nothing_is_skipped_either_way(key: str) -> None:
    alone = law_only(pack(key))
    past, into = moves(alone, pack(key))
    assert (past.counterexample, into.counterexample) == (None, None)
    assert past.checked > 1000
    assert found(pack(key), alone) == "nothing"


@pytest.mark.parametrize("change", [raised, asking, lambda policy: forbidding(policy, "visit")])
def test_nothing_is_skipped_when_a_body_is_raised_a_step_added_or_something_forbidden(
    change: Callable[[Policy], Policy],
) -> None:
    assert found(small(), change(small())) == "nothing"
    assert found(change(small()), small()) == "nothing"


@pytest.mark.slow
@pytest.mark.no_cover
@pytest.mark.parametrize("key", KEYS)
def test_nothing_is_skipped_between_a_pack_and_what_it_could_become(key: str) -> None:
    some = [mutant for mutant in of_pack(key) if mutant.mistake in ELSEWHERE]
    readable = [
        policy
        for mutant in some
        if (policy := reader(key).read(mutant.document, reader(key).changed(mutant.document))) is not None
    ]
    for other in random.Random(SEED).sample(readable, 5):  # noqa: S311 - the same five every time
        assert found(pack(key), other) == "nothing"
        assert found(other, pack(key)) == "nothing"


def unbound(name: str, value: object, monkeypatch: pytest.MonkeyPatch) -> Callable[[CasePosition, Policy], Destination]:
    """The rule with one of its questions no longer asked."""
    monkeypatch.setattr(migration, name, value)
    return destination


def test_a_move_past_a_new_prohibition_is_found() -> None:
    def rule(stand: CasePosition, new: Policy) -> Destination:
        to = destination(stand, new)
        forbidden = to.answer is not None and not to.answer.is_decided
        return Destination(stand.state, to.answer) if forbidden else to

    assert found(small(), forbidding(small(), "visit"), rule) == (
        "enter visit, responsible executive-board, scope own-area is under way under lillby-2030, where no-more "
        "refuses: move by admin"
    )


def test_a_move_of_what_a_lower_body_has_decided_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = tuple(
        replace(row, decides="council", route="council-agreement") if row.route == "own-agreement" else row
        for row in small().competence
    )
    before = migration._before
    monkeypatch.setattr(migration, "_before", lambda way, stop: () if stop.step == "sign" else before(way, stop))
    rule = unbound("_decided_by_another", lambda *_: (), monkeypatch)
    assert found(small(), later(small(), competence=rows), rule) == (
        "enter cooperation-agreement, responsible administration, scope own-area reaches sign under lillby-2030 "
        "without a decision of council, on a decision of administration: submit by officer, approve by manager of "
        "administration, move by admin"
    )


def test_a_move_past_a_new_step_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = unbound("_before", lambda *_: (), monkeypatch)
    assert found(small(), asking(small()), rule) == (
        "enter membership, responsible executive-board, scope municipality comes to decide:executive-board under "
        "lillby-2030 past the step consult by committee, office: submit by officer, endorse by manager, "
        "move by admin"
    )


def test_a_move_from_one_body_to_another_that_waits_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Did any stop of a body fit, the board's matter could be moved to where the council decides it."""

    def any_body(_stand: CasePosition, here: migration.Stop, _new: Policy, stop: migration.Stop) -> bool:
        return here.step == stop.step

    rule = unbound("_matches", any_body, monkeypatch)
    monkeypatch.setattr(migration, "_before", lambda *_: ())
    assert found(small(), raised(small()), rule) == (
        "enter membership, responsible executive-board, scope municipality comes to decide:council under lillby-2030 "
        "past the step recommend by executive-board: submit by officer, endorse by manager, "
        "move by admin"
    )


def test_a_move_of_a_draft_that_skips_its_review_is_found() -> None:
    def rule(stand: CasePosition, new: Policy) -> Destination:
        to = destination(stand, new)
        return replace(to, state="decide:responsible") if stand.state == "draft" and to.state == "draft" else to

    story = found(small(), later(small()), rule)
    assert story.endswith("past the step review by manager@responsible: move by admin")


def test_a_move_past_a_request_that_the_new_version_has_no_answer_for_is_found() -> None:
    rows = tuple(row for row in small().competence if row.id != "visits")

    def rule(stand: CasePosition, new: Policy) -> Destination:
        to = destination(stand, new)
        return Destination(stand.state, None) if to.answer is None and stand.state == "draft" else to

    assert found(small(), later(small(), competence=rows)) == "nothing"
    assert found(small(), later(small(), competence=rows), rule) == (
        "enter visit, responsible executive-board, scope own-area is under way under lillby-2030, where no row "
        "answers: move by admin"
    )


def test_the_count_is_of_places_under_both_versions() -> None:
    everything, _ = moves(small(), later(small()))
    stays, _ = moves(small(), later(small()), lambda *_: Destination("", None, (reason("move-same"),)))
    assert 0 < stays.checked < everything.checked <= 2 * stays.checked


@pytest.mark.parametrize("change", [raised, asking, lambda policy: forbidding(policy, "visit")])
def test_matters_that_are_answered_alike_are_moved_alike(change: Callable[[Policy], Policy]) -> None:
    assert moves(small(), change(small())) == moves(small(), change(small()), each=True)


@pytest.mark.slow
@pytest.mark.parametrize("key", KEYS)
def test_matters_that_are_answered_alike_are_moved_alike_in_every_pack(key: str) -> None:
    alone = law_only(pack(key))
    assert moves(alone, pack(key)) == moves(alone, pack(key), each=True)
    assert moves(pack(key), alone) == moves(pack(key), alone, each=True)
