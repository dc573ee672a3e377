"""Is every change to what was done found, and named by case and entry?

Whoever holds the database can take the triggers away; the hashes, the pins on the cases and the machine remain.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from models import Case, TrailEntry
from models.database import connect, reading
from tests.needs import examples
from tests.workflow.conftest import Templates, WorldOf
from tests.workflow.trail.forging import busy, forge, forge_chain
from tests.worlds import MUNICIPALITIES, World
from workflow.audit.verify import Verification, verify
from workflow.trail.fault import Fault, fault

JOURNAL = "orebro-journal"
TRAIL_TEXTS = tuple(
    column.name for column in TrailEntry.__table__.columns if column.name not in ("municipality_id", "number")
)


@pytest.fixture
def told(world_of: WorldOf) -> tuple[World, list[str]]:
    """Örebro with many cases, and their numbers."""
    world = world_of("orebro", busy)
    with reading(world.engine, world.tenant.id) as session:
        return world, list(session.scalars(select(Case.number).order_by(Case.id)))


def faults(world: World, **only: str) -> tuple[Fault, ...]:
    """What verifying finds."""
    return verify(world.engine, **only).faults


def places(found: tuple[Fault, ...]) -> set[tuple[str, int | None]]:
    """Cases and entries named."""
    return {(one.case, one.entry) for one in found}


def entries(world: World, stream: str) -> list[dict[str, Any]]:
    """A stream's entries as plain columns."""
    with reading(world.engine, world.tenant.id) as session:
        query = select(*TrailEntry.__table__.columns).where(TrailEntry.stream == stream).order_by(TrailEntry.number)
        return [dict(row._mapping) for row in session.execute(query)]


# -- green


def test_busy_municipality_is_green(told: tuple[World, list[str]]) -> None:
    world, numbers = told
    found = verify(world.engine)
    assert found.faults == ()
    assert found.ok
    assert found.cases == len(numbers)
    assert found.entries == sum(world.version(number) for number in numbers) + len(entries(world, JOURNAL))
    assert found.as_json() == {"ok": True, "entries": found.entries, "cases": found.cases, "faults": []}


@pytest.mark.parametrize("key", MUNICIPALITIES)
def test_case_of_every_kind_is_green_at_every_step(sqlite_world_of: WorldOf, key: str) -> None:
    world = sqlite_world_of(key)
    for engagement in ("cooperation-agreement", "project", "membership", "visit", "policy"):
        more = {"attributes": {}} if engagement == "policy" else {}
        number = world.open(engagement, "adopt" if engagement == "policy" else "enter", **more)
        while world.row(number).state != "concluded":
            assert faults(world, case=number) == ()
            world.step(number)
    assert faults(world) == ()


def test_one_case_is_verified_alone(told: tuple[World, list[str]]) -> None:
    world, (one, other, *_) = told
    forge(world.engine, world.tenant.id, "UPDATE trail_entry SET actor = 'x' WHERE stream = :s AND number = 1", s=other)
    assert faults(world, case=one) == ()
    assert places(faults(world, case=other)) == {(other, 1)}
    assert verify(world.engine, case=one).cases == 1
    assert faults(world, case=JOURNAL) == ()
    assert verify(world.engine, municipality="oslo") == Verification(0, 0, ())


def test_case_that_is_gone_is_told_from_one_that_never_was(told: tuple[World, list[str]]) -> None:
    world, (number, *_) = told
    forge(world.engine, world.tenant.id, "UPDATE \"case\" SET number = 'orebro-2026-77777' WHERE number = :s", s=number)
    assert [one.case for one in faults(world, case=number)] == [number]
    assert verify(world.engine, case="orebro-2026-66666") == Verification(0, 0, ())


# -- one change of an entry, on either database


