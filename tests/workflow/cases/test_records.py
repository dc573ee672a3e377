"""A case's record has the columns of its table, in their order and with their types."""

from __future__ import annotations

from typing import get_args, get_type_hints

from sqlalchemy import select

from models import Case
from models.database import reading
from tests.worlds import World
from workflow.cases.context import load_case
from workflow.cases.records import CaseRecord


def test_record_has_the_columns_of_the_table_in_their_order() -> None:
    assert list(CaseRecord._fields) == Case.__table__.columns.keys()


def test_record_has_the_types_of_the_columns() -> None:
    mapped = {name: get_args(hint)[0] for name, hint in get_type_hints(Case).items() if get_args(hint)}
    assert {name: hint for name, hint in get_type_hints(CaseRecord).items() if mapped.get(name) != hint} == {}


def test_case_is_loaded_as_its_record(orebro: World) -> None:
    number = orebro.open("visit")
    with reading(orebro.engine, orebro.tenant.id) as session:
        case, _has_recusals = load_case(session.connection(), orebro.tenant.id, number)
        row = session.execute(select(*Case.__table__.columns).select_from(Case).where(Case.number == number)).one()
    assert case == CaseRecord.of(row)
    assert case._asdict() == dict(orebro.row(number)._mapping)
