"""Form values parsed by a payload schema, before any case is read.

An input is named by its path in the payload (`fields.ends_on`). What a browser does not send was not on the form, or is
a box that nobody ticked; which of the two depends on the case and is settled in the action's transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from marshmallow import Schema, fields, validate
from werkzeug.datastructures import MultiDict

from web.cases import request_forms
from web.ui.form_errors import FormError
from web.ui.forms import Input, Typed, nested
from web.ui.forms import read as read_inputs
from workflow.policy.model import Policy
from workflow.policy.request_domain import GIVEN, REGISTERED, Request
from workflow.policy.state_machine import Procedure

#: Kind of an input (`web.ui.forms.Input`) by class of a payload's field; text otherwise.
_KINDS: Mapping[type[fields.Field[Any]], str] = MappingProxyType(
    {fields.Boolean: "tick", fields.Date: "day", fields.Integer: "whole", fields.List: "names"}
)
#: Boxes of a request's form, with the value that none of them ticked stands for.
_UNTICKED: Mapping[str, Any] = MappingProxyType(
    {"attributes.principal": False, "attributes.eu_funded": False, "goals": []}
)


class ContradictoryForm(Exception):
    """A form contradicts itself, or the case as it stands; nothing was sent to the gate."""

    def __init__(self, *errors: FormError) -> None:
        super().__init__(*errors)
        self.errors = errors


def read(schema: type[Schema], sent: MultiDict[str, str], *, more_lists: Iterable[str] = ()) -> Typed:
    """Values sent for the fields of a payload, by input name; `more_lists` are lists that the form has besides."""
    inputs = (*_inputs_of(schema), *(Input(name, "names", "") for name in more_lists))
    return read_inputs((_as_sent(one, sent) for one in inputs if one.name in sent), sent)


def _as_sent(field: Input, sent: MultiDict[str, str]) -> Input:
    """A list is one a line in a text, or several ticked boxes."""
    return Input(field.name, "several", "") if field.kind == "names" and len(sent.getlist(field.name)) > 1 else field


@cache
def _inputs_of(schema: type[Schema]) -> tuple[Input, ...]:
    return tuple(_walk(schema(), ""))


def _walk(schema: Schema, path: str) -> Iterator[Input]:
    for attribute, field in schema.fields.items():
        name = f"{path}{field.data_key or attribute}"
        if isinstance(field, fields.Nested):
            yield from _walk(field.schema, f"{name}.")
        else:
            yield Input(name, _kind(field), "")


def _kind(field: fields.Field[Any]) -> str:
    if isinstance(field, fields.String) and any(isinstance(one, validate.OneOf) for one in field.validators):
        return "one"  # a choice that nobody made is left out
    return next((kind for of, kind in _KINDS.items() if isinstance(field, of)), "text")


def filled_in(typed: Typed) -> dict[str, Any]:
    """A payload of what was filled in."""
    return nested({name: value for name, value in typed.items() if value not in ("", None, [])})


def as_offered(typed: Typed, offered: Iterable[str]) -> Typed:
    """Values of the inputs that the form offers, boxes left unticked included."""
    names = frozenset(offered)
    unticked = {name: value for name, value in _UNTICKED.items() if name in names}
    return unticked | {name: value for name, value in typed.items() if name in names}


def request_inputs(policy: Policy, request: Request, procedure: Procedure, *, is_registered: bool) -> frozenset[str]:
    """Names of the inputs that a request's form offers; what the register knows is only shown."""
    names = ["title", "partner.name", "partner.country", "text", "secrecy.law", "secrecy.note"]
    names += (f"attributes.{name}" for name in GIVEN if not (is_registered and name in REGISTERED))
    names.append("fields.principal_reason")
    if request_forms.offers_goals(policy, request):
        names.append("goals")
    names += (f"fields.{name}" for name in request_forms.field_names(policy, request, procedure))
    return frozenset(names)