@pytest.mark.parametrize("column", [name for name in TRAIL_TEXTS if name != "stream"])
def test_changed_column_of_an_entry_is_named(told: tuple[World, list[str]], column: str) -> None:
    world, (number, *_) = told
    statement = f"UPDATE trail_entry SET {column} = {column} || ' ' WHERE stream = :s AND number = 3"  # noqa: S608
    assert forge(world.engine, world.tenant.id, statement, s=number) == 1
    assert (number, 3) in places(faults(world))


@pytest.mark.parametrize("name", ["stream", "number"])
def test_entry_moved_elsewhere_is_missed_where_it_was(told: tuple[World, list[str]], name: str) -> None:
    world, (number, *_) = told
    moved = {"stream": "'orebro-2026-99999'", "number": "77"}[name]
    statement = f"UPDATE trail_entry SET {name} = {moved} WHERE stream = :s AND number = 3"  # noqa: S608
    forge(world.engine, world.tenant.id, statement, s=number)
    found = faults(world)
    assert fault(number, 3, "entry-missing") in found
    if name == "stream":
        assert fault("orebro-2026-99999", 3, "entry-without-case") in found


def test_removed_entry_in_the_middle_is_named(told: tuple[World, list[str]]) -> None:
    world, (number, *_) = told
    forge(world.engine, world.tenant.id, "DELETE FROM trail_entry WHERE stream = :s AND number = 4", s=number)
    assert fault(number, 4, "entry-missing") in faults(world)


def test_removed_last_entry_is_named(told: tuple[World, list[str]]) -> None:
    world, numbers = told
    for number in numbers:
        last = world.version(number)
        forge(
            world.engine, world.tenant.id, "DELETE FROM trail_entry WHERE stream = :s AND number = :n", s=number, n=last
        )
        assert fault(number, last, "end-missing") in faults(world)


@pytest.mark.parametrize("head", [False, True], ids=["version", "version and head"])
def test_removed_last_entry_is_named_though_the_case_was_made_to_forget_it(
    told: tuple[World, list[str]], head: bool
) -> None:
    world, (number, *_) = told
    stored = entries(world, number)
    last = len(stored)
    forge(world.engine, world.tenant.id, "DELETE FROM trail_entry WHERE stream = :s AND number = :n", s=number, n=last)
    forge(world.engine, world.tenant.id, "DELETE FROM disclosure WHERE stream = :s AND number = :n", s=number, n=last)
    forge(world.engine, world.tenant.id, 'UPDATE "case" SET version = :n WHERE number = :s', s=number, n=last - 1)
    if head:
        pins = 'UPDATE "case" SET head_hash = :h WHERE number = :s'
        forge(world.engine, world.tenant.id, pins, s=number, h=stored[-2]["hash"])
    assert (number, last - 1) in places(faults(world))


def test_two_entries_that_changed_places_are_named(told: tuple[World, list[str]]) -> None:
    world, (number, *_) = told
    for before, after in ((3, 99), (4, 3), (99, 4)):
        statement = "UPDATE trail_entry SET number = :after WHERE stream = :s AND number = :before"
        forge(world.engine, world.tenant.id, statement, s=number, before=before, after=after)
    assert {(number, 3), (number, 4)} <= places(faults(world))


def test_entry_added_at_the_end_is_named(told: tuple[World, list[str]]) -> None:
    world, (number, *_) = told
    last = world.version(number)
    columns = ", ".join(name for name in ("municipality_id", *TRAIL_TEXTS))
    statement = (
        f"INSERT INTO trail_entry (number, {columns}) SELECT number + 1, {columns} FROM trail_entry"  # noqa: S608
        " WHERE stream = :s AND number = :n"
    )
    forge(world.engine, world.tenant.id, statement, s=number, n=last)
    assert fault(number, last + 1, "entries-uncounted") in faults(world)


