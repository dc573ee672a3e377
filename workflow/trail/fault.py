"""Faults found by the verification of trails: codes with values, and their English sentences.

A new kind of fault is one code here and its label in `web.audit.labels`. The command line says a fault in English,
`web` in the reader's language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from workflow.core.errors import WorkflowError
from workflow.core.messages import Message

SENTENCES: Mapping[str, str] = {
    # -- chains
    "entry-missing": "this entry is missing",
    "end-missing": "entries are missing at the end",
    "entries-uncounted": "there are more entries than the case or journal counts",
    "head-differs": "the last hash is not the one the case or journal pins",
    "entry-unnumbered": "an entry has a number that is none",
    "columns-not-text": "its columns are not text",
    "columns-not-json": "its clauses or data are not JSON",
    "columns-differ": "its columns are not what its canonical bytes say",
    "hash-differs": "its hash is not that of its bytes",
    "link-broken": "it does not follow the entry before it",
    # -- disclosures
    "disclosure-missing": "the words of “%(field)s” are missing",
    "disclosure-uncommitted": "the words of “%(field)s” belong to no commitment",
    "disclosure-differs": "the words of “%(field)s” are not those committed to",
    "disclosure-without-entry": "there are words of an entry that is not there",
    "disclosure-without-case": "the words belong to no case",
    # -- replay of cases
    "start-differs": "it does not begin where the entry before it ended",
    "policy-differs": "it names another policy than the case is under",
    "transition-not-open": "the procedure does not lead there",
    "policy-unreadable": "the policy it is under cannot be read: %(error)s",
    "case-state-differs": "the case is at “%(state)s”, its trail ends at “%(end)s”",
    "case-policy-differs": "the case is under another policy than its trail says",
    "case-field-differs": "the case's “%(field)s” is not what its trail says",
    "case-missing": "the case is not there, but its trail is",
    "entry-without-case": "the entry belongs to no case",
    # -- evaluations and deadlines
    "evaluation-state-differs": "the evaluation is “%(state)s”, its trail ends at “%(end)s”",
    "evaluation-field-differs": "the evaluation's “%(field)s” is not what its trail says",
    "deadline-differs": "it tells of something else than its deadline",
    "rung-out-of-order": "this rung is raised out of order, or twice",
    "engagement-version-differs": "the engagement is at version %(version)s, its acts lead to %(counted)s",
    # -- dates
    "dated-after-entry": "“%(field)s” lies after the day on which it was recorded",
    "met-after-entry": "the meeting lies after the day on which it was recorded",
    "met-before-submission": "the meeting lies before %(day)s, when the matter was handed in",
    "met-before-endorsement": "the meeting lies before %(day)s, when the matter was endorsed",
    "met-before-body": "the meeting lies before %(day)s, when %(body)s met on the matter",
    "signed-before-decision": "“%(field)s” lies before %(day)s, the day of the decision",
    "signed-document-late": "document %(document)s, which was signed or signed from, was not before the body",
    "paragraph-taken": "its paragraph of that meeting is the decision in %(number)s",
    # -- meetings
    "confirmed-by-absent": "somebody confirmed it who did not sit in the body that day",
    "confirmed-by-preparer": "somebody confirmed it who had prepared or endorsed the matter",
    "members-differ": "the members stored with its meeting are not those it tells of",
    # -- changes that take two people
    "change-unproposed": "it takes two people, and nobody had proposed it",
    "change-proposer-differs": "it names another proposer than the proposal",
    "change-by-one": "whoever proposed it confirmed it",
    "change-of-own-seat": "whoever confirmed it changed their own seat",
    # -- texts, decisions and documents
    "text-without-entry": "no entry tells of version %(version)s of the text",
    "text-differs": "the text is not the one its trail tells of",
    "decision-differs": "the decision is not the one its trail tells of",
    "decision-state-differs": "the decision is not where its trail says",
    "decision-missing": "the decision it tells of is not there",
    "decision-without-entry": "there is a decision no entry tells of",
    "decision-without-case": "a decision belongs to a case that is not there (%(case_id)s)",
    "document-without-entry": "no entry tells of document %(document)s",
    "document-differs": "the document is not the one its trail tells of",
    # -- reviews of assumptions
    "review-missing": "the ruling it tells of is not there",
    "review-differs": "the ruling is not the one its trail tells of",
    "review-without-entry": "there is a ruling no entry tells of",
    # -- policy versions
    "activation-without-entry": "no entry tells that version %(version)s came into force",
    "activation-differs": "the version came into force otherwise than its trail says",
    "activation-reason-differs": "the reason is not the one its trail tells of",
    "activation-missing": "version %(version)s is not in force as it tells",
    "policy-bytes-differ": "the policy's bytes are not those of its digest",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault(Message):
    """An entry, or a row compared with the entries, that is not what it should be."""

    sentences: ClassVar = SENTENCES

    #: Case number, journal or other stream; the version for a fault in a policy's bytes.
    case: str
    #: Number of the entry; None where no single entry is at fault.
    entry: int | None


def fault(case: object, entry: int | None, code: str, /, **values: object) -> Fault:
    """A fault by its code; the case and all values become printable text, but for errors, which `web` says itself."""
    shown = {name: value if isinstance(value, WorkflowError) else _printable(value) for name, value in values.items()}
    return Fault(code, shown, case=_printable(case), entry=entry)


def _printable(value: object) -> str:
    """A stored value as text; bytes that are not UTF-8 are written as escapes."""
    return str(value).encode(errors="backslashreplace").decode()
