"""How does somebody with the database in hand tamper with it? Triggers away first, then whatever they like."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from sqlalchemy import Engine, text

from models.database import connect, writing
from models.upgrade import triggers
from tests.databases import as_owner
from tests.workflow.documents.test_service import pdf
from tests.worlds import World
from workflow.documents.service import attach, register_letter
from workflow.trail.entry import Entry, from_text, leaf_hash


def busy(world: World) -> None:
    """Many cases of every sort, some under way and some at an end."""
    one = world.open("twin-agreement", title="Vänort Åbo", text="In ten years")
    attach(world.services, world.people["officer"], one, pdf(), now=world.now, expected_version=1)
    world.walk(one, "recommend:responsible")
    amended = world.decision("recommend", proposal="amended", text="In five years")
    world.act("secretary.committee", one, "enter-decision", amended)
    world.act("chair.committee", one, "refer-back", comment="The paragraph is wrong")
    world.act("secretary.committee", one, "enter-decision", amended | {"paragraph": "§ 12 a"})
    world.act("secretary.committee", one, "enter-decision", amended | {"paragraph": "§ 12 b"})
    world.act("chair.committee", one, "confirm")
    world.walk(one)
    two = world.open("cooperation-agreement")
    world.walk(two, "decide:executive-board")
    changed = {"attributes": {"eu_funded": True}, "fields": {"ends_on": "2030-01-31"}, "goals": world.goals()[::-1]}
    world.act("secretary.executive", two, "enter-decision", world.decision("approve-amended", text="Longer", **changed))
    world.act("chair.executive", two, "confirm")
    three = world.open("visit")
    world.walk(three, "review")
    world.act("manager", three, "endorse", {"principal": True, "reason": "The first of its kind"})
    world.walk(three, "decide:council")
    third = {"present": 9, "for": 3, "against": 6}
    for outcome in ("postpone", "reject"):
        world.act("secretary.council", three, "enter-decision", world.decision(outcome, **third), "We want to read it")
        world.act("chair.council", three, "confirm")
    four = world.open("exchange", responsible="forvaltningen-barn")
    world.walk(four)
    five, six = world.open("membership"), world.open("visit")
    world.act("officer", five, "amend", {"attributes": {"scope": "municipality"}, "title": "A network", "text": "New"})
    world.act("officer", five, "withdraw")
    world.act("manager", six, "reassign", {"officer": "officer@orebro"})
    register_letter(world.services, world.people["officer"], "orebro", pdf(), now=world.now)


def forge(engine: Engine, municipality_id: int, statement: str, /, **values: Any) -> int:
    """Run a statement as the tables' owner, with every protecting trigger out of the way; rows touched."""
    owner = connect(as_owner(engine.url.render_as_string(hide_password=False)))
    try:
        with writing(owner, municipality_id) as connection:
            for name in triggers(connection):
                table = name.partition("_refuses_")[0]
                on = f" ON {table}" if connection.dialect.name == "postgresql" else ""
                connection.execute(text(f"DROP TRIGGER {name}{on}"))
            return connection.execute(text(statement), values).rowcount
    finally:
        owner.dispose()


def forge_chain(engine: Engine, municipality_id: int, stream: str, entries: list[dict[str, Any]]) -> None:
    """Replace a case's whole trail by one whose every hash is right, and let the case pin it."""
    forge(engine, municipality_id, "DELETE FROM trail_entry WHERE stream = :stream", stream=stream)
    previous = ""
    for entry in entries:
        entry["previous_hash"] = previous
        entry["canonical"] = canonical_of(entry)
        entry["hash"] = previous = leaf_hash(entry["canonical"].encode())
        columns = ", ".join(entry)
        marks = ", ".join(f":{name}" for name in entry)
        forge(engine, municipality_id, f"INSERT INTO trail_entry ({columns}) VALUES ({marks})", **entry)  # noqa: S608
    pins = 'UPDATE "case" SET version = :version, head_hash = :head WHERE number = :stream'
    forge(engine, municipality_id, pins, version=len(entries), head=previous, stream=stream)


def canonical_of(row: dict[str, Any]) -> str:
    """The canonical bytes of a row that says what the forger wants."""
    values = {field.name: row[field.name] for field in fields(Entry) if field.name in row}
    values |= {"clauses": tuple(from_text(row["clauses"])), "data": from_text(row["data"])}
    return Entry(municipality=row["stream"].partition("-")[0], **values).canonical().decode()
