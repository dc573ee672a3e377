"""What is recorded when an agreement is signed?

Who signed, with whom, when, how, and the digest of exactly what was signed. A click here is not the signature.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from models import Document, Proposal
from workflow.cases.actions.context import ActionContext
from workflow.core.errors import Malformed
from workflow.core.messages import reason
from workflow.trail.entry import as_text


def sign(turn: ActionContext) -> None:
    """Record a signature; the agreement is in force on the later of the two dates, a termination has notice and end."""
    s, given = turn.standing, turn.payload
    signed_on = given.get("signed_on") or s.today
    counter = given.get("counter_signed_on") or signed_on
    for name, day in (("signed_on", signed_on), ("counter_signed_on", counter)):
        if day > s.today:
            raise Malformed(reason("field-wrong", field=name, why="a signature is recorded after it was given"))
    notice = given.get("notice_on") or (signed_on if s.request.act == "terminate" else None)
    ends = given.get("ends_on")
    if notice and ends and ends < notice:
        raise Malformed(reason("field-wrong", field="ends_on", why="before the notice date"))
    turn.data["signature"] = _signature(turn, signed_on, counter, notice, ends)
    turn.words["signatories"] = as_text(list(given.get("signatories") or [s.actor.name]))
    turn.words["counterparty"] = given.get("counterparty") or s.case.partner_name


def _signature(
    turn: ActionContext, signed_on: date, counter: date, notice: date | None, ends: date | None
) -> dict[str, Any]:
    digest, what = _what_was_signed(turn)
    return {
        "signed_on": signed_on.isoformat(),
        "counter_signed_on": counter.isoformat(),
        "in_force_on": max(signed_on, counter).isoformat(),
        "method": turn.payload.get("method", "paper"),
        "digest": digest,
        "signed": what,
        "notice_on": notice.isoformat() if notice else None,
        "ends_on": ends.isoformat() if ends else None,
    }


def _what_was_signed(turn: ActionContext) -> tuple[str, str]:
    """Digest of the document signed: one of the case's own, else of the text that was decided on."""
    case, wanted = turn.standing.case, turn.payload.get("document_digest")
    decided = turn.connection.execute(
        select(Proposal.digest).where(
            Proposal.municipality_id == turn.municipality_id,
            Proposal.case_id == case.id,
            Proposal.version == case.proposal_version,
        )
    ).scalar_one_or_none()
    if decided is not None and wanted in (None, decided):
        return decided, "decided-text"
    number = turn.connection.execute(
        select(Document.number).where(
            Document.municipality_id == turn.municipality_id, Document.case_id == case.id, Document.digest == wanted
        )
    ).scalar()
    if number is None:
        raise Malformed(reason("unknown-document", field="document_digest"))
    return str(wanted), str(number)