def test_entry_rehashed_alone_does_not_fit_the_next(told: tuple[World, list[str]]) -> None:
    world, (number, *_) = told
    stored = entries(world, number)
    stored[2]["actor"] = "0" * 32
    genuine = stored[3]["previous_hash"]
    forge_chain(world.engine, world.tenant.id, number, stored)
    statement = "UPDATE trail_entry SET previous_hash = :h WHERE stream = :s AND number = 4"
    forge(world.engine, world.tenant.id, statement, s=number, h=genuine)
    assert fault(number, 4, "link-broken") in faults(world)


# -- what hashes alone would not show


def test_chain_whose_hashes_are_right_and_whose_way_is_not_is_named(told: tuple[World, list[str]]) -> None:
    """The forger leaves the council out and hashes everything anew: the machine does not lead there."""
    world, (number, *_) = told
    stored = entries(world, number)
    council = [entry for entry in stored if "council" in entry["from_state"]]
    left = [entry for entry in stored if entry not in council]
    for position, entry in enumerate(left, start=1):
        entry["number"] = position
    after_board = next(n for n, entry in enumerate(left) if entry["from_state"] == "confirm-recommend:executive-board")
    left[after_board]["to_state"] = "sign"
    for table in ("disclosure",):
        forge(world.engine, world.tenant.id, f"DELETE FROM {table} WHERE stream = :s", s=number)  # noqa: S608
    forge_chain(world.engine, world.tenant.id, number, left)
    assert fault(number, after_board + 1, "transition-not-open") in faults(world)


@pytest.mark.parametrize("data", ["[]", "5", "null", '"x"', "{}", '{"route":"nowhere"}', '{"route":[],"request":7}'])
def test_chain_that_tells_nonsense_is_a_fault_and_no_crash(told: tuple[World, list[str]], data: str) -> None:
    world, (number, *_) = told
    stored = entries(world, number)
    stored[0]["data"] = data
    stored[0]["canonical"] = "?"
    if data.startswith("{"):
        forge_chain(world.engine, world.tenant.id, number, stored)
    else:
        statement = "UPDATE trail_entry SET data = :d WHERE stream = :s AND number = 1"
        forge(world.engine, world.tenant.id, statement, s=number, d=data)
    assert number in {one.case for one in faults(world)}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("state", "'draft'"),
        ("version", "version - 1"),
        ("version", "version + 1"),
        ("head_hash", "'f'"),
        ("route", "'own-matter'"),
        ("decides", "'administration'"),
        ("scope", "'municipality'"),
        ("principal", "1 = 1"),
        ("eu_funded", "1 = 1"),
        ("external_funding", "7"),
        ("named_nordic_twin", "1 = 1"),
        ("title", "'Another'"),
        ("external_number", "'98/23'"),
        ("origin", "'motion'"),
        ("goals", "'[]'"),
        ("fields", "'{}'"),
        ("proposal_version", "1"),
        ("responsible_body_id", "1"),
    ],
)
def test_case_that_says_otherwise_than_its_trail_is_named(
    told: tuple[World, list[str]], column: str, value: str
) -> None:
    world, (number, *_) = told
    statement = f'UPDATE "case" SET {column} = {value} WHERE number = :s'  # noqa: S608
    assert forge(world.engine, world.tenant.id, statement, s=number) == 1
    assert number in {one.case for one in faults(world)}


def test_entries_of_a_case_that_is_gone_are_named(told: tuple[World, list[str]]) -> None:
    world, (number, *_) = told
    forge(
        world.engine, world.tenant.id, """UPDATE "case" SET number = 'orebro-2026-77777' WHERE number = :s""", s=number
    )
    found = faults(world)
    assert (number, 1) in places(found)
    assert fault("orebro-2026-77777", 1, "end-missing") in found


