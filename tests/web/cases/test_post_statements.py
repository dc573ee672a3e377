"""Statements of a POST: few, the act in one transaction, and no page loaded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, event

from tests.web.cases.test_migration_views import in_force
from tests.web.clients import Desk, let_in, sit, ticked, values
from tests.web.conftest import furnished, serving
from tests.worlds import World
from web.cases.actions import ACTION_SCREENS

#: The budget of a POST without transaction control: session and person, the act, and the access log.
MOST = 14
#: What an act that ends a case takes besides: the engagement with its number and words, its evaluation, last days.
REGISTER = 2
RECORD = {"meeting_date": "2026-09-15", "paragraph": "§ 12", "present": "11"}


@dataclass(frozen=True)
class Stage:
    """A case at which an action is open, who takes it, and what they type."""

    state: str
    who: str
    typed: dict[str, Any] = field(default_factory=dict)
    municipality: str = "orebro"
    kind: str = "twin-agreement"
    act: str = "enter"
    more: dict[str, Any] = field(default_factory=dict)
    #: Whether the act ends the case, so that the register is written as well.
    ends: bool = False


AT_ADMINISTRATION = {"responsible": "forvaltningen-barn"}
CONSULTATION: dict[str, Any] = {
    "municipality": "stockholm",
    "kind": "policy",
    "act": "adopt",
    "more": {"attributes": {"initiative": "own"}},
}
#: An action that is not named below is taken on a draft by its officer.
ON_A_DRAFT = Stage("draft", "officer", {"comment": "A word."})
STAGES = dict.fromkeys(ACTION_SCREENS, ON_A_DRAFT) | {
    "amend": Stage("draft", "officer", {"title": "Another", "text": "Another text.", "fields.cost": "1"}),
    "reassign": Stage("review", "manager", {"officer": "next@orebro", "comment": "Away."}),
    "submit": Stage("draft", "officer"),
    "endorse": Stage("review", "manager", {"principal": "yes", "reason": "New.", "comment": "Yes."}, kind="membership"),
    "refer-back": Stage("review", "manager", {"comment": "More."}),
    "give-opinion": Stage("consult", "secretary.committee", {"opinion": "In favour."}, **CONSULTATION),
    "close-consultation": Stage("consult", "coordinator", **CONSULTATION),
    "enter-decision": Stage("decide:council", "secretary.council", {**RECORD, "outcome": "approve", "comment": "Yes."}),
    "confirm": Stage("confirm-decide:council", "chair.council"),
    "approve": Stage("decide:responsible", "manager", kind="visit", more=AT_ADMINISTRATION, ends=True),
    "reject": Stage("decide:responsible", "manager", {"comment": "No."}, kind="visit", more=AT_ADMINISTRATION),
    "sign": Stage("sign", "chair.executive", {"counter_signed_on": "2026-09-15"}, ends=True),
    "record-counterpart": Stage("awaiting-counterpart", "officer", {"counter_signed_on": "2026-09-15"}, ends=True),
    "withdraw": Stage("review", "officer", {"comment": "No longer."}),
}


@contextmanager
def everything(engine: Engine) -> Iterator[list[str]]:
    """All statements that reach the database meanwhile, BEGIN included."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def assert_few(seen: list[str], most: int = MOST) -> None:
    """At most so many statements, in one transaction that writes and one that reads the session's person."""
    begun = [statement for statement in seen if statement.startswith("BEGIN")]
    assert begun == ["BEGIN", "BEGIN IMMEDIATE"]
    assert len(seen) - len(begun) <= most, "\n".join(seen)


def sent_form(desk: Desk, path: str) -> dict[str, Any]:
    """What a browser would send of a form as it is shown."""
    page = desk.get(path)
    assert page.status_code == 200
    shown: dict[str, Any] = values(page.text) | ticked(page.text)
    return {name: value for name, value in shown.items() if name not in ("next", "language", "do")}


def post(desk: Desk, engine: Engine, path: str, form: dict[str, Any]) -> list[str]:
    """Send a form that is taken; returns the statements it caused."""
    with everything(engine) as seen:
        answer = desk.browser.client.post(path, data=form)
    assert answer.status_code == 303, answer.text
    return seen


@pytest.fixture
def orebro(sqlite_engine: Engine) -> World:
    return furnished(sqlite_engine, "orebro")


@pytest.fixture
def orebro_app(orebro: World) -> Iterator[Flask]:
    yield from serving(orebro)


def test_every_action_is_measured() -> None:
    assert sorted(STAGES) == sorted(ACTION_SCREENS)


@pytest.mark.parametrize("action", STAGES)
def test_an_act_is_taken_in_one_transaction_of_few_statements(sqlite_engine: Engine, action: str) -> None:
    stage = STAGES[action]
    world = furnished(sqlite_engine, stage.municipality)
    app = next(serving(world))
    if action == "reassign":
        let_in(world, "next", ("officer", "forvaltningen-barn"))
    number = world.open(stage.kind, stage.act, **stage.more)
    if stage.state != "draft":
        assert world.walk(number, stage.state) == stage.state
    desk, path = sit(app, f"{stage.who}@{stage.municipality}"), f"/cases/{number}/do/{action}"
    form = {**sent_form(desk, path), **stage.typed}
    seen = post(desk, sqlite_engine, path, form)
    assert_few(seen, MOST + REGISTER if stage.ends else MOST)
    assert world.row(number).version == int(form["version"]) + 1


def test_a_request_is_opened_in_one_transaction_of_few_statements(orebro: World, orebro_app: Flask) -> None:
    desk = sit(orebro_app, "officer@orebro")
    form = sent_form(desk, "/cases/new?engagement=twin-agreement&act=enter") | {"title": "A town", "do": "create"}
    assert_few(post(desk, orebro.engine, "/cases/new", form))


def test_a_case_is_moved_in_one_transaction_of_few_statements(orebro: World, orebro_app: Flask) -> None:
    number = orebro.open("cooperation-agreement")
    orebro.walk(number, "review")
    in_force(orebro)
    desk, path = sit(orebro_app, "admin@orebro"), f"/cases/{number}/version"
    assert_few(post(desk, orebro.engine, path, sent_form(desk, path) | {"comment": "The new policy."}))
