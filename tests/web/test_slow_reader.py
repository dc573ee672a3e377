"""Slow readers keep nobody from writing.

On SQLite with a rollback journal an open read transaction would: so a page has ended its own before it is rendered.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from flask import Flask
from sqlalchemy import Engine

from config.settings import Settings
from models.database import writing
from tests.web.conftest import CHEAP
from tests.worlds import NOON, World, build
from web.app import create_app
from workflow.people.administration import carry_out

PASSWORD = "a pass phrase that nobody guesses"


@contextmanager
def _application(engine: Engine, world: World) -> Iterator[Flask]:
    given = {"username": f"manager@{world.tenant.key}", "password_hash": CHEAP.hash(PASSWORD)}
    with writing(engine, world.tenant.id) as connection:
        carry_out(connection, world.tenant, None, "change-person", given, now=world.now)
    url = engine.url.render_as_string(hide_password=False)
    settings = Settings(database_url=url, secret_key="for the length of a test", cookies_secure=False)
    app = create_app(settings, now=lambda: NOON + timedelta(minutes=1), passwords=CHEAP)
    yield app
    app.extensions["instans"].engine.dispose()


def test_a_page_that_is_still_being_rendered_holds_up_no_writer(engine: Engine) -> None:
    world = build(engine, "orebro")
    number = world.open("visit")
    world.act("officer", number, "submit")
    with _application(engine, world) as app:
        rendering, written = threading.Event(), threading.Event()

        @app.context_processor
        def slowly() -> dict[str, str]:
            if threading.current_thread() is not threading.main_thread():
                rendering.set()
                assert written.wait(20), "the writer waited for the reader"
            return {}

        client = app.test_client()
        page = client.get("/login").get_data(as_text=True)
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert token is not None
        client.post("/login", data={"username": "manager@orebro", "password": PASSWORD, "csrf_token": token[1]})
        answers: list[int] = []
        reader = threading.Thread(target=lambda: answers.append(client.get(f"/cases/{number}").status_code))
        reader.start()
        assert rendering.wait(20), "the page was never rendered"
        world.act("manager", number, "endorse")
        written.set()
        reader.join(20)
        assert answers == [200]
        assert world.row(number).state == "decide:responsible"
