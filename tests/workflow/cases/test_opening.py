"""How does a case begin, and what is refused at once?"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from models import Disclosure, TrailEntry
from models.database import reading
from tests.workflow.refusals import refused
from tests.worlds import World, build
from workflow.cases.gate import open_case
from workflow.core.errors import Malformed, NotCompetent, NotFound, NotMandated
from workflow.policy.request_domain import ENGAGEMENTS
from workflow.register.service import register_engagement

COMMITTEE, BOARD = "programnamnd-barn", "kommunstyrelsen"


def registered(world: World, kind: str, **more: Any) -> str:
    """An engagement from before, the executive board's matter."""
    given = {
        "kind": kind,
        "title": f"An old {kind}",
        "source": "Minutes of 1998, § 4",
        "responsible": world.policy.only("executive-board").key,
        "partner_name": "Lund",
        "partner_country": "SE",
    }
    officer = world.people["officer"]
    return register_engagement(world.services, officer, world.tenant.key, given | more, now=world.now)


def opened_by(world: World, who: str, engagement: str = "visit", act: str = "enter", **more: Any) -> str:
    """A case opened by somebody."""
    return open_case(world.services, world.people[who], world.draft(engagement, act, **more), now=world.now)


# -- who may


def test_municipality_nobody_has_is_not_found(orebro: World) -> None:
    for draft in ({"municipality": "atlantis"}, {}, {"municipality": ""}):
        with pytest.raises(NotFound):
            open_case(orebro.services, orebro.people["officer"], draft, now=orebro.now)


def test_officer_of_another_municipality_opens_nothing_here(orebro: World) -> None:
    other = build(orebro.engine, "stockholm")
    with refused(orebro, NotFound, "no-actor"):
        open_case(orebro.services, other.people["officer"], orebro.draft("visit"), now=orebro.now)


@pytest.mark.parametrize(
    "who", ["manager", "secretary.committee", "chair.council", "coordinator", "auditor", "admin", "member0"]
)
def test_only_a_case_officer_opens_a_case(orebro: World, who: str) -> None:
    with refused(orebro, NotMandated, "not-appointed"):
        opened_by(orebro, who)


def test_officer_opens_matters_of_their_own_administration_alone(orebro: World) -> None:
    orebro.add("elsewhere", ("officer", "kommunstyrelseforvaltningen"))
    with refused(orebro, NotMandated, "not-appointed"):
        opened_by(orebro, "elsewhere", responsible=COMMITTEE)
    assert opened_by(orebro, "elsewhere", responsible=BOARD)


def test_without_a_body_given_it_is_the_officers_own(odense: World) -> None:
    last = odense.policy.bodies_of("administration")[-1].key
    odense.add("elsewhere", ("officer", last))
    number = opened_by(odense, "elsewhere")
    assert odense.tenant.body_keys[odense.row(number).responsible_body_id] == last


# -- what is malformed


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"engagement": "war"}, {"engagement"}),
        ({"act": "conquer"}, {"act"}),
        ({"act": "adopt"}, {"act"}),
        ({"engagement": "policy", "act": "enter"}, {"act"}),
        ({"title": ""}, {"title"}),
        ({"title": "x" * 501}, {"title"}),
        ({"title": None}, {"title"}),
        ({"responsible": "kommunfullmaktige"}, {"responsible"}),
        ({"responsible": "nowhere"}, {"responsible"}),
        ({"origin": "rumour"}, {"origin"}),
        ({"goals": ["invented"]}, {"goals"}),
        ({"goals": "develop-operations"}, {"goals"}),
        ({"colour": "red"}, {"colour"}),
        ({"state": "concluded"}, {"state"}),
        ({"decides": "administration"}, {"decides"}),
        ({"attributes": {"named_nordic_twin": True}}, {"attributes.named_nordic_twin"}),
        ({"attributes": {"scope": "the-world"}}, {"attributes.scope"}),
        ({"attributes": {"external_funding": 100.0}}, {"attributes.external_funding"}),
        ({"attributes": {"external_funding": -1}}, {"attributes.external_funding"}),
        ({"attributes": {"principal": "perhaps"}}, {"attributes.principal"}),
        ({"attributes": {"principal": True}}, {"fields.principal_reason"}),
        ({"fields": {"ends_on": "2026-13-01"}}, {"fields.ends_on"}),
        ({"fields": {"mayor": "me"}}, {"fields.mayor"}),
        ({"partner": {"planet": "Mars"}}, {"partner.planet"}),
        ({"engagement_number": "orebro-e-00001"}, {"engagement_number"}),
        ({"text": "x" * 100_001}, {"text"}),
    ],
)
def test_request_that_cannot_be_read_names_its_fields(orebro: World, changes: dict[str, Any], fields: set[str]) -> None:
    draft = orebro.draft("visit") | changes
    for who in ("officer", "auditor"):  # malformed comes before not mandated
        with pytest.raises(Malformed) as caught:
            open_case(orebro.services, orebro.people[who], draft, now=orebro.now)
        assert {why.values["field"] for why in caught.value.reasons} == fields