# -- words


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("UPDATE disclosure SET value = value || '.'", "disclosure-differs"),
        ("UPDATE disclosure SET salt = upper(salt)", "disclosure-differs"),
        ("UPDATE disclosure SET salt = 'zz'", "disclosure-differs"),
        ("UPDATE disclosure SET field = 'name'", "disclosure-missing"),
        ("UPDATE disclosure SET number = 77", "disclosure-missing"),
        ("UPDATE disclosure SET stream = 'orebro-2026-66666'", "disclosure-missing"),
        ("DELETE FROM disclosure", "disclosure-missing"),
    ],
)
def test_words_changed_moved_or_missing_are_named(told: tuple[World, list[str]], change: str, code: str) -> None:
    world, (number, *_) = told
    statement = f"{change} WHERE stream = :s AND number = 1 AND field = 'title'"
    forge(world.engine, world.tenant.id, statement, s=number)
    assert fault(number, 1, code, field="title") in faults(world)


def test_words_nobody_committed_to_are_named(told: tuple[World, list[str]]) -> None:
    world, (number, *_) = told
    columns = "municipality_id, stream, number, field, salt, value"
    add = f"INSERT INTO disclosure ({columns}) VALUES (:m, :s, :n, 'x', 'y', 'z')"  # noqa: S608
    for stream, entry in ((number, 2), (number, 99), ("orebro-2026-88888", 1)):
        forge(world.engine, world.tenant.id, add, m=world.tenant.id, s=stream, n=entry)
        assert (stream, entry) in places(faults(world))


# -- the journal


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE trail_entry SET data = data || ' ' WHERE stream = :s AND number = 5",
        "UPDATE trail_entry SET actor = 'somebody' WHERE stream = :s AND number = 5",
        "DELETE FROM trail_entry WHERE stream = :s AND number = 5",
        "DELETE FROM disclosure WHERE stream = :s AND number = 5",
    ],
)
def test_changed_journal_is_named(told: tuple[World, list[str]], statement: str) -> None:
    world, _ = told
    assert forge(world.engine, world.tenant.id, statement, s=JOURNAL)
    assert (JOURNAL, 5) in places(faults(world))


def test_shortened_journal_is_named(told: tuple[World, list[str]]) -> None:
    world, _ = told
    stored = entries(world, JOURNAL)
    last = len(stored)
    forge(world.engine, world.tenant.id, "DELETE FROM trail_entry WHERE stream = :s AND number = :n", s=JOURNAL, n=last)
    assert fault(JOURNAL, last, "end-missing") in faults(world)
    forge(world.engine, world.tenant.id, "UPDATE municipality SET journal_version = :n", n=last - 1)
    assert (JOURNAL, last - 1) in places(faults(world))


# -- what stands beside the trail


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE proposal SET text = 'In twenty years' WHERE version = 2", "text-differs"),
        ("UPDATE proposal SET digest = 'd' WHERE version = 2", "text-differs"),
        ("UPDATE proposal SET version = 9 WHERE version = 2", "text-without-entry"),
        (
            "UPDATE decision SET outcome = 'reject' WHERE outcome = 'approve' AND step = 'decide:council'",
            "decision-differs",
        ),
        ("UPDATE decision SET votes_for = 11 WHERE votes_for = 3", "decision-differs"),
        ("UPDATE decision SET present = 10 WHERE step = 'decide:council'", "decision-differs"),
        ("UPDATE decision SET paragraph = '§ 99' WHERE step = 'decide:council'", "decision-differs"),
        ("UPDATE decision SET decided_on = '2026-09-01' WHERE step = 'decide:council'", "decision-differs"),
        ("UPDATE decision SET text = 'Something else' WHERE step = 'decide:council'", "decision-differs"),
        ("UPDATE decision SET state = 'confirmed' WHERE state = 'replaced'", "decision-state-differs"),
        ("UPDATE decision SET state = 'entered' WHERE step = 'decide:council'", "decision-state-differs"),
        ("DELETE FROM decision WHERE step = 'decide:council'", "decision-missing"),
        ("UPDATE document SET digest = 'd' WHERE case_id IS NOT NULL", "document-differs"),
        ("UPDATE document SET digest = 'd' WHERE case_id IS NULL", "document-differs"),
        ("UPDATE document SET content = '%PDF another' WHERE case_id IS NOT NULL", "document-differs"),
        ("UPDATE document SET number = 'orebro-l-2026-00077' WHERE case_id IS NOT NULL", "document-without-entry"),
    ],
)
def test_what_people_are_shown_is_held_against_the_trail(
    told: tuple[World, list[str]], statement: str, code: str
) -> None:
    world, _ = told
    assert forge(world.engine, world.tenant.id, statement)
    assert code in {one.code for one in faults(world)}


