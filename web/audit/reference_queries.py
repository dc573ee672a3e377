"""Queries for references to cases that do not exist here.

`workflow.cases.case_references` finds the references. Each comes with the case's other references, so that a slip of
the pen (143/09 in one, 143/19 in another) is easy to see.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from models import Case, CaseReference
from workflow.cases.case_references import dangling


@dataclass(frozen=True, slots=True)
class DanglingReference:
    """A reference to an unknown case number, with the case's other references."""

    number: str
    title: str
    mentioned: str
    #: Number as written, and number of the case here; empty where that reference dangles too.
    others: tuple[tuple[str, str], ...]


def dangling_references(db: Session) -> tuple[DanglingReference, ...]:
    """Dangling references of submitted cases, newest first."""
    found = dangling(db)
    if not found:
        return ()
    here, elsewhere = aliased(Case), aliased(Case)  # two joins, each served by its own index
    submitted = [
        and_(target.municipality_id == CaseReference.municipality_id, target.submitted_by_id.is_not(None))
        for target in (here, elsewhere)
    ]
    query = (
        select(Case.number, Case.title, CaseReference.mentioned, func.coalesce(here.number, elsewhere.number))
        .join(CaseReference, CaseReference.case_id == Case.id)
        .outerjoin(here, and_(submitted[0], here.number == CaseReference.mentioned))
        .outerjoin(elsewhere, and_(submitted[1], elsewhere.external_number == CaseReference.mentioned))
        .where(Case.number.in_({number for number, _mentioned in found}), Case.submitted_by_id.is_not(None))
        .order_by(CaseReference.id)
    )
    titles: dict[str, str] = {}
    mentions: dict[str, dict[str, str]] = defaultdict(dict)
    for number, title, mentioned, there in db.execute(query):
        titles[number] = title
        mentions[number][mentioned] = there or ""
    return tuple(
        DanglingReference(
            number,
            titles[number],
            mentioned,
            tuple((other, there) for other, there in mentions[number].items() if other != mentioned),
        )
        for number, mentioned in found
        if number in titles
    )
