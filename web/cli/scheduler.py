"""Command `scheduler`: scheduler rounds, once or until stopped.

Any number of these processes may run on one database: each skips rows that another has locked.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime

import click
from structlog.contextvars import bound_contextvars

from config.settings import Settings
from web.cli.database import current_engine
from web.cli.exit_codes import DONE, as_json, plainly, print_json
from web.core import logs
from web.notifications.scheduler_jobs import scheduler_jobs
from workflow.engine import services_for
from workflow.scheduling.heartbeat import oldest_due
from workflow.scheduling.scheduler import EVERY, run, run_round


@click.command("scheduler")
@click.option("--once", is_flag=True, help="Go round once and stop.")
@click.option(
    "--every",
    metavar="S",
    type=click.IntRange(1, 3600),
    default=EVERY,
    show_default=True,
    help="Seconds between rounds.",
)
@click.option("--beside", metavar="PID", type=int, hidden=True, help="Stop when this process is gone.")
@as_json
@plainly
def scheduler(once: bool, every: int, beside: int | None, as_json: bool) -> int:
    """Raise what comes due or is late, end what has run out, send what people are told; until told to stop."""
    settings = Settings.from_environment()
    with current_engine(settings) as engine:
        services = services_for(engine)
        if not once:
            with logs.written(readable=beside is not None):
                run(
                    services,
                    jobs=scheduler_jobs(services, settings),
                    every=every,
                    goes_on=lambda: beside is None or _lives(beside),
                )
            return DONE
        now = datetime.now(UTC)
        with logs.written(readable=False), bound_contextvars(round_id=secrets.token_hex(8)):
            counts = run_round(
                services, now=now, jobs=scheduler_jobs(services, settings), progress=None if as_json else _say
            )
        left = oldest_due(services, now=now)
    if as_json:
        print_json({"at": now.isoformat(), "counts": counts, "oldest_due": left.isoformat() if left else None})
    else:
        click.echo(", ".join(f"{name}: {number}" for name, number in counts.items()))
        click.echo(f"due since {left.isoformat()}" if left else "nothing is due")
    return DONE


def _say(key: str, counts: Mapping[str, int]) -> None:
    click.echo(f"{key}: {counts['raised']} raised so far", err=True)


def _lives(pid: int) -> bool:
    """Whether a process is there still."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
