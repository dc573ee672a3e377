"""What stands in a database, and how is it put there again?

Building a municipality takes a few hundred milliseconds, and a database of its own takes PostgreSQL as long again; its
rows are put back within a few. So what was built once is kept, and databases are used more than once, as long as
nobody has changed their tables.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass

import psycopg
from psycopg import sql
from sqlalchemy import URL, Engine, make_url

ADMIN_URL = os.environ.get("INSTANS_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")

_TABLES = """
    SELECT relname FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version' ORDER BY relname
"""
#: Changes with every table, column, trigger, rule of access, function and privilege that is added, changed or dropped.
_SHAPE = """
    SELECT string_agg(what || ':' || number || ':' || total, ' ' ORDER BY what) FROM (
        SELECT 'tables' AS what, count(*) AS number, sum(xmin::text::bigint) AS total FROM pg_class
        WHERE relnamespace = 'public'::regnamespace
        UNION ALL SELECT 'columns', count(*), sum(xmin::text::bigint) FROM pg_attribute
        WHERE attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
        UNION ALL SELECT 'triggers', count(*), sum(xmin::text::bigint) FROM pg_trigger
        UNION ALL SELECT 'policies', count(*), sum(xmin::text::bigint) FROM pg_policy
        UNION ALL SELECT 'constraints', count(*), sum(xmin::text::bigint) FROM pg_constraint
        UNION ALL SELECT 'functions', count(*), sum(xmin::text::bigint) FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace
        UNION ALL SELECT 'schemas', count(*), sum(xmin::text::bigint) FROM pg_namespace
    ) AS counted
"""


@dataclass(frozen=True)
class Rows:
    """All rows of a PostgreSQL database, table by table, and where its sequences stand."""

    tables: Mapping[str, bytes]
    sequences: Mapping[str, int | None]


#: A SQLite database byte for byte, or the rows of a PostgreSQL one.
Contents = bytes | Rows


def contents_of(engine: Engine) -> Contents:
    """What stands in a database now."""
    if engine.dialect.name == "sqlite":
        with closing(sqlite3.connect(str(engine.url.database))) as there:
            return there.serialize()
    with filling(engine.url).transaction():
        return rows_of(filling(engine.url))


def put(engine: Engine, contents: Contents) -> None:
    """Put what stood in one database into another one with the same tables, in place of what is there."""
    if isinstance(contents, bytes):
        with closing(sqlite3.connect(":memory:")) as kept, closing(sqlite3.connect(str(engine.url.database))) as there:
            kept.deserialize(contents)
            kept.backup(there)
        return
    put_rows(filling(engine.url), contents)


def admin_of(url: URL | str) -> psycopg.Connection:
    """A connection to a test's PostgreSQL database as whoever may do anything there."""
    target = make_url(ADMIN_URL).set(database=make_url(url).database)
    return psycopg.connect(target.render_as_string(hide_password=False), connect_timeout=10)


#: The connections that fill databases, by the database's name.
_FILLING: dict[str, psycopg.Connection] = {}


def filling(url: URL | str) -> psycopg.Connection:
    """The connection that fills a database, as whoever may do anything there; in no transaction between the fillings.

    There is one for as long as the database lives: what a new one would have to learn of the tables, it knows already.
    """
    name = str(make_url(url).database)
    if name not in _FILLING:
        _FILLING[name] = admin_of(url)
    return _FILLING[name]


def let_go(name: str) -> None:
    """Fill a database no longer."""
    there = _FILLING.pop(name, None)
    if there is not None:
        there.close()


def rows_of(there: psycopg.Connection) -> Rows:
    """All rows of a PostgreSQL database."""
    tables = {}
    for (name,) in there.execute(_TABLES).fetchall():
        if there.execute(sql.SQL("SELECT 1 FROM {} LIMIT 1").format(sql.Identifier(name))).fetchone():
            statement = sql.SQL("COPY {} TO STDOUT (FORMAT binary)").format(sql.Identifier(name))
            with there.cursor() as cursor, cursor.copy(statement) as copy:
                tables[name] = b"".join(bytes(block) for block in copy)
    return Rows(tables, dict(there.execute("SELECT sequencename, last_value FROM pg_sequences").fetchall()))


def put_rows(there: psycopg.Connection, rows: Rows) -> None:
    """Make these the only rows of a PostgreSQL database; no trigger and no foreign key is asked."""
    names = [name for (name,) in there.execute(_TABLES).fetchall()]
    away = [sql.SQL("DELETE FROM {};").format(sql.Identifier(name)) for name in names]
    there.execute(sql.SQL("SET LOCAL synchronous_commit = off; SET LOCAL session_replication_role = replica;"))
    there.execute(sql.SQL(" ").join(away))
    for name, block in rows.tables.items():
        statement = sql.SQL("COPY {} FROM STDIN (FORMAT binary)").format(sql.Identifier(name))
        with there.cursor() as cursor, cursor.copy(statement) as copy:
            copy.write(block)
    set_to = [
        sql.SQL("setval({}, {}, {})").format(sql.Literal(name), sql.Literal(last or 1), sql.Literal(last is not None))
        for name, last in rows.sequences.items()
    ]
    if set_to:
        there.execute(sql.SQL("SELECT ") + sql.SQL(", ").join(set_to))
    there.commit()


def shape_of(there: psycopg.Connection) -> str:
    """A text that tells whether anything but rows has changed in a PostgreSQL database."""
    found = there.execute(_SHAPE).fetchone()
    assert found is not None
    return str(found[0])


def alone(there: psycopg.Connection) -> None:
    """Send everybody else away who is still connected to the same database."""
    there.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
