"""What the municipality says of our readings: who may say it, and that it stands in the trail and beside it alike."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from models import AccessLog, PolicyActivation, PolicyVersion, TrailEntry
from models.database import reading, writing
from tests.workflow.cases.test_statements import counted
from tests.workflow.trail.forging import forge
from tests.workflow.versions.test_service import NEW, a_second_admin, adopted, brought, in_force, into_force
from tests.worlds import World, build
from workflow.audit.verify import verify
from workflow.cases.actor import load_actor
from workflow.core.errors import ActionNotOpen, CaseChanged, Malformed, NotFound, NotMandated, WorkflowError
from workflow.people.substitutes import name_substitute
from workflow.policy.assumptions import assumption_ids
from workflow.policy.loading.loader import policy_from
from workflow.trail.fault import fault
from workflow.versions.assumption_reviews import (
    LONGEST_NOTE,
    may_review,
    record_review,
    rejected_in,
    rulings,
    rulings_on,
)
from workflow.versions.install import install

RENEWING = "renewing is not mentioned; we read it as entering again"
JOURNAL = "orebro-journal"


def identity(world: World, reason: str = RENEWING) -> str:
    return assumption_ids(world.policy)[reason]


def rule(
    world: World, who: str = "coordinator", verdict: str = "confirmed", note: str = "The council", **more: Any
) -> None:
    given = {"version": world.policy.version, "assumption": identity(world)} | more
    seen = given.pop("seen", None)
    record_review(
        world.services,
        world.people[who],
        given.pop("key", world.tenant.key),
        given["version"],
        given["assumption"],
        verdict,
        note,
        now=world.now,
        seen=seen,
    )


def said(world: World) -> dict[str, Any]:
    with reading(world.engine, world.tenant.id) as db:
        return dict(rulings(db, world.tenant.id))


def entries(world: World) -> list[Any]:
    with reading(world.engine, world.tenant.id) as db:
        query = select(TrailEntry).where(TrailEntry.action.like("%-assumption")).order_by(TrailEntry.number)
        return list(db.scalars(query))


def refusals(world: World) -> list[Any]:
    with reading(world.engine, world.tenant.id) as db:
        return list(db.scalars(select(AccessLog).where(AccessLog.what == "refused").order_by(AccessLog.id)))


def later_version(world: World, **more: Any) -> str:
    """The same rules under another name, governing from today where an activation says so."""
    document = json.loads(world.policy.canonical)
    document["pack"]["document"] |= {"version": "orebro-2027", "valid_from": "2026-09-15"} | more
    install(world.engine, [policy_from(document, source="later")], now=world.now)
    return "orebro-2027"


# -- who may not


def test_only_the_coordinator_or_an_administrator_says_what_the_municipality_says(orebro: World) -> None:
    others = ("officer", "manager", "secretary.council", "chair.council", "member0", "auditor")
    for who in others:
        with pytest.raises(NotMandated) as refused:
            rule(orebro, who)
        assert [why.code for why in refused.value.reasons] == ["rulings-only"]
    assert (said(orebro), entries(orebro)) == ({}, [])
    logged = [(line.person_id, line.action) for line in refusals(orebro)]
    assert logged == [(orebro.people[who], "confirm-assumption") for who in others]


def test_who_audits_does_not_rule_whatever_else_they_are(orebro: World) -> None:
    for role in ("coordinator", "admin"):
        orebro.add(f"both-{role}", (role, "kommunstyrelsen"), ("auditor", "kommunfullmaktige"))
        with pytest.raises(NotMandated):
            rule(orebro, f"both-{role}")
    assert said(orebro) == {}


def test_somebody_of_another_municipality_is_nobody_here(orebro: World) -> None:
    oslo = build(orebro.engine, "oslo")
    with pytest.raises(NotFound):
        record_review(
            oslo.services,
            oslo.people["admin"],
            "orebro",
            "orebro-2012-2",
            identity(orebro),
            "confirmed",
            "Me",
            now=oslo.now,
        )
    with pytest.raises(NotFound):
        rule(orebro, key="oslo")
    with pytest.raises(NotFound):
        rule(orebro, version="oslo-2023-2")
    assert said(orebro) == {}


# -- what cannot be said


def test_what_no_version_assumes_cannot_be_ruled_on(orebro: World) -> None:
    for given in ({"assumption": "0" * 64}, {"assumption": ""}, {"version": "nope"}):
        with pytest.raises(NotFound):
            rule(orebro, **given)
    assert (said(orebro), entries(orebro)) == ({}, [])


def test_a_ruling_says_what_and_on_whose_word_or_why(orebro: World) -> None:
    for verdict, note, field in (
        ("rejected", "", "note"),
        ("rejected", "  \n", "note"),
        ("confirmed", " ", "note"),
        ("confirmed", "x" * (LONGEST_NOTE + 1), "note"),
        ("confirmed", "a\x00b", "note"),
        ("maybe", "The council", "verdict"),
        ("", "The council", "verdict"),
    ):
        with pytest.raises(Malformed) as refused:
            rule(orebro, verdict=verdict, note=note)
        assert [why.values["field"] for why in refused.value.reasons] == [field]
    assert (said(orebro), entries(orebro)) == ({}, [])


def test_a_version_that_governs_no_longer_is_not_ruled_on(orebro: World) -> None:
    with reading(orebro.engine, orebro.tenant.id) as db:
        old = db.execute(select(PolicyVersion.id).where(PolicyVersion.version == "orebro-2012-2")).scalar_one()
        known = db.execute(select(PolicyActivation.id).where(PolicyActivation.policy_version_id == old)).first()
    new = later_version(orebro)
    with writing(orebro.engine, orebro.tenant.id) as connection:
        new_id = connection.execute(select(PolicyVersion.id).where(PolicyVersion.version == new)).scalar_one()
        since = {"municipality_id": orebro.tenant.id, "basis": "reading", "activated_at": orebro.now, "reason": ""}
        day = orebro.now.date()
        rows = [since | {"policy_version_id": old, "governs_from": day - timedelta(days=9)}] if known is None else []
        stored = select(PolicyActivation.id).where(PolicyActivation.policy_version_id == new_id)
        if connection.execute(stored).first() is None:
            rows.append(since | {"policy_version_id": new_id, "governs_from": day})
        for row in rows:
            connection.execute(insert(PolicyActivation), row)
    with pytest.raises(ActionNotOpen) as refused:
        rule(orebro)
    assert [why.code for why in refused.value.reasons] == ["version-replaced"]
    rule(orebro, version=new)
    assert said(orebro)[identity(orebro)].version == new


def test_who_looked_before_somebody_else_ruled_looks_again(orebro: World) -> None:
    rule(orebro, seen=0)
    with pytest.raises(CaseChanged):
        rule(orebro, "admin", "rejected", "I had not seen it", seen=0)
    first = said(orebro)[identity(orebro)]
    assert first.verdict == "confirmed"
    rule(orebro, "admin", "rejected", "Now I have", seen=first.id)
    assert said(orebro)[identity(orebro)].verdict == "rejected"


def test_every_refusal_stands_in_the_access_log_and_nowhere_else(orebro: World) -> None:
    attempts = ({"who": "officer"}, {"note": ""}, {"assumption": "f" * 64}, {"verdict": "\ud800"}, {"seen": 7})
    for attempt in attempts:
        with pytest.raises(WorkflowError):
            rule(orebro, **attempt)
    assert [line.detail["error"] for line in refusals(orebro)] == [
        *("NotMandated", "Malformed", "NotFound", "Malformed", "CaseChanged")
    ]
    assert (said(orebro), entries(orebro)) == ({}, [])
    assert verify(orebro.engine).ok


# -- what is said


@pytest.mark.parametrize(
    ("who", "verdict", "action"),
    [("coordinator", "confirmed", "confirm-assumption"), ("admin", "rejected", "reject-assumption")],
)
def test_a_ruling_and_its_entry_say_the_same(orebro: World, who: str, verdict: str, action: str) -> None:
    rule(orebro, who, verdict, "  The council’s § 14 of 3 May  ")
    found = said(orebro)[identity(orebro)]
    assert (found.verdict, found.note, found.by) == (verdict, "The council’s § 14 of 3 May", who.title())
    assert (found.at, found.version) == (orebro.now, "orebro-2012-2")
    (entry,) = entries(orebro)
    assert (entry.action, entry.actor_role, entry.policy_version) == (action, who, "orebro-2012-2")
    assert entry.policy_digest == orebro.policy.digest
    data = json.loads(entry.data)
    assert (data["ruling"], data["assumption"]) == (found.id, identity(orebro))
    assert (data["assumed"], data["reads"]) == (RENEWING, ["orebro/levels.council"])
    assert "§ 14" not in entry.canonical
    assert verify(orebro.engine).ok


def test_the_newest_ruling_counts_and_both_stay(orebro: World) -> None:
    rule(orebro)
    orebro.later(days=1)
    rule(orebro, "admin", "rejected", "The legal office reads it otherwise")
    assert said(orebro)[identity(orebro)].verdict == "rejected"
    with reading(orebro.engine, orebro.tenant.id) as db:
        kept = rulings_on(db, orebro.tenant.id, identity(orebro))
    assert [(one.verdict, one.by) for one in kept] == [("rejected", "Admin"), ("confirmed", "Coordinator")]
    assert [entry.action for entry in entries(orebro)] == ["confirm-assumption", "reject-assumption"]
    assert verify(orebro.engine).ok


def test_who_stands_in_for_the_coordinator_rules_on_their_behalf(orebro: World) -> None:
    orebro.add("standin", ("secretary", "kommunstyrelsen"))
    day = orebro.now.date().isoformat()
    given = {"substitute": "standin@orebro", "role": "coordinator", "body": "kommunstyrelsen"}
    given |= {"starts_on": day, "ends_on": day}
    name_substitute(orebro.services, orebro.people["coordinator"], "orebro", given, now=orebro.now)
    rule(orebro, "standin")
    (entry,) = entries(orebro)
    with reading(orebro.engine, orebro.tenant.id) as db:
        absent = load_actor(db.connection(), orebro.tenant.id, orebro.people["coordinator"], orebro.now.date())
    assert (entry.actor_role, entry.on_behalf_of) == ("coordinator", absent.public_id)
    assert verify(orebro.engine).ok


def test_an_unchanged_assumption_carries_its_ruling_into_a_later_version(orebro: World) -> None:
    rule(orebro)
    document = json.loads(orebro.policy.canonical)
    document["pack"]["document"]["version"] = "orebro-2027"
    same = policy_from(document, source="same")
    next(row for row in document["pack"]["competence"] if row["id"] == "twins-renew")["decides"] = "executive-board"
    other = policy_from(document, source="other")
    assert assumption_ids(same)[RENEWING] in said(orebro)
    assert assumption_ids(other)[RENEWING] not in said(orebro)


def test_a_version_with_a_rejected_assumption_is_told_from_one_without(orebro: World) -> None:
    rule(orebro)
    with reading(orebro.engine, orebro.tenant.id) as db:
        assert rejected_in(db, orebro.tenant.id, orebro.policy) == ()
    rule(orebro, "admin", "rejected", "It is a new agreement")
    document = json.loads(orebro.policy.canonical)
    rows = document["pack"]["competence"]
    rows[:] = [row for row in rows if row["id"] != "twins-renew"]
    without = policy_from(document, source="without")
    with reading(orebro.engine, orebro.tenant.id) as db:
        (found,) = rejected_in(db, orebro.tenant.id, orebro.policy)
        assert (found.reason, found.ruling.note) == (RENEWING, "It is a new agreement")
        assert rejected_in(db, orebro.tenant.id, without) == ()


def test_a_version_that_assumes_what_was_rejected_does_not_come_into_force(orebro: World) -> None:
    rule(orebro, verdict="rejected", note="It is a new agreement")
    brought(orebro)
    second = a_second_admin(orebro)
    given = {"basis": "reading", "reason": "As we read it now"}
    with pytest.raises(ActionNotOpen) as refused:
        into_force(orebro, who=second, **given)
    assert [(why.code, why.values["assumption"]) for why in refused.value.reasons] == [("version-rejected", RENEWING)]
    assert in_force(orebro) == "orebro-2012-2"
    rule(orebro, "admin", version=NEW, note="The council has decided otherwise")
    into_force(orebro, who=second, **given)
    assert in_force(orebro) == NEW


def test_the_law_governs_after_a_repeal_however_it_is_read(orebro: World) -> None:
    reason = "without a policy we let the council decide on twin towns"
    rule(orebro, verdict="rejected", assumption=identity(orebro, reason))
    into_force(orebro, "orebro-law", basis="decision", case=adopted(orebro, "repeal"))
    assert in_force(orebro) == "orebro-law"


def test_one_municipality_knows_nothing_of_anothers_rulings(orebro: World) -> None:
    rule(orebro)
    oslo = build(orebro.engine, "oslo")
    assert said(oslo) == {}
    assert verify(orebro.engine).ok
    with reading(oslo.engine, oslo.tenant.id) as db:
        assert rulings_on(db, oslo.tenant.id, identity(orebro)) == ()


def test_who_may_rule_is_told_without_ruling(orebro: World) -> None:
    with reading(orebro.engine, orebro.tenant.id) as db:
        actors = {
            who: load_actor(db.connection(), orebro.tenant.id, id_, orebro.now.date())
            for who, id_ in orebro.people.items()
        }
    assert {who for who, actor in actors.items() if may_review(actor)} == {"coordinator", "admin"}


def test_all_rulings_are_read_in_one_statement_however_many_there_are(orebro: World) -> None:
    for reason in list(assumption_ids(orebro.policy))[:6]:
        for verdict in ("rejected", "confirmed"):
            rule(orebro, verdict=verdict, assumption=identity(orebro, reason))
    with reading(orebro.engine, orebro.tenant.id) as db:
        db.connection()
        with counted(orebro.engine) as sent:
            found = rulings(db, orebro.tenant.id)
    assert len(sent) == 1
    assert [one.verdict for one in found.values()] == ["confirmed"] * 6


# -- what somebody with the database in hand changes


CHANGES = (
    "verdict = 'confirmed'",
    "verdict = 'maybe'",
    "assumption = 'other'",
    "note = 'Because'",
    "ruled_by_id = (SELECT max(id) FROM person)",
    "ruled_at = '2026-01-01 00:00:00.000000+00:00'",
    "policy_version_id = (SELECT id FROM policy_version WHERE status = 'law')",
)


def test_an_altered_ruling_is_named_by_its_entry(orebro: World) -> None:
    for reason in [*assumption_ids(orebro.policy)][: len(CHANGES)]:
        rule(orebro, verdict="rejected", assumption=identity(orebro, reason))
    found = set()
    for change, entry in zip(CHANGES, entries(orebro), strict=True):
        statement = f"UPDATE assumption_ruling SET {change} WHERE id = :id"  # noqa: S608
        assert forge(orebro.engine, orebro.tenant.id, statement, id=json.loads(entry.data)["ruling"]) == 1
        found.add((entry.number, "review-differs"))
        assert {(one.entry, one.code) for one in verify(orebro.engine, case=JOURNAL).faults} == found
    assert {(one.entry, one.code) for one in verify(orebro.engine).faults} == found


def test_a_ruling_that_is_gone_is_named_by_its_entry(orebro: World) -> None:
    rule(orebro)
    rule(orebro, "admin")
    first, _second = entries(orebro)
    forge(
        orebro.engine,
        orebro.tenant.id,
        "DELETE FROM assumption_ruling WHERE id = (SELECT min(id) FROM assumption_ruling)",
    )
    assert verify(orebro.engine).faults == (fault(JOURNAL, first.number, "review-missing"),)


def test_a_ruling_that_nobody_recorded_is_found(orebro: World) -> None:
    rule(orebro)
    columns = "municipality_id, assumption, policy_version_id, verdict, note, ruled_by_id, ruled_at"
    statement = f"INSERT INTO assumption_ruling ({columns}) SELECT {columns} FROM assumption_ruling"  # noqa: S608
    forge(orebro.engine, orebro.tenant.id, statement)
    assert verify(orebro.engine).faults == (fault(JOURNAL, None, "review-without-entry"),)
