"""How does a release leave behind what its successors must be able to go on with?

`python -m tests.workflow.earlier.making` fills a throwaway SQLite database with running cases and writes every row to
a file named after the release's last migration, beside this one. It is run once, before the next migration is written.
"""

from __future__ import annotations

import base64
import gzip
import json
import sqlite3
import tempfile
from pathlib import Path
from typing import Any

from sqlalchemy import text

from models.database import connect
from models.upgrade import upgrade
from tests.worlds import World, build

HERE = Path(__file__).parent
#: Title of a case to its kind, and to the state in which the release leaves it.
CASES = {
    "A draft": ("membership", "draft"),
    "A visit to be reviewed": ("visit", "review"),
    "A twin town before the committee": ("twin-agreement", "recommend:responsible"),
    "A twin town whose record waits": ("twin-agreement", "confirm-recommend:executive-board"),
    "A twin town before the council": ("twin-agreement", "decide:council"),
    "An agreement before the board": ("cooperation-agreement", "decide:executive-board"),
    "An agreement to be signed": ("cooperation-agreement", "sign"),
    "A project that is concluded": ("project", "concluded"),
}


def make(folder: Path) -> Path:
    """Fill a database and write what it holds; returns the file."""
    path = folder / "instans.db"
    upgrade(f"sqlite:///{path}")
    engine = connect(f"sqlite:///{path}")
    world = build(engine, "orebro")
    for title, (kind, state) in CASES.items():
        _leave(world, title, kind, state)
    with engine.connect() as connection:
        revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    engine.dispose()
    target = HERE / f"{revision}.json.gz"
    with target.open("wb") as file, gzip.GzipFile(fileobj=file, mode="wb", mtime=0) as packed:
        packed.write(json.dumps(rows_of(path), sort_keys=True).encode())
    return target


def _leave(world: World, title: str, kind: str, state: str) -> None:
    number = world.open(kind, title=title)
    if state != "draft" and world.walk(number, state) != state:
        raise RuntimeError(f"{title} does not come to {state}")


def rows_of(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Every row of a SQLite database by table, as plain JSON; bytes under the key `base64`."""
    with sqlite3.connect(path) as connection:
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
        make(Path(there))
