"""Schemas of refusals: reasons in the reader's language, problems, and actions with what keeps the caller from them."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from web.api.schemas import ApiSchema, boolean, clause_ids, many, string
from web.i18n import labels


class _ReasonText(fields.String):
    """The sentence of a reason in the reader's language."""

    _CHECK_ATTRIBUTE = False

    def _serialize(self, value: Any, attr: str | None, obj: Any, **_options: Any) -> str:
        return labels.reason_text(obj)


class ReasonSchema(ApiSchema):
    """One reason."""

    code = string("Stable; for programs.")
    text = _ReasonText(required=True, metadata={"description": "For people, in the reader's language."})
    clauses = fields.List(fields.String(), required=True)
    field = fields.String(
        attribute="values.field", metadata={"description": "The field it is about, where it is about one."}
    )


class ProblemSchema(ApiSchema):
    """What went wrong (RFC 9457)."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True, metadata={"description": "For people, in the reader's language."})
    error = fields.String(metadata={"description": "The kind of refusal, where the engine refused."})
    reasons = fields.List(fields.Nested(ReasonSchema), required=True)
    clauses = fields.List(
        fields.String(), required=True, metadata={"description": "Clauses that the reasons rest on, each once."}
    )
    request_id = fields.String(
        required=True, metadata={"description": "Names the request in our logs; also in the header X-Request-ID."}
    )


class AvailableActionSchema(ApiSchema):
    """An action that is open where the case is, and whether the caller may take it."""

    action = string()
    allowed = boolean()
    reasons = many(ReasonSchema)
    clauses = clause_ids()
