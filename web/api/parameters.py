"""What can be sent to the API?

Parameters and bodies for the OpenAPI document; `envelope` reads them.
"""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from web.api.pagination import MOST, USUAL
from web.api.request_parsing import Envelope
from web.register.queries import SORTS, STATUSES
from workflow.cases.payloads import BESIDE, SCHEMAS, Opening
from workflow.evaluations.service import ACTIONS as EVALUATING
from workflow.policy.attribute_fields import query_schema
from workflow.policy.diff.impact import KINDS as IMPACTS
from workflow.policy.request_domain import ALL_ACTS, ATTRIBUTES, ENGAGEMENTS, FACTS
from workflow.policy.vocabulary import RESPONSIBLE_KINDS

Doc = dict[str, Any]


def _query(name: str, says: str, *, required: bool = False, **schema: Any) -> Doc:
    found = {"type": "string"} | schema
    return {"in": "query", "name": name, "description": says, "required": required, "schema": found}


def _body(schema: Any) -> Doc:
    return {"required": True, "content": {"application/json": {"schema": schema}}}


_PAGING = [
    _query("after", "Where the page begins; taken from `next`.", type="integer", minimum=1),
    _query("limit", "Entries on a page.", type="integer", minimum=1, maximum=MOST, default=USUAL),
]
_ONCE = {
    "in": "header",
    "name": "Idempotency-Key",
    "description": "Of several requests with one key only the first acts; the others get its answer.",
    "schema": {"type": "string", "maxLength": 255},
}
_KIND = _query("engagement", "Kind of engagement.", enum=list(ENGAGEMENTS))
_RESPONSIBLE = _query("responsible", "Key of the responsible body.")

LIST_CASES: Doc = {
    "parameters": [
        _query("state", "Where the case is, like `decide:council`."),
        _KIND,
        _RESPONSIBLE,
        _query("waiting", "Only what waits for the caller.", enum=["me"]),
        *_PAGING,
    ]
}
LIST_ENGAGEMENTS: Doc = {
    "parameters": [
        _query("kind", "Kind of engagement.", enum=list(ENGAGEMENTS)),
        _query("status", "", enum=["active", "noted", "ended"]),
        _query("standing", "What it is today by its dates.", enum=list(STATUSES)),
        _query("country", "The partner's country as the register has it, mostly ISO 3166 alpha-2."),
        _RESPONSIBLE,
        _query("q", "Beginnings of words of the title or of the partner's name; or a whole number."),
        _query("sort", "The order.", enum=list(SORTS), default=SORTS[0]),
        *_PAGING,
    ]
}
WHO_DECIDES: Doc = {
    "parameters": [
        _query("municipality", "Key of the caller's municipality.", required=True),
        _KIND | {"required": True},
        _query("act", "What is asked.", required=True, enum=list(ALL_ACTS)),
        _query("responsible", f"A kind of body ({', '.join(RESPONSIBLE_KINDS)}) or the key of one."),
        *(_query(name, ATTRIBUTES[name].description, **query_schema(ATTRIBUTES[name])) for name in FACTS),
    ]
}
_MUNICIPALITY = _query("municipality", "Key of the caller's municipality.", required=True)
LIST_POLICIES: Doc = {"parameters": [_MUNICIPALITY]}
POLICY_IMPACT: Doc = {
    "parameters": [
        _MUNICIPALITY,
        _query("kind", "Only cases of which this would come.", enum=list(IMPACTS)),
        *_PAGING,
    ]
}
OPEN_CASE: Doc = {"parameters": [_ONCE], "requestBody": _body(Opening)}
#: Schemas of what actions ask for, by their name in the description.
PAYLOADS = {schema.__name__: schema for action, schema in SCHEMAS.items() if action != "open"}


LIST_EVALUATIONS: Doc = {
    "parameters": [
        _query("state", "How far it has come.", enum=["pending", "under-way", "reported", "decided", "cancelled"]),
        _query("engagement", "Number of the engagement that is evaluated."),
        _query("late", "Only those that should have been reported by now, or only the others.", type="boolean"),
        *_PAGING,
    ]
}

#: The same of what is done to an evaluation.
EVALUATION_PAYLOADS = {BESIDE[action].__name__: BESIDE[action] for action in EVALUATING}


class Act(Envelope):
    """One action on a case."""

    action = fields.String(required=True, validate=validate.OneOf([name for name in SCHEMAS if name != "open"]))
    payload = fields.Dict(
        metadata={
            "description": "What the action asks for.",
            "anyOf": [{"$ref": f"#/components/schemas/{name}"} for name in PAYLOADS],
        }
    )


class ActOnEvaluation(Envelope):
    """One act on an evaluation."""

    class Meta(Envelope.Meta):
        exclude = ("comment",)

    action = fields.String(required=True, validate=validate.OneOf(EVALUATING))
    payload = fields.Dict(
        metadata={
            "description": "What the act asks for; nothing to begin it.",
            "anyOf": [{"$ref": f"#/components/schemas/{name}"} for name in EVALUATION_PAYLOADS],
        }
    )


ACT: Doc = {"parameters": [_ONCE], "requestBody": _body(Act)}
ACT_ON_EVALUATION: Doc = {"parameters": [_ONCE], "requestBody": _body(ActOnEvaluation)}
