"""Trail entries and their canonical bytes.

Canonical bytes are RFC 8785 JSON of every column: no floats, instants in one format, text in NFC. The hash is the RFC
6962 leaf hash, SHA-256(0x00 ‖ bytes). Free text and names enter as salted commitments only.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from typing import Any

import rfc8785

from workflow.core.text_validation import normal


@dataclass(frozen=True, slots=True)
class Entry:
    """The columns of one entry that its hash covers."""

    municipality: str
    stream: str
    number: int
    at: str
    actor: str
    actor_role: str
    actor_body: str
    action: str
    from_state: str
    to_state: str
    policy_version: str
    policy_digest: str
    previous_hash: str
    on_behalf_of: str = ""
    mandate: str = ""
    clauses: tuple[str, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)

    def canonical(self) -> bytes:
        """RFC 8785 bytes of the entry; the entry's texts must be NFC already (`normal`)."""
        columns = {name: getattr(self, name) for name in _FIELDS}
        return as_text({**columns, "clauses": list(self.clauses), "data": dict(self.data)}).encode()


_FIELDS = tuple(column.name for column in fields(Entry))


def leaf_hash(canonical: bytes) -> str:
    """SHA-256(0x00 ‖ bytes), hexadecimal (RFC 6962, 2.1)."""
    return hashlib.sha256(b"\x00" + canonical).hexdigest()


def instant(now: datetime) -> str:
    """An aware instant in the trail's one format, UTC with microseconds; `ValueError` for a naive one."""
    if now.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def commitment(salt: str, value: str) -> str:
    """SHA-256(salt ‖ value), hexadecimal; the salt is 16 bytes in hexadecimal, the value NFC text."""
    return hashlib.sha256(bytes.fromhex(salt) + value.encode()).hexdigest()


def commit(texts: Mapping[str, str]) -> tuple[dict[str, str], list[dict[str, str]]]:
    """Commitments by field, and the rows that disclose them: field, salt, value."""
    disclosed = [{"field": name, "salt": secrets.token_hex(16), "value": normal(text)} for name, text in texts.items()]
    return {row["field"]: commitment(row["salt"], row["value"]) for row in disclosed}, disclosed


class Form:
    """Template of entries that differ only in stream, number, previous hash and one text of their data.

    For hundreds of entries at once; `filled` gives the same bytes as `Entry.canonical`.
    """

    def __init__(self, entry: Entry, differs: str) -> None:
        marks = [f"\ue000{index}\ue000" for index in range(3)]
        number = 2**52 + 1
        blank = replace(
            entry, stream=marks[0], previous_hash=marks[1], number=number, data={**entry.data, differs: marks[2]}
        )
        found = [*map(_QUICK.encode, marks), str(number)]
        slots = re.compile("|".join(map(re.escape, found)))
        text, data = blank.canonical().decode(), as_text(dict(blank.data))
        #: Format strings with numbered slots, since canonical form sorts the keys.
        self._text, self._data = (
            slots.sub(lambda slot: f"{{{found.index(slot.group())}}}", part.replace("{", "{{").replace("}", "}}"))
            for part in (text, data)
        )

    def filled(self, stream: str, number: int, previous_hash: str, text: str) -> tuple[str, str]:
        """Canonical text of an entry, and its data as JSON text; texts in NFC."""
        quoted = _QUICK.encode(text)
        return (
            self._text.format(_QUICK.encode(stream), f'"{previous_hash}"', quoted, number),
            self._data.format("", "", quoted),
        )


#: Same text as RFC 8785 for values that pass `_is_plain`, ten times as fast.
_QUICK = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def as_text(value: Any) -> str:
    """RFC 8785 JSON text; `ValueError` for a fraction, or a whole number that JSON cannot carry exactly."""
    return _QUICK.encode(value) if _is_plain(value) else rfc8785.dumps(value).decode()


def _is_plain(value: Any) -> bool:
    """Whether numbers are whole and below 2**53, and keys sort by code points as by UTF-16 units (RFC 8785, 3.2.3)."""
    if isinstance(value, dict):
        return all(isinstance(key, str) and (key.isascii() or max(key) < "\ud800") for key in value) and all(
            map(_is_plain, value.values())
        )
    if isinstance(value, list):
        return all(map(_is_plain, value))
    if isinstance(value, float):
        raise ValueError("the trail holds no fractions")
    return value is None or isinstance(value, str) or (isinstance(value, int) and -(2**53) < value < 2**53)


def from_text(text: str) -> Any:
    """The value of a column's JSON text."""
    return json.loads(text)
