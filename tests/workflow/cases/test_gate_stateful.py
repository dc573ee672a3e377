"""Whatever anybody tries in whatever order: does every binding state rest on the competent body's confirmed decision?

Random people take random actions with random payloads on several cases. What must hold is read from the decisions and
the trail, not from the machine; a refusal changes nothing, and the chain stays whole.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from models import Case, Decision, Engagement, Person, Substitute, TrailEntry
from models.database import reading
from tests.workflow.conftest import WorldOf
from tests.workflow.contract import ACTIONS
from tests.workflow.database_contents import contents
from tests.workflow.pack_versions import as_it_was, council_decides_agreements, revised
from tests.workflow.substitutes import let_stand_in
from tests.worlds import World
from workflow.audit.verify import verify
from workflow.cases import gate
from workflow.cases.actor import load_actor
from workflow.cases.context import request_of
from workflow.cases.gate import open_case
from workflow.core.calendar import local_day
from workflow.core.errors import WorkflowError
from workflow.policy.competence import look_up
from workflow.policy.model import Policy
from workflow.policy.roles import body_at
from workflow.policy.state_machine import procedure_for
from workflow.scheduling.scheduler import run_round
from workflow.versions.migrate_case import move

ENGAGEMENTS = ("twin-agreement", "cooperation-agreement", "membership", "project", "visit", "aid-project", "policy")
OUTCOMES = (
    *("recommend", "approve", "approve-amended", "reject", "take-note", "refer-back", "postpone", "withdraw"),
    "not-raised",
)
BINDING = ("concluded", "rejected", "sign")
#: How a municipality's policy is revised while its cases run; elsewhere it only bears another name.
EDITS = {"orebro": (council_decides_agreements, as_it_was)}

attributes = st.fixed_dictionaries(
    {},
    optional={
        "scope": st.sampled_from(("own-area", "municipality")),
        "initiative": st.sampled_from(("own", "external")),
        "principal": st.booleans(),
        "eu_funded": st.booleans(),
        "external_funding": st.sampled_from((0, 50, 100)),
    },
)
votes = st.one_of(
    st.just({}),
    st.fixed_dictionaries(
        {"for": st.integers(0, 11), "against": st.integers(0, 11)},
        optional={"abstained": st.integers(0, 3), "casting_vote": st.sampled_from(("for", "against"))},
    ),
)
records = st.fixed_dictionaries(
    {
        "outcome": st.sampled_from(OUTCOMES),
        "meeting_date": st.sampled_from(("2026-09-15", "2026-09-01", "2030-01-01")),
        "paragraph": st.just("§ 7"),
        "present": st.sampled_from((11, 11, 11, 7, 6, 5, 12)),
    },
    optional={
        "proposal": st.sampled_from(("adopt", "amended", "decline", "none")),
        "text": st.sampled_from(("", "Otherwise worded")),
        "attributes": attributes,
        "conflicts": st.lists(st.sampled_from(("member0", "chair.council", "chair.committee")), max_size=2),
        "fields": st.just({"principal_reason": "Great"}),
    },
)


class Municipality(RuleBasedStateMachine):
    """One municipality, its people and a handful of cases."""

    #: Set by the test that runs the machine.
    world_of: WorldOf
    key: str

    cases = Bundle("cases")

    #: What everything in the database was when it was last read as a whole, and when its trail was last verified; each
    #: change makes a new `snapshot`, and a refusal is held against the last.
    read: object = None
    verified: object = None

    @initialize(
        target=cases,
        kinds=st.lists(
            st.tuples(st.sampled_from(ENGAGEMENTS), st.sampled_from(("officer", "everything"))), min_size=1, max_size=3
        ),
    )
    def begin(self, kinds: list[tuple[str, str]]) -> Any:
        """A few complete requests, by an officer or by who sits everywhere."""
        self.world: World = self.world_of(self.key)
        self.people = [name for name in self.world.people if not name.startswith("member")]
        self.world.add("everything", *self._every_seat())
        self.people.append("everything")
        self.clerks = [f"clerk{number}" for number in range(2)]
        for clerk in self.clerks:
            self.world.add(clerk, *(("coordinator", body.key) for body in self.world.policy.bodies))
        self.people += [*self.clerks, "member0"]
        self.newest = ""
        opened = []
        for kind, officer in kinds:
            more: dict[str, Any] = {"attributes": {}} if kind == "policy" else {}
            draft = self.world.draft(kind, "adopt" if kind == "policy" else "enter", **more)
            try:
                opened.append(open_case(self.world.services, self.world.people[officer], draft, now=self.world.now))
            except WorkflowError:
                continue
        self.snapshot = contents(self.world.engine, self.world.tenant.id)
        return multiple(*opened)

    def _every_seat(self) -> Iterator[tuple[str, str]]:
        """One person who sits everywhere: a small town's problem, and the sharpest test of four eyes."""
        for body in self.world.policy.bodies:
            roles = ("secretary", "chair") if body.is_collegial else ("officer", "manager", "admin")
            yield from ((role, body.key) for role in roles)

    @rule(number=cases, data=st.data())
    def anybody_tries_anything(self, number: str, data: st.DataObject) -> None:
        """A person, an action and a payload, drawn blindly."""
        who = data.draw(st.sampled_from(self.people))
        self.attempt(who, number, data.draw(st.sampled_from(ACTIONS)), data)

    @rule(number=cases, data=st.data())
    def somebody_does_what_is_offered(self, number: str, data: st.DataObject) -> None:
        """Something a person is told they can do, so that cases come far."""
        offers: list[tuple[str, str]] = []
        for_others: list[tuple[str, str]] = []
        for who in self.people:
            try:
                found = self.world.actions(who, number)
            except WorkflowError:
                continue
            told = [one for one in found.values() if one.allowed and one.action != "reassign"]
            offers += [(who, one.action) for one in told]
            for_others += [(who, one.action) for one in told if one.absent]
        if for_others and data.draw(st.booleans()):
            offers = for_others
        if offers:
            who, action = data.draw(st.sampled_from(sorted(offers)))
            self.attempt(who, number, action, data)

    @rule(number=cases, steps=st.integers(1, 6))
    def case_takes_its_next_steps(self, number: str, steps: int) -> None:
        """The ordinary way."""
        self.case_takes_steps(number, steps)

    def case_takes_steps(self, number: str, steps: int) -> None:
        """As far as it goes by itself."""
        for _step in range(steps):
            if self.world.row(number).closed_at is not None:
                return
            try:
                self.world.step(number)
            except WorkflowError:
                assert contents(self.world.engine, self.world.tenant.id) == self.snapshot
                return
            self.snapshot = contents(self.world.engine, self.world.tenant.id)

    @rule(data=st.data())
    def somebody_is_away(self, data: st.DataObject) -> None:
        """A person names who stands in at one of their seats for a few days, mostly a clerk of few rights."""
        away = data.draw(st.sampled_from([*self.people, "everything", "everything"]))
        seats = sorted(self.seats_of(away))
        stands_in = data.draw(st.sampled_from([*self.clerks, "member0", "member0", *self.people]))
        if not seats:
            return
        role, body = data.draw(st.sampled_from(seats))
        starts_on = self.world.now.date() + timedelta(days=data.draw(st.sampled_from((0, 0, 0, 1))))
        last = starts_on + timedelta(days=data.draw(st.integers(0, 20)))
        days = {"starts_on": starts_on.isoformat(), "ends_on": last.isoformat()}
        try:
            let_stand_in(self.world, away, stands_in, role, body, **days)
        except WorkflowError:
            assert contents(self.world.engine, self.world.tenant.id) == self.snapshot
        else:
            self.snapshot = contents(self.world.engine, self.world.tenant.id)

    @rule(number=cases)
    def who_sits_everywhere_is_away_where_a_case_waits(self, number: str) -> None:
        """The sharpest test of a substitute: whoever may have prepared the case is stood in for where it is decided."""
        row = self.world.row(number)
        if row.waits_role is None:
            return
        stands_in = "member0" if row.waits_role == "chair" else self.clerks[0]
        body = self.world.tenant.body_keys[row.waits_body_id]
        try:
            let_stand_in(self.world, "everything", stands_in, row.waits_role, body)
        except WorkflowError:
            assert contents(self.world.engine, self.world.tenant.id) == self.snapshot
            return
        self.snapshot = contents(self.world.engine, self.world.tenant.id)

    def seats_of(self, who: str) -> frozenset[tuple[str, str]]:
        """What a person is appointed to."""
        with reading(self.world.engine, self.world.tenant.id) as session:
            day = self.world.now.date()
            return load_actor(session.connection(), self.world.tenant.id, self.world.people[who], day).seats

    @rule(hours=st.integers(1, 40))
    def time_passes(self, hours: int) -> None:
        """Days go by."""
        self.world.now += timedelta(hours=hours)

    @rule(days=st.sampled_from((0, 1, 3, 30, 120)))
    def scheduler_goes_round(self, days: int) -> None:
        """Whatever is due is raised: it binds nothing, and changes nobody's competence."""
        self.world.now += timedelta(days=days)
        before, might = self._states(), self._rights()
        run_round(self.world.services, now=self.world.now)
        after = self._states()
        moved = {number for number in before if before[number] != after[number]}
        assert all(before[number][0] == "consult" and after[number][0] not in BINDING for number in moved)
        assert {one: may for one, may in self._rights().items() if one[0] not in moved} == {
            one: may for one, may in might.items() if one[0] not in moved
        }
        self.snapshot = contents(self.world.engine, self.world.tenant.id)

    @rule(steps=st.lists(st.integers(0, 5), min_size=3, max_size=3))
    def another_version_comes_into_force(self, steps: list[int]) -> None:
        """The policy is revised, once and perhaps once more, while cases run: they stay where they are."""
        for number, taken in zip(self._states(), steps, strict=False):
            self.case_takes_steps(number, taken)
        key, edits = self.key, EDITS.get(self.key, (as_it_was,))
        following = [f"{key}-2027", f"{key}-2027b"][: len(edits)]
        rest = following[following.index(self.newest) + 1 :] if self.newest else following
        if rest:
            before = self._states()
            self.newest = revised(self.world, edits[following.index(rest[0])], rest[0])
            assert self._states() == before
            self.snapshot = contents(self.world.engine, self.world.tenant.id)
            for number in before:
                self.somebody_is_to_move(number, "admin")

    @rule(number=cases, who=st.sampled_from(("admin", "everything", "manager")), stale=st.booleans())
    def somebody_moves_a_case_to_the_version_in_force(self, number: str, who: str, stale: bool) -> None:
        """Whoever tries it, and whatever they have seen of it."""
        self.somebody_is_to_move(number, who, 1 if stale else 0)

    def somebody_is_to_move(self, number: str, who: str, behind: int = 0) -> None:
        """Try; what is not moved stays as it was."""
        version = self.world.version(number) - behind
        given = {"now": self.world.now, "expected_version": version, "comment": "For these reasons"}
        try:
            move(self.world.services, self.world.people[who], number, self.newest, **given)
        except WorkflowError:
            assert contents(self.world.engine, self.world.tenant.id) == self.snapshot
        else:
            self.snapshot = contents(self.world.engine, self.world.tenant.id)

    def _states(self) -> dict[str, tuple[str, str, int]]:
        """Where every case is, who is competent for it, and how many acts it took."""
        with reading(self.world.engine, self.world.tenant.id) as session:
            return {case.number: (case.state, case.decides, case.version) for case in session.scalars(select(Case))}

    def _rights(self) -> dict[tuple[str, str], list[str]]:
        """What each person may do now with each case."""
        found = {}
        for number in self._states():
            for who in self.people:
                try:
                    offers = self.world.actions(who, number)
                except WorkflowError:
                    continue
                found[number, who] = sorted(name for name, one in offers.items() if one.allowed)
        return found

    def attempt(self, who: str, number: str, action: str, data: st.DataObject) -> None:
        """Try; a refusal leaves everything as it was."""
        payload = self.payload(action, data)
        version = self.world.version(number) - data.draw(st.sampled_from((0, 0, 0, 1)))
        comment = data.draw(st.sampled_from(("", "For these reasons")))
        try:
            gate.act(
                self.world.services,
                self.world.people[who],
                number,
                action,
                payload,
                now=self.world.now,
                expected_version=version,
                comment=comment,
            )
        except WorkflowError:
            assert contents(self.world.engine, self.world.tenant.id) == self.snapshot
        else:
            self.snapshot = contents(self.world.engine, self.world.tenant.id)

    def payload(self, action: str, data: st.DataObject) -> dict[str, Any]:
        """Something that might be sent with an action."""
        if action == "enter-decision":
            record = {**data.draw(records), **data.draw(votes)}
            if "conflicts" in record:
                record["conflicts"] = [f"{name}@{self.key}" for name in record["conflicts"]]
            return record
        if action == "amend":
            return {"attributes": data.draw(attributes), "fields": {"principal_reason": "Great"}, "text": "Amended"}
        choices: dict[str, list[dict[str, Any]]] = {
            "endorse": [{}, {"principal": True, "reason": "Great"}, {"principal": False, "reason": "Small"}],
            "reassign": [{"officer": f"officer@{self.key}"}, {"officer": f"everything@{self.key}"}],
            "give-opinion": [{"opinion": "In favour"}],
            "sign": [{}, {"signed_on": "2026-09-15"}, {"document_digest": "0" * 64}],
        }
        return data.draw(st.sampled_from(choices.get(action, [{}])))

    # -- what must hold, whatever was tried

    def stored(self) -> Iterator[tuple[Any, list[Any], list[Any]]]:
        """Every case with its entries and decisions, read anew when something has changed."""
        if self.read is not self.snapshot:
            with reading(self.world.engine, self.world.tenant.id) as session:
                cases = session.scalars(select(Case)).all()
                entries = session.scalars(select(TrailEntry).order_by(TrailEntry.number)).all()
                decisions = session.scalars(select(Decision).order_by(Decision.id)).all()
            self.cases_read = [
                (
                    case,
                    [one for one in entries if one.stream == case.number],
                    [one for one in decisions if one.case_id == case.id],
                )
                for case in cases
            ]
            self.read = self.snapshot
        yield from self.cases_read

    @precondition(lambda self: hasattr(self, "world"))
    @invariant()
    def every_binding_state_rests_on_the_competent_bodys_decision(self) -> None:
        """Who is competent is asked of the policy for the request as it stands, and what was decided of the rows."""
        bodies = self.world.tenant.body_keys
        for case, entries, decisions in self.stored():
            if case.state not in BINDING:
                continue
            policy = self.policy_of(case)
            kind = policy.body(bodies[case.responsible_body_id]).kind
            competent = look_up(policy, request_of(case, kind)).body
            last = [one for one in decisions if one.state == "confirmed"][-1]
            yes = ("approve", "approve-amended", "take-note")
            assert policy.body(bodies[last.body_id]).kind == competent
            assert (last.outcome == "reject") == (case.state == "rejected")
            assert last.outcome in yes or case.state == "rejected"
            if competent == "administration":
                assert last.mandate_id is not None
            else:
                assert last.entered_by_id != last.confirmed_by_id
                confirmed = [one for one in entries if one.action == "confirm"][-1]
                assert confirmed.actor_body == bodies[last.body_id]
                assert json.loads(confirmed.data)["outcome"] == last.outcome

    def policy_of(self, case: Case) -> Policy:
        """The version a case is under."""
        with reading(self.world.engine, self.world.tenant.id) as session:
            return self.world.services.policies.by_id(session, self.world.tenant.id, case.policy_version_id)

    @precondition(lambda self: hasattr(self, "world"))
    @invariant()
    def no_step_of_the_way_it_ends_on_was_skipped(self) -> None:
        """Whatever version a case was moved to: who reviews and recommends there has done so since it was submitted."""
        for case, entries, _decisions in self.stored():
            if case.state not in BINDING:
                continue
            policy, responsible = self.policy_of(case), self.world.tenant.body_keys[case.responsible_body_id]
            submitted = max(tenant for tenant, one in enumerate(entries) if one.action == "submit")
            done = {(one.action, one.actor_body) for one in entries[submitted:]}
            for stop in procedure_for(policy, case.route, policy.body(responsible).kind).stops:
                if stop.step == "review":
                    assert ("endorse", policy.administration_of(responsible).key) in done
                elif stop.step == "recommend":
                    assert ("confirm", body_at(policy, stop, responsible)) in done

    @precondition(lambda self: hasattr(self, "world"))
    @invariant()
    def nobody_acts_twice_on_one_way(self) -> None:
        """Four eyes, read from the trail: whoever acts, and whoever they act for, has not acted nor been acted for."""
        for _case, entries, _decisions in self.stored():
            acted: set[str] = set()
            prepared: set[str] = set()
            entered_by: set[str] = set()
            for one in entries:
                people = {one.actor, one.on_behalf_of} - {""}
                if one.action in ("open", "amend", "submit"):
                    prepared |= people
                if one.action == "submit":
                    acted = set()
                if one.action in ("endorse", "approve", "reject", "sign", "move"):
                    assert not people & acted
                    assert one.action == "sign" or not people & prepared
                    acted |= people
                if one.action == "enter-decision":
                    entered_by = people
                if one.action == "confirm":
                    assert not people & entered_by

    @precondition(lambda self: hasattr(self, "world"))
    @invariant()
    def nobody_alone_brings_a_case_to_where_it_binds(self) -> None:
        """Not by their own acts, not by those of their substitutes, not by both: every way there took two people."""
        for case, entries, decisions in self.stored():
            if case.state not in BINDING or any(one.entered_by_id != one.confirmed_by_id for one in decisions):
                continue  # a body's decision is many persons' act; the invariant above looks at who entered it
            submitted = max(tenant for tenant, one in enumerate(entries) if one.action == "submit")
            ways = [
                {one.actor, one.on_behalf_of} - {""}
                for one in entries[submitted:]
                if one.action in ("submit", "endorse", "approve", "reject", "sign")
            ]
            assert not set.intersection(*ways)

    @precondition(lambda self: hasattr(self, "world"))
    @invariant()
    def whoever_acts_for_another_was_let(self) -> None:
        """Every act on behalf of somebody rests on a substitution that names both, the seat and the day."""
        with reading(self.world.engine, self.world.tenant.id) as session:
            ids = {one.id: one.public_id for one in session.scalars(select(Person))}
            let = [
                (ids[one.substitute_id], ids[one.person_id], one.role, self.world.tenant.body_keys[one.body_id], one)
                for one in session.scalars(select(Substitute))
            ]
        for _case, entries, _decisions in self.stored():
            for entry in entries:
                if not entry.on_behalf_of:
                    continue
                day = local_day(datetime.fromisoformat(entry.at), self.world.tenant.timezone)
                wanted = (entry.actor, entry.on_behalf_of, entry.actor_role, entry.actor_body)
                assert any(
                    (actor, absent, role, body) == wanted and row.starts_on <= day <= row.ends_on
                    for actor, absent, role, body, row in let
                )

    @precondition(lambda self: hasattr(self, "world"))
    @invariant()
    def the_trail_is_whole_and_counts_every_act(self) -> None:
        """Verified, and as long as the case's version."""
        if self.verified is not self.snapshot:
            assert verify(self.world.engine).faults == ()
            self.verified = self.snapshot
        for case, entries, _decisions in self.stored():
            assert case.version == len(entries)

    @precondition(lambda self: hasattr(self, "world"))
    @invariant()
    def register_holds_what_was_concluded_and_nothing_else(self) -> None:
        """An engagement comes from a concluded case alone."""
        with reading(self.world.engine, self.world.tenant.id) as session:
            entered = set(session.scalars(select(Engagement.entered_by)))
            concluded = set(session.scalars(select(Case.number).where(Case.state == "concluded")))
        assert entered == concluded


def run(world_of: WorldOf, key: str, *, examples: int, steps: int) -> None:
    """Let chance try a municipality."""

    class Here(Municipality):
        pass

    Here.world_of, Here.key = staticmethod(world_of), key
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.no_cover
@pytest.mark.parametrize("key", ["orebro", pytest.param("oslo", marks=pytest.mark.slow)])
def test_nothing_anybody_tries_leads_past_the_competent_body(sqlite_world_of: WorldOf, key: str) -> None:
    run(sqlite_world_of, key, examples=3, steps=20)


@pytest.mark.slow
@pytest.mark.parametrize("key", ["odense", "orebro", "oslo", "stockholm"])
def test_nothing_anybody_tries_for_long_leads_past_the_competent_body(sqlite_world_of: WorldOf, key: str) -> None:
    run(sqlite_world_of, key, examples=10, steps=40)


@pytest.mark.slow
@pytest.mark.parametrize("key", ["odense", "orebro"])
def test_nor_does_it_on_the_other_database(world_of: WorldOf, key: str) -> None:
    run(world_of, key, examples=4, steps=25)
