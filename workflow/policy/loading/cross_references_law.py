"""Cross references of a country's law: clauses and forms of government exist, dates fit together.

On every day one rule for meetings holds of each subject. Rows of the tables that have days neither overlap on one nor
leave one out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations

from workflow.policy.conditions import OTHERWISE, Condition
from workflow.policy.loading.cross_references_routes import Declared, Fault, duplicates, unknown_clauses
from workflow.policy.loading.cross_references_rules import ids, row_faults
from workflow.policy.loading.schemas import Country
from workflow.policy.loading.yaml_positions import KeyPath
from workflow.policy.pack_messages import pack_message, unknown
from workflow.policy.pack_rules import AlsoCites, Row
from workflow.policy.request_space import overlap
from workflow.policy.validity import Dated, covers, first_days, holding
from workflow.policy.vocabulary import COLLEGIAL
from workflow.policy.voting_rules import CollegialRules


@dataclass(frozen=True, slots=True)
class _Days:
    """First and last day; None where there is none."""

    valid_from: date | None
    valid_until: date | None


#: The days of a rule that has none of its own.
ALWAYS = _Days(None, None)


def law_rules(country: Country, declared: Declared) -> Iterator[Fault]:
    """Faults in the rules of a law."""
    law = country.law
    yield from row_faults(law.rows, "rows", declared)
    yield from row_faults(law.founding, "founding", declared)
    yield from duplicates([*ids("rows", law.rows), *ids("founding", law.founding)])
    for position, also in enumerate(law.also):
        yield from unknown_clauses(also.clauses, ("also", position, "clauses"), declared, also.where)
    tables: tuple[tuple[str, Sequence[Row | AlsoCites]], ...] = (
        ("rows", law.rows),
        ("founding", law.founding),
        ("also", law.also),
    )
    for table, rules in tables:
        for position, rule in enumerate(rules):
            yield from _known_form(rule.where, (table, position), country)
            yield from _cited_in_time(rule, rule.clauses, (table, position), country)
    for name, steps in country.routes.items():
        for position, step in enumerate(steps):
            yield from _cited_in_time(ALWAYS, step.clauses, ("routes", name, position), country)
    yield from _one_row_a_day("rows", law.rows)
    yield from _one_row_a_day("founding", law.founding)
    yield from _founding_every_day(law.founding)
    for id_, clause in country.clauses.items():
        yield from _period(clause, ("clauses", id_))
        yield from _known_form(clause.where, ("clauses", id_), country)
    yield from _collegial(country, declared)


def _known_form(where: str | None, path: KeyPath, country: Country) -> Iterator[Fault]:
    if where is not None and where not in country.law.governments:
        yield Fault((*path, "where"), unknown("form of government", where, country.law.governments))


def _period(rule: Dated, path: KeyPath) -> Iterator[Fault]:
    if rule.valid_from is not None and rule.valid_until is not None and rule.valid_until < rule.valid_from:
        yield Fault((*path, "valid_until"), pack_message("before-valid-from"))


def _cited_in_time(rule: Dated, clauses: Sequence[str], path: KeyPath, country: Country) -> Iterator[Fault]:
    """Faults in the days of a rule: the last is before the first, or a cited clause does not hold on all of them."""
    yield from _period(rule, path)
    for position, id_ in enumerate(clauses):
        if id_ in country.clauses and not covers(country.clauses[id_], rule):
            yield Fault((*path, "clauses", position), pack_message("clause-not-every-day", clause=id_))


def _one_row_a_day(table: str, rows: Sequence[Row]) -> Iterator[Fault]:
    """Faults where rows with days overlap on a day, or leave a day between them without a row.

    That rows without days leave nothing out and answer nothing twice, the check says of the whole policy (P1).
    """
    for position, row in enumerate(rows):
        if row.valid_from is None and row.valid_until is None:
            continue
        for other in rows:
            if other is row or not _share_requests(row, other):
                continue
            if _ends_before(row, other):
                if day := _day_between(row, other, rows):
                    message = pack_message("no-row-before", day=day, id=other.id)
                    yield Fault((table, position, "valid_until"), message)
            elif not _ends_before(other, row):
                yield Fault((table, position), pack_message("same-days", id=other.id))


def _founding_every_day(rows: Sequence[Row]) -> Iterator[Fault]:
    """Faults where a founding row begins or ends and no other answers its requests on the day before or after."""
    for position, row in enumerate(rows):
        others = [other for other in rows if other is not row and _share_requests(row, other)]
        for name, day in (("valid_from", _before(row.valid_from)), ("valid_until", _after(row.valid_until))):
            if day is not None and not holding(others, day):
                yield Fault(("founding", position, name), pack_message("no-row", day=day))


def _before(first: date | None) -> date | None:
    return None if first in (None, date.min) else first - timedelta(days=1)


def _after(last: date | None) -> date | None:
    return None if last is None else last + timedelta(days=1)


def _share_requests(one: Row, other: Row) -> bool:
    """Whether some request, under one form of government, meets the conditions of both rows."""
    if one.where is not None and other.where is not None and one.where != other.where:
        return False
    one_kinds, other_kinds = (row.when.values_of(OTHERWISE) for row in (one, other))
    if isinstance(one_kinds, tuple) and isinstance(other_kinds, tuple) and not set(one_kinds) & set(other_kinds):
        return False
    return overlap(*(Condition(tuple(term for term in row.when.terms if term[0] != OTHERWISE)) for row in (one, other)))


def _ends_before(one: Dated, other: Dated) -> bool:
    return one.valid_until is not None and other.valid_from is not None and one.valid_until < other.valid_from


def _day_between(one: Row, other: Row, rows: Sequence[Row]) -> date | None:
    """The first day after a row and before another on which no row that answers the requests of both holds."""
    between = [row for row in rows if all(row is not end and _share_requests(row, end) for end in (one, other))]
    return next(
        (
            first
            for first in first_days((one, other, *between))
            if _ends_before(one, _Days(first, None)) and _ends_before(_Days(None, first), other)
            if not holding(between, first)
        ),
        None,
    )


def _collegial(country: Country, declared: Declared) -> Iterator[Fault]:
    rules = country.law.collegial
    for name in ("quorum", "minority", "tie", "abstention", "preparer"):
        of_name = getattr(rules, name)
        for position, rule in enumerate(of_name):
            # a rule that always holds may stand without a list
            alone = name in ("tie", "abstention", "preparer") and len(of_name) == 1
            path: KeyPath = ("collegial", name) if alone else ("collegial", name, position)
            yield from unknown_clauses(rule.clauses, (*path, "clauses"), declared)
            yield from _cited_in_time(rule, rule.clauses, path, country)
    for position, minority in enumerate(rules.minority):
        if minority.numerator >= minority.denominator:
            yield Fault(("collegial", "minority", position, "numerator"), pack_message("no-minority"))
    for first in rules.periods():
        yield from _one_of_each(rules, first)


def _one_of_each(rules: CollegialRules, first: date) -> Iterator[Fault]:
    """Faults where on a day no rule of a subject holds for a kind of body, or more than one."""
    since = "" if first == date.min else pack_message("since", day=first)
    quorum = [(i, one) for i, one in enumerate(rules.quorum) if holding([one], first)]
    yield from duplicates((("collegial", "quorum", i, "bodies"), kind) for i, one in quorum for kind in one.bodies)
    for kind in COLLEGIAL:
        if not any(kind in one.bodies for _, one in quorum):
            yield Fault(("collegial", "quorum"), pack_message("no-quorum", kind=kind, since=since))
    for name in ("tie", "abstention", "preparer"):
        number = len(holding(getattr(rules, name), first))
        if number != 1:
            yield Fault(("collegial", name), pack_message("one-rule-a-day", count=number, since=since))
    rights = [(i, one) for i, one in enumerate(rules.minority) if holding([one], first)]
    for (_, one), (i, other) in combinations(rights, 2):
        if set(one.bodies) & set(other.bodies) and set(one.outcomes) & set(other.outcomes):
            yield Fault(("collegial", "minority", i), pack_message("other-minority", since=since))
