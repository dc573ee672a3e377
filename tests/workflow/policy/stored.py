"""What is stored of a small municipality: its versions and bodies; and a later version of its pack."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, select

from models import Body, Municipality, PolicyVersion
from models.database import writing
from tests.workflow.policy.small_pack import changed
from workflow.policy.model import Policy


def municipality(engine: Engine, key: str = "lillby") -> int:
    """A municipality's id."""
    with engine.connect() as connection:
        return int(connection.execute(select(Municipality.id).where(Municipality.key == key)).scalar_one())


@contextmanager
def inside(engine: Engine, key: str = "lillby") -> Iterator[Connection]:
    """A connection that sees one municipality's rows."""
    with writing(engine, municipality(engine, key)) as connection:
        yield connection


def versions(engine: Engine) -> dict[str, str]:
    """Digests of the stored versions."""
    with inside(engine) as connection:
        rows = connection.execute(select(PolicyVersion.version, PolicyVersion.digest)).all()
        return {row.version: row.digest for row in rows}


def bodies(engine: Engine) -> dict[str, str]:
    """Kinds of the stored bodies."""
    with inside(engine) as connection:
        rows = connection.execute(select(Body.key, Body.kind)).all()
        return {row.key: row.kind for row in rows}


def later(folder: Path, *changes: tuple[str, str]) -> Policy:
    """A pack that follows the small one."""
    dates = (("version: lillby-2020", "version: lillby-2030"), ("valid_from: 2020-01-01", "valid_from: 2030-01-01"))
    return changed(folder, *dates, ("  valid_to: 2029-12-31\n", ""), *changes)
