"""The gate is the only module that inserts or updates cases."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import config

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
    found = {
        f"{path.relative_to(ROOT)}:{line}"
        for path in modules()
        for line in writers(ast.parse(path.read_text(encoding="utf-8")))
    }
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
