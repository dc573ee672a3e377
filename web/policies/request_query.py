"""Requests read from text: the parameters of who-decides, on screens, the command line and the API.

Raises `Malformed` with the field and the value for what the policy cannot be asked.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from workflow.core.errors import Malformed
from workflow.core.messages import reason
from workflow.policy.model import Policy
from workflow.policy.named_twins import ATTRIBUTE
from workflow.policy.request_domain import ATTRIBUTES, ENGAGEMENTS, UNSET, Request, acts_of

#: Attributes of a request that may be given.
REQUEST_ATTRIBUTES = tuple(name for name in ATTRIBUTES if name not in ("engagement", "act"))
#: With whom the engagement is, by the name that the register has.
PARTNER = "partner"
_TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def name_in(names: Mapping[str, str], language: str) -> str:
    """A name in a language, else in English."""
    return names.get(language) or names["en"]


def read_request(policy: Policy, engagement: str, act: str, given: Mapping[str, str]) -> tuple[Request, str]:
    """The request that texts describe, and the key of its responsible body.

    `responsible` may be a kind of body or a body's key; a kind means the policy's first body of that kind. Where the
    policy names Nordic twin towns, `partner` says with whom the engagement is. Raises `Malformed`, naming the field and
    the value, for what the policy cannot be asked.
    """
    named = policy.named_nordic_twins
    _one_of("engagement", engagement, ENGAGEMENTS)
    _one_of("act", act, acts_of(engagement))
    for name in given:
        if name not in (*REQUEST_ATTRIBUTES, PARTNER):
            raise Malformed(reason("field-unknown", field=name))
    if named is not None and ATTRIBUTE in given:
        raise Malformed(reason("partner-instead", field=ATTRIBUTE))
    responsible = _responsible(policy, given.get("responsible", policy.default_responsible))
    values = {name: _value(name, text) for name, text in given.items() if name not in ("responsible", PARTNER)}
    if named is not None:
        values[ATTRIBUTE] = given.get(PARTNER, "") in named
    return Request(engagement, act, policy.body(responsible).kind, **values), responsible


def _responsible(policy: Policy, given: str) -> str:
    if policy.has_body(given) and policy.body(given).kind in policy.responsible_kinds():
        return given
    _one_of("responsible", given, policy.responsible_kinds())
    return policy.bodies_of(given)[0].key


def _value(name: str, text: str) -> Any:
    attribute = ATTRIBUTES[name]
    if span := attribute.span:
        if not text.isdecimal() or len(text) > len(str(span.high)) or not span.low <= int(text) <= span.high:
            raise _wrong(name, text, f"is no whole number from {span.low} to {span.high}")
        return int(text)
    if not attribute.is_yes_no:
        _one_of(name, text, (*attribute.words, UNSET) if attribute.may_be_unset else attribute.words)
        return None if text == UNSET else text
    if text.lower() not in _TRUTH:
        raise _wrong(name, text, "is neither true nor false")
    return _TRUTH[text.lower()]


def _one_of(field: str, value: str, known: Collection[str]) -> None:
    if value not in known:
        raise _wrong(field, value, f"is none of {', '.join(known)}")


def _wrong(field: str, value: str, why: str) -> Malformed:
    return Malformed(reason("field-wrong", field=field, why=f"“{value}” {why}"))


def body_name(policy: Policy, key: str) -> str:
    """What the municipality itself calls a body."""
    return name_in(policy.body(key).names, policy.municipality.language)
