"""Which cases mention a case that nobody here has?

What counts as a mention is `workflow.cases.case_references`'. Each is shown beside the case's other mentions, so that
a slip of the pen (143/09 in one place, 143/19 in another) can be seen at a glance.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from models import Case, CaseReference
from workflow.cases.case_references import dangling


@dataclass(frozen=True, slots=True)
class Dangling:
    """A case that mentions a number which no case here bears, and what else it mentions."""

    number: str
    title: str
    mentioned: str
    #: (number as written, number of the case here; empty where that one dangles, too)
    others: tuple[tuple[str, str], ...]


def dangling_references(db: Session) -> tuple[Dangling, ...]:
    """References of submitted cases that lead nowhere, newest first, each beside the case's other references."""
    found = dangling(db)
    if not found:
        return ()
    here, elsewhere = aliased(Case), aliased(Case)  # each found by an index of its own
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
        Dangling(
            number,
            titles[number],
            mentioned,
            tuple((other, there) for other, there in mentions[number].items() if other != mentioned),
        )
        for number, mentioned in found
        if number in titles
    )
