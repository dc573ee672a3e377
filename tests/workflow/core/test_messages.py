"""Does the engine explain itself in whole sentences, and has every reason it gives one?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import workflow
from workflow.core.errors import Malformed, NotCompetent, NotMandated, PolicyInvalid, WorkflowError
from workflow.core.messages import SENTENCES, reason

SOURCES = [path.read_text() for path in Path(workflow.__path__[0]).rglob("*.py")]


def test_reason_without_a_sentence_is_an_error_at_once() -> None:
    with pytest.raises(KeyError):
        reason("because")


def test_every_reason_given_anywhere_has_a_sentence() -> None:
    given = {code for source in SOURCES for code in re.findall(r'reason\(\s*"([a-z-]+)"', source)}
    assert given
    assert given <= set(SENTENCES)


def test_every_sentence_is_one() -> None:
    for code, sentence in SENTENCES.items():
        assert re.fullmatch(r"[A-Z“\"%].*[.”s]", sentence), code


def test_refusal_tells_its_reasons_and_each_clause_once() -> None:
    refusal = NotCompetent(
        reason("refused-by-clause", clauses=("b/two", "a/one")), reason("other-body", clauses=("a/one",))
    )
    assert refusal.clauses == ("b/two", "a/one")
    assert str(refusal).startswith("The policy forbids this.")
    assert "another body is competent" in str(refusal)


def test_refusal_without_reasons_tells_its_own_sentence() -> None:
    assert str(NotMandated()) == "This person may not do this here and today."


def test_values_fill_the_sentence() -> None:
    assert str(Malformed(reason("field-missing", field="title"))) == "“title” is needed."


def test_fault_in_a_policy_names_file_line_and_key() -> None:
    assert str(PolicyInvalid("a.yaml", 7, "bodies[0]", "no such kind")) == "a.yaml:7: bodies[0]: no such kind"
    assert str(PolicyInvalid("a.yaml", None, "", "empty")) == "a.yaml: empty"


def test_every_error_is_of_the_one_tree_and_says_what_it_means() -> None:
    for error in (Malformed, NotCompetent, NotMandated, *WorkflowError.__subclasses__()):
        assert issubclass(error, WorkflowError)
        assert (error.__doc__ or "").endswith(".")