@pytest.mark.parametrize("act", ["renew", "evaluate", "terminate"])
def test_act_on_an_engagement_names_one_in_the_register(orebro: World, act: str) -> None:
    with refused(orebro, Malformed, "engagement-needed"):
        opened_by(orebro, "officer", "membership", act)
    with refused(orebro, Malformed, "engagement-unknown"):
        opened_by(orebro, "officer", "membership", act, engagement_number="orebro-e-00099")


def test_engagement_of_another_kind_or_one_that_has_ended_is_refused(orebro: World) -> None:
    twin, ended = registered(orebro, "twin-agreement"), registered(orebro, "membership", ends_on="2026-09-14")
    with refused(orebro, Malformed, "engagement-other-kind"):
        opened_by(orebro, "officer", "membership", "renew", engagement_number=twin)
    with refused(orebro, Malformed, "engagement-ended"):
        opened_by(orebro, "officer", "membership", "renew", engagement_number=ended)


def test_engagement_is_active_on_its_last_day(orebro: World) -> None:
    ending = registered(orebro, "membership", ends_on="2026-09-15")
    assert opened_by(orebro, "officer", "membership", "renew", engagement_number=ending)


def test_engagement_of_another_municipality_is_unknown(orebro: World) -> None:
    other = build(orebro.engine, "stockholm")
    number = registered(other, "membership")
    with refused(orebro, Malformed, "engagement-unknown"):
        opened_by(orebro, "officer", "membership", "renew", engagement_number=number)


def test_what_the_register_knows_is_not_told_otherwise(orebro: World) -> None:
    number = registered(orebro, "membership", scope="municipality", external_funding=40)
    for attributes in ({"scope": "own-area"}, {"external_funding": 0}, {"eu_funded": True}):
        with refused(orebro, Malformed, "derived"):
            opened_by(orebro, "officer", "membership", "renew", engagement_number=number, attributes=attributes)
    with refused(orebro, Malformed, "derived"):
        opened_by(orebro, "officer", "membership", "renew", engagement_number=number, responsible=COMMITTEE)


# -- what is forbidden


@pytest.mark.parametrize("attributes", [{}, {"scope": "municipality"}, {"external_funding": 100}, {"eu_funded": True}])
@pytest.mark.parametrize("responsible", ["kommunstyrelsen", "miljo-och-halsoskyddsnamnden", "koncernledningen"])
def test_forbidden_request_is_refused_with_its_clause(
    stockholm: World, attributes: dict[str, Any], responsible: str
) -> None:
    with refused(stockholm, NotCompetent, "refused-by-clause", clauses=("stockholm/no-twins",)):
        opened_by(stockholm, "officer", "twin-agreement", attributes=attributes, responsible=responsible)


def test_forbidden_request_is_refused_however_important(stockholm: World) -> None:
    fields = {"principal_reason": "The capital of a neighbour"}
    with refused(stockholm, NotCompetent, "refused-by-clause", clauses=("stockholm/no-twins",)):
        opened_by(stockholm, "officer", "twin-agreement", attributes={"principal": True}, fields=fields)


def test_old_twin_town_is_not_renewed_and_can_be_given_up(stockholm: World) -> None:
    number = registered(stockholm, "twin-agreement")
    with refused(stockholm, NotCompetent, "refused-by-clause", clauses=("stockholm/no-twins",)):
        opened_by(stockholm, "officer", "twin-agreement", "renew", engagement_number=number)
    case = opened_by(stockholm, "officer", "twin-agreement", "terminate", engagement_number=number)
    assert stockholm.row(case).decides == "council"


@pytest.mark.parametrize("percent", [0, 1, 50, 99])
def test_aid_the_city_pays_for_is_refused_new_or_renewed(stockholm: World, percent: int) -> None:
    old = registered(stockholm, "aid-project", external_funding=percent)
    with refused(stockholm, NotCompetent, "refused-by-clause", clauses=("stockholm/aid",)):
        opened_by(stockholm, "officer", "aid-project", attributes={"external_funding": percent})
    with refused(stockholm, NotCompetent, "refused-by-clause", clauses=("stockholm/aid",)):
        opened_by(stockholm, "officer", "aid-project", "renew", attributes={}, engagement_number=old)
    with refused(stockholm, Malformed, "derived"):
        more = {"attributes": {"external_funding": 100}, "engagement_number": old}
        opened_by(stockholm, "officer", "aid-project", "renew", **more)


def test_aid_that_another_pays_for_is_not_refused(stockholm: World) -> None:
    assert opened_by(stockholm, "officer", "aid-project", attributes={"external_funding": 100})


def test_stranger_learns_that_they_may_not_before_what_the_policy_forbids(stockholm: World) -> None:
    with refused(stockholm, NotMandated, "not-appointed"):
        opened_by(stockholm, "auditor", "twin-agreement")


# -- what a case is


