"""Tests of the extraction and translation of a pack's reasons; packs keep their English bytes."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from flask import Flask
from flask_login import login_user
from sqlalchemy import Engine

import web
from tests.web.clients import sit, words
from tests.web.conftest import furnished, serving
from tests.worlds import MUNICIPALITIES, World, policy_of
from web.auth.session import User
from web.i18n import labels
from web.i18n.babel_extractor import extract
from workflow.policy.assumptions import assumptions

ROOT = Path(web.__file__).parent
PACKS = [file for folder in ("policies", "law", "starting") for file in ROOT.parent.glob(f"config/{folder}/*.yaml")]
NO_INTERVAL = "the policy gives no interval"


@pytest.fixture
def world(sqlite_engine: Engine) -> World:
    """Örebro, on SQLite: words do not depend on the database."""
    return furnished(sqlite_engine, "orebro")


@pytest.fixture
def swedish(world: World) -> Iterator[Flask]:
    """The application within a request by a Swedish reader."""
    for app in serving(world):
        with app.test_request_context("/"):
            login_user(User(1, "p", "p@orebro", "P", "sv", world.tenant, frozenset()))
            yield app


def _found(text: str) -> list[tuple[int, str]]:
    return [(line, told) for line, _function, told, _comments in extract(BytesIO(text.encode()), (), (), {})]


# -- what is a sentence of the catalogues


def test_what_a_pack_says_itself_and_the_reason_of_anything_but_guidance_are_none() -> None:
    assert _found("clauses:\n  a: {kind: requirement, reason: not this, says: {en: nor this}}\n") == []
    assert _found("") == []


def test_an_assumption_anywhere_and_the_reason_of_guidance_are_with_folded_lines_as_the_engine_reads_them() -> None:
    pack = "rows:\n  - {id: a, assumed: told on\n     two lines}\nclauses:\n  b:\n    reason: why\n    kind: guidance\n"
    assert _found(pack) == [(2, "told on two lines"), (6, "why")]


def test_every_reason_that_a_screen_can_show_is_found() -> None:
    found = {told for pack in PACKS for _line, told in _found(pack.read_text("utf-8"))}
    shown = set()
    for policy in map(policy_of, MUNICIPALITIES):
        clauses = policy.clauses.values()
        shown |= {assumption.reason for assumption in assumptions(policy)}
        shown |= {clause.reason for clause in clauses if clause.reason}
    assert len(shown) > 100
    assert shown - found == set()


@pytest.mark.parametrize("language", ["da", "nb", "sv"])
def test_every_one_of_them_is_told_in_each_language(language: str) -> None:
    with (ROOT / "translations" / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalogue = read_po(file)
    for pack in PACKS:
        for line, told in _found(pack.read_text("utf-8")):
            message = catalogue.get(told)
            assert message, f"{pack.name}:{line} {told}"
            assert message.string not in ("", told), f"{pack.name}:{line} {told}"


# -- what the reader sees


def test_nothing_is_never_looked_up(swedish: Flask) -> None:
    assert labels.pack_text("") == ""


def test_a_text_that_no_catalogue_knows_stays_as_the_pack_gives_it(swedish: Flask) -> None:
    assert labels.pack_text("100 % of <b>this</b>, %(that)s") == "100 % of <b>this</b>, %(that)s"
    mark = swedish.jinja_env.get_template("_macros.html").make_module(vars={}).of_pack("50 % <b>")
    assert '<span lang="en">50 % &lt;b&gt;</span>' in mark


def test_the_policy_page_tells_why_it_assumes_and_why_guidance_binds_nobody_in_swedish(world: World) -> None:
    for app in serving(world):
        desk = sit(app, "officer@orebro")
        desk.send("/language", {"language": "en"})
        assert NO_INTERVAL in desk.read("/policy")
        desk.send("/language", {"language": "sv"})
        page = desk.get("/policy").text
        told = words(page)
        assert "Antagande: policyn anger inget intervall" in told
        assert "Styr ingenting: uppmuntras men krävs inte" in told
        assert NO_INTERVAL not in told
        assert '<span lang="en">' not in page


def test_a_case_tells_what_it_assumes_in_swedish(world: World) -> None:
    number = world.open("twin-agreement", fields={"representatives": ["A"]})
    for app in serving(world):
        desk = sit(app, "officer@orebro")
        desk.send("/language", {"language": "sv"})
        told = desk.read(f"/cases/{number}")
        assert "Antagande: policyn vill att politiker deltar; att beslutet måste ange vilka är vår tolkning" in told
