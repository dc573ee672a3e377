"""Verification of one stream: bytes, hashes, order, links, disclosures and head."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import Row

from workflow.trail.entry import Entry, as_text, commitment, from_text, leaf_hash
from workflow.trail.fault import Fault

#: Columns of an entry that hold text; `number` holds a number.
_TEXTS = (
    *("stream", "at", "actor", "actor_role", "actor_body", "on_behalf_of", "mandate", "action", "from_state"),
    *("to_state", "policy_version", "policy_digest", "clauses", "data", "previous_hash", "canonical", "hash"),
)


@dataclass(frozen=True, slots=True)
class Stream:
    """The stored entries of a case or journal, and the words disclosed beside them."""

    name: str
    #: In the order of their numbers, which count from 1.
    rows: list[Row[Any]] = field(default_factory=list)
    #: Entries whose number is none; no honest hand writes such.
    unnumbered: list[Row[Any]] = field(default_factory=list)
    #: Entry number to field to the row that discloses it.
    words: dict[int, dict[str, Row[Any]]] = field(default_factory=dict)

    def said(self, number: int, name: str) -> str | None:
        """The words an entry discloses in a field; None where there are none."""
        row = self.words.get(number, {}).get(name)
        return None if row is None else str(row.value)


def data_of(row: Row[Any]) -> dict[str, Any]:
    """An entry's data; empty where the column holds no JSON object (which is a fault of its own)."""
    return _parsed(row.data) if isinstance(row.data, str) else {}


@lru_cache(maxsize=4096)
def _parsed(text: str) -> dict[str, Any]:
    try:
        found = from_text(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def chain_faults(key: str, stream: Stream, version: int, head: str) -> Iterator[Fault]:
    """Hashes, order, links, disclosures, and the length and end that the case or journal pins."""
    previous, reached = "", 0
    counted = [row for row in stream.rows if row.number <= version]
    for row in counted:
        gap = range(reached + 1, row.number)
        yield from (Fault(stream.name, number, "this entry is missing") for number in gap)
        yield from (Fault(stream.name, row.number, what) for what in _entry_faults(key, row, previous))
        yield from (Fault(stream.name, row.number, what) for what in _word_faults(row, stream.words))
        previous, reached = row.hash, row.number
    if reached < version:
        yield Fault(stream.name, reached + 1, "entries are missing at the end")
    elif previous != head:
        yield Fault(stream.name, reached or None, "the last hash is not the one the case or journal pins")
    if len(counted) < len(stream.rows):
        yield Fault(stream.name, version + 1, "there are more entries than the case or journal counts")
    yield from (Fault(stream.name, None, "an entry has a number that is none") for _ in stream.unnumbered)
    for number in stream.words.keys() - {row.number for row in stream.rows}:
        yield Fault(stream.name, number, "there are words of an entry that is not there")


def _entry_faults(key: str, row: Row[Any], previous: str) -> Iterator[str]:
    if not all(isinstance(getattr(row, name), str) for name in _TEXTS):
        yield "its columns are not text"
        return
    try:
        clauses, data = from_text(row.clauses), from_text(row.data)
    except ValueError:
        yield "its clauses or data are not JSON"
        return
    try:
        is_as_written = _canonical(key, row, clauses, data) == row.canonical and _is_canonical(row, clauses, data)
        is_hashed = leaf_hash(row.canonical.encode()) == row.hash
    except ValueError:  # bytes that are no text, numbers that JSON cannot carry exactly
        is_as_written = is_hashed = False
    if not is_as_written:
        yield "its columns are not what its canonical bytes say"
    if not is_hashed:
        yield "its hash is not that of its bytes"
    if row.previous_hash != previous:
        yield "it does not follow the entry before it"


def _canonical(key: str, row: Row[Any], clauses: Any, data: Any) -> str:
    entry = Entry(
        municipality=key,
        stream=row.stream,
        number=row.number,
        at=row.at,
        actor=row.actor,
        actor_role=row.actor_role,
        actor_body=row.actor_body,
        action=row.action,
        from_state=row.from_state,
        to_state=row.to_state,
        policy_version=row.policy_version,
        policy_digest=row.policy_digest,
        previous_hash=row.previous_hash,
        on_behalf_of=row.on_behalf_of,
        mandate=row.mandate,
        clauses=tuple(clauses) if isinstance(clauses, list) else (str(clauses),),
        data=data if isinstance(data, dict) else {"": data},
    )
    return entry.canonical().decode()


def _is_canonical(row: Row[Any], clauses: Any, data: Any) -> bool:
    """Whether the JSON columns hold the very bytes that canonical form gives, blanks and order included."""
    return bool(as_text(clauses) == row.clauses and as_text(data) == row.data)


def _word_faults(row: Row[Any], words: Mapping[int, Mapping[str, Row[Any]]]) -> Iterator[str]:
    told = words.get(row.number, {})
    found = data_of(row).get("committed", {})
    committed: dict[str, Any] = found if isinstance(found, dict) else {}
    for name in sorted(committed.keys() | told.keys()):
        if name not in told:
            yield f"the words of “{name}” are missing"
        elif name not in committed:
            yield f"the words of “{name}” belong to no commitment"
        elif not _opens(committed[name], told[name]):
            yield f"the words of “{name}” are not those committed to"


def _opens(wanted: object, row: Row[Any]) -> bool:
    try:
        is_a_salt = len(row.salt) == 32 and row.salt == row.salt.lower()
        return bool(is_a_salt and commitment(row.salt, row.value) == wanted)
    except (ValueError, TypeError, AttributeError):
        return False
