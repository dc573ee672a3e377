"""Command line entry point: lazily imported commands, exit codes, one-line errors.

Each command is a module of `web.cli`, imported only when called, so that `who-decides` does not load the web server.
Exit codes: 0 done, 1 refused or a check failed, 2 wrong usage.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from types import TracebackType
from typing import Any

import click

PROGRAM = "instans"
#: What a shell calls a program that was interrupted.
INTERRUPTED = 130
#: Name to where the command stands (a group, or `module:attribute`) and what it is for.
Table = Mapping[str, tuple[str | click.Command, str]]


class Lazy(click.Group):
    """A group whose commands are imported when they are called; the overview needs none of them."""

    def __init__(self, commands_in: Table, **options: Any) -> None:
        super().__init__(**options)
        self._commands_in = commands_in

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order they are given."""
        return list(self._commands_in)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command; None for a name nobody has."""
        if cmd_name not in self._commands_in:
            return None
        where = self._commands_in[cmd_name][0]
        if isinstance(where, click.Command):
            return where
        module, _colon, attribute = where.partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The overview, from the table alone."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, says) for name, (_where, says) in self._commands_in.items()])

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Refuse an empty call in one line, as every other wrong usage."""
        if not args:
            raise click.UsageError(f"a command is missing: {', '.join(self._commands_in)}", ctx)
        return super().parse_args(ctx, args)


def group(name: str, says: str, commands: Table, **options: Any) -> Lazy:
    """A group of commands."""
    return Lazy(commands, name=name, help=says, **options)


db = group("db", "The database.", {"upgrade": ("web.cli.db:upgrade", "Bring the database to this release.")})
policy = group(
    "policy",
    "Policies.",
    {
        "new": ("web.cli.policy_new:new", "Write a file to begin a pack with."),
        "check": ("web.cli.policy:check", "Hold policies against every obligation."),
        "diff": ("web.cli.diff:diff", "Say what another version changes."),
        "diagram": ("web.cli.diagram:diagram", "Draw a route."),
        "table": ("web.cli.table:table", "Write who decides as a decision table (DMN)."),
        "import-table": ("web.cli.table_import:import_into", "Take a decision table (DMN) into a pack."),
        "install": ("web.cli.policy_install:install", "Take policies and their municipalities into the database."),
    },
)
trail = group("trail", "The trail.", {"verify": ("web.cli.trail:verify", "Recompute every hash, replay every case.")})
token = group(
    "token",
    "API tokens.",
    {
        "create": ("web.cli.token:create", "Print a new token of a person, once."),
        "revoke": ("web.cli.token:revoke", "End all tokens of a person."),
    },
)
admin = group(
    "admin",
    "Administrators.",
    {"create": ("web.cli.admin:create", "Seat the first administrator of a municipality.")},
)
mail = group("mail", "Mail.", {"test": ("web.cli.mail:test", "Send one, and say what the mail server answered.")})
cli = group(
    PROGRAM,
    "The decision-level engine for a municipality's international work.",
    {
        "demo": ("web.cli.demo:demo", "Fill an empty database with four municipalities and serve it."),
        "serve": ("web.cli.serve:serve", "Serve an existing database."),
        "db": (db, "upgrade: bring the database to this release."),
        "who-decides": ("web.cli.who_decides:who_decides", "Who decides, on which way, by which clause."),
        "policy": (policy, "new, check, diff, diagram, table, import-table, install: policies and their routes."),
        "admin": (admin, "create: the first administrator of a municipality."),
        "trail": (trail, "verify: recompute every hash, replay every case."),
        "token": (token, "create, revoke: tokens for the API."),
        "scheduler": ("web.cli.scheduler:scheduler", "Raise what is due and tell people, round after round."),
        "mail": (mail, "test: whether mail leaves this installation."),
        "bench": ("web.cli.bench:bench", "Measure, on throwaway databases."),
    },
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
)
click.version_option(package_name=PROGRAM, prog_name=PROGRAM)(cli)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns its exit code."""
    sys.excepthook = _unexpected
    try:
        code = cli.main(args=arguments, prog_name=PROGRAM, standalone_mode=False)
    except click.ClickException as error:
        _say(error.format_message())
        return error.exit_code
    except click.Abort:
        return INTERRUPTED
    return int(code or 0)


def _say(message: str) -> None:
    click.echo(f"{PROGRAM}: {' '.join(message.split())}", err=True)


def _unexpected(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """A fault of ours in one line; the traceback only under `python -X dev`."""
    if sys.flags.dev_mode:
        sys.__excepthook__(kind, error, trace)
    _say(f"this is a fault of ours: {kind.__name__}: {error}")


if __name__ == "__main__":
    sys.exit(main())
