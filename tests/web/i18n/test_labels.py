"""Tests of shared labels: every code of the engine has one, in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_login import login_user
from marshmallow import fields
from sqlalchemy import Engine

import web
from tests.web.conftest import serving
from tests.worlds import MUNICIPALITIES, World, build, policy_of
from web.auth.session import User
from web.cases import action_labels
from web.i18n import labels, terms
from web.i18n.fields import FIELDS, VALIDATION_MESSAGES
from workflow.cases import payloads
from workflow.cases.actions import ACTION_DECLARATIONS
from workflow.core.messages import SENTENCES, Reason, reason
from workflow.people.administration import _ACTS as ADMINISTRATIVE
from workflow.policy.actions import ACTIONS, DECIDING, RECOMMENDING
from workflow.policy.model import Policy
from workflow.policy.request_domain import ALL_ACTS, ENGAGEMENTS
from workflow.policy.requirement_kinds import REQUIREMENT_KINDS
from workflow.policy.state_machine import FINAL, procedure_for
from workflow.policy.vocabulary import BODY_KINDS, ROLES
from workflow.register.service import EngagementFromBefore

PAYLOADS = (payloads.Opening, *(action.schema for action in ACTION_DECLARATIONS.values()))
POLICIES = [policy_of(key) for key in MUNICIPALITIES]


@pytest.fixture
def tenant(sqlite_engine: Engine) -> World:
    """Örebro, on SQLite: words do not depend on the database."""
    return build(sqlite_engine, "orebro")


@pytest.fixture
def speaking(tenant: World) -> Iterator[Flask]:
    """The application within a request by an English reader."""
    for app in serving(tenant):
        with app.test_request_context("/"):
            login_user(_reader(tenant, "en"))
            yield app


def _reader(world: World, language: str) -> User:
    return User(1, "p", "p@orebro", "P", language, world.tenant, frozenset())


# -- nothing is without a word


def test_every_state_of_every_procedure_has_a_word(speaking: Flask) -> None:
    for policy in POLICIES:
        for route in policy.routes:
            for kind in policy.responsible_kinds():
                for state in procedure_for(policy, route, kind).states:
                    label = labels.state_label(state, policy)
                    assert label != state, state
                    assert "%(" not in label
                    assert labels.phase(state) in _shapes(), state


def _shapes() -> set[str]:
    css = (Path(web.__file__).parent / "static" / "instans.css").read_text(encoding="utf-8")
    return set(re.findall(r"\.state-([a-z-]+)::before", css))


def _payload_fields(schema: Any) -> Iterator[str]:
    for name, field in schema().fields.items():
        yield field.data_key or name
        if isinstance(field, fields.Nested):
            yield from _payload_fields(type(field.schema))


@pytest.mark.parametrize(
    ("table", "keys"),
    [
        (terms.STATES, ("draft", "review", "consult", "sign", *FINAL)),
        (action_labels.ACTIONS, ("open", *ACTIONS, *ADMINISTRATIVE)),
        (terms.OUTCOMES, (*RECOMMENDING, *DECIDING, "approved", "noted", "rejected", "withdrawn", "not-raised")),
        (terms.PROPOSALS, ("adopt", "amended", "decline", "none")),
        (terms.ROLES, ROLES),
        (terms.PURPOSES, ROLES),
        (terms.BODY_KINDS, (*BODY_KINDS, "responsible")),
        (terms.KINDS, ENGAGEMENTS),
        (terms.ACTS, ALL_ACTS),
        (FIELDS, tuple(name for kind in REQUIREMENT_KINDS.values() for name in kind.fields)),
        (FIELDS, tuple(name for schema in PAYLOADS for name in _payload_fields(schema))),
        (FIELDS, tuple(_payload_fields(EngagementFromBefore))),
        (
            FIELDS,
            tuple(name for schema, _act in ADMINISTRATIVE.values() for name in _payload_fields(schema)),
        ),
    ],
    ids=lambda value: "" if isinstance(value, tuple) else next(iter(value)),
)
def test_every_code_word_has_one_for_the_reader(table: dict[str, str], keys: tuple[str, ...]) -> None:
    assert [key for key in keys if key not in table] == []


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_every_reason_can_be_told(speaking: Flask, code: str) -> None:
    values = dict.fromkeys(re.findall(r"%\((\w+)\)s", SENTENCES[code]), "7")
    text = labels.reason_text(Reason(code, values))
    assert text
    assert "%(" not in text


def test_every_why_the_engine_gives_can_be_translated() -> None:
    """What stands in the engine's sources as a plain text after `why=` is marked for translation here."""
    sources = (Path(web.__file__).parents[1] / "workflow").rglob("*.py")
    given = {why for path in sources for why in re.findall(r'why="([^"]+)"', path.read_text(encoding="utf-8"))}
    assert given - set(VALIDATION_MESSAGES) == set()


# -- in whose language


def test_words_are_the_readers_then_the_municipalitys_then_english(tenant: World) -> None:
    for app in serving(tenant):
        for language, names, told in (
            ("da", {"sv": "s", "da": "d", "en": "e"}, "d"),
            ("da", {"sv": "s", "en": "e"}, "s"),
            ("da", {"nb": "n", "en": "e"}, "e"),
            ("da", {"nb": "n"}, "n"),
            ("da", {}, ""),
        ):
            with app.test_request_context("/"):
                login_user(_reader(tenant, language))
                assert labels.localized(names) == told


