"""Chronology of a case: the days of its submission, endorsements, meetings and decision on the present route.

Read from the case's entries, with the days on which documents were added. What is recorded lies not after today; a body
meets when the matter has been handed in and endorsed, and not before a body heard earlier; what is signed has
been decided. Days of meetings count, not the days on which their records were entered: a board's record may come later
than the meeting of the council that followed it. A case that is submitted again begins anew, but for its documents.
What is signed was before the body that decided: added on or before the day of its meeting, and before its decision was
entered; or it is said to be derived from what was.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from workflow.core.dates import day_of_text
from workflow.core.messages import Reason, reason

#: What is signed where it is no document: the text that was decided on.
DECIDED_TEXT = "decided-text"

_LEADING_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")


@dataclass(slots=True)
class Chronology:
    """Days on the present route of a case, as far as its entries have been taken."""

    submitted_on: date | None = None
    endorsed_on: date | None = None
    #: The latest meeting on the matter: key of the body, and the day.
    met: tuple[str, date] | None = None
    #: Day of the latest decision: that of the meeting, or on which an administration decided.
    decided_on: date | None = None
    #: Days on which documents were added, by number; and those that the latest decision, when it was entered, found.
    documents: dict[str, date] = field(default_factory=dict)
    documents_found: frozenset[str] = frozenset()

    def take(self, action: str, day: date, data: Mapping[str, Any]) -> None:
        """Take an entry of a day."""
        if action == "submit":
            self.submitted_on, self.endorsed_on, self.met, self.decided_on = day, None, None, None
        elif action == "endorse":
            self.endorsed_on = day
        elif action == "attach":
            self.documents[str(data.get("document", ""))] = day
        elif action == "enter-decision":
            self.documents_found = frozenset(self.documents)
        elif action == "approve":
            self.decided_on, self.documents_found = day, frozenset(self.documents)
        elif action == "confirm" and (met_on := day_of_text(data.get("meeting_date"))) is not None:
            self.decided_on = met_on
            if self.met is None or met_on >= self.met[1]:
                self.met = (str(data.get("body", "")), met_on)

    def meeting_reason(self, met_on: date, today: date) -> Reason | None:
        """Why a body cannot have met on a day; None where it can."""
        if met_on > today:
            return reason("meeting-in-future", field="meeting_date")
        if self.submitted_on is not None and met_on < self.submitted_on:
            return _meeting("meeting-before-submission", self.submitted_on)
        if self.endorsed_on is not None and met_on < self.endorsed_on:
            return _meeting("meeting-before-endorsement", self.endorsed_on)
        if self.met is not None and met_on < self.met[1]:
            return _meeting("meeting-before-body", self.met[1], body=self.met[0])
        return None

    def signature_reason(self, name: str, signed_on: date, today: date) -> Reason | None:
        """Why a signature cannot have been given on a day; None where it can."""
        if signed_on > today:
            return after_today(name)
        if self.decided_on is not None and signed_on < self.decided_on:
            return reason("signed-before-decision", field=name, day=self.decided_on.isoformat())
        return None

    def was_before_the_body(self, document: str) -> bool:
        """Whether a document, or the text decided on, was before the body that decided."""
        if document == DECIDED_TEXT:
            return True
        added_on = self.documents.get(document)
        return (
            document in self.documents_found
            and added_on is not None
            and (self.decided_on is None or added_on <= self.decided_on)
        )


def after_today(name: str) -> Reason:
    """The reason for a day of something past that is still to come."""
    return reason("day-after-today", field=name)


def _meeting(code: str, day: date, **more: Any) -> Reason:
    return reason(code, field="meeting_date", day=day.isoformat(), **more)


def normal_paragraph(paragraph: str) -> str:
    """A paragraph of minutes as it is compared: letters and digits alone, in one form, without leading zeros."""
    plain = unicodedata.normalize("NFKC", paragraph).casefold()
    return _LEADING_ZEROS.sub("", "".join(sign for sign in plain if sign.isalnum()))
