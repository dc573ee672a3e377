"""The secrecy mark of a case: who sets and lifts it, with a reason, and what the trail holds of it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update

from models import Case, Disclosure, TrailEntry
from models.database import reading, writing
from tests.worlds import World
from workflow.audit.verify import verify
from workflow.cases.secrecy_mark import change_secrecy
from workflow.core.errors import CaseChanged, Malformed, NotFound, NotMandated
from workflow.trail.entry import from_text

MARK = {"law": "OSL 15:1", "note": "Foreign affairs", "reason": "The partner asks for it."}


def change(orebro: World, who: str, number: str, **given: Any) -> None:
    """Change the mark at the case's present version."""
    version = given.pop("version", orebro.version(number))
    change_secrecy(orebro.services, orebro.people[who], number, MARK | given, now=orebro.now, expected_version=version)


@pytest.mark.parametrize("who", ["secretary.council", "chair.executive", "coordinator", "auditor", "member3"])
def test_others_than_officer_and_manager_change_no_mark(orebro: World, who: str) -> None:
    number = orebro.open("membership")
    orebro.act("officer", number, "submit")
    with pytest.raises(NotMandated):
        change(orebro, who, number)


def test_an_administrator_who_sees_nothing_of_it_lifts_nothing(orebro: World) -> None:
    number = orebro.open("membership", secrecy={"law": "OSL 15:1", "note": ""})
    with pytest.raises((NotFound, NotMandated)):
        change(orebro, "admin", number, law="")


@pytest.mark.parametrize(
    ("given", "error", "field"),
    [
        ({"reason": " "}, Malformed, "reason"),
        ({"law": ""}, Malformed, "law"),
        ({"law": "", "note": ""}, Malformed, "law"),
        ({"version": 7}, CaseChanged, ""),
    ],
)
def test_what_is_refused(orebro: World, given: dict[str, Any], error: type[Exception], field: str) -> None:
    number = orebro.open("membership")
    with pytest.raises(error) as refused:
        change(orebro, "officer", number, **given)
    if field:
        assert refused.value.reasons[0].values["field"] == field  # type: ignore[attr-defined]
    assert orebro.row(number).secrecy_law == ""
    assert orebro.version(number) == 1


def test_the_mark_is_in_the_trail_from_the_opening_on(orebro: World) -> None:
    number = orebro.open("membership", secrecy={"law": "OSL 15:1", "note": "Foreign affairs"})
    orebro.walk(number)
    change(orebro, "manager", number, law="", note="", reason="Published.")
    with reading(orebro.engine, orebro.tenant.id) as db:
        entries = db.execute(
            select(TrailEntry.action, TrailEntry.data).where(TrailEntry.stream == number).order_by(TrailEntry.number)
        ).all()
        words = db.execute(select(Disclosure.value).where(Disclosure.stream == number, Disclosure.field == "secrecy"))
        found = list(words.scalars())
    assert from_text(entries[0].data)["secret"] is True
    assert (entries[-1].action, from_text(entries[-1].data)["secret"]) == ("change-secrecy", False)
    assert "OSL 15:1" in found[0]
    assert orebro.row(number).state == "concluded"
    assert not list(verify(orebro.engine).faults)


def test_a_mark_taken_away_behind_the_trail_is_found(orebro: World) -> None:
    number = orebro.open("membership", secrecy={"law": "OSL 15:1", "note": ""})
    with writing(orebro.engine, orebro.tenant.id) as connection:
        connection.execute(update(Case).where(Case.number == number).values(secrecy_law=""))
    codes = {(fault.code, fault.values.get("field")) for fault in verify(orebro.engine).faults}
    assert ("case-field-differs", "secret") in codes
    assert ("case-field-differs", "secrecy") in codes