def test_policy_whose_text_was_changed_is_named_with_the_cases_under_it(told: tuple[World, list[str]]) -> None:
    world, numbers = told
    statement = "UPDATE policy_version SET canonical = replace(canonical, 'council', 'committee') WHERE version = :v"
    forge(world.engine, world.tenant.id, statement, v="orebro-2012-2")
    found = faults(world)
    assert fault("orebro-2012-2", None, "policy-bytes-differ") in found
    assert set(numbers) <= {one.case for one in found}


# -- any byte of any cell


@dataclass(frozen=True)
class Template:
    """A SQLite file without triggers that holds a busy municipality, and a place to forge copies of it."""

    path: Path
    copy: Path
    engine: Engine

    def cells(self, table: str, columns: tuple[str, ...]) -> list[tuple[Any, ...]]:
        """Key and columns of every row."""
        with closing(sqlite3.connect(self.path)) as connection:
            return list(connection.execute(f"SELECT rowid, {', '.join(columns)} FROM {table}"))  # noqa: S608

    def forged(self, statement: str, *values: Any) -> tuple[Fault, ...]:
        """What verifying finds after one statement on a fresh copy."""
        shutil.copyfile(self.path, self.copy)
        with closing(sqlite3.connect(self.copy)) as connection:
            connection.execute("PRAGMA synchronous = OFF")
            try:
                connection.execute(statement, values)
            except sqlite3.IntegrityError:
                assume(False)
            connection.commit()
        self.engine.dispose()
        return verify(self.engine).faults


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory, _templates: Templates) -> Template:
    """Made once: every case of `busy`, told in words with letters beyond ASCII, and no triggers."""
    folder = tmp_path_factory.mktemp("forged")
    path, copy = folder / "busy.db", folder / "copy.db"
    contents, world = _templates.of("orebro", busy, None)
    assert isinstance(contents, bytes)
    path.write_bytes(contents)
    engine = connect(f"sqlite:///{path}")
    forge(engine, world.tenant.id, "UPDATE municipality SET key = key")
    engine.dispose()
    return Template(path, copy, connect(f"sqlite:///{copy}"))


