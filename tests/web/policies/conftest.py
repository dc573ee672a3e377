"""Each municipality in turn, and its officer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from tests.web.clients import Desk, engine_of, sit
from tests.web.conftest import furnished, serving
from tests.worlds import MUNICIPALITIES, World


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    """SQLite, unless a test asks for each store."""
    return engine_of(request)


@pytest.fixture(params=MUNICIPALITIES)
def anywhere(request: pytest.FixtureRequest, engine: Engine) -> Iterator[tuple[World, Desk]]:
    """A world of each municipality, and its officer."""
    world = furnished(engine, request.param)
    for app in serving(world):
        yield world, sit(app, f"officer@{request.param}")
