"""Labels of faults: one for each code, in every language, with the values called by their names."""

from __future__ import annotations

import ast
import re
from itertools import product
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import force_locale, gettext
from sqlalchemy import Engine

import web.audit
from tests.workflow.source_texts import tree_of
from web.audit.labels import FAULTS, fault_text
from web.i18n.locale import LANGUAGES
from workflow.trail.fault import SENTENCES, fault

VALUE = re.compile(r"%\((\w+)\)s")
#: Values that a page shows by their label, with the label.
LABELLED = {
    "field": ("ends_on", "Last day"),
    "state": ("draft", "Draft"),
    "end": ("concluded", "Concluded"),
}


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    """SQLite: labels do not depend on the database."""
    return sqlite_engine


def test_every_code_has_a_label_in_every_language(app: Flask) -> None:
    assert set(FAULTS) == set(SENTENCES)
    with app.test_request_context():
        for code, language in product(FAULTS, LANGUAGES):
            with force_locale(language):
                translated = gettext(FAULTS[code])
            assert set(VALUE.findall(translated)) == set(VALUE.findall(FAULTS[code])), (code, language)
            assert (translated == FAULTS[code]) is (language == "en"), (code, language)


@pytest.mark.parametrize("code", FAULTS)
def test_a_label_shows_only_values_that_its_code_has(code: str) -> None:
    assert set(VALUE.findall(FAULTS[code])) <= set(VALUE.findall(SENTENCES[code]))


@pytest.mark.parametrize("code", FAULTS)
def test_every_fault_is_shown_with_everything_called_by_its_name(app: Flask, code: str) -> None:
    names = VALUE.findall(SENTENCES[code])
    values = {name: LABELLED.get(name, (f"«{name}»", ""))[0] for name in names}
    with app.test_request_context():
        shown = fault_text(fault("orebro-2026-00001", 1, code, **values))
    assert "%(" not in shown
    for name in names:
        raw, named = LABELLED.get(name, ("", f"«{name}»"))
        assert named in shown
        assert not raw or raw not in shown


def test_no_labels_are_found_by_patterns() -> None:
    for file in Path(web.audit.__path__[0]).glob("*labels.py"):
        tree = tree_of(file)
        imported = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
        imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert not imported & {"re", "regex", "parse"}, file.name
