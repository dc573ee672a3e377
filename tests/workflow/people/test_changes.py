"""Changes of accounts that take two people: every kind is tried alone, by the wrong people, too late and twice."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from models import AccountNotice, Appointment, Invitation, Person, ProposedChange, TrailEntry
from models.database import writing
from tests.workflow.notices import wants
from tests.workflow.people import test_seat_changes as seats
from tests.workflow.refusals import refused
from tests.worlds import World
from workflow.audit.verify import verify
from workflow.core.errors import ActionNotOpen, Malformed, NotFound, NotMandated, WorkflowError
from workflow.people import tokens
from workflow.people.administration import administer
from workflow.people.change_kinds import KINDS
from workflow.people.changes import LIFE, Done, confirm, decline, propose
from workflow.people.invitations import find

#: A proposal of every declared kind.
GIVEN: dict[str, dict[str, Any]] = {
    "invite-person": {"username": "leaver@orebro"},
    "change-email": {"username": "leaver@orebro", "email": "new@kommun.example"},
    "erase-person": {"username": "leaver@orebro", "source": "Decision of 3 September, § 9"},
}


@pytest.fixture
def town(orebro: World) -> World:
    """Two administrators; somebody whose seat has ended and who has a password; everybody can log in."""
    orebro.add("second", ("admin", "kommunstyrelsen"))
    leaver = orebro.add("leaver", ("officer", "kommunstyrelseforvaltningen"))
    wants(orebro, "leaver")
    with writing(orebro.engine, orebro.tenant.id) as connection:
        connection.execute(
            update(Person).where(Person.municipality_id == orebro.tenant.id).values(password_hash="a hash")
        )
        ends = orebro.now.date() - timedelta(days=1)
        connection.execute(update(Appointment).where(Appointment.person_id == leaver).values(ends_on=ends))
    return orebro


def proposed(world: World, kind: str, who: str = "admin", **more: Any) -> int:
    given = GIVEN[kind] | more
    return propose(world.services, KINDS, world.people[who], "orebro", kind, given, now=world.now)


def confirmed(world: World, id_: int, who: str = "second", *, by_mail: bool = False) -> Done:
    return confirm(world.services, KINDS, world.people[who], "orebro", id_, by_mail=by_mail, now=world.now)


def person(world: World, who: str = "leaver") -> Any:
    with writing(world.engine, world.tenant.id) as connection:
        return connection.execute(select(Person.__table__).where(Person.id == world.people[who])).one()


def without_second(world: World) -> None:
    """Leave one administrator."""
    with writing(world.engine, world.tenant.id) as connection:
        connection.execute(update(Person).where(Person.id == world.people["second"]).values(is_active=False))


def test_every_declared_kind_is_tried() -> None:
    assert {*GIVEN, *seats.GIVEN} == set(KINDS.by_name)


# -- what is refused


@pytest.mark.parametrize("kind", GIVEN)
@pytest.mark.parametrize("who", ["officer", "chair.council", "auditor", "coordinator", "leaver"])
def test_only_an_administrator_proposes(town: World, kind: str, who: str) -> None:
    with refused(town, NotMandated, "admins-only"):
        proposed(town, kind, who)


@pytest.mark.parametrize("kind", GIVEN)
def test_one_administrator_alone_changes_nothing(town: World, kind: str) -> None:
    before = person(town)
    id_ = proposed(town, kind)
    assert person(town) == before
    with refused(town, NotMandated, "own-proposal"):
        confirmed(town, id_, "admin")
    without_second(town)
    with refused(town, NotMandated, "own-proposal"):
        confirmed(town, id_, "admin")
    assert person(town) == before


@pytest.mark.parametrize("kind", GIVEN)
@pytest.mark.parametrize("who", ["officer", "manager", "chair.council", "chair.executive", "auditor", "coordinator"])
def test_nobody_but_another_administrator_confirms_where_there_is_one(town: World, kind: str, who: str) -> None:
    id_ = proposed(town, kind)
    with refused(town, NotMandated, "confirms-not"):
        confirmed(town, id_, who)
    with refused(town, NotMandated, "confirms-not"):
        decline(town.services, KINDS, town.people[who], "orebro", id_, now=town.now)


@pytest.mark.parametrize("kind", GIVEN)
def test_without_another_administrator_the_chair_of_the_council_confirms(town: World, kind: str) -> None:
    id_ = proposed(town, kind)
    without_second(town)
    for who in ("chair.executive", "secretary.council", "auditor"):
        with refused(town, NotMandated, "confirms-not"):
            confirmed(town, id_, who)
    confirmed(town, id_, "chair.council")
    assert verify(town.engine).ok


def test_administrator_who_cannot_log_in_is_no_other_administrator(town: World) -> None:
    with writing(town.engine, town.tenant.id) as connection:
        connection.execute(update(Person).where(Person.id == town.people["second"]).values(password_hash=None))
    id_ = proposed(town, "invite-person")
    with refused(town, NotMandated, "confirms-not"):
        confirmed(town, id_)
    confirmed(town, id_, "chair.council")


def test_auditor_confirms_nothing_even_as_administrator(town: World) -> None:
    town.add("both", ("auditor", "kommunstyrelsen"), ("admin", "kommunstyrelsen"))
    with writing(town.engine, town.tenant.id) as connection:
        connection.execute(update(Person).where(Person.id == town.people["both"]).values(password_hash="x"))
    id_ = proposed(town, "invite-person")
    with refused(town, NotMandated, "confirms-not"):
        confirmed(town, id_, "both")


@pytest.mark.parametrize("kind", GIVEN)
def test_settled_proposal_is_settled(town: World, kind: str) -> None:
    for settle in (
        lambda id_: confirmed(town, id_),
        lambda id_: decline(town.services, KINDS, town.people["second"], "orebro", id_, now=town.now),
        lambda id_: decline(town.services, KINDS, town.people["admin"], "orebro", id_, now=town.now),
    ):
        if person(town).erased_at is not None:
            break
        id_ = proposed(town, kind)
        settle(id_)
        with refused(town, ActionNotOpen, "change-settled"):
            confirmed(town, id_)


@pytest.mark.parametrize("kind", GIVEN)
def test_old_proposal_is_not_confirmed(town: World, kind: str) -> None:
    id_ = proposed(town, kind)
    town.later(days=LIFE.days)
    with refused(town, ActionNotOpen, "change-settled"):
        confirmed(town, id_)


@pytest.mark.parametrize("kind", GIVEN)
def test_what_speaks_against_it_meanwhile_is_asked_again(town: World, kind: str) -> None:
    id_ = proposed(town, kind)
    with writing(town.engine, town.tenant.id) as connection:
        values = {"erased_at": town.now} if kind == "erase-person" else {"is_active": False}
        connection.execute(update(Person).where(Person.id == town.people["leaver"]).values(**values))
    error, code = (ActionNotOpen, "erased-already") if kind == "erase-person" else (Malformed, "no-actor")
    with refused(town, error, code):
        confirmed(town, id_)


@pytest.mark.parametrize(
    ("kind", "more", "field"),
    [
        ("invite-person", {"username": "nobody@orebro"}, "username"),
        ("invite-person", {"username": "admin@oslo"}, "username"),
        ("change-email", {"email": "no address"}, "email"),
        ("change-email", {"email": "a@b.example\nBcc: c@d.example"}, "email"),
        ("erase-person", {"source": " "}, "source"),
        ("erase-person", {"source": ""}, "source"),
        ("erase-person", {"password": "x"}, "password"),
    ],
)
def test_what_cannot_be_is_refused_when_it_is_proposed(
    town: World, kind: str, more: dict[str, str], field: str
) -> None:
    with pytest.raises(Malformed) as caught:
        proposed(town, kind, **more)
    assert {why.values["field"] for why in caught.value.reasons} == {field}


def test_unknown_kind_and_unknown_proposal_are_refused(town: World) -> None:
    with pytest.raises(Malformed):
        propose(town.services, KINDS, town.people["admin"], "orebro", "seat-myself", {}, now=town.now)
    with refused(town, NotFound, "not-found"):
        confirmed(town, 99)


@pytest.mark.parametrize("action", ["add-person", "change-person"])
def test_administrator_sets_no_password(town: World, action: str) -> None:
    given = {"username": "asa@orebro", "name": "Åsa", "language": "sv"} if action == "add-person" else {}
    given = {"username": "leaver@orebro"} | given | {"password_hash": "chosen by an administrator"}
    with refused(town, Malformed, "field-unknown"):
        administer(town.services, town.people["admin"], "orebro", action, given, now=town.now)


def test_of_two_who_confirm_at_once_one_wins(town: World) -> None:
    town.add("third", ("admin", "kommunstyrelsen"))
    with writing(town.engine, town.tenant.id) as connection:
        connection.execute(update(Person).where(Person.id == town.people["third"]).values(password_hash="x"))
    id_ = proposed(town, "invite-person")

    def attempt(who: str) -> bool:
        try:
            confirmed(town, id_, who)
        except WorkflowError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(attempt, ("second", "third"))) == [False, True]
    with writing(town.engine, town.tenant.id) as connection:
        assert len(connection.execute(select(Invitation.id)).all()) == 1


# -- what is done


def test_invitation_is_shown_to_whoever_confirms_and_all_that_was_before_ends_at_once(town: World) -> None:
    token = tokens.create(town.engine, town.services.tenants, "leaver@orebro", town.now)
    done = confirmed(town, proposed(town, "invite-person"))
    assert done.token is not None
    assert find(town.services, done.token, now=town.now).person_id == town.people["leaver"]
    assert person(town).password_hash is None
    with pytest.raises(NotFound):
        tokens.bearer(town.engine, town.services.tenants, f"Bearer {token}", town.now)


def test_invitation_goes_by_mail_where_mail_can_be_sent_and_nobody_sees_the_link(town: World) -> None:
    assert confirmed(town, proposed(town, "invite-person"), by_mail=True).token is None
    wants(town, "leaver", email="")
    assert confirmed(town, proposed(town, "invite-person"), by_mail=True).token is not None


def test_new_address_is_told_to_the_old_one(town: World) -> None:
    confirmed(town, proposed(town, "change-email"))
    assert person(town).email == "new@kommun.example"
    with writing(town.engine, town.tenant.id) as connection:
        mine = AccountNotice.person_id == town.people["leaver"]
        told = connection.execute(select(AccountNotice.kind, AccountNotice.address).where(mine)).all()
    assert [tuple(one) for one in told] == [("email-changed", "leaver@kommun.example")]


def test_erased_person_is_gone_from_proposals_too(town: World) -> None:
    confirmed(town, proposed(town, "change-email"))
    confirmed(town, proposed(town, "erase-person"))
    with writing(town.engine, town.tenant.id) as connection:
        assert connection.execute(select(ProposedChange.payload)).scalars().all() == [{}, {}]
    assert person(town).name == "Gallrad person 1"
    assert verify(town.engine).ok


@pytest.mark.parametrize("kind", GIVEN)
def test_journal_names_both_and_no_address(town: World, kind: str) -> None:
    id_ = proposed(town, kind)
    confirmed(town, id_)
    with writing(town.engine, town.tenant.id) as connection:
        rows = connection.execute(
            select(TrailEntry.action, TrailEntry.actor, TrailEntry.actor_role, TrailEntry.data)
            .where(TrailEntry.stream == "orebro-journal")
            .order_by(TrailEntry.number.desc())
            .limit(2)
        ).all()
    act, proposal = rows
    proposer, confirmer = person(town, "admin").public_id, person(town, "second").public_id
    assert (proposal.action, proposal.actor, proposal.actor_role) == ("propose-change", proposer, "admin")
    assert (act.action, act.actor, act.actor_role) == (kind, confirmer, "admin")
    data = json.loads(act.data)
    assert (data["change"], data["proposed_by"]) == (id_, proposer)
    assert "kommun.example" not in act.data + proposal.data
    assert verify(town.engine).ok


def test_who_can_confirm_is_notified(town: World) -> None:
    proposed(town, "invite-person")
    with writing(town.engine, town.tenant.id) as connection:
        query = select(AccountNotice.person_id).where(AccountNotice.kind == "change-proposed")
        assert connection.execute(query).scalars().all() == [town.people["second"]]
