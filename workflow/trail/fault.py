"""Faults found by verification, and the report of a verification."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in the trail, or in what stands beside it, is not what it should be."""

    #: Case number or journal.
    case: str
    #: Number of the entry; None where no single entry is at fault.
    entry: int | None
    what: str


def shown(text: object) -> str:
    """A stored text as it can be printed; bytes that are none are spelled out."""
    return str(text).encode(errors="backslashreplace").decode()


@dataclass(frozen=True, slots=True)
class Verification:
    """What was looked at and what was found."""

    entries: int
    cases: int
    faults: tuple[Fault, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self.faults

    def as_json(self) -> dict[str, Any]:
        """The shape of the contract."""
        faults = [{"case": fault.case, "entry": fault.entry, "what": fault.what} for fault in self.faults]
        return {"ok": self.ok, "entries": self.entries, "cases": self.cases, "faults": faults}
