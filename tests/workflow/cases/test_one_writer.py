"""The gate is the only module that inserts or updates cases; `tests.writers` declares who writes other tables."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy
from sqlalchemy import Engine, orm
from sqlalchemy.exc import IntegrityError

import config
import models
from models.database import writing
from tests.workflow.conftest import WorldOf
from tests.workflow.source_texts import tree_of
from tests.writers import WRITERS, noted_writes, take_foreign

ROOT = Path(config.__file__).parent.parent
GATE = "workflow/cases/gate.py"
#: Functions and methods that write, applied to a table's class or to the table itself.
WRITES = ("insert", "update", "delete")
#: SQL text that writes the table `case`, quoted or not.
SQL = re.compile(r"\b(insert\s+into|update|delete\s+from)\s+[\"'`\[]?case\b(?!\s+when)", re.IGNORECASE)


def modules() -> Iterator[Path]:
    """Every module of the application; migrations change the table's form, and run before any gate."""
    for package in ("config", "models", "workflow", "web"):
        yield from (path for path in (ROOT / package).rglob("*.py") if "migrations" not in path.parts)


def writers(tree: ast.AST) -> Iterator[int]:
    """Lines that write the table `case`: a statement on `Case` or its table, a row of it, or SQL text."""
    case_names, table_names, writes = {"Case"}, {"case"}, set(WRITES)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            case_names |= {alias.asname for alias in node.names if alias.name == "Case" and alias.asname}
            writes |= {alias.asname for alias in node.names if alias.name in WRITES and alias.asname}
        if isinstance(node, ast.Assign) and is_case(node.value, case_names, table_names):
            table_names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.search(node.value):
            yield node.lineno
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        if name in writes and any(is_case(given, case_names, table_names) for given in node.args[:1]):
            yield node.lineno
        if name in writes and isinstance(called, ast.Attribute) and is_case(called.value, case_names, table_names):
            yield node.lineno
        if name in case_names and isinstance(called, ast.Name) and node.keywords:  # a row for a session to add
            yield node.lineno


def is_case(node: ast.AST, case_names: set[str], table_names: set[str]) -> bool:
    """Whether an expression is `Case`, `Case.__table__` or a name given to one of them."""
    if isinstance(node, ast.Attribute) and node.attr == "__table__":
        node = node.value
        table_names = set()
    if isinstance(node, ast.Attribute):
        return node.attr in case_names
    return isinstance(node, ast.Name) and node.id in case_names | (table_names - {"case"})


def test_only_the_gate_writes_cases() -> None:
    found = {f"{path.relative_to(ROOT)}:{line}" for path in modules() for line in writers(tree_of(path))}
    assert {place for place in found if not place.startswith(GATE)} == set()
    assert len(found) == 3  # opening, writing after an operation, and showing an extended last day


@pytest.mark.parametrize(
    "text",
    [
        "connection.execute(update(Case).where(Case.id == 1).values(state='x'))",
        "connection.execute(insert(Case), rows)",
        "sqlalchemy.update(models.Case)",
        "Case.__table__.update()",
        "Case.__table__.insert().values(number='x')",
        "cases = Case.__table__\nupdate(cases)",
        "from models import Case as Matter\ninsert(Matter)",
        "from sqlalchemy import update as change\nchange(Case)",
        "session.add(Case(number='x'))",
        "connection.exec_driver_sql('UPDATE \"case\" SET state = 1')",
        "text('insert into case (id) values (1)')",
        "delete(Case)",
    ],
)
def test_second_writer_is_found(text: str) -> None:
    assert list(writers(ast.parse(text)))


@pytest.mark.parametrize(
    "text",
    ["select(Case)", "update(CaseNumber)", "cases = Case.__table__.c", "text('UPDATE case_number SET last = 1')"],
)
def test_reading_and_other_tables_are_no_writers(text: str) -> None:
    assert not list(writers(ast.parse(text)))


# -- what reaches the database


MANDATE = "to_body_id=1, municipality_id=1, starts_on=date.today(), reference='x'"


@pytest.mark.parametrize(
    ("table", "code"),
    [
        ("case", "connection.execute(update(Case).values(title='x'))"),
        ("case", "connection.execute(update(getattr(Case, '__' + 'table' + '__')).values(title='x'))"),
        ("case", "connection.exec_driver_sql('UPDATE ' + chr(34) + 'ca' + 'se' + chr(34) + ' SET title = 1')"),
        ("case_number", "connection.execute(text('\\n  update case_number set last = 1'))"),
        ("engagement", "connection.execute(delete(Engagement))"),
        ("decision", "connection.exec_driver_sql('DELETE FROM decision')"),
        ("appointment", "connection.exec_driver_sql('with them as (select 1) delete from appointment')"),
        ("mandate", f"session = orm.Session(connection); session.add(Mandate({MANDATE})); session.flush()"),
        ("evaluation", "orm.Session(connection).connection().execute(update(Evaluation).values(version=1))"),
    ],
)
def test_write_by_another_module_is_found_in_whatever_form(sqlite_engine: Engine, table: str, code: str) -> None:
    names = vars(sqlalchemy) | vars(models) | {"orm": orm, "date": date, "__name__": "workflow.elsewhere"}
    with sqlite_engine.connect() as connection, suppress(IntegrityError):
        exec(code, names | {"connection": connection})  # noqa: S102 - what another module might do
    (found,) = take_foreign()
    assert found.startswith(f"workflow.elsewhere writes {table}, ")


def test_declared_writers_are_not_found_and_a_test_may_write_what_it_likes(sqlite_world_of: WorldOf) -> None:
    world = sqlite_world_of("orebro")
    with noted_writes() as noted:
        world.walk(world.open("visit"))
        with writing(world.engine, world.tenant.id) as connection:
            connection.execute(sqlalchemy.update(models.Case).values(title="Another"))
    assert take_foreign() == []
    assert {("case", "workflow.cases.gate"), ("trail_entry", "workflow.trail.append"), ("case", "")} <= noted


@pytest.mark.parametrize(
    ("table", "module"), [(table, module) for table in WRITERS for module in sorted(WRITERS[table])]
)
def test_every_declared_writer_knows_its_table(table: str, module: str) -> None:
    mapped = {mapper.local_table.name: mapper.class_.__name__ for mapper in models.Base.registry.mappers}
    source = (ROOT / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8")
    assert re.search(rf"\b({mapped[table]}|{table})\b", source)
