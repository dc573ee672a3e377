"""Views for bringing a waiting version into force: what is refused stays in the form."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import Engine

from tests.web.clients import Desk, engine_of, sit, values, words
from tests.web.policies.versions.waiting import FORM, GIVEN, NEW, brought, decided
from tests.worlds import World


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    """SQLite, unless a test asks for each store."""
    return engine_of(request)


@pytest.fixture
def admin(app: Flask) -> Desk:
    return sit(app, "admin@orebro")


def test_a_form_of_another_site_changes_nothing(world: World, admin: Desk) -> None:
    brought(world)
    assert admin.browser.client.post(FORM, data=GIVEN | {"case": decided(world)}).status_code == 400
    assert "This version waits" in admin.read(f"/policy?version={NEW}")


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"case": ""}, "Name a case of your municipality"),
        ({"governs_from": "2026-09-14"}, "A version governs from today at the earliest"),
        ({"governs_from": ""}, "is needed"),
        ({"basis": ""}, "is needed"),
        ({"basis": "reading", "case": "", "reason": ""}, "Give your reasons"),
        ({"basis": "reading", "case": "", "reason": "We read it anew"}, "another administrator must"),
    ],
)
def test_what_is_refused_is_told_and_stays_in_the_form(
    world: World, admin: Desk, sent: dict[str, str], told: str
) -> None:
    brought(world)
    given = GIVEN | {"case": decided(world), "reason": "We thought about it"} | sent
    answer = admin.send(FORM, given)
    assert answer.status_code in (403, 422), words(answer.text)
    assert told in words(answer.text)
    assert {name: values(answer.text).get(name, "") for name in given} == given
    assert "This version waits" in admin.read(f"/policy?version={NEW}")
