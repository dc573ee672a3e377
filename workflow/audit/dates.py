"""Verification of dates: nothing is dated after its entry, and meetings and signatures follow the order of time.

The same rules as the gate's (`workflow.trail.chronology`), held against the entries alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row

from workflow.core.calendar import local_day
from workflow.core.dates import day_of_text
from workflow.core.messages import Reason, reason
from workflow.trail.chain import Stream, data_of
from workflow.trail.chronology import Chronology, after_today, normal_paragraph
from workflow.trail.fault import Fault, fault

_SIGNED = ("signed_on", "counter_signed_on")
#: Codes of faults by the code of the gate's reason.
_FAULTS = {
    "day-after-today": "dated-after-entry",
    "meeting-in-future": "met-after-entry",
    "meeting-before-submission": "met-before-submission",
    "meeting-before-endorsement": "met-before-endorsement",
    "meeting-before-body": "met-before-body",
    "signed-before-decision": "signed-before-decision",
    "signed-document-late": "signed-document-late",
}


@dataclass(slots=True)
class DateOrder:
    """What has been found of one municipality so far: its time zone, and the paragraphs of its minutes."""

    timezone: str
    #: Number of the case that a paragraph decides, by body, day of the meeting and paragraph.
    paragraphs: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def faults(self, stream: Stream) -> Iterator[Fault]:
        """Faults of the dates in one case's entries, or in the journal's."""
        chronology = Chronology()
        for row in stream.rows:
            day, data = self._day(row), data_of(row)
            if day is None:
                continue  # the chain's verification names it
            for why in self._wrong(row, day, data, chronology):
                yield fault(stream.name, row.number, _FAULTS[why.code], **why.values)
            if row.action == "confirm" and (other := self._taken(stream.name, data)):
                yield fault(stream.name, row.number, "paragraph-taken", number=other)
            chronology.take(row.action, day, data)

    def _wrong(self, row: Row[Any], day: date, data: dict[str, Any], chronology: Chronology) -> Iterator[Reason]:
        dated = day_of_text(data.get("dated_on"))
        if dated is not None and dated > day:
            yield after_today("dated_on")
        met_on = day_of_text(data.get("meeting_date"))
        if met_on is not None:
            yield from filter(None, [chronology.meeting_reason(met_on, day)])
        signature = data.get("signature")
        if row.action == "sign" and "outcome" in data and isinstance(signature, dict):  # 0.1.0 has signed late ones
            yield from filter(None, [_late_document(signature, chronology)])
        if isinstance(signature, dict):
            for name in _SIGNED:
                if (signed_on := day_of_text(signature.get(name))) is not None:
                    yield from filter(None, [chronology.signature_reason(name, signed_on, day)])

    def _taken(self, number: str, data: dict[str, Any]) -> str:
        """The other case that has the paragraph; empty where there is none."""
        paragraph = normal_paragraph(str(data.get("paragraph", "")))
        if not paragraph:
            return ""
        key = str(data.get("body", "")), str(data.get("meeting_date", "")), paragraph
        first = self.paragraphs.setdefault(key, number)
        return first if first != number else ""

    def _day(self, row: Row[Any]) -> date | None:
        try:
            return local_day(datetime.fromisoformat(row.at), self.timezone)
        except (ValueError, TypeError, OverflowError):
            return None


def _late_document(signature: dict[str, Any], chronology: Chronology) -> Reason | None:
    """Why what was signed was not before the body, and comes from nothing that was; None where it was."""
    signed = str(signature.get("derived_from") or signature.get("signed"))
    return None if chronology.was_before_the_body(signed) else reason("signed-document-late", document=signed)