def test_a_stranger_reads_in_the_browsers_language(tenant: World) -> None:
    for app in serving(tenant):
        with app.test_request_context("/", headers={"Accept-Language": "nb"}):
            assert labels.localized({"sv": "s", "nb": "n", "en": "e"}) == "n"


# -- called by name


def test_a_state_names_the_body_where_the_policy_is_known(speaking: Flask) -> None:
    policy = POLICIES[1]
    assert labels.state_label("confirm-decide:council") == "Decision to be confirmed: Council"
    assert labels.state_label("confirm-decide:council", policy) == "Decision to be confirmed: Municipal council"
    assert labels.state_label("decide:responsible", policy) == "Decision: Responsible body"
    told = labels.state_label("decide:responsible", policy, "programnamnd-barn")
    assert told == "Decision: Committee for Children and Education"


@pytest.mark.parametrize("state", ["limbo", "limbo:council", ""])
def test_a_state_nobody_knows_is_shown_as_it_is(speaking: Flask, state: str) -> None:
    assert labels.state_label(state) == state


def test_a_body_is_called_by_its_name_from_policy_and_place(speaking: Flask, tenant: World) -> None:
    for where in (tenant.policy, tenant.tenant):
        assert labels.body_name(where, "kommunfullmaktige") == "Municipal council"
        assert labels.body_name(where, "nowhere") == "nowhere"


def test_kinds_goals_and_clauses_are_called_as_the_policy_does(speaking: Flask, tenant: World) -> None:
    policy: Policy = tenant.policy
    assert labels.kind_label(policy, "membership") == "Network membership"
    assert labels.kind_label(None, "membership") == "Network membership"
    assert labels.goal_label(policy, "resident-contacts") == "Contacts between residents and between associations"
    assert labels.goal_label(policy, "nonsense") == "nonsense"
    clause = next(iter(policy.clauses))
    assert labels.clause_says(policy, clause) == policy.clauses[clause].says["en"]
    assert labels.clause_says(policy, "nonsense") == "nonsense"


def test_a_reason_calls_everything_by_its_name(speaking: Flask, tenant: World) -> None:
    body = tenant.policy.body("kommunfullmaktige")
    why = reason("not-appointed", role="chair", body=body.key, body_names=body.names)
    assert (
        labels.reason_text(why) == "This is for the Chair of Municipal council, and you hold no such appointment today."
    )
    assert "“Draft”" in labels.reason_text(reason("not-open", state="draft"))
    assert "“Last day”" in labels.reason_text(reason("missing", field="fields.ends_on"))
    assert "“Take note”" in labels.reason_text(reason("outcome-not-open", outcome="take-note"))
    assert "with another officer" in labels.reason_text(reason("not-yours", officer_id=3, officer=""))


@pytest.mark.parametrize(
    ("why", "told"),
    [
        ("not a valid date", "not a valid date"),
        ("longer than maximum length 500", "longer than 500 characters"),
        ("shorter than minimum length 1", "too short"),
        ("length must be between 1 and 500", "longer than 500 characters"),
        ("ends in @orebro", "must end in @orebro"),
        ("not an act for policy", "this cannot be asked for that kind of engagement"),
        ("must be one of: sv, nb, da, en", "invalid value"),
        ("no rule of ours", "no rule of ours"),
    ],
)
def test_why_a_value_is_wrong_is_told_plainly(speaking: Flask, why: str, told: str) -> None:
    assert labels.why_text(why) == told


# -- days and instants


def test_days_and_instants_are_those_of_the_municipality(speaking: Flask) -> None:
    midnight = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    assert labels.day(date(2026, 3, 1)) == "1 March 2026"
    assert labels.moment(midnight) == "2 March 2026 00:30"
    assert labels.moment(midnight, "UTC") == "1 March 2026 23:30"
    assert labels.day(None) == labels.moment(None) == ""


@pytest.mark.parametrize(("language", "told"), [("sv", "1 mars 2026"), ("nb", "1. mars 2026"), ("da", "1. marts 2026")])
def test_a_day_is_written_in_the_readers_language(tenant: World, language: str, told: str) -> None:
    for app in serving(tenant):
        with app.test_request_context("/"):
            login_user(_reader(tenant, language))
            assert labels.day(date(2026, 3, 1)) == told


def test_lateness_is_empty_until_the_day_has_passed(speaking: Flask) -> None:
    today = date(2026, 9, 15)
    assert [labels.late(due, today) for due in (None, date(2026, 9, 16), today)] == ["", "", ""]
    assert labels.late(date(2026, 9, 14), today) == "1 day late"
    assert labels.late(date(2026, 9, 1), today) == "14 days late"


def test_every_label_is_a_filter_and_a_global(speaking: Flask) -> None:
    for name, label in labels.TEMPLATE_LABELS.items():
        assert speaking.jinja_env.filters[name] is speaking.jinja_env.globals[name] is label
