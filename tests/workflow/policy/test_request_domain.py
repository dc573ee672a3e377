"""The request domain: its declaration agrees with the database, and everything reads it.

The last tests copy the program, add a kind and an attribute to the declaration in the copy, and ask conditions, the
checker, the tables, DMN, the API's description and the forms about them.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Boolean, Integer, String

from models import Case, Engagement
from tests.workflow.policy.program_copy import ROOT, run_changed
from tests.workflow.policy.small_pack import planted
from tests.workflow.source_texts import tree_of
from workflow.policy.request_domain import (
    ACTS_ON_REGISTERED,
    ALL_ACTS,
    ATTRIBUTES,
    ENGAGEMENTS,
    FACTS,
    GIVEN,
    REGISTERED,
    Attribute,
    Purpose,
    Request,
    acts_for,
    acts_of,
    begin_act,
    facts_of,
)

# -- the database


def _column_type(attribute: Attribute) -> type[Any]:
    if attribute.is_yes_no:
        return Boolean
    return String if attribute.span is None else Integer


@pytest.mark.parametrize(("table", "names"), [(Case, FACTS), (Engagement, REGISTERED)], ids=["case", "engagement"])
def test_every_fact_has_a_column_of_its_type(table: Any, names: tuple[str, ...]) -> None:
    columns = table.__table__.c
    for name in names:
        assert isinstance(columns[name].type, _column_type(ATTRIBUTES[name])), name
        assert columns[name].nullable is ATTRIBUTES[name].may_be_unset, name


def test_only_what_the_register_knows_is_a_column_of_it() -> None:
    assert {name for name in FACTS if name in Engagement.__table__.c} == set(REGISTERED)


# -- the declaration


def test_attributes_are_the_fields_of_a_request_with_their_defaults() -> None:
    usual = Request("visit", "enter", "committee")
    assert facts_of(usual) == {name: ATTRIBUTES[name].default for name in FACTS}
    assert all(ATTRIBUTES[name].default in ATTRIBUTES[name].values for name in FACTS)


def test_a_mark_of_the_register_is_never_given_and_a_decision_about_importance_is_never_registered() -> None:
    assert set(FACTS) - set(GIVEN) == {"named_nordic_twin"}
    assert set(FACTS) - set(REGISTERED) == {"initiative", "principal"}


def test_every_kind_begins_by_one_act_that_needs_no_engagement_in_the_register() -> None:
    for kind in ENGAGEMENTS:
        assert [act for act in acts_of(kind) if act in acts_for(Purpose.BEGIN)] == [begin_act(kind)]
        assert begin_act(kind) not in ACTS_ON_REGISTERED
    assert acts_for(*Purpose) == ALL_ACTS


def _listed(module: Path, names: tuple[str, ...]) -> set[str]:
    """Names that one tuple, list or set of a module lists, if it lists three or more of them."""
    found: set[str] = set()
    for node in ast.walk(tree_of(module)):
        if isinstance(node, ast.Tuple | ast.List | ast.Set):
            here = {item.value for item in node.elts if isinstance(item, ast.Constant) and item.value in names}
            found |= here if len(here) >= 3 else set()
    return found


@pytest.mark.parametrize("names", [FACTS, ENGAGEMENTS, ALL_ACTS], ids=["facts", "kinds", "acts"])
def test_no_other_module_lists_facts_kinds_or_acts(names: tuple[str, ...]) -> None:
    modules = [path for room in ("workflow", "web") for path in (ROOT / room).rglob("*.py")]
    listing = {str(path.relative_to(ROOT)): found for path in modules if (found := _listed(path, names))}
    listing.pop("workflow/policy/request_domain.py", None)
    # a public file format has its columns in its own order
    listing.pop("web/register/export_views.py", None)
    assert not listing


# -- one more kind and one more attribute

_VISIT = '    EngagementKind("visit", is_signed=False),\n'
_EU = "    eu_funded: Annotated["
_URGENT = '    urgent: Annotated[bool, Attribute(YES_NO, description="It cannot wait.")] = False\n'
MORE = ((_VISIT, _VISIT + _VISIT.replace("visit", "festival")), (_EU, _URGENT + _EU))
KNOWS = """
import json, sys
from pathlib import Path
from types import SimpleNamespace
from flask import Flask
from flask_babel import Babel
from flask_login import LoginManager
from models import Case
from web.api.argument_schemas import WhoDecidesQuerySchema
from web.api.case_schemas import CaseAttributesSchema
from web.cases.request_forms import act_choices, deciding_inputs, kind_choices
from web.policies.what_if.forms import question_inputs
from workflow.cases import payloads
from workflow.core.errors import PolicyGap
from workflow.policy.competence import look_up
from workflow.policy.interchange.dmn import dmn
from workflow.policy.loading.loader import load_pack
from workflow.policy.request_domain import FACTS, Request
from workflow.policy.request_space import request_text
from workflow.policy.verification.reference_answers import matters
from workflow.policy.verification.runner import check

