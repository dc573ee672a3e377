"""Every day that comes from outside lies in one range, and is refused by name outside it."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from marshmallow import Schema, ValidationError, fields

import web
import web.api
import workflow
from tests.workflow.source_texts import tree_of
from web.api.schemas import ApiSchema
from workflow.cases.payloads import field_reasons
from workflow.core.calendar import Within, after, end_of, months_later, morning_of
from workflow.core.dates import FIRST_DAY, LAST_DAY, Day, read_day
from workflow.core.errors import Malformed
from workflow.policy.value_readers import day
from workflow.register.cell_values import day_of

ROOT = Path(workflow.__file__).parent.parent
TAKEN = ("1900-01-01", "2026-05-31", "2200-12-31")
OUTSIDE = ("1899-12-31", "2201-01-01", "9999-12-31", "0001-01-01")
NO_DAY = ("10000-01-01", "20260531", "2026-W22-7", "2026-02-30", "")
#: Readers of our own stored values and of cursors, and how often each reads a date.
OWN_VALUES = {
    "workflow/cases/actions/consult.py": 1,
    "workflow/register/case_outcome.py": 1,
    "web/admin/mail_queries.py": 1,
    "web/ui/pagination.py": 1,
    "web/cases/facts.py": 1,
    "web/audit/fact_labels.py": 1,
    "web/worklist/queries.py": 1,
    "web/register/labels.py": 1,
    "web/evaluations/queries.py": 1,
    "web/evaluations/labels.py": 1,
}
#: Schemas of answers.
ANSWERS = {"web/api/schemas.py": 1, "web/api/case_schemas.py": 2, "web/api/engagement_schemas.py": 2}


def schemas() -> Iterator[type[Schema]]:
    """Every schema of what somebody sends."""
    for package in (workflow, web.api):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    left = list(Schema.__subclasses__())
    while left:
        schema = left.pop()
        left += schema.__subclasses__()
        if schema.__module__.startswith(("workflow.", "web.", "abc")) and not issubclass(schema, ApiSchema):
            yield schema


def date_fields() -> list[tuple[type[Schema], str]]:
    """Every field of theirs that holds a date or an instant."""
    found = {
        (schema, name)
        for schema in schemas()
        for name, field in schema._declared_fields.items()
        if isinstance(field, fields.Date | fields.DateTime)
    }
    return sorted(found, key=lambda one: (one[0].__module__, one[0].__name__, one[1]))


FIELDS = date_fields()


def reasons_for(schema: type[Schema], name: str, text: str) -> list[str]:
    """Codes and fields of what is wrong with a day in a field."""
    wrong = schema().validate({name: text}).get(name, [])
    return [f"{why.code} {why.values['field']}" for why in field_reasons({name: wrong})]


def test_fields_of_days_are_found() -> None:
    assert len(FIELDS) >= 20


@pytest.mark.parametrize(("schema", "name"), FIELDS, ids=[f"{schema.__name__}.{name}" for schema, name in FIELDS])
def test_field_of_a_schema_takes_the_range_alone(schema: type[Schema], name: str) -> None:
    field = schema._declared_fields[name]
    assert isinstance(field, Day)
    assert f"From {FIRST_DAY} to {LAST_DAY}." in field.metadata["description"]  # as the API describes it
    for text in TAKEN:
        assert reasons_for(schema, name, text) == []
    for text in OUTSIDE:
        assert reasons_for(schema, name, text) == [f"day-out-of-range {name}"]
    for text in NO_DAY:
        assert reasons_for(schema, name, text) == [f"field-wrong {name}"]


@pytest.mark.parametrize("text", [*TAKEN, *OUTSIDE, *NO_DAY])
def test_text_of_a_form_or_a_cell_is_read_in_the_range_alone(text: str) -> None:
    if text in TAKEN:
        assert read_day(text, "dated_on").isoformat() == day_of(text, "ends_on") == text
        return
    for read, name, code in ((read_day, "dated_on", "field-wrong"), (day_of, "ends_on", "cell-date")):
        with pytest.raises(Malformed) as caught:
            read(text, name)
        (why,) = caught.value.reasons
        assert (why.code, why.values["field"]) == ("day-out-of-range" if text in OUTSIDE else code, name)


def test_cell_written_the_nordic_way_is_held_to_the_range() -> None:
    assert day_of("31.12.2200", "ends_on") == "2200-12-31"
    with pytest.raises(Malformed, match="must lie between"):
        day_of("1.1.2201", "ends_on")


@pytest.mark.parametrize("text", [*TAKEN, *OUTSIDE, *NO_DAY])
def test_pack_names_days_of_the_range_alone(text: str) -> None:
    if text in TAKEN or text == date.min.isoformat():  # from the first day of all, the law alone holds
        assert day(text).isoformat() == text
        return
    with pytest.raises(ValidationError):
        day(text)


@pytest.mark.parametrize("start", [date.min, FIRST_DAY, LAST_DAY, date.max])
@pytest.mark.parametrize("amount", [-9999, 0, 9999])
@pytest.mark.parametrize("country", ["se", "no", "dk"])
def test_longest_period_of_a_pack_stays_a_date(start: date, amount: int, country: str) -> None:
    for found in (
        after(start, Within(amount, "days"), country),
        after(start, Within(amount // 20, "workdays"), country),
        months_later(start, amount // 10),
    ):
        assert end_of(found, "Europe/Stockholm") > morning_of(found, "Europe/Stockholm")


def calls_of(path: Path) -> tuple[int, int]:
    """How often a module reads dates from text, and declares date fields, without the one type."""
    readers = declared = 0
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = ast.unparse(node.func.value)
            readers += (owner, node.func.attr) in (("date", "fromisoformat"), ("datetime", "strptime"))
            declared += owner == "fields" and node.func.attr in ("Date", "DateTime", "AwareDateTime", "NaiveDateTime")
    return readers, declared


def day_inputs() -> set[str]:
    """Names of the inputs of forms that hold a day."""
    calls = (
        node
        for path in (ROOT / "web").rglob("*.py")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Input" and len(node.args) > 1
    )
    names = [call.args[0] for call in calls if ast.unparse(call.args[1]) == "'day'"]
    return {str(name.value) for name in names if isinstance(name, ast.Constant)}


def test_inputs_of_forms_are_fields_of_schemas() -> None:
    read_by_name = {"dated_on"}  # comes with a file, not in a payload
    assert len(day_inputs()) >= 8
    assert day_inputs() <= {name for _schema, name in FIELDS} | read_by_name


def test_days_are_read_in_one_module() -> None:
    paths = [path for folder in ("workflow", "web") for path in (ROOT / folder).rglob("*.py")]
    found = {path.relative_to(ROOT).as_posix(): calls_of(path) for path in paths}
    del found["workflow/core/dates.py"]
    readers = {name: count for name, (count, _) in found.items() if count > OWN_VALUES.get(name, 0)}
    declared = {name: count for name, (_, count) in found.items() if count > ANSWERS.get(name, 0)}
    assert (readers, declared) == ({}, {})
