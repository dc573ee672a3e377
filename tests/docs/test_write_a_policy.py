"""Does whoever follows the guide to the letter see what it shows, and have a municipality in the end?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import Engine, select

import config
from config.settings import Settings
from models import Person
from models.database import connect, reading
from tests.docs.following import Shell, blocks, commands, edited, shows
from tests.web.cli.calling import answers, free_port
from tests.web.clients import Desk
from tests.web.conftest import SECRET, Browser
from tests.worlds import peopled
from web.app import create_app
from web.cli.policy_new import starting
from workflow.audit.verify import verify
from workflow.people.first_admin import seat_first_administrator
from workflow.policy.loading.loader import load_bytes, packaged
from workflow.policy.model import Policy
from workflow.policy.verification.runner import check

GUIDE = Path(config.__file__).parent.parent / "docs" / "write-a-policy.md"
BLOCKS = tuple(blocks(GUIDE.read_text(encoding="utf-8")))
PACK, LATER = "egesund.yaml", "egesund-2026.yaml"
CHECK, SERVE = "instans policy check egesund", "instans serve"
PASSWORD = "a few words in a row"
LONGEST = 410


def policy_of(text: str) -> Policy:
    return load_bytes(text.encode(), PACK, packaged().law)


def written() -> Iterator[tuple[str, bool]]:
    """The pack each time the guide lets it be checked, and at its end; whether it is the end."""
    text = starting("egesund", "dk", "Egesund Kommune", date(2026, 11, 28))
    for block in BLOCKS:
        if block.language == "console":
            if any(command == CHECK for command, _shown in commands(block)):
                yield text, False
        elif block.file is None:
            text = edited(text, block)
    yield text, True


# -- the pack


def test_each_mistake_of_the_guide_is_found_where_it_says_and_its_pack_has_none() -> None:
    found = []
    for text, _is_end in written():
        broken = [one for one in check(policy_of(text)).obligations if not one.ok]
        found.append(broken[0].id if broken else "")
    assert found == ["", "P1", "P10", "", ""]


def test_the_guides_pack_carries_out_each_clause_of_its_document() -> None:
    policy = next(policy_of(text) for text, is_end in written() if is_end)
    own = [clause for clause in policy.clauses.values() if clause.kind != "law"]
    assert [clause.section for clause in own] == [f"§ {number}" for number in range(1, 9)]
    assert {clause.kind for clause in own} >= {"competence", "requirement", "prohibition", "evaluation", "duty"}
    for kind, coverage in check(policy).coverage.items():
        assert kind in ("law", "guidance") or coverage.unenforced == ()


def test_the_guide_is_an_hours_reading_and_every_block_is_one_that_is_followed() -> None:
    assert GUIDE.read_text(encoding="utf-8").count("\n") <= LONGEST
    assert {block.language for block in BLOCKS} == {"console", "yaml", "diff"}
    assert {block.file for block in BLOCKS} == {None, LATER}


@pytest.mark.parametrize(
    ("printed", "shown", "is_it"),
    [
        ("a 12 b\n", "a … b", True),
        ("a  12 b\n", "a  … b", True),
        ("one\ntwo\nthree\n", "one\n…\nthree", True),
        ("one\nthree\n", "one\n…\nthree", True),
        ("one\ntwo\n", "one", False),
        ("one\ntwo\n", "one\n…\nthree", False),
        ("a.b\n", "a.b", True),
        ("aXb\n", "a.b", False),
        ("ab\n", "a b", False),
    ],
)
def test_what_a_guide_shows_is_held_to_what_is_printed(printed: str, shown: str, is_it: bool) -> None:
    assert shows(printed, shown) is is_it


# -- the whole of it, in a shell


class Typed(NamedTuple):
    """A command, how it ended, what it printed and what the guide shows."""

    command: str
    ended: int
    printed: str
    shown: str


class Followed(NamedTuple):
    """What came of following the guide."""

    folder: Path
    typed: tuple[Typed, ...]


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Followed:
    """The guide, followed block by block in an empty folder."""
    folder = tmp_path_factory.mktemp("egesund")
    shell, typed = Shell(folder), list[Typed]()
    for block in BLOCKS:
        if block.language != "console":
            file = folder / (block.file or PACK)
            file.write_text(edited(file.read_text("utf-8"), block), "utf-8")
            continue
        for command, shown in commands(block):
            printed = _served(shell) if command == SERVE else shell.type(command)
            typed.append(Typed(command, shell.ended, printed, shown))
    return Followed(folder, tuple(typed))


def _served(shell: Shell) -> str:
    """What `instans serve` prints before it answers, at a port that is free here."""
    port = free_port()
    server = shell.start(f"{SERVE} --port {port} --workers 1")
    try:
        assert server.stdout is not None
        printed = server.stdout.readline()
        assert answers(f"http://127.0.0.1:{port}/healthz", server)
        return printed.replace(str(port), "8000")
    finally:
        server.terminate()
        server.communicate(timeout=20)


@pytest.fixture
def engine(followed: Followed) -> Iterator[Engine]:
    """The database the reader has made."""
    engine = connect(f"sqlite:///{followed.folder / 'egesund.db'}")
    yield engine
    engine.dispose()


@pytest.mark.slow
def test_each_command_prints_what_the_guide_shows_and_fails_only_where_it_says(followed: Followed) -> None:
    assert len(followed.typed) > 15
    for one in followed.typed:
        assert shows(one.printed, one.shown), f"{one.command}\n{one.printed}"
        assert one.ended == ("FAILED" in one.shown), f"{one.command} ended with {one.ended}"
    assert (followed.folder / "council-agreement.svg").read_text("utf-8").startswith("<svg ")


@pytest.mark.slow
def test_the_municipality_decides_its_first_case_and_then_on_a_later_version(
    followed: Followed, engine: Engine
) -> None:
    now = datetime.now(UTC)
    policy = policy_of((followed.folder / PACK).read_text("utf-8"))
    url = engine.url.render_as_string(hide_password=False)
    app = create_app(Settings(url, secret_key=SECRET, cookies_secure=False))
    _chooses(app, _link(followed))
    ida = _at_a_desk(app, "ida@egesund")
    _seats_an_officer(ida, _second_administrator(app, now))
    mette = _at_a_desk(app, "mette@egesund")
    assert "Byrådet" in mette.read("/policy?engagement=twin-agreement&act=enter")

    world = peopled(engine, policy, now=now)
    with reading(engine, world.tenant.id) as session:
        world.people["officer"] = session.execute(
            select(Person.id).where(Person.username == "mette@egesund")
        ).scalar_one()
    number = world.open("twin-agreement", attributes={}, responsible="skoleudvalget")
    assert world.walk(number) == "concluded"

    running = world.open("cooperation-agreement", attributes={}, responsible="skoleudvalget")
    world.walk(running, until="review")
    revised = world.open("policy", "adopt", attributes={})
    assert world.walk(revised) == "concluded"
    given = {"governs_from": now.date().isoformat(), "basis": "decision", "case": revised, "reason": ""}
    assert ida.send("/policy/versions/egesund-2026/activate", given).status_code == 303
    seen = {"to": "egesund-2026", "version": str(world.version(running)), "comment": "The year applies to it too."}
    assert ida.send(f"/cases/{running}/version", seen).status_code == 303
    assert "egesund-2026" in ida.read(f"/cases/{running}")
    app.extensions["instans"].engine.dispose()
    assert verify(engine).ok


def _link(followed: Followed) -> str:
    """The link that the command has printed for Ida."""
    (printed,) = (one.printed for one in followed.typed if one.command.startswith("instans admin create ida@"))
    found = re.search(r"^/invitation/\S+$", printed, re.MULTILINE)
    assert found is not None
    return found[0]


def _second_administrator(app: Flask, now: datetime) -> Desk:
    """Lars, seated by the same command."""
    here = app.extensions["instans"].workflow
    person = {"name": "Lars Friis", "username": "lars@egesund", "language": "da"}
    token = seat_first_administrator(here.engine, here.tenants.tenant("egesund"), person, "radhuset", now=now)
    _chooses(app, f"/invitation/{token}")
    return _at_a_desk(app, "lars@egesund")


def _chooses(app: Flask, link: str) -> None:
    """Somebody opens their link and chooses a password."""
    browser = Browser(app.test_client())
    sent = {"csrf_token": browser.token(link), "password": PASSWORD, "again": PASSWORD}
    assert browser.client.post(link, data=sent).status_code == 303


def _at_a_desk(app: Flask, username: str) -> Desk:
    desk = Desk(Browser(app.test_client()))
    assert desk.browser.log_in(username, PASSWORD).status_code == 303
    return desk


def _seats_an_officer(ida: Desk, lars: Desk) -> None:
    """Ida adds and seats Mette; Lars confirms the invitation, and hands on the link that he is shown."""
    today = datetime.now(ZoneInfo("Europe/Copenhagen")).date()
    person: dict[str, Any] = {"name": "Mette Lund", "username": "mette", "language": "da", "is_invited": "yes"}
    assert ida.send("/admin/people/new", person).status_code == 303
    seat = {"username": "mette", "role": "officer", "body": "skoleforvaltningen", "starts_on": today.isoformat()}
    assert ida.send("/admin/appointments/new", seat).status_code == 303
    found = re.search(r"/invitation/egesund_[\w-]+", lars.send("/admin/changes/1/confirm").text)
    assert found is not None
    _chooses(lars.browser.client.application, found[0])
