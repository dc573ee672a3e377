"""Faults are codes with values: no module of the verification of trails composes English."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

import workflow.audit
from tests.workflow.source_texts import codes_in_calls, composed, texts, tree_of
from workflow.audit.verify import Verification
from workflow.trail import chain
from workflow.trail.fault import SENTENCES, fault

MODULES = sorted((*Path(workflow.audit.__path__[0]).glob("*.py"), Path(chain.__file__)))


@pytest.mark.parametrize("file", MODULES, ids=lambda file: file.stem)
def test_no_module_composes_sentences(file: Path) -> None:
    assert composed(file) == []


@pytest.mark.parametrize("file", MODULES, ids=lambda file: file.stem)
def test_every_code_that_is_used_has_a_sentence(file: Path) -> None:
    assert codes_in_calls(file, "fault", 2) <= set(SENTENCES)


def test_every_sentence_is_used() -> None:
    used = {text for file in MODULES for text in texts(tree_of(file))}
    assert set(SENTENCES) <= used


@pytest.mark.parametrize("file", MODULES, ids=lambda file: file.stem)
def test_every_fault_is_given_the_values_of_its_sentence(file: Path) -> None:
    for node in ast.walk(tree_of(file)):
        if not isinstance(node, ast.Call) or getattr(node.func, "id", "") != "fault":
            continue
        given = {keyword.arg for keyword in node.keywords}
        for code in (one.value for one in ast.walk(node.args[2]) if isinstance(one, ast.Constant)):
            assert given == set(re.findall(r"%\((\w+)\)s", SENTENCES[str(code)])), code


def test_a_code_without_a_sentence_is_an_error_at_once() -> None:
    with pytest.raises(KeyError):
        fault("orebro-2026-00001", 1, "something-new")


def test_values_are_printable_text() -> None:
    found = fault("orebro-\udcff", None, "text-without-entry", version=7)
    assert found.case == "orebro-\\udcff"
    assert found.values == {"version": "7"}
    assert fault("a", 1, "disclosure-missing", field="\udcff").values == {"field": "\\udcff"}


def test_the_report_says_faults_in_english() -> None:
    faults = (
        fault("orebro-2026-00001", 2, "case-state-differs", state="draft", end="concluded"),
        fault("orebro-journal", None, "decision-without-case", case_id=7),
    )
    report = Verification(2, 1, faults).as_json()
    assert json.loads(json.dumps(report)) == {
        "ok": False,
        "entries": 2,
        "cases": 1,
        "faults": [
            {
                "case": "orebro-2026-00001",
                "entry": 2,
                "what": "the case is at “draft”, its trail ends at “concluded”",
            },
            {
                "case": "orebro-journal",
                "entry": None,
                "what": "a decision belongs to a case that is not there (7)",
            },
        ],
    }