many = settings(
    max_examples=examples(40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
letters = st.sampled_from([*"abcdefghijklmnopqrstuvwxyzABCDEF0123456789 \"'{}[]:,.-_/\\§åÅ\x00\x7f\ufeff"])


def altered(data: st.DataObject, text: str) -> str:
    """The text with one character changed, added or taken away."""
    at = data.draw(st.integers(0, len(text)), label="at")
    how = data.draw(st.sampled_from(("change", "add", "take")), label="how")
    letter = data.draw(letters, label="letter")
    new = {"change": text[:at] + letter + text[at + 1 :], "add": text[:at] + letter + text[at:]}
    changed = new.get(how, text[:at] + text[at + 1 :])
    assume(changed != text)
    return changed


@many
@given(data=st.data())
def test_any_change_of_any_cell_of_the_trail_is_named(template: Template, data: st.DataObject) -> None:
    rows = template.cells("trail_entry", ("stream", "number", *TRAIL_TEXTS))
    rowid, stream, number, *cells = data.draw(st.sampled_from(rows))
    which = data.draw(st.integers(0, len(TRAIL_TEXTS) - 1))
    changed = altered(data, cells[which])
    found = template.forged(f"UPDATE trail_entry SET {TRAIL_TEXTS[which]} = ? WHERE rowid = ?", changed, rowid)  # noqa: S608
    assert (stream, number) in places(found)


@many
@given(data=st.data())
def test_any_changed_number_of_an_entry_is_named(template: Template, data: st.DataObject) -> None:
    rowid, stream, number = data.draw(st.sampled_from(template.cells("trail_entry", ("stream", "number"))))
    other = data.draw(st.one_of(st.integers(-5, 100), st.just("three"), st.just(None), st.just(2.5)))
    assume(other != number)
    found = template.forged("UPDATE trail_entry SET number = ? WHERE rowid = ?", other, rowid)
    assert (stream, number) in places(found)


@many
@given(data=st.data())
def test_any_change_of_any_disclosed_word_is_named(template: Template, data: st.DataObject) -> None:
    columns = ("stream", "field", "salt", "value")
    rowid, number, *cells = data.draw(st.sampled_from(template.cells("disclosure", ("number", *columns))))
    which = data.draw(st.integers(0, 3))
    changed = altered(data, cells[which])
    found = template.forged(f"UPDATE disclosure SET {columns[which]} = ? WHERE rowid = ?", changed, rowid)  # noqa: S608
    assert (cells[0], number) in places(found)


@many
@given(data=st.data())
def test_any_change_of_where_a_case_is_and_what_it_pins_is_named(template: Template, data: st.DataObject) -> None:
    columns = ("state", "head_hash", "number", "route", "title")
    rowid, *cells = data.draw(st.sampled_from(template.cells('"case"', columns)))
    which = data.draw(st.integers(0, len(columns) - 1))
    changed = altered(data, cells[which])
    found = template.forged(f'UPDATE "case" SET {columns[which]} = ? WHERE rowid = ?', changed, rowid)  # noqa: S608
    assert cells[2] in {one.case for one in found}


@many
@given(data=st.data())
def test_byte_that_is_no_text_is_named_and_crashes_nothing(template: Template, data: st.DataObject) -> None:
    rows = template.cells("trail_entry", ("stream", "number", *TRAIL_TEXTS))
    rowid, stream, number, *cells = data.draw(st.sampled_from(rows))
    which = data.draw(st.integers(0, len(TRAIL_TEXTS) - 1))
    raw = bytearray(cells[which].encode() or b" ")
    raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0x80, 0xFF))
    assume(bytes(raw) != cells[which].encode())
    column = TRAIL_TEXTS[which]
    found = template.forged(f"UPDATE trail_entry SET {column} = CAST(? AS TEXT) WHERE rowid = ?", bytes(raw), rowid)  # noqa: S608
    assert (stream, number) in places(found)
    assert json.dumps([one.case for one in found], ensure_ascii=False).encode()


@pytest.mark.parametrize(
    ("value", "raw"), [("CAST(? AS TEXT)", b"\x80"), ("?", b"\x80"), ("?", b"bytes"), ("?", 7), ("?", 2.5)]
)
def test_policy_digest_that_is_no_text_is_named_and_crashes_nothing(template: Template, value: str, raw: Any) -> None:
    rows = template.cells("trail_entry", ("stream", "number", "action"))
    rowid, stream, number, _action = next(row for row in rows if row[-1] == "open")
    found = template.forged(f"UPDATE trail_entry SET policy_digest = {value} WHERE rowid = ?", raw, rowid)  # noqa: S608
    assert (stream, number) in places(found)


@many
@given(data=st.data())
def test_cell_of_another_type_is_named_and_crashes_nothing(template: Template, data: st.DataObject) -> None:
    rows = template.cells("trail_entry", ("stream", "number"))
    rowid, stream, number = data.draw(st.sampled_from(rows))
    column = data.draw(st.sampled_from(TRAIL_TEXTS))
    value = data.draw(st.sampled_from([b"bytes", b"\xff", 7, 2.5]))
    found = template.forged(f"UPDATE trail_entry SET {column} = ? WHERE rowid = ?", value, rowid)  # noqa: S608
    assert (stream, number) in places(found)
