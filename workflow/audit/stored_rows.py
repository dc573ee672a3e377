"""Verification of texts, decisions and documents against the entries that commit to them.

Only the trail is chained; each row outside it is compared with its entry, digest by digest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from models import Decision, Document, Proposal
from workflow.cases.proposals import digest_of
from workflow.policy.actions import ACTIONS, names_where
from workflow.trail.chain import Stream, data_of
from workflow.trail.fault import Fault, fault

_RECORDS_DECISION = names_where(lambda rule: rule.records_decision)
#: Columns of a decision by the name of the value in its entry's data.
_DECISION_COLUMNS = {
    **{name: name for name in ("outcome", "proposal", "paragraph", "members", "present", "abstained", "casting_vote")},
    "for": "votes_for",
    "against": "votes_against",
}
_DOCUMENTS = select(Document.case_id, Document.number, Document.digest, Document.content).order_by(Document.id)


def stored_row_faults(session: Session, streams: Mapping[int, Stream], body_keys: Mapping[int, str]) -> Iterator[Fault]:
    """Compare texts, decisions and documents of cases with their streams, by case id."""
    ids = list(streams)
    for proposal in session.scalars(select(Proposal).where(Proposal.case_id.in_(ids)).order_by(Proposal.id)):
        yield from _text_faults(proposal, streams[proposal.case_id])
    decisions: dict[int, list[Decision]] = {}
    for decision in session.scalars(select(Decision).where(Decision.case_id.in_(ids)).order_by(Decision.id)):
        decisions.setdefault(decision.case_id, []).append(decision)
    for case_id, stream in streams.items():
        yield from _decision_faults(decisions.get(case_id, []), stream, body_keys)
    for of_case, number, digest, content in session.execute(_DOCUMENTS.where(Document.case_id.in_(ids))):
        assert of_case is not None  # by the condition
        yield from _document_faults(number, digest, content, streams[of_case])


def letter_faults(session: Session, journal: Stream) -> Iterator[Fault]:
    """Compare letters that belong to no case with the journal."""
    for _none, number, digest, content in session.execute(_DOCUMENTS.where(Document.case_id.is_(None))):
        yield from _document_faults(number, digest, content, journal)


def _text_faults(proposal: Proposal, stream: Stream) -> Iterator[Fault]:
    entry = _first_entry(stream, "proposal_version", proposal.version)
    if entry is None:
        yield fault(stream.name, None, "text-without-entry", version=proposal.version)
        return
    text = stream.disclosed_text(entry.number, "text")
    if text is not None and (proposal.text != text or proposal.digest != digest_of(text)):
        yield fault(stream.name, entry.number, "text-differs")


def _first_entry(stream: Stream, name: str, value: object) -> Row[Any] | None:
    """The first entry whose data has a value under a name."""
    return next((row for row in stream.rows if data_of(row).get(name) == value), None)


def _decision_faults(decisions: list[Decision], stream: Stream, body_keys: Mapping[int, str]) -> Iterator[Fault]:
    entries = [row for row in stream.rows if row.action in _RECORDS_DECISION]
    for row, decision in zip(entries, decisions, strict=False):
        if not _matches(decision, row, stream, body_keys):
            yield fault(stream.name, row.number, "decision-differs")
        if decision.state != _decision_state(row, stream):
            yield fault(stream.name, row.number, "decision-state-differs")
    for row in entries[len(decisions) :]:
        yield fault(stream.name, row.number, "decision-missing")
    if len(decisions) > len(entries):
        yield fault(stream.name, None, "decision-without-entry")


def _matches(decision: Decision, row: Row[Any], stream: Stream, body_keys: Mapping[int, str]) -> bool:
    """Whether a decision has the values of its entry; a value that the entry does not have is not compared."""
    data = data_of(row)
    return (
        body_keys.get(decision.body_id) == data.get("body")
        and decision.step == str(row.from_state).removeprefix("confirm-")
        and all(getattr(decision, column) == data[name] for name, column in _DECISION_COLUMNS.items() if name in data)
        and stream.disclosed_text(row.number, "text") in (None, decision.text)
        and data.get("meeting_date") in (None, decision.decided_on.isoformat())
    )


def _decision_state(row: Row[Any], stream: Stream) -> str:
    """The state of an entry's decision by the first later entry that confirms it or sets it aside."""
    if row.action != "enter-decision":
        return "confirmed"
    later = (other.action for other in stream.rows if other.number > row.number)
    becomes = (ACTIONS[action].entered_decision_becomes for action in later if action in ACTIONS)
    return next((state for state in becomes if state), "entered")


def _document_faults(number: str, digest: str, content: bytes, stream: Stream) -> Iterator[Fault]:
    entry = _first_entry(stream, "document", number)
    if entry is None:
        yield fault(stream.name, None, "document-without-entry", document=number)
        return
    recorded = data_of(entry).get("digest")
    if digest != recorded or not isinstance(content, bytes) or sha256(content).hexdigest() != recorded:
        yield fault(stream.name, entry.number, "document-differs")
