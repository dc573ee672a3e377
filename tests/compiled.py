"""What does a process of tests do once, and not for every test again?

Each test has an engine of its own, and an engine compiles each statement when it first meets it. Here all engines of
one kind of database share what was compiled: the SQL depends on the statement and the kind of database alone.
"""

from __future__ import annotations

import gc
from typing import Any

from sqlalchemy import Connection, Engine, event


class Compiled(dict[Any, Any]):
    """Compiled statements by their key, in which the name of the dialect stands for one engine's own copy of it."""

    def get(self, key: Any, default: Any = None) -> Any:
        """Give a statement as another engine compiled it."""
        return super().get((key[0].name, *key[1:]), default)

    def __setitem__(self, key: Any, compiled: Any) -> None:
        """Keep a statement for the engines to come."""
        super().__setitem__((key[0].name, *key[1:]), compiled)


COMPILED = Compiled()


def share_statements() -> None:
    """Let every engine of this process use what any of them has compiled."""

    @event.listens_for(Engine, "engine_connect")
    def share(connection: Connection) -> None:
        connection.execution_options(compiled_cache=COMPILED)


def look_for_garbage_less_often() -> None:
    """Modules and tests stay until the end: the collector need not look through them time and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
