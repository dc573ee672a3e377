"""Counterexamples in the reader's words, and drawn where they happen."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import product
from pathlib import Path

import pytest
from flask_babel import force_locale

import web.policies.verification
from tests.workflow.policy.planting import besides, with_moves
from tests.workflow.policy.small_pack import changed, small
from tests.workflow.source_texts import tree_of
from tests.worlds import MUNICIPALITIES, policy_of
from web.i18n.locale import LANGUAGES
from web.policies.verification.counterexample import Story, sentence, story_of
from web.policies.verification.counterexample_labels import LABELS
from workflow.policy.clauses import MeetingClaim
from workflow.policy.model import Policy
from workflow.policy.request_domain import Request
from workflow.policy.rules import rules
from workflow.policy.state_machine import Move, procedure_for
from workflow.policy.verification.gate_model import MOVED, PROMISES
from workflow.policy.verification.messages import DETAILS, SENTENCES, PolicyMessage, message
from workflow.policy.verification.p02_bypass import no_bypass
from workflow.policy.verification.p04_four_eyes import four_eyes
from workflow.policy.verification.p05_silence import silence_decides_nothing
from workflow.policy.verification.p06_requirements import demands_are_met
from workflow.policy.verification.p08_refusals import refusals_hold
from workflow.policy.verification.p09_law import law_holds
from workflow.policy.verification.result import Finding
from workflow.policy.verification.runner import Obligation, check
from workflow.policy.verification.state_search import state_spaces, transitions

VALUE = re.compile(r"%\((\w+)\)s")
pytestmark = pytest.mark.usefixtures("speaking")


def bypass(policy: Policy, change: Callable[[Move], tuple[Move, ...]]) -> Finding:
    compiled = with_moves(policy, change)
    return no_bypass(state_spaces(policy, PROMISES, compiled), compiled)


def unasked(policy: Policy, action: str) -> Finding:
    """What happens once an act that changes a request asks the tables no more."""
    return no_bypass(state_spaces(policy, replace(PROMISES, rejudges=PROMISES.rejudges - {action})))


def sloppy(policy: Policy) -> Finding:
    empty = frozenset[str]()
    return demands_are_met(state_spaces(policy), replace(PROMISES, asks_for_next=empty, asks_for_own=empty))


def barless(policy: Policy) -> Finding:
    return four_eyes(state_spaces(policy), replace(PROMISES, bars={}))


def silent(policy: Policy) -> Finding:
    def change(move: Move) -> tuple[Move, ...]:
        action, source, _to, outcome = move
        return ((action, source, "concluded", outcome),) if action == "close-consultation" else (move,)

    compiled = with_moves(policy, change)
    return silence_decides_nothing(state_spaces(policy, PROMISES, compiled), PROMISES, compiled)


def forbidden(policy: Policy) -> Finding:
    return refusals_hold(state_spaces(policy, replace(PROMISES, rejudges=PROMISES.rejudges - {"amend"})))


def unheard(policy: Policy) -> Finding:
    compiled = with_moves(policy, besides("submit", "draft", "decide:council"))
    return law_holds(state_spaces(policy, PROMISES, compiled), PROMISES, compiled)


PLANTED: dict[str, Callable[[Policy], Finding]] = {
    "signed before the decision": lambda policy: bypass(policy, besides("submit", "draft", "sign")),
    "undone": lambda policy: bypass(policy, besides("sign", "sign", "draft")),
    "amended without asking": lambda policy: unasked(policy, "amend"),
    "raised without asking": lambda policy: unasked(policy, "endorse"),
    "nothing asked for": sloppy,
    "no bars": barless,
    "silence": silent,
    "amended into what is forbidden": forbidden,
    "nobody heard": unheard,
}


@cache
def planted(name: str) -> tuple[Policy, Finding]:
    """The small pack, and what is found in it with one thing gone wrong."""
    policy = small()
    return policy, PLANTED[name](policy)


def story(policy: Policy, finding: Finding) -> Story:
    found = story_of(policy, Obligation("P2", "", False, 1, finding.counterexample))
    assert found is not None
    return found


def test_every_planted_fault_is_shown_in_every_language() -> None:
    for name, language in product(PLANTED, LANGUAGES):
        policy, finding = planted(name)
        assert finding.counterexample is not None, name
        with force_locale(language):
            found = story(policy, finding)
        said = (found.request, found.wrong, *(step.event for step in found.steps))
        assert all(said), name
        assert "%(" not in " ".join(said)


def test_the_numbers_of_a_story_stand_on_its_routes_and_the_last_one_is_the_fault() -> None:
    for name in PLANTED:
        policy, finding = planted(name)
        found = story(policy, finding)
        assert finding.counterexample is not None
        path = finding.counterexample.path
        assert path is not None
        stages = [stage for drawing in found.drawings for stage in drawing.stages]
        last = len(path.steps)
        assert sorted(number for stage in stages for number in stage.numbers) == list(range(1, last + 1)), name
        assert found.drawings[-1].route == path.route
        assert [stage.numbers[-1] for stage in stages if stage.status == "fault"] == [last], name
        assert [step.is_fault for step in found.steps] == [False] * (last - 1) + [True]


def test_a_pack_with_faults_in_its_text_is_shown_too(tmp_path: Path) -> None:
    policy = changed(
        tmp_path,
        ("{step: sign, by: manager@responsible", "{step: sign, by: secretary@responsible"),
        ("{engagement: visit}, decides", "{engagement: visit, act: [enter, renew]}, decides"),
    )
    report = check(policy)
    failing = [one for one in report.obligations if not one.ok]
    assert {"P1", "P3", "P4"} <= {one.id for one in failing}
    for one in failing:
        found = story_of(policy, one)
        assert found is not None
        assert found.wrong
        assert found.english == str(one.counterexample)


def test_what_an_amended_law_brings_about_is_shown_with_its_day(tmp_path: Path) -> None:
    row = (
        "  - {id: visits-to-council, when: {engagement: visit, principal: false, "
        "otherwise: [committee, administration]}, decides: council, route: principal-matter, "
        "clauses: [se/law.principal], valid_from: 2027-01-01}"
    )
    policy = changed(tmp_path, law=(("\nfounding:\n", f"{row}\n\nfounding:\n"),))
    (broken,) = (one for one in check(policy).obligations if not one.ok)
    found = story_of(policy, broken)
    assert found is not None
    assert found.since == "By the law from 1 January 2027"


REQUEST = Request("visit", "enter", "committee")


#: A value for each name that a label shows.
VALUES = {
    "state": "sign",
    "version": "a-2030",
    "body": "executive-board",
    "other": "company-board",
    "row": "row-a",
    "other_row": "row-b",
    "rows": ("row-a", "row-b"),
    "route": "council-matter",
    "key": "kontoret",
    "seat": "chair@executive-board",
    "seats": ("chair@executive-board", "manager@responsible"),
    "rule": "evaluation-e",
    "request": REQUEST,
    "under": message("law-alone"),
    "more": message("more-requests", count=23),
    "count": 23,
    "demand": "goal",
    "where": next(rule for rule in rules(policy_of("orebro")) if rule.tier == "route" and rule.part == "policy"),
    "clause": "orebro/goals",
    "clause_kind": "requirement",
    "action": "submit",
    "outcome": "approve",
    "role": "chair",
    "step": "sign",
    "by": ("chair@executive-board", "council"),
    "clauses": ("orebro/goals", "orebro/levels.council"),
    "assumption": "the policy names no signatory",
    "objections": ("not-quorate", "prepared-it"),
    "attribute": "every",
    "found": 24,
    "promised": 12,
    "why": message("decided-by-row", row="row-a", body="executive-board"),
    "problems": (message("seat-empty", role="chair", key="kommunstyrelsen"), message("no-seat", action="submit")),
    "meeting": MeetingClaim("council", 61, 60, stands=True, votes_for=30, votes_against=29),
    "actor": message("role-of-body", role="chair", body="executive-board"),
    "deed": message("act", action="submit", actor=message("role", role="officer")),
}


#: What an English reader sees of some codes, with these values.
SHOWN = {
    "rows-compete": "Several rows answer (row-a, row-b): Visit; enter",
    "no-row-answers": "It is so under the country’s law alone. So it is with more requests: 23.",
    "answered-below": "Row row-a answers it, though row row-b stands above it.",
    "mandate-impossible": "could give it a mandate: kontoret.",
    "mandate-missing": "without a mandate, at “To be signed”.",
    "recommends-to-itself": "A body recommends it to itself: Municipal executive board.",
    "passes-otherwise": "Row row-a forbids it, and yet it passes when it is told as: Visit; enter",
    "reviewed-by-other": "manager: Chair, Municipal executive board.",
    "rule-without-clause": "assumed: On the way to a decision (Municipal council): Draft – Case officer, ",
    "nobody-acts": "of: kontoret. Nobody can be Chair in: Municipal executive board. There is no seat for it: Submit.",
    "promised-refused": "By row row-a another body decides: Municipal executive board.",
    "seat-empty": "Nobody can be Chair in: kontoret.",
    "evaluation-differs": "The evaluation evaluation-e differs: how often is “24 months”, and “12 months” is promised.",
    "objections": "By the rules for meetings: too few take part; one of them prepared the matter as an employee.",
    "never-concluded": "on the route “Decided by Municipal council” (council-matter) it can never",
    "step-uncited": "the clause: Signature, Chair, Municipal executive board, Municipal council.",
    "clause-not-carried-out": "Nothing carries out the clause orebro/goals (Asks for",
    "promised-required": "says of a demand (Goals)",
    "promised-signed": "a signature (Chair, Municipal executive board)",
    "promised-to-stand": "Council of 61 members, 60 present, decision: Approve, 30 for and 29 against. By row row-a",
    "evaluation-decided-by-other": "The evaluation evaluation-e is decided by Municipal executive board",
    "moved-decided-by-other": "Moved to a-2030, it comes to “To be signed” on a decision of: ",
    "moved-past-step": "“To be signed” past a step that it has not taken",
    "confirm": "Chair, Municipal executive board: Submit – Approve",
    "changed": "Case officer: Submit, so that it becomes: Visit; enter",
    "seats": "Chair, Municipal executive board / Line manager, Responsible body",
    "demand-of-group": "Goals",
}


@pytest.mark.parametrize("code", LABELS)
def test_every_code_is_shown_with_everything_called_by_its_name(code: str) -> None:
    values = {name: VALUES[name] for name in VALUE.findall({**SENTENCES, **DETAILS}[code]) if name in VALUES}
    shown = sentence(policy_of("orebro"), PolicyMessage(code, values))
    assert SHOWN.get(code, "") in shown
    assert "%(" not in shown
    codes = ("executive-board", "company-board", "sign", "goal", "submit", "approve", "@")
    assert not [raw for raw in codes if raw in re.split(r"[ “”:,;().]+|(@)", shown)]


def test_a_move_to_another_version_has_words() -> None:
    assert sentence(policy_of("orebro"), MOVED) == "Administrator: Moved to another version of the policy"


@pytest.mark.parametrize("key", MUNICIPALITIES)
def test_every_event_of_every_route_has_words(key: str) -> None:
    policy = policy_of(key)
    for route, kind in product(policy.routes, policy.responsible_kinds()):
        for some in transitions(procedure_for(policy, route, kind)).values():
            for one in some:
                shown = sentence(policy, one.event)
                assert one.action not in shown.split()
                assert shown != str(one.event)


def test_no_module_here_reads_text_by_patterns() -> None:
    for file in Path(web.policies.verification.__path__[0]).glob("*.py"):
        tree = tree_of(file)
        imported = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
        imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert not imported & {"re", "regex", "parse"}, file.name
