"""Order of time in a case: when a body can have met, and whose paragraph a decision is."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.workflow.refusals import refused
from tests.worlds import World
from workflow.audit.dates import DateOrder
from workflow.audit.verify import verify
from workflow.core.errors import Malformed
from workflow.trail.chain import Stream
from workflow.trail.chronology import normal_paragraph
from workflow.trail.entry import as_text

COMMITTEE, OTHER = "programnamnd-barn", "bolagsstyrelsen"
#: Days after that of `NOON` on which something happens, and their dates.
FOURTH, FIFTH, SIXTH, NINTH = "2026-09-19", "2026-09-20", "2026-09-21", "2026-09-24"


def enter(world: World, who: str, number: str, met_on: str, outcome: str = "approve", **more: object) -> None:
    """A secretary enters what was decided on a day."""
    world.act(f"secretary.{who}", number, "enter-decision", world.decision(outcome, meeting_date=met_on, **more))


def confirm(world: World, who: str, number: str) -> None:
    """The chair confirms."""
    world.act(f"chair.{who}", number, "confirm")


def before_the_board(world: World) -> str:
    """A case handed in on the fourth day, endorsed on the fifth and recommended by the committee on the sixth."""
    number = world.open("twin-agreement")
    world.later(days=4)
    world.step(number)
    world.later(days=1)
    world.step(number)
    world.later(days=10)
    enter(world, "committee", number, SIXTH, "recommend")
    confirm(world, "committee", number)
    return number


@pytest.mark.parametrize(
    ("met_on", "code"),
    [
        ("1900-01-01", "meeting-before-submission"),
        ("2026-09-18", "meeting-before-submission"),
        (FOURTH, "meeting-before-endorsement"),
        ("2026-10-01", "meeting-in-future"),
    ],
)
def test_body_meets_when_the_matter_is_handed_in_and_endorsed(orebro: World, met_on: str, code: str) -> None:
    number = orebro.open("visit", responsible=COMMITTEE)
    orebro.later(days=4)
    orebro.step(number)
    orebro.later(days=1)
    orebro.step(number)
    orebro.later(days=10)
    with refused(orebro, Malformed, code):
        enter(orebro, "committee", number, met_on)
    enter(orebro, "committee", number, FIFTH)


def test_council_meets_after_the_bodies_that_are_heard_first(orebro: World) -> None:
    number = before_the_board(orebro)
    with refused(orebro, Malformed, "meeting-before-body"):
        enter(orebro, "executive", number, FIFTH, "recommend")
    enter(orebro, "executive", number, NINTH, "recommend")
    confirm(orebro, "executive", number)
    with refused(orebro, Malformed, "meeting-before-body", clauses=("se/kl.5-28",)):
        enter(orebro, "council", number, SIXTH)
    enter(orebro, "council", number, NINTH)


def test_record_may_come_later_than_the_meeting_that_followed(orebro: World) -> None:
    number = before_the_board(orebro)
    orebro.later(days=30)
    enter(orebro, "executive", number, NINTH, "recommend")
    confirm(orebro, "executive", number)
    enter(orebro, "council", number, "2026-09-28")
    confirm(orebro, "council", number)
    orebro.walk(number)
    assert verify(orebro.engine).ok


def test_case_that_was_referred_back_begins_anew(orebro: World) -> None:
    number = before_the_board(orebro)
    enter(orebro, "executive", number, "2026-09-29", "refer-back", text="Ask the schools")
    confirm(orebro, "executive", number)
    assert orebro.row(number).state == "draft"
    orebro.walk(number, "recommend:responsible")
    with refused(orebro, Malformed, "meeting-before-submission"):
        enter(orebro, "committee", number, "2026-09-29", "recommend")
    enter(orebro, "committee", number, "2026-09-30", "recommend")


# -- paragraphs


def two_visits(world: World, bodies: tuple[str, str] = (COMMITTEE, COMMITTEE)) -> list[str]:
    """Two cases, each before the committee that decides it."""
    numbers = [world.open("visit", responsible=body) for body in bodies]
    for number in numbers:
        world.walk(number, "decide:responsible")
    return numbers


@pytest.mark.parametrize("paragraph", ["§ 7", "7", "§7", " § 7"])
def test_paragraph_of_a_meeting_decides_one_case(orebro: World, paragraph: str) -> None:
    first, second = two_visits(orebro)
    enter(orebro, "committee", first, "2026-09-15", paragraph="§ 7")
    confirm(orebro, "committee", first)
    with refused(orebro, Malformed, "paragraph-taken") as refusal:
        enter(orebro, "committee", second, "2026-09-15", paragraph=paragraph)
    assert first in str(refusal.value)
    enter(orebro, "committee", second, "2026-09-15", paragraph="§ 7 a")
    confirm(orebro, "committee", second)


def test_paragraph_that_was_taken_meanwhile_is_not_confirmed(orebro: World) -> None:
    first, second = two_visits(orebro)
    for number in (first, second):
        enter(orebro, "committee", number, "2026-09-15", paragraph="§ 7")
    confirm(orebro, "committee", first)
    with refused(orebro, Malformed, "paragraph-taken"):
        confirm(orebro, "committee", second)
    orebro.act("chair.committee", second, "refer-back", comment="Another paragraph")
    enter(orebro, "committee", second, "2026-09-15", paragraph="§ 8")
    confirm(orebro, "committee", second)


def test_paragraph_of_another_day_or_body_is_another(orebro: World) -> None:
    first, second = two_visits(orebro, (COMMITTEE, OTHER))
    orebro.later(days=1)
    third = two_visits(orebro)[0]
    for number in (first, second):
        enter(orebro, "committee", number, "2026-09-15", paragraph="§ 7")
        confirm(orebro, "committee", number)
    enter(orebro, "committee", third, "2026-09-16", paragraph="§ 7")
    confirm(orebro, "committee", third)
    assert verify(orebro.engine).ok


def test_paragraphs_are_compared_without_sign_blanks_and_capitals() -> None:
    assert normal_paragraph("§ 7 A") == normal_paragraph("7a") != normal_paragraph("§ 7")


@pytest.mark.parametrize("paragraph", ["12.", "012", "１２", "§\u200b12", "§ 12\u00ad", " § 12 "])
def test_paragraph_is_the_same_however_it_is_written(paragraph: str) -> None:
    assert normal_paragraph(paragraph) == normal_paragraph("§ 12")
    assert normal_paragraph(paragraph) != normal_paragraph("§ 120")


# -- what a trail says


@pytest.mark.parametrize(
    ("action", "data", "code"),
    [
        ("confirm", {"body": "kommunstyrelsen", "meeting_date": "2026-09-14"}, "met-before-submission"),
        ("confirm", {"body": "kommunstyrelsen", "meeting_date": "2026-09-18"}, "met-after-entry"),
        (
            "sign",
            {"signature": {"signed_on": "2001-01-01", "counter_signed_on": "2026-09-17"}},
            "signed-before-decision",
        ),
        ("sign", {"signature": {"signed_on": "2026-09-17", "counter_signed_on": "2026-09-18"}}, "dated-after-entry"),
        ("attach", {"dated_on": "2026-09-18"}, "dated-after-entry"),
    ],
)
def test_verification_names_case_and_entry_of_a_date_out_of_order(
    action: str, data: dict[str, object], code: str
) -> None:
    rows = [
        entry(1, "submit", "2026-09-15"),
        entry(2, "confirm", "2026-09-16", body="namnd", meeting_date="2026-09-16", paragraph="§ 1"),
        SimpleNamespace(number=3, action=action, at="2026-09-17T10:00:00.000000Z", data=as_text(data)),
    ]
    (fault,) = DateOrder("Europe/Stockholm").faults(Stream("orebro-2026-00001", rows))  # type: ignore[arg-type]
    assert (fault.case, fault.entry) == ("orebro-2026-00001", 3)
    assert fault.code == code


def test_verification_names_a_paragraph_that_decides_two_cases() -> None:
    order = DateOrder("Europe/Stockholm")
    one, two = (
        Stream(name, [entry(1, "confirm", "2026-09-16", body="n", meeting_date="2026-09-16", paragraph=paragraph)])  # type: ignore[list-item]
        for name, paragraph in (("orebro-2026-00001", "§ 7"), ("orebro-2026-00002", "7"))
    )
    assert list(order.faults(one)) == []
    (fault,) = order.faults(two)
    assert (fault.case, fault.entry) == ("orebro-2026-00002", 1)
    assert "orebro-2026-00001" in str(fault)


def entry(number: int, action: str, day: str, **data: object) -> SimpleNamespace:
    """What verification reads of an entry, at noon."""
    return SimpleNamespace(number=number, action=action, at=f"{day}T10:00:00.000000Z", data=as_text(data))
