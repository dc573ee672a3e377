"""Votes of a meeting: who could take part, whether the body was quorate, and whether the votes carry the outcome."""

from __future__ import annotations

from sqlalchemy import BindParameter, bindparam, select

from models import Decision, Person
from workflow.cases.actions.context import ActionContext
from workflow.core.errors import Malformed, QuorumMissing
from workflow.core.messages import reason
from workflow.policy.state_machine import Stop
from workflow.policy.voting_rules import Votes, carried_by_minority, objections

_decisions = Decision.__table__.c
_MUNICIPALITY: BindParameter[int] = bindparam("municipality")
_BODY: BindParameter[int] = bindparam("body")
_EARLIER = select(
    _decisions.decided_on,
    _decisions.outcome,
    _decisions.votes_for,
    _decisions.votes_against,
    _decisions.casting_vote,
).where(
    _decisions.municipality_id == _MUNICIPALITY,
    _decisions.case_id == bindparam("case"),
    _decisions.body_id == _BODY,
    _decisions.state == "confirmed",
)


def weigh_votes(context: ActionContext, stop: Stop, body: str, members: int) -> Votes:
    """The votes as entered; raises `Malformed` for unknown people and `QuorumMissing` where they do not carry it."""
    given = context.payload
    votes = Votes(
        members=members,
        present=given["present"],
        conflicted=len(set(given["conflicts"])),
        votes_for=given.get("votes_for"),
        votes_against=given.get("votes_against"),
        abstained=given.get("abstained"),
        casting_vote=given["casting_vote"],
    )
    known_people(context, given["conflicts"])
    rules, names = context.policy.law.collegial.on(given["meeting_date"]), context.policy.body(body).names
    used = _minority_right_used(context, stop.kind, body, given["outcome"])
    if against := tuple(objections(rules, stop.kind, names, votes, given["outcome"], minority_used=used)):
        raise QuorumMissing(*against)
    return votes


def known_people(context: ActionContext, usernames: list[str]) -> dict[str, int]:
    """Ids of people by user name; raises `Malformed` for a name nobody bears."""
    if not usernames:
        return {}
    rows = context.connection.execute(
        select(Person.username, Person.id).where(
            Person.municipality_id == context.municipality_id, Person.username.in_(usernames)
        )
    )
    known = {row.username: int(row.id) for row in rows}
    if strangers := [name for name in usernames if name not in known]:
        raise Malformed(*(reason("unknown-person", username=name, field="conflicts") for name in strangers))
    return known


def _minority_right_used(context: ActionContext, kind: str, body: str, outcome: str) -> bool:
    if not any(outcome in right.outcomes and kind in right.bodies for right in context.policy.law.collegial.minority):
        return False
    given = {
        "municipality": context.municipality_id,
        "case": context.case.id,
        "body": context.tenant.body_ids[body],
    }
    earlier = context.connection.execute(_EARLIER, given)
    rules = context.policy.law.collegial
    return any(
        carried_by_minority(rules.on(met), kind, Votes(0, 0, 0, in_favour, against, casting_vote=casting), chosen)
        for met, chosen, in_favour, against, casting in earlier
    )
