"""Screens of actions: one declaration each, and a form whose every input its POST reads."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from tests.web.cases.test_post_statements import STAGES
from tests.web.clients import Desk, sit
from tests.web.conftest import furnished, serving
from tests.worlds import World
from web.cases import action_labels, forms
from web.cases.actions import ACTION_SCREENS, declared, prepare
from web.cases.request_views import _ORIGIN
from web.i18n import terms
from workflow.cases.actions import ACTION_DECLARATIONS
from workflow.cases.payloads import Opening
from workflow.policy.actions import RECORDED
from workflow.policy.competence import look_up
from workflow.policy.request_domain import ENGAGEMENTS, Request
from workflow.policy.state_machine import procedure_for


def test_every_declared_action_has_one_screen_and_no_screen_is_without_its_action() -> None:
    assert list(ACTION_SCREENS) == list(ACTION_DECLARATIONS)


@pytest.mark.parametrize("action", ACTION_DECLARATIONS)
def test_an_action_without_a_screen_is_refused_at_the_start(action: str) -> None:
    with pytest.raises(LookupError, match=action):
        declared(*(screen for name, screen in ACTION_SCREENS.items() if name != action))


def test_an_action_with_two_screens_is_refused_at_the_start() -> None:
    with pytest.raises(LookupError, match="one screen"):
        declared(*ACTION_SCREENS.values(), ACTION_SCREENS["submit"])


def test_labels_of_actions_stand_in_their_declarations_alone() -> None:
    assert not set(terms.ACTIONS) & set(ACTION_SCREENS)
    assert not set(terms.ACTIONS_DONE) & set(ACTION_SCREENS)
    assert set(action_labels.ACTIONS_DONE) == set(RECORDED)


def test_ranks_are_given_once() -> None:
    ranks = [screen.rank for screen in ACTION_SCREENS.values() if screen.rank is not None]
    assert len(ranks) == len(set(ranks))


def names_in(page: str) -> set[str]:
    """Names of the inputs of the form on a page."""
    form = page.partition('class="act')[2].partition("</form>")[0]
    return set(re.findall(r'\bname="([^"]+)"', form)) - {"csrf_token", "version", "do"}


@pytest.mark.parametrize("action", STAGES)
def test_every_input_of_a_form_is_read_by_its_post(sqlite_engine: Engine, action: str) -> None:
    stage = STAGES[action]
    world = furnished(sqlite_engine, stage.municipality)
    app = next(serving(world))
    number = world.open(stage.kind, stage.act, **stage.more)
    world.walk(number, stage.state)
    desk = sit(app, f"{stage.who}@{stage.municipality}")
    shown = names_in(desk.get(f"/cases/{number}/do/{action}").text)
    schema = ACTION_DECLARATIONS[action].schema
    read = {one.name for one in forms._inputs_of(schema)} | {"comment", *ACTION_SCREENS[action].more_lists}
    assert shown
    assert shown <= read
    if action == "amend":
        assert shown - {"comment"} == prepare.offered(world.look(stage.who, number))


@pytest.fixture
def world(sqlite_engine: Engine) -> World:
    return furnished(sqlite_engine, "orebro")


@pytest.fixture
def officer(world: World) -> Iterator[Desk]:
    for app in serving(world):
        yield sit(app, "officer@orebro")


@pytest.mark.parametrize("kind", [kind for kind in ENGAGEMENTS if kind != "policy"])
def test_every_input_of_a_request_is_read_by_its_post(officer: Desk, world: World, kind: str) -> None:
    page = officer.get(f"/cases/new?engagement={kind}&act=enter").text
    shown = set(re.findall(r'\bname="([^"]+)"', page.partition('class="request"')[2].partition("</form>")[0]))
    shown -= {"csrf_token", "do", "judged"}
    request = Request(kind, "enter", "committee")
    procedure = procedure_for(world.policy, look_up(world.policy, request).route or "", "committee")
    offered = forms.request_inputs(world.policy, request, procedure, is_registered=False)
    assert shown - {"responsible"} == offered | _ORIGIN | {"engagement", "act"}
    assert shown <= {one.name for one in forms._inputs_of(Opening)}
