"""Row protection in the database itself: append-only triggers and PostgreSQL row-level security.

Called by migrations. Rights of the application's role are granted by `models.upgrade`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import op

_REFUSE_ON_POSTGRESQL = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$
"""

# Unset, or empty after a transaction that set it: null, which equals nothing. Compared as a number, so that indexes
# and row estimates apply: compared as text, a page of the trail took 13 ms instead of 0.07.
_CHOSEN = "nullif(current_setting('instans.municipality', true), '')"
_OWN_MUNICIPALITY = f"municipality_id = {_CHOSEN}::integer"


def create_refusal() -> None:
    """Create the function that the triggers of `refuse_change` call (PostgreSQL only)."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_REFUSE_ON_POSTGRESQL)


def refuse_change(table: str, unique: tuple[str, ...] = ()) -> None:
    """Make a table append-only; `unique` names the columns by which a new row could replace an old one on SQLite."""
    if op.get_bind().dialect.name == "postgresql":
        for event in ("update", "delete", "truncate"):
            op.execute(
                f"CREATE TRIGGER {table}_refuses_{event} BEFORE {event.upper()} ON {table}"
                " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )
        return
    for event in ("update", "delete"):
        op.execute(f"CREATE TRIGGER {table}_refuses_{event} BEFORE {event.upper()} ON {table} {_refuse(table, event)}")
    # REPLACE deletes the old row without firing the delete trigger, and also matches by the hidden rowid.
    same = " AND ".join(f"{column} = NEW.{column}" for column in unique)
    hit = f"rowid = NEW.rowid OR ({same})" if unique else "rowid = NEW.rowid"
    op.execute(
        f"CREATE TRIGGER {table}_refuses_replace BEFORE INSERT ON {table}"
        f" WHEN EXISTS (SELECT 1 FROM {table} WHERE {hit}) {_refuse(table, 'replace')}"
    )


def _refuse(table: str, event: str) -> str:
    return f"BEGIN SELECT RAISE(ABORT, '{table} is append-only: {event.upper()} is refused'); END"


def isolate(table: str) -> None:
    """Show a row only to transactions of its own municipality, for the table's owner too (PostgreSQL only)."""
    if op.get_bind().dialect.name != "postgresql":
        return
    name = op.get_bind().dialect.identifier_preparer.quote(table)
    op.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY own_municipality ON {name} USING ({_OWN_MUNICIPALITY}) WITH CHECK ({_OWN_MUNICIPALITY})")


def isolate_itself(table: str) -> None:
    """Let a row be read and changed by transactions of its own municipality, and deleted by none (PostgreSQL only).

    A transaction of no municipality reads every row, by which log-in and scheduler find the municipalities there are by
    their keys, and adds new ones; it changes none.
    """
    if op.get_bind().dialect.name != "postgresql":
        return
    own, none = _OWN_MUNICIPALITY.removeprefix("municipality_"), f"{_CHOSEN} IS NULL"
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY own_or_none_chosen ON {table} FOR SELECT USING ({own} OR {none})")
    op.execute(f"CREATE POLICY founded ON {table} FOR INSERT WITH CHECK ({none})")
    op.execute(f"CREATE POLICY own_municipality ON {table} FOR UPDATE USING ({own}) WITH CHECK ({own})")


@contextmanager
def whole(table: str) -> Iterator[None]:
    """Show the owner every municipality's rows of an isolated table, for a migration that fills a column."""
    if op.get_bind().dialect.name != "postgresql":
        yield
        return
    name = op.get_bind().dialect.identifier_preparer.quote(table)
    op.execute(f"ALTER TABLE {name} NO FORCE ROW LEVEL SECURITY")
    yield
    op.execute(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY")


_REFUSE_UNRECORDED = """
CREATE FUNCTION refuse_unrecorded_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM erased_disclosure e WHERE e.municipality_id = OLD.municipality_id
                   AND e.stream = OLD.stream AND e.number = OLD.number AND e.field = OLD.field) THEN
        RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
END $$
"""


def allow_recorded_erasure() -> None:
    """Let a disclosure be deleted whose erasure is recorded in `erased_disclosure`, and no other."""
    op.execute(f"DROP TRIGGER disclosure_refuses_delete{_on('disclosure')}")
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_REFUSE_UNRECORDED)
        op.execute(
            "CREATE TRIGGER disclosure_refuses_delete BEFORE DELETE ON disclosure"
            " FOR EACH ROW EXECUTE FUNCTION refuse_unrecorded_erasure()"
        )
        return
    recorded = (
        "SELECT 1 FROM erased_disclosure e WHERE e.municipality_id = OLD.municipality_id AND e.stream = OLD.stream"
        " AND e.number = OLD.number AND e.field = OLD.field"
    )
    op.execute(
        "CREATE TRIGGER disclosure_refuses_delete BEFORE DELETE ON disclosure"
        f" WHEN NOT EXISTS ({recorded}) {_refuse('disclosure', 'delete')}"
    )


def _on(table: str) -> str:
    return f" ON {table}" if op.get_bind().dialect.name == "postgresql" else ""
