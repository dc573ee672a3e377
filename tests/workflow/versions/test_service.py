"""Who brings a version of a policy in and into force, on what, and from when?"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models import AccessLog, PolicyActivation, TrailEntry
from models.database import reading
from tests.workflow.database_contents import contents
from tests.workflow.pack_versions import as_it_was, council_decides_agreements, later_pack
from tests.workflow.refusals import refused
from tests.workflow.trail.forging import forge
from tests.worlds import World
from workflow.audit.verify import verify
from workflow.core.errors import ActionNotOpen, Malformed, NotFound, NotMandated, PolicyInvalid
from workflow.people.administration import administer
from workflow.versions.service import activate, submit_pack

NEW = "orebro-2027"


def brought(world: World, edit: Any = council_decides_agreements, version: str = NEW, who: str = "admin") -> str:
    """A version that waits."""
    raw = later_pack(world.tenant.key, edit, version=version)
    return submit_pack(world.services, world.people[who], world.tenant.key, raw, "later.yaml", now=world.now)


def adopted(world: World, act: str = "revise") -> str:
    """The number of a concluded case in which the council gave the municipality a policy."""
    more: dict[str, Any] = {"attributes": {}}
    if act != "adopt":
        more["engagement_number"] = _the_policy(world)
    number = world.open("policy", act, **more)
    assert world.walk(number) == "concluded"
    return number


def _the_policy(world: World) -> str:
    """The policy in the register, adopted in a case of its own."""
    from models import Engagement

    world.walk(world.open("policy", "adopt", attributes={}))
    with reading(world.engine, world.tenant.id) as session:
        return str(session.scalars(select(Engagement.number).where(Engagement.kind == "policy")).one())


def in_force(world: World, **later: float) -> str:
    """The version that governs."""
    return world.services.policies.governing(world.tenant.id, (world.now + timedelta(**later)).date())[1].version


def into_force(world: World, version: str = NEW, who: str = "admin", **given: Any) -> None:
    """Bring a version into force from today."""
    given = {"governs_from": world.now.date().isoformat(), **given}
    activate(world.services, world.people[who], world.tenant.key, version, given, now=world.now)


def a_second_admin(world: World) -> str:
    """Another administrator."""
    world.add("second.admin", ("admin", world.policy.bodies_of("administration")[0].key))
    return "second.admin"


# -- bringing in: refusals


@pytest.mark.parametrize("who", ["officer", "manager", "chair.council", "coordinator", "auditor"])
def test_nobody_but_an_administrator_brings_a_version_in(orebro: World, who: str) -> None:
    before = contents(orebro.engine, orebro.tenant.id)
    with pytest.raises(NotMandated):
        brought(orebro, who=who)
    assert contents(orebro.engine, orebro.tenant.id) == before


def test_an_administrator_whose_account_is_closed_is_nobody(orebro: World) -> None:
    second = a_second_admin(orebro)
    close = {"username": f"{second}@orebro", "is_active": False}
    administer(orebro.services, orebro.people["admin"], "orebro", "change-person", close, now=orebro.now)
    with refused(orebro, NotFound, "no-actor"):
        brought(orebro, who=second)


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"municipality: {key: orebro", r"later\.yaml:\d+: is not YAML"),
        (b"\xff", r"later\.yaml:1: is not UTF-8"),
        (later_pack("oslo"), r"municipality\.key: is 'oslo', and this is 'orebro'"),
        (later_pack("orebro").replace(b'"decides": "council"', b'"decides": "counsel"', 1), "did you mean council"),
    ],
)
def test_what_cannot_be_read_is_told_and_leaves_nothing(orebro: World, raw: bytes, says: str) -> None:
    before = contents(orebro.engine, orebro.tenant.id)
    with pytest.raises(PolicyInvalid, match=says):
        submit_pack(orebro.services, orebro.people["admin"], "orebro", raw, "later.yaml", now=orebro.now)
    assert contents(orebro.engine, orebro.tenant.id) == before


def test_a_pack_with_a_fault_is_told_its_counterexample_and_not_stored(orebro: World) -> None:
    def committee_decides_twins(pack: dict[str, Any]) -> None:
        row = next(row for row in pack["competence"] if row["id"] == "twins")
        row |= {"decides": "responsible", "route": "own-agreement"}

    before = contents(orebro.engine, orebro.tenant.id)
    with pytest.raises(PolicyInvalid, match=r"P10: .*twin-agreement.*row twins lets committee decide it"):
        brought(orebro, committee_decides_twins)
    assert contents(orebro.engine, orebro.tenant.id) == before


def test_a_version_never_changes_under_its_name(orebro: World) -> None:
    brought(orebro)
    with pytest.raises(PolicyInvalid, match="is stored with another content"):
        brought(orebro, as_it_was)


# -- into force: refusals


@pytest.mark.parametrize("who", ["officer", "manager", "chair.council", "coordinator", "auditor"])
def test_nobody_but_an_administrator_brings_a_version_into_force(orebro: World, who: str) -> None:
    brought(orebro)
    case = adopted(orebro)
    before = contents(orebro.engine, orebro.tenant.id)
    with pytest.raises(NotMandated):
        into_force(orebro, who=who, basis="decision", case=case)
    assert contents(orebro.engine, orebro.tenant.id) == before


def test_a_version_nobody_brought_in_is_not_found(orebro: World) -> None:
    with pytest.raises(NotFound):
        into_force(orebro, "orebro-2099", basis="decision")


def test_a_version_rests_on_a_case_in_which_it_was_decided(orebro: World) -> None:
    brought(orebro)
    visit = orebro.open("visit")
    orebro.walk(visit)
    rejected = orebro.open("policy", "adopt", attributes={})
    orebro.walk(rejected, "decide:council")
    before = contents(orebro.engine, orebro.tenant.id)
    for number in ("", "orebro-2026-99999", "oslo-2026-00001", visit, rejected):
        with refused(orebro, Malformed, "version-case"):
            into_force(orebro, basis="decision", case=number)
    assert contents(orebro.engine, orebro.tenant.id) == before


def test_one_decision_brings_one_version_into_force(orebro: World) -> None:
    case = adopted(orebro)
    brought(orebro)
    into_force(orebro, basis="decision", case=case)
    brought(orebro, version="orebro-2028")
    with refused(orebro, Malformed, "version-case-used"):
        into_force(orebro, "orebro-2028", basis="decision", case=case)


def test_nothing_is_brought_into_force_afterwards_or_twice(orebro: World) -> None:
    brought(orebro)
    case = adopted(orebro)
    yesterday = (orebro.now - timedelta(days=1)).date().isoformat()
    with refused(orebro, Malformed, "version-past"):
        into_force(orebro, basis="decision", case=case, governs_from=yesterday)
    into_force(orebro, basis="decision", case=case)
    with refused(orebro, ActionNotOpen, "version-active"):
        into_force(orebro, basis="decision", case=case)


def test_a_new_reading_needs_reasons_the_same_document_and_a_second_administrator(orebro: World) -> None:
    brought(orebro)
    second = a_second_admin(orebro)

    def another_title(pack: dict[str, Any]) -> None:
        pack["document"]["title"] = {"sv": "En annan policy", "en": "Another policy"}

    brought(orebro, another_title, version="orebro-2029")
    with refused(orebro, Malformed, "reason-needed"):
        into_force(orebro, who=second, basis="reading")
    with refused(orebro, NotMandated, "version-four-eyes"):
        into_force(orebro, basis="reading", reason="Agreements bind the whole municipality")
    with refused(orebro, Malformed, "version-reading"):
        into_force(orebro, "orebro-2029", who=second, basis="reading", reason="It is better")
    assert in_force(orebro) == "orebro-2012-2"


def test_a_refusal_stands_in_the_access_log(orebro: World) -> None:
    brought(orebro)
    with pytest.raises(NotMandated):
        into_force(orebro, who="officer", basis="decision")
    with reading(orebro.engine, orebro.tenant.id) as session:
        newest = session.scalars(select(AccessLog).order_by(AccessLog.id.desc())).first()
    assert newest is not None
    assert (newest.what, newest.action, newest.detail["error"]) == ("refused", "activate-policy", "NotMandated")


# -- into force


def test_a_version_that_was_brought_in_governs_nothing(orebro: World) -> None:
    brought(orebro)
    assert in_force(orebro) == in_force(orebro, days=5_000) == "orebro-2012-2"


def test_a_decided_version_governs_from_its_day_and_running_cases_stay_under_theirs(orebro: World) -> None:
    before = orebro.open("cooperation-agreement")
    brought(orebro)
    day = (orebro.now + timedelta(days=3)).date().isoformat()
    into_force(orebro, basis="decision", case=adopted(orebro), governs_from=day)
    assert (in_force(orebro), in_force(orebro, days=2), in_force(orebro, days=3)) == ("orebro-2012-2",) * 2 + (NEW,)
    orebro.later(days=3)
    after = orebro.open("cooperation-agreement")
    assert (orebro.row(before).decides, orebro.row(after).decides) == ("executive-board", "council")
    assert orebro.walk(before) == orebro.walk(after) == "concluded"
    assert verify(orebro.engine).ok


def test_a_second_administrator_brings_a_new_reading_into_force(orebro: World) -> None:
    brought(orebro)
    into_force(orebro, who=a_second_admin(orebro), basis="reading", reason="Agreements bind the whole municipality")
    assert in_force(orebro) == NEW
    assert verify(orebro.engine).ok


def test_going_back_is_a_new_version(orebro: World) -> None:
    brought(orebro)
    into_force(orebro, basis="decision", case=adopted(orebro, "adopt"))
    brought(orebro, as_it_was, version="orebro-2028")
    second = a_second_admin(orebro)
    into_force(orebro, "orebro-2028", who=second, basis="reading", reason="As it was before")
    assert in_force(orebro) == "orebro-2028"
    assert orebro.row(orebro.open("cooperation-agreement")).decides == "executive-board"


def test_after_a_repeal_the_law_alone_governs_again(orebro: World) -> None:
    case = adopted(orebro, "repeal")
    another = adopted(orebro, "adopt")
    with refused(orebro, Malformed, "version-case"):
        into_force(orebro, "orebro-law", basis="decision", case=another)
    into_force(orebro, "orebro-law", basis="decision", case=case)
    assert in_force(orebro) == "orebro-law"


def test_both_acts_stand_in_the_journal_with_who_did_them(orebro: World) -> None:
    brought(orebro)
    case = adopted(orebro)
    into_force(orebro, basis="decision", case=case)
    with reading(orebro.engine, orebro.tenant.id) as session:
        rows = session.scalars(
            select(TrailEntry)
            .where(TrailEntry.policy_version == NEW, TrailEntry.stream == "orebro-journal")
            .order_by(TrailEntry.number)
        ).all()
    assert [(row.action, row.actor_role, json.loads(row.data).get("case")) for row in rows] == [
        ("load-policy", "admin", None),
        ("activate-policy", "admin", case),
    ]


# -- behind its back


def test_a_version_brought_into_force_behind_the_journals_back_is_found(orebro: World) -> None:
    brought(orebro)
    with reading(orebro.engine, orebro.tenant.id) as session:
        version_id = session.scalars(select(PolicyActivation.policy_version_id)).one() + 1
    for basis in ("founding", "decision"):
        forge(
            orebro.engine,
            orebro.tenant.id,
            "INSERT INTO policy_activation"
            " (municipality_id, policy_version_id, governs_from, basis, reason, activated_at)"
            " VALUES (:m, :v, '2020-01-01', :basis, '', '2020-01-01 00:00:00')",
            m=orebro.tenant.id,
            v=version_id,
            basis=basis,
        )
        whats = [str(fault) for fault in verify(orebro.engine).faults]
        assert whats == [f"no entry tells that version {NEW} came into force"]
        forge(
            orebro.engine, orebro.tenant.id, "DELETE FROM policy_activation WHERE policy_version_id = :v", v=version_id
        )


def test_a_day_changed_behind_the_journals_back_is_found(orebro: World) -> None:
    forge(orebro.engine, orebro.tenant.id, "UPDATE policy_activation SET governs_from = '2019-05-05'")
    assert [str(fault) for fault in verify(orebro.engine).faults] == [
        "the version came into force otherwise than its trail says"
    ]
