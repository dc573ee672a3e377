"""Exit codes and one-line errors of commands; JSON on standard output with `--json`."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import click

from config.settings import SettingsInvalid
from workflow.core.errors import WorkflowError

if TYPE_CHECKING:
    from sqlalchemy.exc import SQLAlchemyError

#: Exit codes of the contract; 2, wrong usage, is click's own.
DONE, REFUSED = 0, 1

P = ParamSpec("P")
R = TypeVar("R")

as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


def plainly(command: Callable[P, R]) -> Callable[P, R]:
    """Let a command end in one line when the engine, the database or the environment refuses."""

    @wraps(command)
    def ending(*arguments: P.args, **options: P.kwargs) -> R:
        try:
            return command(*arguments, **options)
        except SettingsInvalid as error:
            raise click.UsageError(str(error)) from None
        except WorkflowError as error:
            raise click.ClickException(str(error)) from None
        except BrokenPipeError:  # whoever read our output has had enough
            raise
        except OSError as error:
            raise click.ClickException(str(error)) from None
        except _of_the_database() as error:
            raise click.ClickException(f"the database: {_first_line(error)}") from None

    return ending


def _of_the_database() -> type[SQLAlchemyError]:
    """The database's own errors, looked for when something has gone wrong: many a command needs no database."""
    from sqlalchemy.exc import SQLAlchemyError

    return SQLAlchemyError


def _first_line(error: SQLAlchemyError) -> str:
    """What the driver says, without the statement it says it of."""
    text = str(getattr(error, "orig", None) or error).strip()
    return text.splitlines()[0] if text else type(error).__name__


def print_json(document: Any) -> None:
    """One JSON document on standard output."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))


def code(ok: bool) -> int:
    """The exit code of something that held, or did not."""
    return DONE if ok else REFUSED
