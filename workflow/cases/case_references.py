"""Case references: other cases that a text mentions.

A number is found after a word for case (sak, sag, ärende, dnr, case), or in the engine's own form. A mention that
matches neither a case number nor an external number of the municipality dangles, and is listed for the auditor.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, insert, select
from sqlalchemy.orm import Session, aliased

from models import Case, CaseReference

_EXTERNAL = re.compile(
    r"(?:sak(?:en)?|sag(?:en)?|ärende(?:t)?|dnr\.?|case)\s+(?:nr\.?\s*|no\.?\s*)?((?:\d{2,4}-)?\d{1,5}/\d{2,4})\b",
    re.IGNORECASE,
)
#: Not the tail of a letter's number, like `orebro-l-2026-00012`.
_OWN = re.compile(r"(?<![\w-])[a-z]+-\d{4}-\d{5}\b")


def mentioned_in(*texts: str) -> tuple[str, ...]:
    """Case numbers that texts mention, each once, in order."""
    found = (number for text in texts for number in (*_EXTERNAL.findall(text), *_OWN.findall(text)))
    return tuple(dict.fromkeys(found))


def note_mentions(
    connection: Connection, municipality_id: int, case_id: int, own_numbers: Iterable[str], *texts: str
) -> tuple[str, ...]:
    """Record the cases that texts of a case mention; returns those that were new."""
    found = [number for number in mentioned_in(*texts) if number not in set(own_numbers)]
    if not found:
        return ()
    known = set(
        connection.execute(
            select(CaseReference.mentioned).where(
                CaseReference.municipality_id == municipality_id, CaseReference.case_id == case_id
            )
        ).scalars()
    )
    new = [number for number in found if number not in known]
    if new:
        rows: list[dict[str, Any]] = [
            {"municipality_id": municipality_id, "case_id": case_id, "mentioned": number} for number in new
        ]
        connection.execute(insert(CaseReference), rows)
    return tuple(new)


def is_dangling(mentioned: Any) -> ColumnElement[bool]:
    """Condition that no case of the municipality has a mentioned number, as its own or as its external one."""
    target = aliased(Case)
    here = target.municipality_id == CaseReference.municipality_id
    # one question for each column: of a choice between two, PostgreSQL reads every case there is
    return and_(*(~exists().where(here, column == mentioned) for column in (target.number, target.external_number)))


def dangling(session: Session, limit: int = 50) -> list[tuple[str, str]]:
    """References of the municipality's cases to cases nobody here has: (case number, number mentioned)."""
    found = session.execute(
        select(Case.number, CaseReference.mentioned)
        .join(Case, Case.id == CaseReference.case_id)
        .where(is_dangling(CaseReference.mentioned))
        .order_by(CaseReference.id.desc())
        .limit(limit)
    )
    return [(number, mentioned) for number, mentioned in found]
