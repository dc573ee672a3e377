"""What an operation has written, handed to whoever answers it in its own transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy import Connection

from workflow.cases.actions.context import ActionContext
from workflow.cases.actions.result import ActionResult
from workflow.cases.actor import Actor
from workflow.cases.context import READ_WITH_DATA, Done
from workflow.trail.entry import as_text, instant


@dataclass(frozen=True, slots=True)
class Written:
    """What an operation has written, on its own connection and not committed yet."""

    connection: Connection
    actor: Actor
    number: str
    version: int
    #: What has been done on the case, this operation included; None where the operation has not read it.
    history: tuple[Done, ...] | None = None


#: Runs in an operation's own transaction before it commits. What it raises rolls the operation back.
BeforeCommit: TypeAlias = Callable[[Written], None]


def written_by(context: ActionContext, result: ActionResult) -> Written:
    """What an action has written, once its entry and its case are."""
    s, verdict = context.case_context, context.verdict
    done = Done(
        result.version,
        context.action,
        s.actor.public_id,
        *context.seat,
        s.state,
        result.state,
        verdict.on_behalf_of if verdict else "",
        instant(context.now),
        as_text(context.data) if context.action in READ_WITH_DATA else "",
    )
    return Written(context.connection, s.actor, s.case.number, result.version, (*s.history, done))
