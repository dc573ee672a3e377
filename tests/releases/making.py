"""The database that a release leaves behind: open cases in every state, engagements, evaluations, duties.

`python -m tests.releases.making` fills a throwaway SQLite database and writes its rows to `VERSION.json.gz` beside this
file. The file holds the schema and its revision, the instant at which the database was left, and the rows by table.
"""

from __future__ import annotations

import base64
import gzip
import json
import sqlite3
import tempfile
from configparser import ConfigParser
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

from alembic.script import ScriptDirectory
from sqlalchemy import select

from models import Evaluation
from models.database import connect, reading
from models.upgrade import MIGRATIONS, upgrade
from tests.web.evaluation_data import registered, report, start
from tests.workflow.pack_versions import later_policy
from tests.worlds import World, build
from workflow.core.errors import NotCompetent
from workflow.documents.service import Upload, attach, register_letter
from workflow.evaluations.service import look
from workflow.policy.state_machine import FINAL
from workflow.scheduling.scheduler import run_round
from workflow.versions.install import install

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PDF = b"%PDF-1.4\n%%EOF\n"
#: Three countries, and every state that a case can be left in.
MUNICIPALITIES = ("orebro", "stockholm", "oslo", "odense")
#: Days after which the scheduler has gone round once more, so that reminders have been sent.
LEFT_AFTER = 60


def make(folder: Path) -> Path:
    """Fill a database and write what it holds; returns the file."""
    path = folder / "instans.db"
    upgrade(f"sqlite:///{path}")
    engine = connect(f"sqlite:///{path}")
    worlds = [build(engine, key) for key in MUNICIPALITIES]
    for world in worlds:
        leave_cases(world)
        leave_evaluations(world)
        leave_papers(world)
    install(engine, [later_policy("orebro")], now=worlds[0].now)
    left_at = worlds[0].now + timedelta(days=LEFT_AFTER)
    run_round(worlds[0].services, now=left_at)
    engine.dispose()
    (revision,) = ScriptDirectory(str(MIGRATIONS)).get_heads()
    kept = {"revision": revision, "left_at": left_at.isoformat(), "schema": schema_of(path), "rows": rows_of(path)}
    target = HERE / f"{version()}.json.gz"
    with target.open("wb") as file, gzip.GzipFile(fileobj=file, mode="wb", mtime=0) as packed:
        packed.write(json.dumps(kept, sort_keys=True).encode())
    return target


def version() -> str:
    """The version in setup.cfg."""
    metadata = ConfigParser()
    metadata.read(ROOT / "setup.cfg", encoding="utf-8")
    return metadata["metadata"]["version"]


def leave_cases(world: World) -> None:
    """Carry a case of every kind to its end, and leave one more in each state that none was left in before."""
    left: set[str] = set()
    for kind in world.policy.kinds:
        try:
            number = _open(world, kind, f"A {kind} that is concluded")
        except NotCompetent:  # the policy prohibits it
            continue
        while (state := str(world.row(number).state)) not in FINAL:
            if state not in left:
                left.add(state)
                world.walk(_open(world, kind, f"A {kind} left in {state}"), state)
            world.step(number)


def _open(world: World, kind: str, title: str) -> str:
    if kind != "policy":
        return world.open(kind, title=title)
    board = world.policy.only("executive-board").key
    return world.open(kind, "adopt", title=title, attributes={}, responsible=board)


def leave_evaluations(world: World) -> None:
    """Leave one evaluation under way and one reported, beside those that are planned."""
    registered(world, title="Network of lakes")
    with reading(world.engine, world.tenant.id) as session:
        found = session.scalars(select(Evaluation).where(Evaluation.state == "pending").order_by(Evaluation.id)).all()
    for evaluation, is_reported in zip(found[:2], (False, True), strict=True):
        who = reporter(world, evaluation)
        start(world, who, evaluation.number)
        if is_reported:
            report(world, who, evaluation.number)


def reporter(world: World, evaluation: Evaluation) -> str:
    """Who reports an evaluation under the policy, by user name."""
    seat = look(world.services, world.people["officer"], evaluation.number, now=world.now).reports
    return world.seated(*seat)


def leave_papers(world: World) -> None:
    """Leave a letter that belongs to no case, and a document of a draft."""
    officer, today = world.people["officer"], world.now.date()
    letter = Upload(PDF, "letter.pdf", "An invitation", "incoming", "City of Turku", today)
    register_letter(world.services, officer, world.tenant.key, letter, now=world.now)
    draft = world.open("visit", title="A visit left with a document")
    programme = Upload(PDF, "programme.pdf", "The programme", "drawn-up", "", today)
    attach(world.services, officer, draft, programme, now=world.now, expected_version=world.version(draft))


def schema_of(path: Path) -> list[str]:
    """The statements that make the tables, indexes and triggers of a SQLite database, white space evened out."""
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type, name")
        return [" ".join(statement.split()) for (statement,) in found]


def rows_of(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Every row of a SQLite database by table, as plain JSON; bytes under the key `base64`."""
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: [_plain(row) for row in connection.execute(f'SELECT * FROM "{name}"')]  # noqa: S608 - our own names
            for name in names
            if name != "alembic_version" and not name.startswith("sqlite_")
        }


def _plain(row: sqlite3.Row) -> dict[str, Any]:
    def one(value: object) -> object:
        return {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes) else value

    return {name: one(row[name]) for name in row.keys()}  # noqa: SIM118 - a row iterates over its values


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as there:
        made = make(Path(there))
    print(f"{made.relative_to(ROOT)}: {made.stat().st_size // 1024} kB")  # noqa: T201 - a command
