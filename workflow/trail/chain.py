"""Verification of one stream: bytes, hashes, order, links, disclosures and head."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import Row

from workflow.trail.entry import Entry, as_text, commitment, from_text, leaf_hash
from workflow.trail.fault import Fault, fault

#: Columns of an entry that hold text; `number` holds a number.
_TEXTS = (
    *("stream", "at", "actor", "actor_role", "actor_body", "on_behalf_of", "mandate", "action", "from_state"),
    *("to_state", "policy_version", "policy_digest", "clauses", "data", "previous_hash", "canonical", "hash"),
)


#: The action whose entry says which words of its stream were erased.
ERASES = "erase-person"


@dataclass(frozen=True, slots=True)
class Stream:
    """The stored entries of a case, evaluation, deadline or journal, and the texts that they disclose."""

    name: str
    #: In the order of their numbers, which count from 1.
    rows: list[Row[Any]] = field(default_factory=list)
    #: Entries whose number is no whole number above 0; the engine never writes such.
    unnumbered: list[Row[Any]] = field(default_factory=list)
    #: Entry number to field to the row that discloses it.
    disclosures: dict[int, dict[str, Row[Any]]] = field(default_factory=dict)

    def disclosed_text(self, number: int, name: str) -> str | None:
        """The text an entry discloses in a field; None where there is none."""
        row = self.disclosures.get(number, {}).get(name)
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
    previous, reached, erased = "", 0, _erased_words(stream)
    counted = [row for row in stream.rows if row.number <= version]
    for row in counted:
        gap = range(reached + 1, row.number)
        yield from (fault(stream.name, number, "entry-missing") for number in gap)
        yield from _entry_faults(key, stream.name, row, previous)
        yield from _disclosure_faults(stream, row, erased)
        previous, reached = row.hash, row.number
    if reached < version:
        yield fault(stream.name, reached + 1, "end-missing")
    elif previous != head:
        yield fault(stream.name, reached or None, "head-differs")
    if len(counted) < len(stream.rows):
        yield fault(stream.name, version + 1, "entries-uncounted")
    yield from (fault(stream.name, None, "entry-unnumbered") for _ in stream.unnumbered)
    for number in stream.disclosures.keys() - {row.number for row in stream.rows}:
        yield fault(stream.name, number, "disclosure-without-entry")


def _entry_faults(key: str, stream: str, row: Row[Any], previous: str) -> Iterator[Fault]:
    if not all(isinstance(getattr(row, name), str) for name in _TEXTS):
        yield fault(stream, row.number, "columns-not-text")
        return
    try:
        clauses, data = from_text(row.clauses), from_text(row.data)
    except ValueError:
        yield fault(stream, row.number, "columns-not-json")
        return
    try:
        is_canonical = _canonical_text(key, row, clauses, data) == row.canonical and _is_canonical(row, clauses, data)
        is_hashed = leaf_hash(row.canonical.encode()) == row.hash
    except ValueError:  # bytes that are not UTF-8, numbers that JSON cannot carry exactly
        is_canonical = is_hashed = False
    if not is_canonical:
        yield fault(stream, row.number, "columns-differ")
    if not is_hashed:
        yield fault(stream, row.number, "hash-differs")
    if row.previous_hash != previous:
        yield fault(stream, row.number, "link-broken")


def _canonical_text(key: str, row: Row[Any], clauses: Any, data: Any) -> str:
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
    """Whether the JSON columns are in canonical form, spaces and order of keys included."""
    return bool(as_text(clauses) == row.clauses and as_text(data) == row.data)


def _erased_words(stream: Stream) -> frozenset[tuple[int, str]]:
    """Entry numbers and fields whose words the stream's own entries say were erased."""
    listed = (data_of(row).get("words", ()) for row in stream.rows if row.action == ERASES)
    pairs = (pair for words in listed if isinstance(words, list) for pair in words)
    known = (pair for pair in pairs if isinstance(pair, list) and [*map(type, pair)] == [int, str])
    return frozenset((number, name) for number, name in known)


def _disclosure_faults(stream: Stream, row: Row[Any], erased: frozenset[tuple[int, str]]) -> Iterator[Fault]:
    disclosed = stream.disclosures.get(row.number, {})
    found = data_of(row).get("committed", {})
    committed: dict[str, Any] = found if isinstance(found, dict) else {}
    for name in sorted(committed.keys() | disclosed.keys()):
        if name not in disclosed:
            if (row.number, name) in erased:
                continue
            yield fault(stream.name, row.number, "disclosure-missing", field=name)
        elif name not in committed:
            yield fault(stream.name, row.number, "disclosure-uncommitted", field=name)
        elif not _opens(disclosed[name], committed[name]):
            yield fault(stream.name, row.number, "disclosure-differs", field=name)


def _opens(disclosure: Row[Any], committed: object) -> bool:
    """Whether a disclosure's salt and value hash to the commitment."""
    try:
        is_salt = len(disclosure.salt) == 32 and disclosure.salt == disclosure.salt.lower()
        return bool(is_salt and commitment(disclosure.salt, disclosure.value) == committed)
    except (ValueError, TypeError, AttributeError):
        return False
