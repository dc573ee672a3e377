"""Signature of an agreement.

The record says who signed, with whom, when, how, and the digest of exactly what was signed. A click here is not the
signature.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from marshmallow import fields, validate
from sqlalchemy import select

from models import Document, Proposal
from workflow.cases.actions.chronology import check_after_decision, check_signatures
from workflow.cases.actions.context import ActionContext
from workflow.cases.actions.declaration import ActionDeclaration
from workflow.cases.payloads import StrictSchema, name_list, text_field
from workflow.core.dates import Day
from workflow.core.errors import Malformed
from workflow.core.messages import reason
from workflow.trail.entry import as_text


class Signature(StrictSchema):
    """What was signed, by whom and when; a click is not the signature."""

    signatories = name_list()
    counterparty = text_field()
    signed_on = Day()
    counter_signed_on = Day(allow_none=True)
    method = fields.String(validate=validate.OneOf(("paper", "electronic")))
    document_digest = fields.String(validate=validate.Regexp("^[0-9a-f]{64}$"), allow_none=True)
    notice_on = Day(allow_none=True)
    ends_on = Day(allow_none=True)


def sign(context: ActionContext) -> None:
    """Record a signature; the agreement is in force on the later of the two dates, a termination has notice and end."""
    s, given = context.case_context, context.payload
    signed_on = given.get("signed_on") or s.today
    counter = given.get("counter_signed_on")
    check_signatures(context, {"signed_on": signed_on} | ({"counter_signed_on": counter} if counter else {}))
    counter = counter or signed_on
    notice = given.get("notice_on") or (signed_on if s.request.act == "terminate" else None)
    ends = given.get("ends_on")
    check_after_decision(context, {"notice_on": given.get("notice_on"), "ends_on": ends})
    if notice and ends and ends < notice:
        raise Malformed(reason("field-wrong", field="ends_on", why="before the notice date"))
    context.data["signature"] = _signature(context, signed_on, counter, notice, ends)
    context.texts["signatories"] = as_text(list(given.get("signatories") or [s.actor.name]))
    context.texts["counterparty"] = given.get("counterparty") or s.case.partner_name


def _signature(
    context: ActionContext, signed_on: date, counter: date, notice: date | None, ends: date | None
) -> dict[str, Any]:
    digest, signed = _what_was_signed(context)
    return {
        "signed_on": signed_on.isoformat(),
        "counter_signed_on": counter.isoformat(),
        "in_force_on": max(signed_on, counter).isoformat(),
        "method": context.payload.get("method", "paper"),
        "digest": digest,
        "signed": signed,
        "notice_on": notice.isoformat() if notice else None,
        "ends_on": ends.isoformat() if ends else None,
    }


def _what_was_signed(context: ActionContext) -> tuple[str, str]:
    """Digest of the document signed: one of the case's own, else of the text that was decided on."""
    case, digest = context.case, context.payload.get("document_digest")
    decided = context.connection.execute(
        select(Proposal.digest).where(
            Proposal.municipality_id == context.municipality_id,
            Proposal.case_id == case.id,
            Proposal.version == case.proposal_version,
        )
    ).scalar_one_or_none()
    if decided is not None and digest in (None, decided):
        return decided, "decided-text"
    number = context.connection.execute(
        select(Document.number).where(
            Document.municipality_id == context.municipality_id, Document.case_id == case.id, Document.digest == digest
        )
    ).scalar()
    if number is None:
        raise Malformed(reason("unknown-document", field="document_digest"))
    return str(digest), str(number)


DECLARATIONS = (ActionDeclaration("sign", Signature, sign),)
