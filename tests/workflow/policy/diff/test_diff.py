"""The diff lists every change of a new version and nothing else."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import pytest

from tests.workflow.policy.detecting import Reader
from tests.workflow.policy.diff.finding import found, lillby
from tests.workflow.policy.mutants import Mutant, mutants
from tests.workflow.policy.packs import KEYS, pack
from tests.workflow.policy.test_mutants import of_pack, sound
from tests.workflow.policy.versions import Document, version_of
from workflow.policy.competence import look_up
from workflow.policy.diff.answers import answer_to
from workflow.policy.diff.change import SECTIONS, Change
from workflow.policy.diff.diff import changes
from workflow.policy.loading.loader import policy_from
from workflow.policy.model import Policy
from workflow.policy.request_domain import Request
from workflow.policy.request_space import conditions, requests_apart
from workflow.policy.requirements import required
from workflow.policy.state_machine import procedure_for


def test_the_same_document_changes_nothing() -> None:
    assert changes(lillby(), lillby()) == ()
    assert changes(lillby(), version_of(lillby())) == ()


def step(document: Document, route: str, index: int) -> dict[str, Any]:
    of_it: dict[str, Any] = document["pack"]["routes"][route][index]
    return of_it


def rule(document: Document, table: str, index: int) -> dict[str, Any]:
    of_it: dict[str, Any] = document["pack"][table][index]
    return of_it


#: An edit of the small pack, and what must be told of it: section, what, key.
EDITS: dict[str, tuple[Callable[[Document], object], tuple[str, str, str]]] = {
    "title": (lambda d: d["pack"]["document"].update(title={"en": "New"}), ("document", "title", "")),
    "status": (lambda d: d["pack"]["document"].update(status="proposed"), ("document", "status", "")),
    "valid from": (lambda d: d["pack"]["document"].update(valid_from="2021-01-01"), ("document", "valid-from", "")),
    "valid to": (lambda d: d["pack"]["document"].pop("valid_to"), ("document", "valid-to", "")),
    "notice": (lambda d: d["pack"]["document"].pop("notice"), ("document", "notice", "")),
    "name": (lambda d: d["pack"]["municipality"].update(names={"en": "L"}), ("document", "name", "")),
    "zone": (lambda d: d["pack"]["municipality"].update(timezone="Europe/Oslo"), ("document", "timezone", "")),
    "usual": (
        lambda d: d["pack"].update(default_responsible="administration"),
        ("document", "default-responsible", ""),
    ),
    "body gone": (lambda d: d["pack"]["bodies"].pop(), ("bodies", "removed", "eu-enheten")),
    "body renamed": (lambda d: rule(d, "bodies", 3).update(names={"en": "X"}), ("bodies", "renamed", "skolnamnden")),
    "body kind": (lambda d: rule(d, "bodies", 5).update(kind="administration"), ("bodies", "kind", "eu-enheten")),
    "body below": (lambda d: rule(d, "bodies", 5).update(parent="styrelsen"), ("bodies", "parent", "eu-enheten")),
    "step gone": (
        lambda d: d["pack"]["routes"]["council-agreement"].pop(2),
        ("routes", "removed", "consult"),
    ),
    "step moved": (
        lambda d: d["pack"]["routes"]["council-agreement"].insert(2, d["pack"]["routes"]["council-agreement"].pop(3)),
        ("routes", "moved", "recommend:responsible"),
    ),
    "seats": (lambda d: step(d, "own-agreement", 3).update(by="chair@executive-board"), ("routes", "seats", "sign")),
    "consulted": (lambda d: step(d, "council-agreement", 2).update(by="office"), ("routes", "seats", "consult")),
    "period": (lambda d: step(d, "own-matter", 2).update(within="9 days"), ("routes", "period", "decide:responsible")),
    "step cites": (
        lambda d: step(d, "own-agreement", 3).update(clauses=["lillby/signs"]),
        ("routes", "cites", "sign"),
    ),
    "step rests": (lambda d: step(d, "own-agreement", 3).update(assumed="other"), ("routes", "rests", "sign")),
    "demand gone": (lambda d: d["pack"]["requirements"].pop(0), ("requirements", "removed", "goal:aims")),
    "demand new": (
        lambda d: d["pack"]["requirements"].append(
            {"id": "relevance", "when": {"engagement": "visit"}, "before": "review", "clauses": ["lillby/aims"]}
        ),
        ("requirements", "added", "relevance"),
    ),
    "demand moved": (
        lambda d: rule(d, "requirements", 1).update(before="sign"),
        ("requirements", "moved", "time-limited"),
    ),
    "demand wider": (
        lambda d: rule(d, "requirements", 1)["when"].pop("named_nordic_twin"),
        ("requirements", "added", "time-limited"),
    ),
    "demand cites": (
        lambda d: rule(d, "requirements", 1).update(clauses=["lillby/aims"]),
        ("requirements", "cites", "time-limited"),
    ),
    "demand rests": (
        lambda d: rule(d, "requirements", 1).update(assumed="x"),
        ("requirements", "rests", "time-limited"),
    ),
    "rule gone": (lambda d: d["pack"]["evaluations"].pop(0), ("evaluations", "ceases", "twins")),
    "rule wider": (
        lambda d: rule(d, "evaluations", 0)["when"].update(engagement=["twin-agreement", "membership"]),
        ("evaluations", "begins", "twins"),
    ),
    "rhythm": (lambda d: rule(d, "evaluations", 0).update(every="12 months"), ("evaluations", "rhythm", "twins")),
    "reports": (
        lambda d: rule(d, "evaluations", 0).update(reports="officer@responsible"),
        ("evaluations", "reports", "twins"),
    ),
    "decides": (lambda d: rule(d, "evaluations", 0).update(decides="council"), ("evaluations", "decides", "twins")),
    "question new": (
        lambda d: rule(d, "evaluations", 0)["questions"].append({"key": "more", "names": {"en": "More?"}}),
        ("evaluations", "questions-added", "twins"),
    ),
    "question gone": (
        lambda d: rule(d, "evaluations", 0)["questions"].clear(),
        ("evaluations", "questions-removed", "twins"),
    ),
    "question reworded": (
        lambda d: rule(d, "evaluations", 0)["questions"][0].update(names={"en": "Well?"}),
        ("evaluations", "questions-reworded", "twins"),
    ),
    "weighs": (lambda d: rule(d, "evaluations", 0).update(weighs_value=True), ("evaluations", "weighs", "twins")),
    "rule cites": (
        lambda d: rule(d, "evaluations", 0).update(clauses=["lillby/aims"]),
        ("evaluations", "cites", "twins"),
    ),
    "rule rests": (lambda d: rule(d, "evaluations", 0).update(assumed="x"), ("evaluations", "rests", "twins")),
    "rung gone": (
        lambda d: rule(d, "evaluations", 0)["ladder"].pop(0),
        ("ladders", "rungs-removed", "evaluation:twins"),
    ),
    "rung new": (
        lambda d: d["pack"]["ladders"]["step"]["rungs"].append({"after": "20 days", "tell": "chair@council"}),
        ("ladders", "rungs-added", "step"),
    ),
    "quorum": (
        lambda d: d["law"]["collegial"]["quorum"][0].update(conflicted_count=False),
        ("law", "quorum", "council"),
    ),
    "group renamed": (lambda d: rule(d, "goals", 0).update(names={"en": "X"}), ("goals", "renamed", "aims")),
    "goal gone": (lambda d: rule(d, "goals", 0)["items"].pop(), ("goals", "removed", "aims:share")),
    "goal new": (
        lambda d: rule(d, "goals", 0)["items"].append({"key": "meet", "names": {"en": "Meet"}}),
        ("goals", "added", "aims:meet"),
    ),
    "goal renamed": (
        lambda d: rule(d, "goals", 0)["items"][0].update(names={"en": "X"}),
        ("goals", "renamed", "aims:learn"),
    ),
    "group new": (
        lambda d: d["pack"]["goals"].append(
            {"group": "more", "names": {"en": "M"}, "items": [{"key": "one", "names": {"en": "1"}}]}
        ),
        ("goals", "group-added", "more"),
    ),
    "kind renamed": (lambda d: d["pack"]["kinds"]["visit"].update(names={"en": "X"}), ("forms", "renamed", "visit")),
    "field gone": (
        lambda d: d["pack"]["kinds"]["twin-agreement"].update(fields=["purpose"]),
        ("forms", "fields-removed", "twin-agreement"),
    ),
    "field new": (
        lambda d: d["pack"]["kinds"]["visit"].update(fields=["purpose"]),
        ("forms", "fields-added", "visit"),
    ),
    "clause gone": (lambda d: d["pack"]["clauses"].pop("lillby/kindness"), ("clauses", "removed", "lillby/kindness")),
    "reworded": (
        lambda d: d["pack"]["clauses"]["lillby/levels"].update(says={"en": "X"}),
        ("clauses", "reworded", "lillby/levels"),
    ),
    "clause kind": (
        lambda d: d["pack"]["clauses"]["lillby/signs"].update(kind="duty", enforced_by=["register"]),
        ("clauses", "kind", "lillby/signs"),
    ),
    "section": (
        lambda d: d["pack"]["clauses"]["lillby/levels"].update(section="2"),
        ("clauses", "section", "lillby/levels"),
    ),
    "voice": (
        lambda d: d["pack"]["clauses"]["lillby/aid"].update(voice="response"),
        ("clauses", "voice", "lillby/aid"),
    ),
    "enforced": (
        lambda d: d["pack"]["clauses"]["lillby/report"].update(enforced_by=["register"]),
        ("clauses", "enforced-by", "lillby/report"),
    ),
    "reason": (
        lambda d: d["pack"]["clauses"]["lillby/kindness"].update(reason="other"),
        ("clauses", "reason", "lillby/kindness"),
    ),
}


@pytest.mark.no_cover
@pytest.mark.parametrize(
    "edit", [pytest.param(edit, marks=pytest.mark.slow if number % 2 else ()) for number, edit in enumerate(EDITS)]
)
def test_every_edit_is_told_for_what_it_is(edit: str) -> None:
    change, expected = EDITS[edit]
    told = found(change)
    assert expected in [(one.section, one.what, one.key) for one in told]
    assert {one.section for one in told} <= {expected[0], "assumptions"} | MAY_FOLLOW.get(edit, set())


#: Sections that an edit touches beside its own.
MAY_FOLLOW = {"rule gone": {"ladders"}}


def test_sections_come_in_the_order_of_reading() -> None:
    def several(document: Document) -> None:
        document["pack"]["clauses"].pop("lillby/kindness")
        document["pack"]["requirements"].pop(0)
        document["pack"]["document"]["status"] = "proposed"

    order = [SECTIONS.index(one.section) for one in found(several)]
    assert order == sorted(order)


def _decider(policy: Policy, request: Request) -> str:
    if not policy.bodies_of(request.responsible):
        return "unknown"
    answer = answer_to(policy, request)
    return "nobody" if answer is None else answer.body or "refused"


def _clauses(policy: Policy, request: Request) -> set[str]:
    answer = answer_to(policy, request)
    return set() if answer is None else set(answer.clauses)


def _way(policy: Policy, request: Request) -> list[object]:
    route = look_up(policy, request).route
    assert route is not None
    stops = procedure_for(policy, route, request.responsible).stops
    return [(stop.step, stop.kind, stop.source.within, stop.step == "consult" and stop.by) for stop in stops]


def wrong_of(old: Policy, new: Policy, request: Request, held: list[Change]) -> Iterator[str]:
    """What the changes that hold for a request say otherwise than the two tables do."""
    bodies = _decider(old, request), _decider(new, request)
    said = {(one.was, one.now) for one in held if (one.section, one.what) == ("competence", "decides")}
    spoken = {tuple(request.responsible if who == "responsible" else who for who in pair) for pair in said}
    if spoken != ({bodies} if bodies[0] != bodies[1] else set()):
        yield f"{bodies}, told {said}"
    if {"refused", "nobody", "unknown"} & {*bodies}:
        return
    was, now = _clauses(old, request), _clauses(new, request)
    cited = [(set(one.was), set(one.now)) for one in held if (one.section, one.what) == ("competence", "cites")]
    if bodies[0] == bodies[1] and cited != ([(was - now, now - was)] if was != now else []):
        yield f"cites {was - now}, {now - was}, told {cited}"
    is_told = any(one.section == "routes" for one in held)
    if bodies[0] == bodies[1] and not is_told and _way(old, request) != _way(new, request):
        yield "another way, and nothing is told"
    asked = [{(one.id, one.group) for one in required(policy, request)} for policy in (old, new)]
    for what, expected in (("added", asked[1] - asked[0]), ("removed", asked[0] - asked[1])):
        keys = {one.key for one in held if (one.section, one.what) == ("requirements", what)}
        if keys != {":".join(part for part in one if part) for one in expected}:
            yield f"{what} {expected}, told {keys}"


def inexact(old: Policy, new: Policy) -> Iterator[str]:
    """Requests of which the changes say something else than the two tables do."""
    told = changes(old, new)
    kinds = {*old.responsible_kinds(), *new.responsible_kinds()}
    for request in requests_apart(kinds, (*conditions(old), *conditions(new))):
        held = [one for one in told if any(when.holds(request) for when in one.when)]
        yield from (f"{request}: {wrong}" for wrong in wrong_of(old, new, request, held))


def wrongly_told(old: Policy, sound: Reader, mutant: Mutant) -> list[str]:
    """What is wrong in what is told of a mutant; nothing is told of one that the loader does not take."""
    if sound.read(mutant.document, sound.changed(mutant.document)) is None:
        return []
    new = policy_from(mutant.document, source="mutant")
    return [f"{old.version} {mutant.name}: {one}" for one in islice(inexact(old, new), 1)]


@pytest.mark.no_cover
def test_what_is_told_of_four_mutants_is_exact() -> None:
    document = json.loads(lillby().canonical)
    chosen = random.Random(2027).sample(list(mutants(document)), 4)  # noqa: S311 - the same every time
    assert [wrong for mutant in chosen for wrong in wrongly_told(lillby(), Reader(document), mutant)] == []


@pytest.mark.slow
@pytest.mark.no_cover
@pytest.mark.parametrize("key", KEYS)
def test_what_is_told_of_many_mutants_of_a_shipped_pack_is_exact(key: str) -> None:
    chosen = random.Random(2027).sample(of_pack(key), 30)  # noqa: S311 - the same every time
    assert [wrong for mutant in chosen for wrong in wrongly_told(pack(key), Reader(sound(key)), mutant)] == []
