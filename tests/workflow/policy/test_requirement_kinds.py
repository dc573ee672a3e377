"""Requirement kinds: each has its fields, labels and inputs, and one entry is enough for a new one."""

from __future__ import annotations

import ast
from typing import Any

import pytest
from marshmallow import fields

from tests.workflow.policy.program_copy import ROOT, run_changed
from tests.workflow.policy.small_pack import planted
from tests.workflow.source_texts import tree_of
from web.cases.request_forms import KIND_OF
from web.i18n.fields import FIELDS
from web.ui.attribute_inputs import QUESTIONS
from workflow.cases.payloads import Attributes, CaseFields
from workflow.policy.requirement_kinds import CASE_FIELDS, REQUIREMENT_KINDS, Answered, RequirementKind, Shape

READ_AS: dict[Shape, type[fields.Field[Any]]] = {
    Shape.LINE: fields.String,
    Shape.TEXT: fields.String,
    Shape.NAMES: fields.List,
    Shape.DAY: fields.Date,
}


@pytest.mark.parametrize("kind", REQUIREMENT_KINDS.values(), ids=lambda kind: kind.id)
def test_every_field_of_a_kind_has_its_label_and_input_and_is_read(kind: RequirementKind) -> None:
    for name in kind.fields:
        assert name in FIELDS
        if kind.answered is Answered.FIELDS:
            assert KIND_OF[name] == CASE_FIELDS[name].value
            assert isinstance(CaseFields().fields[name], READ_AS[CASE_FIELDS[name]])
        elif kind.answered is Answered.ATTRIBUTE:
            assert name in QUESTIONS
            assert name in Attributes().fields


def test_fields_of_two_kinds_do_not_collide() -> None:
    names = [name for kind in REQUIREMENT_KINDS.values() for name in kind.fields]
    assert len(names) == len(set(names))


def test_no_other_module_lists_requirement_kinds_or_their_fields() -> None:
    for known in (set(REQUIREMENT_KINDS) - {"representation"}, set(CASE_FIELDS)):
        listing = {}
        for path in (*(ROOT / "workflow").rglob("*.py"), *(ROOT / "web").rglob("*.py")):
            found = {n.value for n in ast.walk(tree_of(path)) if isinstance(n, ast.Constant)} & known
            if len(found) > 3:
                listing[str(path.relative_to(ROOT))] = found
        # the web has one table of labels
        assert set(listing) - {"workflow/policy/requirement_kinds.py", "web/i18n/fields.py"} == set()


KNOWS = """
import json, sys
from pathlib import Path
from types import SimpleNamespace
from flask import Flask
from flask_babel import Babel
from flask_login import LoginManager
from web.cases.request_forms import content_inputs
from workflow.cases import payloads
from workflow.policy.competence import look_up
from workflow.policy.loading.loader import load_pack
from workflow.policy.request_domain import Request
from workflow.policy.requirements import missing, required
from workflow.policy.state_machine import procedure_for
from workflow.policy.verification.runner import check

policy = load_pack(Path(sys.argv[1]), Path(sys.argv[2]))
request = Request("visit", "enter", "committee", initiative="own")
(budget,) = [one for one in required(policy, request) if one.id == "budget"]
app = Flask("forms")
Babel(app)
LoginManager(app).user_loader(lambda _id: None)
app.extensions["instans"] = SimpleNamespace(settings=SimpleNamespace(cookies_secure=False))
procedure = procedure_for(policy, look_up(policy, request).route, "committee")
with app.test_request_context():
    form = {one.name: [one.kind, bool(one.demands)] for one in content_inputs(policy, request, procedure, {})}
print(json.dumps({
    "missing": missing(policy, budget, request, {}, ()),
    "met": missing(policy, budget, request, {"budget_line": "4711"}, ()),
    "form": form,
    "payload": payloads.read(payloads.Amendment, {"fields": {"budget_line": "4711"}})["fields_"],
    "sound": check(policy).ok,
}))
"""


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What the program says with one more entry in the declaration, of a pack that makes the requirement."""
    relevance = '        RequirementKind("relevance", {"relevance": Shape.TEXT}),\n'
    budget = '        RequirementKind("budget", {"budget_line": Shape.LINE}),\n'
    pack = tmp_path_factory.mktemp("pack")
    demand = "  - {id: budget, when: {engagement: visit}, before: decide, clauses: [lillby/aims]}\n"
    file = planted(pack, ("requirements:\n", f"requirements:\n{demand}"))
    return run_changed(
        tmp_path_factory.mktemp("copy"),
        "workflow/policy/requirement_kinds.py",
        ((relevance, relevance + budget),),
        KNOWS,
        file,
        pack / "law",
    )


def test_a_new_kind_is_read_judged_and_asked_for(known: Any) -> None:
    assert known["missing"] == ["budget_line"]
    assert known["met"] == []
    assert known["form"]["fields.budget_line"] == ["line", True]
    assert known["payload"] == {"budget_line": "4711"}
    assert known["sound"]