policy = load_pack(Path(sys.argv[1]), Path(sys.argv[2]))
urgent = Request("festival", "enter", "committee", urgent=True)
try:
    gap = look_up(policy, urgent.with_(urgent=False)).row
except PolicyGap:
    gap = "gap"
opening = {"municipality": "lillby", "engagement": "festival", "act": "enter", "title": "A festival",
           "attributes": {"urgent": True}}
app = Flask("forms")
Babel(app)
LoginManager(app).user_loader(lambda _id: None)
app.extensions["instans"] = SimpleNamespace(settings=SimpleNamespace(cookies_secure=False))
with app.test_request_context():
    form = {one.name: one.kind for one in deciding_inputs(policy, ("skolnamnden",), {}, None, {})}
    what_if = {one.name: one.kind for one in question_inputs(policy, {}, "skolnamnden", "own-area")}
    kinds = [choice.value for choice in kind_choices(policy)]
print(json.dumps({
    "answer": look_up(policy, urgent).row,
    "otherwise": gap,
    "text": request_text(urgent),
    "unanswered": [[lot.engagement, lot.act] for lot in check(policy).unanswered],
    "matters": sorted({one.urgent for matter in matters(policy) for one in matter.requests}),
    "dmn": dmn(policy, str),
    "form": form,
    "what_if": what_if,
    "kinds": kinds,
    "payload": payloads.read(payloads.Opening, opening)["attributes"],
    "answers": sorted(CaseAttributesSchema().fields),
    "query": {name: field.metadata for name, field in WhoDecidesQuerySchema().fields.items()},
    "without_column": [name for name in FACTS if name not in Case.__table__.c],
}))
"""


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What a copy of the program says whose declaration has the kind `festival` and the attribute `urgent`."""
    pack = tmp_path_factory.mktemp("pack")
    rest = "decides: responsible, route: own-matter, clauses: [lillby/own-area]}"
    visits = f"  - {{id: visits, when: {{engagement: visit}}, {rest}"
    festivals = f"\n  - {{id: festivals, when: {{engagement: festival, urgent: true}}, {rest}"
    file = planted(
        pack,
        ("  influence: {names:", "  festival: {names: {sv: Festival, en: Festival}}\n  influence: {names:"),
        (visits, visits + festivals),
    )
    copy = tmp_path_factory.mktemp("copy")
    return run_changed(copy, "workflow/policy/request_domain.py", MORE, KNOWS, file, pack / "law")


def test_conditions_and_tables_know_what_is_added_to_the_declaration(known: Any) -> None:
    assert known["answer"] == "festivals"
    assert known["otherwise"] == "gap"
    assert known["text"] == "enter festival, responsible committee, scope own-area, urgent True"


def test_the_checker_knows_what_is_added_to_the_declaration(known: Any) -> None:
    assert known["unanswered"]
    assert {kind for kind, _act in known["unanswered"]} == {"festival"}
    assert known["matters"] == [False, True]


def test_dmn_knows_what_is_added_to_the_declaration(known: Any) -> None:
    assert '<inputData id="input.urgent"' in known["dmn"]
    assert "festival" in known["dmn"]


def test_the_api_knows_what_is_added_to_the_declaration(known: Any) -> None:
    assert known["payload"] == {"urgent": True}
    assert "urgent" in known["answers"]
    assert known["query"]["urgent"]["type"] == "boolean"
    assert "festival" in known["query"]["engagement"]["enum"]


def test_forms_know_what_is_added_to_the_declaration(known: Any) -> None:
    assert known["form"]["attributes.urgent"] == known["what_if"]["urgent"] == "tick"
    assert "festival" in known["kinds"]


def test_an_attribute_without_a_column_is_found(known: Any) -> None:
    assert known["without_column"] == ["urgent"]
