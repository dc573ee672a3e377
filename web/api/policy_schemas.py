"""How do the answers of the API about versions of the policy look?"""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from web.api.problems import Told
from web.policies.versions.queries import COMING, EARLIER, IN_FORCE, LAW, WAITS
from workflow.policy.diff.impact import CHANGED_ROUTE, KINDS, NEW_REQUIREMENT, REFUSED, UNCHANGED


def _text(says: str = "", **options: Any) -> fields.String:
    return fields.String(required=True, metadata={"description": says} if says else {}, **options)


def _maybe(says: str = "") -> fields.String:
    return _text(says, allow_none=True)


def _many(schema: type[Schema]) -> fields.List[Any]:
    return fields.List(fields.Nested(schema), required=True)


def _count(says: str = "") -> fields.Integer:
    return fields.Integer(required=True, metadata={"description": says} if says else {})


class PolicyVersionTold(Schema):
    """One version of the policy."""

    version = _text()
    digest = _text("SHA-256 of its canonical text, hexadecimal.")
    status = _text(validate=validate.OneOf(("adopted", "proposed", "law")))
    standing = _text("How it stands today.", validate=validate.OneOf((IN_FORCE, COMING, WAITS, EARLIER, LAW)))
    valid_from = fields.Date(required=True, allow_none=True, metadata={"description": "As the document says."})
    valid_to = fields.Date(required=True, allow_none=True)
    governs_from = fields.Date(required=True, allow_none=True, metadata={"description": "Null while it waits."})
    basis = fields.String(
        required=True, allow_none=True, validate=validate.OneOf(("founding", "decision", "reading", None))
    )
    case = _maybe("Number of the case in which it was adopted.")
    loaded_at = fields.DateTime(required=True)


class PolicyList(Schema):
    """The versions of a municipality's policy, what governs first."""

    items = _many(PolicyVersionTold)


class ImpactCounts(Schema):
    """How many there are of each kind; the gravest that is found of one counts."""

    refused = _count("Nobody could decide it.")
    changed_route = fields.Integer(
        required=True, data_key=CHANGED_ROUTE, metadata={"description": "Another body, other steps, seats or times."}
    )
    new_requirement = fields.Integer(
        required=True, data_key=NEW_REQUIREMENT, metadata={"description": "More is required, or at another step."}
    )
    unchanged = _count()


class StepTold(Schema):
    """A step of the way that would be otherwise."""

    what = _text(validate=validate.OneOf(("added", "removed", "moved", "seats", "period")))
    stop = _text("The step, with the body where it is one of a body: `recommend:council`.")
    was = fields.Raw(required=True, allow_none=True)
    now = fields.Raw(required=True, allow_none=True)


class DemandTold(Schema):
    """A requirement that would be new, gone or before another step."""

    what = _text(validate=validate.OneOf(("new", "gone", "moved")))
    id = _text()
    group = _maybe("Group of goals, for `goal` alone.")
    before = _text()
    passed = fields.Boolean(required=True, metadata={"description": "The case has come to that step already."})
    clauses = fields.List(fields.String(), required=True)


class CaseMeant(Schema):
    """What would come of an open case."""

    number = _text()
    kind = _text(validate=validate.OneOf(KINDS))
    state = _text()
    version = _count("Number of entries in its trail.")
    policy_version = _text("The version it is under.")
    was = _text("Key of the body that decides it.")
    now = _maybe("Key of the body that would; null where nobody could.")
    steps = _many(StepTold)
    requirements = _many(DemandTold)
    to = _maybe("The state it would stand in; null where it must stay.")
    stays = fields.List(fields.Nested(Told), required=True, metadata={"description": "Why it must stay."})


class PolicyImpact(Schema):
    """What a version would mean for what is under way, and one page of the open cases the caller may see."""

    municipality = _text()
    version = _text()
    digest = _text()
    cases = fields.Nested(ImpactCounts, required=True)
    under_it = _count("Open cases that are under the version already.")
    engagements = fields.Nested(ImpactCounts, required=True)
    items = _many(CaseMeant)
    next = _maybe("Address of the next page.")


assert {REFUSED, CHANGED_ROUTE, NEW_REQUIREMENT, UNCHANGED} == set(KINDS)  # each has a count above
