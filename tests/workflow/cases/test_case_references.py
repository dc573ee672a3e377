"""Which cases does a text mention, and does the engine notice one that nobody has?"""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models import Case, CaseReference
from models.database import reading
from tests.worlds import World
from workflow.cases.case_references import dangling, mentioned_in


def mentions(world: World, number: str) -> list[str]:
    """What is recorded for a case."""
    with reading(world.engine, world.tenant.id) as session:
        query = select(CaseReference.mentioned).join(Case, Case.id == CaseReference.case_id)
        return sorted(session.scalars(query.where(Case.number == number)))


def dangling_in(world: World) -> list[tuple[str, str]]:
    """What the auditor is told."""
    with reading(world.engine, world.tenant.id) as session:
        return dangling(session)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Byrådssak 98/23 erstatter sak 143/09.", ("98/23", "143/09")),
        ("opphever sak nr. 143/19", ("143/19",)),
        ("jf. saken 12/2024", ("12/2024",)),
        ("se ärende 45/2012 och dnr 006-1137/2007", ("45/2012", "006-1137/2007")),
        ("Dnr. 006-1137/2007", ("006-1137/2007",)),
        ("sag nr 7/22 og sagen 8/22", ("7/22", "8/22")),
        ("case no. 98/23", ("98/23",)),
        ("as decided in orebro-2026-00012.", ("orebro-2026-00012",)),
        ("sak 98/23, igen sak 98/23", ("98/23",)),
    ],
)
def test_case_is_found_after_a_word_for_case_or_in_our_own_form(text: str, numbers: tuple[str, ...]) -> None:
    assert mentioned_in(text) == numbers


@pytest.mark.parametrize(
    "text",
    [
        "",
        "on 25/05 the council met",
        "Agenda 2030, goal 17/17",
        "price 1/2",
        "kasse 98/23",
        "sak om 98/23",
        "orebro-e-00012",
        "orebro-l-2026-00012",
        "sak 98/234567",
    ],
)
def test_what_is_no_case_number_is_not_taken_for_one(text: str) -> None:
    assert mentioned_in(text) == ()


def test_mention_of_a_case_that_nobody_has_dangles(oslo: World) -> None:
    text = "The council takes note of the strategy and repeals sak 143/19."
    number = oslo.open("policy", "adopt", attributes={}, text=text, external_number="98/23")
    assert mentions(oslo, number) == ["143/19"]
    assert dangling_in(oslo) == [(number, "143/19")]


def test_mention_of_a_case_here_does_not_dangle_by_either_number(oslo: World) -> None:
    earlier = oslo.open("policy", "adopt", attributes={}, external_number="143/09")
    later = oslo.open("policy", "adopt", attributes={}, text=f"Repeals sak 143/09, see {earlier}.")
    assert mentions(oslo, later) == ["143/09", earlier]
    assert dangling_in(oslo) == []


def test_reference_stops_dangling_when_the_case_comes(oslo: World) -> None:
    later = oslo.open("policy", "adopt", attributes={}, text="Repeals sak 143/09.")
    assert dangling_in(oslo) == [(later, "143/09")]
    oslo.open("policy", "adopt", attributes={}, external_number="143/09")
    assert dangling_in(oslo) == []


def test_case_does_not_refer_to_itself(oslo: World) -> None:
    number = oslo.open("policy", "adopt", attributes={}, title="Byrådssak 98/23", external_number="98/23")
    oslo.act("officer", number, "amend", {"text": f"This is {number}, sak 98/23."})
    assert mentions(oslo, number) == []


def test_title_is_searched_too(oslo: World) -> None:
    number = oslo.open("policy", "adopt", attributes={}, title="Ny strategi etter sak 143/09")
    assert mentions(oslo, number) == ["143/09"]


def test_mention_in_a_later_text_is_added_once(oslo: World) -> None:
    number = oslo.open("policy", "adopt", attributes={}, text="Repeals sak 143/09.")
    oslo.act("officer", number, "amend", {"text": "Repeals sak 143/09 and sak 143/19."})
    oslo.act("officer", number, "amend", {"text": "Repeals sak 143/19 only."})
    assert mentions(oslo, number) == ["143/09", "143/19"]


def test_mention_in_a_bodys_own_text_is_noted_when_it_is_confirmed(oslo: World) -> None:
    number = oslo.open("policy", "adopt", attributes={})
    oslo.walk(number, "recommend:executive-board")
    entered = oslo.decision("recommend", proposal="amended", text="We also repeal sak 143/19.")
    oslo.act("secretary.executive", number, "enter-decision", entered)
    assert mentions(oslo, number) == []
    oslo.act("chair.executive", number, "confirm")
    assert mentions(oslo, number) == ["143/19"]
