"""Statements of the check are codes with values: no module composes English but the one that holds the sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import workflow.policy.verification
from tests.workflow.policy.small_pack import changed, small
from tests.workflow.source_texts import codes_in_calls, composed, texts, tree_of
from workflow.core.messages import Message
from workflow.policy.clauses import MeetingClaim
from workflow.policy.model import Policy
from workflow.policy.request_domain import Request
from workflow.policy.rules import Rule
from workflow.policy.verification.messages import DETAILS, SENTENCES, message
from workflow.policy.verification.result import Counterexample
from workflow.policy.verification.runner import check

MODULES = sorted(Path(workflow.policy.verification.__path__[0]).glob("*.py"))
#: A code, key, name of a version, seat or clause.
NAME = re.compile(r"[A-Za-z0-9@:/._-]*\Z")


@pytest.mark.parametrize("file", MODULES, ids=lambda file: file.stem)
def test_no_module_composes_sentences(file: Path) -> None:
    if file.stem in ("messages", "result", "runner"):  # the sentences; how they are joined; titles of obligations
        return
    assert composed(file) == []


@pytest.mark.parametrize("file", MODULES, ids=lambda file: file.stem)
def test_every_code_that_is_used_has_a_sentence(file: Path) -> None:
    assert codes_in_calls(file, "message", 0) <= {*SENTENCES, *DETAILS}


def test_every_sentence_is_used() -> None:
    used = {text for file in MODULES if file.stem != "messages" for text in texts(tree_of(file))}
    assert {*SENTENCES, *DETAILS} - used == {"unreadable"}  # of the command line


def test_a_code_without_a_sentence_is_an_error_at_once() -> None:
    with pytest.raises(KeyError):
        message("something-new")


def prose(policy: Policy, value: object) -> Iterator[object]:
    """Values within a statement that are neither code nor key, name, number, request or what the pack itself says."""
    if isinstance(value, Message):
        for inner in value.values.values():
            yield from prose(policy, inner)
    elif isinstance(value, tuple):
        for inner in value:
            yield from prose(policy, inner)
    elif isinstance(value, str):
        if NAME.match(value) is None and value not in {one.reason for one in check(policy).assumptions}:
            yield value
    elif not isinstance(value, int | Request | MeetingClaim | Rule | None):
        yield value


def statements(found: Counterexample) -> Iterator[Message]:
    """What a counterexample says."""
    yield found.what
    yield from found.path.events if found.path else ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("{step: sign, by: manager@responsible", "{step: sign, by: secretary@responsible"),
        ("{engagement: visit}, decides", "{engagement: visit, act: [enter, renew]}, decides"),
        (", assumed: the policy is silent on memberships of the whole", ""),
        ("act: enter, decided_by: council}", "act: enter, decided_by: committee}"),
        ("requires: goal, reading: true}", "requires: goal}"),
        ("      - {after: 31 days, tell: chair@council}\n", ""),
    ],
)
def test_no_value_is_prose(old: str, new: str, tmp_path: Path) -> None:
    policy = changed(tmp_path, (old, new))
    found = [one.counterexample for one in check(policy).obligations if one.counterexample is not None]
    assert found
    assert [one for broken in found for said in statements(broken) for one in prose(policy, said)] == []


def test_prose_would_be_found() -> None:
    assert list(prose(small(), message("mandate-impossible", key="the office of the mayor"))) == [
        "the office of the mayor"
    ]