@pytest.mark.parametrize(
    ("engagement", "attributes", "decides", "clause"),
    [
        ("twin-agreement", {}, "council", "orebro/levels.council"),
        ("cooperation-agreement", {}, "executive-board", "orebro/levels.executive-board"),
        ("partnership", {}, "executive-board", "orebro/levels.executive-board"),
        ("membership", {"scope": "municipality"}, "executive-board", "orebro/levels.executive-board"),
        ("membership", {}, "committee", "orebro/levels.committees"),
        ("project", {}, "committee", "orebro/levels.committees"),
        ("visit", {}, "committee", "orebro/levels.committees"),
    ],
)
def test_competent_body_and_its_clause_are_known_at_once(
    orebro: World, engagement: str, attributes: dict[str, Any], decides: str, clause: str
) -> None:
    number = opened_by(orebro, "officer", engagement, attributes=attributes, responsible=COMMITTEE)
    row = orebro.row(number)
    assert row.decides == decides
    assert clause in row.clauses
    assert orebro.policy.body(orebro.tenant.body_keys[row.deciding_body_id]).kind == decides


@pytest.mark.parametrize("engagement", [kind for kind in ENGAGEMENTS if kind != "policy"])
@pytest.mark.parametrize("key", ["orebro", "oslo", "odense"])
def test_every_kind_of_engagement_can_be_asked_for(sqlite_world_of: Any, key: str, engagement: str) -> None:
    world = sqlite_world_of(key)
    assert world.row(opened_by(world, "officer", engagement)).state == "draft"


def test_case_is_pinned_to_the_policy_in_force(orebro: World) -> None:
    number = opened_by(orebro, "officer")
    with reading(orebro.engine, orebro.tenant.id) as session:
        (entry,) = session.scalars(select(TrailEntry).where(TrailEntry.stream == number))
    assert (entry.policy_version, entry.policy_digest) == (orebro.policy.version, orebro.policy.digest)


def test_case_older_than_any_pack_is_judged_by_the_law_alone(oslo: World) -> None:
    oslo.now = oslo.now.replace(year=2020)
    number = opened_by(oslo, "officer", "twin-agreement")
    with reading(oslo.engine, oslo.tenant.id) as session:
        (entry,) = session.scalars(select(TrailEntry).where(TrailEntry.stream == number))
    assert (entry.policy_version, oslo.row(number).decides) == ("oslo-law", "council")


def test_numbers_run_by_year_without_gaps_and_a_refusal_takes_none(orebro: World) -> None:
    assert opened_by(orebro, "officer") == "orebro-2026-00001"
    with pytest.raises(Malformed):
        opened_by(orebro, "officer", goals=["invented"])
    with pytest.raises(NotMandated):
        opened_by(orebro, "auditor")
    assert opened_by(orebro, "officer") == "orebro-2026-00002"
    orebro.now = orebro.now.replace(month=12, day=31, hour=23)  # a quarter of a day into 2027 there
    assert opened_by(orebro, "officer") == "orebro-2027-00001"


def test_opening_tells_the_trail_the_request_and_hides_the_words(orebro: World) -> None:
    number = opened_by(orebro, "officer", title="Vänort Åbo", text="Vi föreslår", external_number="98/23")
    with reading(orebro.engine, orebro.tenant.id) as session:
        (entry,) = session.scalars(select(TrailEntry).where(TrailEntry.stream == number))
        words = {row.field: row.value for row in session.scalars(select(Disclosure).where(Disclosure.stream == number))}
    data = json.loads(entry.data)
    assert (entry.number, entry.action, entry.from_state, entry.to_state) == (1, "open", "", "draft")
    assert (entry.actor_role, entry.actor_body) == ("officer", "forvaltningen-barn")
    assert data["request"]["engagement"] == "visit"
    assert (data["route"], data["decides"], data["external_number"]) == ("own-matter", "committee", "98/23")
    assert (words["title"], words["text"]) == ("Vänort Åbo", "Vi föreslår")
    assert set(data["committed"]) == set(words)
    assert "Åbo" not in entry.canonical


def test_partner_of_an_engagement_is_the_registers(orebro: World) -> None:
    number = registered(orebro, "membership", scope="municipality")
    draft = orebro.draft("membership", "renew", engagement_number=number)
    del draft["partner"]
    case = open_case(orebro.services, orebro.people["officer"], draft, now=orebro.now)
    assert (orebro.row(case).partner_name, orebro.row(case).partner_country) == ("Lund", "SE")


def test_case_waits_for_its_officer(orebro: World) -> None:
    row = orebro.row(opened_by(orebro, "officer"))
    officer = orebro.people["officer"]
    assert (row.officer_id, row.opened_by_id, row.waits_person_id, row.submitted_by_id) == (officer,) * 3 + (None,)
    assert (row.opened_at, row.closed_at, row.due_on, row.outcome) == (orebro.now, None, None, None)
    assert date.fromisoformat(row.fields["ends_on"]) == date(2029, 12, 31)
