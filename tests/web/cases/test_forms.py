"""Form values parsed by a payload schema: by kind, by path, and left out where the browser sent nothing."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import Schema
from werkzeug.datastructures import MultiDict

from tests.worlds import policy_of
from web.cases import forms
from workflow.cases.actions.decide import EnterDecision
from workflow.cases.actions.manage import Endorsement
from workflow.cases.payloads import Amendment
from workflow.policy.competence import look_up
from workflow.policy.request_domain import Request
from workflow.policy.state_machine import procedure_for


@pytest.mark.parametrize(
    ("schema", "name", "sent", "value"),
    [
        (Amendment, "title", [" A\r\ntown "], "A\ntown"),
        (Amendment, "title", [""], ""),
        (Amendment, "fields.ends_on", ["2029-12-31"], "2029-12-31"),
        (Amendment, "fields.ends_on", [""], None),
        (Amendment, "attributes.external_funding", ["20"], 20),
        (Amendment, "attributes.external_funding", ["half"], "half"),
        (Amendment, "attributes.principal", ["yes"], True),
        (Amendment, "fields.representatives", ["A. Andersson\r\n\r\n B. Berg "], ["A. Andersson", "B. Berg"]),
        (Amendment, "fields.representatives", [""], []),
        (Amendment, "goals", ["one", "two"], ["one", "two"]),
        (Amendment, "goals", ["one"], ["one"]),
        (EnterDecision, "for", ["6"], 6),
        (EnterDecision, "fields.cost", ["40 000"], "40 000"),
    ],
)
def test_a_value_is_parsed_by_the_kind_of_its_field(
    schema: type[Schema], name: str, sent: list[str], value: Any
) -> None:
    assert forms.read(schema, MultiDict([(name, one) for one in sent])) == {name: value}


@pytest.mark.parametrize("name", ["attributes.scope", "fields.evaluation_outcome", "attributes.external_funding"])
def test_a_choice_or_number_that_nobody_made_is_left_out(name: str) -> None:
    assert forms.read(Amendment, MultiDict([(name, "")])) == {}


def test_what_the_payload_does_not_have_is_not_read() -> None:
    sent = MultiDict([("csrf_token", "x"), ("version", "3"), ("principal", "yes"), ("fields.castle", "x")])
    assert forms.read(Endorsement, sent) == {"principal": True}


def test_more_lists_of_a_form_are_read_one_a_line() -> None:
    sent = MultiDict([("conflicts.others", "a@orebro\r\nb@orebro")])
    assert forms.read(EnterDecision, sent) == {}
    assert forms.read(EnterDecision, sent, more_lists=("conflicts.others",)) == {
        "conflicts.others": ["a@orebro", "b@orebro"]
    }


def test_an_unticked_box_stands_for_no_only_where_it_is_offered() -> None:
    offered = {"attributes.eu_funded", "goals", "title"}
    typed = {"title": "A", "secrecy.law": "x"}
    assert forms.as_offered(typed, offered) == {"attributes.eu_funded": False, "goals": [], "title": "A"}
    assert forms.as_offered({"goals": ["one"]}, {"goals"}) == {"goals": ["one"]}
    assert forms.as_offered({"goals": ["one"]}, ()) == {}


def test_what_the_register_knows_is_not_asked_for() -> None:
    policy = policy_of("orebro")
    request = Request("membership", "renew", "committee")
    procedure = procedure_for(policy, look_up(policy, request).route or "", "committee")
    free = forms.request_inputs(policy, request, procedure, is_registered=False)
    fixed = forms.request_inputs(policy, request, procedure, is_registered=True)
    assert free - fixed == {"attributes.scope", "attributes.eu_funded", "attributes.external_funding"}
    assert fixed < free
