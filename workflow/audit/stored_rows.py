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
from workflow.trail.fault import Fault, shown

_RECORDS_DECISION = names_where(lambda rule: rule.records_decision)
#: Columns of a decision that an entry tells, by the entry's name for them.
_TOLD = {
    **{name: name for name in ("outcome", "proposal", "paragraph", "members", "present", "abstained", "casting_vote")},
    "for": "votes_for",
    "against": "votes_against",
}
_DOCUMENTS = select(Document.case_id, Document.number, Document.digest, Document.content).order_by(Document.id)


def stored_row_faults(session: Session, streams: Mapping[int, Stream], body_keys: Mapping[int, str]) -> Iterator[Fault]:
    """Hold what stands beside the entries of some cases (by case id) against them."""
    ids = list(streams)
    for proposal in session.scalars(select(Proposal).where(Proposal.case_id.in_(ids)).order_by(Proposal.id)):
        yield from _text_faults(proposal, streams[proposal.case_id])
    decisions: dict[int, list[Decision]] = {}
    for decision in session.scalars(select(Decision).where(Decision.case_id.in_(ids)).order_by(Decision.id)):
        decisions.setdefault(decision.case_id, []).append(decision)
    for case_id, stream in streams.items():
        yield from _decision_faults(decisions.get(case_id, []), stream, body_keys)
    for of_case, number, digest, content in session.execute(_DOCUMENTS.where(Document.case_id.in_(ids))):
        assert of_case is not None  # the condition says so
        yield from _document_faults(number, digest, content, streams[of_case])


def letter_faults(session: Session, journal: Stream) -> Iterator[Fault]:
    """Hold letters that belong to no case against the journal."""
    for _none, number, digest, content in session.execute(_DOCUMENTS.where(Document.case_id.is_(None))):
        yield from _document_faults(number, digest, content, journal)


def _text_faults(proposal: Proposal, stream: Stream) -> Iterator[Fault]:
    telling = [row for row in stream.rows if data_of(row).get("proposal_version") == proposal.version]
    if not telling:
        yield Fault(stream.name, None, f"no entry tells of version {proposal.version} of the text")
        return
    number = telling[0].number
    words = stream.said(number, "text")
    if words is not None and (proposal.text != words or proposal.digest != digest_of(words)):
        yield Fault(stream.name, number, "the text is not the one its trail tells of")


def _decision_faults(decisions: list[Decision], stream: Stream, body_keys: Mapping[int, str]) -> Iterator[Fault]:
    entries = [row for row in stream.rows if row.action in _RECORDS_DECISION]
    for row, decision in zip(entries, decisions, strict=False):
        said = data_of(row)
        same = body_keys.get(decision.body_id) == said.get("body") and decision.step == _step(row)
        same = same and all(getattr(decision, column) == said[name] for name, column in _TOLD.items() if name in said)
        same = same and stream.said(row.number, "text") in (None, decision.text)
        same = same and said.get("meeting_date") in (None, decision.decided_on.isoformat())
        if not same:
            yield Fault(stream.name, row.number, "the decision is not the one its trail tells of")
        if decision.state != _ends(row, stream):
            yield Fault(stream.name, row.number, "the decision is not where its trail says")
    for row in entries[len(decisions) :]:
        yield Fault(stream.name, row.number, "the decision it tells of is not there")
    if len(decisions) > len(entries):
        yield Fault(stream.name, None, "there is a decision no entry tells of")


def _step(row: Row[Any]) -> str:
    return str(row.from_state).removeprefix("confirm-")


def _ends(row: Row[Any], stream: Stream) -> str:
    """What became of a decision: the first later entry that confirms it or sets it aside says so."""
    if row.action != "enter-decision":
        return "confirmed"
    later = (other.action for other in stream.rows if other.number > row.number)
    becomes = (ACTIONS[action].entered_decision_becomes for action in later if action in ACTIONS)
    return next((state for state in becomes if state), "entered")


def _document_faults(registered: str, digest: str, content: bytes, stream: Stream) -> Iterator[Fault]:
    telling = [row for row in stream.rows if data_of(row).get("document") == registered]
    if not telling:
        yield Fault(stream.name, None, f"no entry tells of document {shown(registered)}")
        return
    wanted = data_of(telling[0]).get("digest")
    if digest != wanted or not isinstance(content, bytes) or sha256(content).hexdigest() != wanted:
        yield Fault(stream.name, telling[0].number, "the document is not the one its trail tells of")
