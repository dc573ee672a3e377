"""Command `demo`: four municipalities with cases in a database of their own, served.

All demo people share one password. It is derived from the demo's secret, so it survives restarts and is stored
nowhere.
"""

from __future__ import annotations

import base64
import hmac
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click
from sqlalchemy import Engine, inspect, select

from config.settings import Settings
from models import Installation, Person
from models.database import reading, writing
from models.upgrade import RevisionUnknown, clear, upgrade
from web.cli.database import engine_of, exists, is_current
from web.cli.exit_codes import DONE, plainly
from web.cli.serve import host, port
from web.core.passwords import Passwords
from web.demo.seed import DatabaseInUse, fill
from web.server import address_of, require_free, serve
from workflow.core.errors import PolicyInvalid
from workflow.core.tenants import Tenants
from workflow.people.administration import carry_out
from workflow.policy.loading.loader import load_folder

#: Processes that serve the demo.
WORKERS = 2


@click.command("demo")
@host
@port
@click.option("--reset", is_flag=True, help="Throw away what is there and begin anew; only in a demo's own database.")
@plainly
def demo(host: str, port: int, reset: bool) -> int:
    """Fill an empty database with four municipalities and serve it. A second time nothing is added."""
    settings = Settings.from_environment().bound_to(host, port)
    require_free(settings)
    _admit(settings, reset=reset)
    settings = settings.for_demo()
    try:
        upgrade(settings.database_url, owner_url=settings.owner_url)
    except RevisionUnknown as error:
        raise click.ClickException(f"{error}; instans demo --reset begins anew") from None
    word = password_of(settings)
    with engine_of(settings) as engine:
        try:
            fill(engine, load_folder(settings.policies), now=datetime.now(UTC), password_hash=Passwords().hash(word))
        except DatabaseInUse as error:
            raise click.ClickException(str(error)) from None
        except PolicyInvalid as error:  # the demo of another release
            raise click.ClickException(f"{error}; instans demo --reset begins anew") from None
        renew_password(engine, word, datetime.now(UTC))
    click.echo(f"Password of everybody in the demo: {word}")
    click.echo(f"Instans answers at http://{address_of(settings)}")
    with _scheduler():
        serve(settings, workers=WORKERS)
    return DONE


@contextmanager
def _scheduler() -> Iterator[None]:
    """A scheduler of the demo's own, in a process beside the server that ends with it."""
    command = [sys.executable, "-m", "web.cli.main", "scheduler", "--every", "20", "--beside", str(os.getpid())]
    beside = subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603 - our own command
    try:
        yield
    finally:
        beside.terminate()
        beside.wait()


def _admit(settings: Settings, *, reset: bool) -> None:
    """Leave alone whatever is no demo; throw a demo away where that is asked for."""
    if not exists(settings):
        return
    with engine_of(settings) as engine:
        tables = inspect(engine).get_table_names()
        is_demo = bool(tables) and carries_mark(engine)
        if reset and tables and not is_demo:
            raise click.ClickException("the database does not carry the demo's mark, so nothing of it was thrown away")
        if tables and not is_demo and not is_current(engine):
            raise click.ClickException("the database is neither empty nor a demo, so it was left as it is")
    if reset and is_demo:
        clear(settings.database_url, owner_url=settings.owner_url)


def carries_mark(engine: Engine) -> bool:
    """Whether a database was filled by the demo."""
    if not inspect(engine).has_table(Installation.__tablename__):
        return False
    with engine.connect() as connection:
        return bool(connection.execute(select(Installation.is_demo)).scalars().first())


def password_of(settings: Settings) -> str:
    """The demo's password: sixteen letters and digits that follow from its secret."""
    digest = hmac.digest(settings.require_secret().encode(), b"password of the demo", "sha256")
    letters = base64.b32encode(digest).decode().lower()[:16]
    return "-".join(letters[start : start + 4] for start in range(0, 16, 4))


def renew_password(engine: Engine, word: str, now: datetime) -> None:
    """Give the demo's people the password again where its secret has changed since they were made."""
    passwords, tenants = Passwords(), Tenants(engine)
    hashed = ""
    for key in tenants.keys():  # noqa: SIM118 - a directory is no dict
        tenant = tenants.tenant(key)
        query = select(Person.username, Person.password_hash).where(
            Person.is_example, Person.password_hash.is_not(None)
        )
        with reading(engine, tenant.id) as session:
            people = session.execute(query.order_by(Person.id)).all()
        if not people or passwords.matches(people[0].password_hash, word):
            continue
        hashed = hashed or passwords.hash(word)
        with writing(engine, tenant.id) as connection:
            for person in people:
                given = {"username": person.username, "password_hash": hashed}
                carry_out(connection, tenant, None, "change-person", given, now=now, is_example=True)
