"""What may a test of a command ask for? A way to call it, a database, a folder of packs, a server that only notes."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from models.database import connect
from tests.web.cli.calling import Run, environment_of
from tests.worlds import CONFIG
from web.cli import main


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command here: exit code, standard output, standard error."""
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)  # put back what the command line replaces
    for name in ("INSTANS_DATABASE_URL", "INSTANS_OWNER_URL", "INSTANS_SECRET_KEY", "INSTANS_POLICIES"):
        monkeypatch.delenv(name, raising=False)

    def running(*arguments: str, **environ: str) -> tuple[int, str, str]:
        for name, value in environ.items():
            monkeypatch.setenv(f"INSTANS_{name}", value)
        capsys.readouterr()
        code = main.main(list(arguments))
        told = capsys.readouterr()
        return code, told.out, told.err

    return running


@pytest.fixture
def database(database_url: str) -> dict[str, str]:
    """The environment of a migrated database, on SQLite and on PostgreSQL."""
    return environment_of(database_url)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """The same database."""
    engine = connect(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    """A folder with one small pack and its country's law beside it."""
    folder = tmp_path / "config" / "policies"
    shutil.copytree(CONFIG / "law", folder.parent / "law")
    folder.mkdir()
    shutil.copy(CONFIG / "policies" / "oslo.yaml", folder)
    return folder


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, int]]:
    """What would have been served: settings and number of processes."""
    found: list[tuple[Any, int]] = []

    def answer(settings: Any, *, workers: int) -> None:
        found.append((settings, workers))

    monkeypatch.setattr("web.cli.serve.answer_requests", answer)
    monkeypatch.setattr("web.cli.demo.serve", answer)
    return found
