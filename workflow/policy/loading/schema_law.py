"""Which keys does a country's law have, and what becomes of each?

The rows that stand above every pack, the rows that serve alone where no pack is in force, and the rules of meetings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import post_load

from workflow.policy import model
from workflow.policy.claims import claims
from workflow.policy.conditions import condition_over
from workflow.policy.loading.base_schema import Strict, listed, nested
from workflow.policy.loading.fields import LANGUAGE, Value, matching, number, one_of, several, text, truth, words
from workflow.policy.loading.schema import clauses_of
from workflow.policy.loading.schema_rules import ASSUMED, DECIDES, RowSchema, cited, routes

TIES = ("casting-vote", "lapses")
#: What a minority can bring about.
MINORITY_OUTCOMES = ("postpone", "refer-back")


@dataclass(frozen=True, slots=True)
class Country:
    """What a law's file says."""

    law: model.Law
    routes: Mapping[str, tuple[model.Step, ...]]
    clauses: Mapping[str, model.Clause]


class LawRowSchema(RowSchema):
    """A row of the law, which may also look at what the pack's own table would answer."""

    when = Value(condition_over("otherwise"))


class AlsoSchema(Strict):
    """Clauses cited besides."""

    makes = model.AlsoCites
    when = Value(condition_over(), default=model.Condition())
    clauses = Value(cited)
    decides = Value(one_of(DECIDES[:-1], "deciding body kind"), default=None)
    assumed = ASSUMED


class QuorumSchema(Strict):
    """How many must be present."""

    makes = model.Quorum
    bodies = Value(several(one_of(model.COLLEGIAL, "body kind"), at_least=1))
    more_than_half = Value(truth)
    conflicted_count = Value(truth)
    clauses = Value(cited)
    assumed = ASSUMED


class MinoritySchema(Strict):
    """What a share of those present can bring about."""

    makes = model.Minority
    bodies = Value(several(one_of(model.COLLEGIAL, "body kind"), at_least=1))
    outcomes = Value(several(one_of(MINORITY_OUTCOMES, "outcome"), at_least=1))
    numerator = Value(number(1, 100))
    denominator = Value(number(2, 100))
    once = Value(truth)
    clauses = Value(cited)
    assumed = ASSUMED


class TieSchema(Strict):
    """What happens when votes are equal."""

    makes = dict
    rule = Value(one_of(TIES, "rule for ties"))
    clauses = Value(cited)
    assumed = ASSUMED


class AbstentionSchema(Strict):
    """Whether a member may abstain."""

    makes = dict
    allowed = Value(truth)
    clauses = Value(cited)
    assumed = ASSUMED


class PreparerSchema(Strict):
    """Whether who prepared the matter is excluded."""

    makes = dict
    excluded = Value(truth)
    clauses = Value(cited)
    assumed = ASSUMED


class CollegialSchema(Strict):
    """How bodies vote."""

    quorum = listed(QuorumSchema, at_least=1)
    tie = nested(TieSchema)
    abstention = nested(AbstentionSchema)
    minority = listed(MinoritySchema, default=())
    preparer = nested(PreparerSchema)

    @post_load
    def make(self, data: dict[str, Any], **_options: Any) -> model.CollegialRules:
        """The rules."""
        tie, abstention, preparer = data["tie"], data["abstention"], data["preparer"]
        return model.CollegialRules(
            quorum=data["quorum"],
            tie=tie["rule"],
            tie_clauses=tie["clauses"],
            abstention_allowed=abstention["allowed"],
            abstention_clauses=abstention["clauses"],
            minority=data["minority"],
            preparer_excluded=preparer["excluded"],
            preparer_clauses=preparer["clauses"],
            tie_assumed=tie["assumed"],
            abstention_assumed=abstention["assumed"],
            preparer_assumed=preparer["assumed"],
        )


class MeetingClaimSchema(Strict):
    """An example of a meeting."""

    makes = model.MeetingClaim
    body = Value(one_of(model.COLLEGIAL, "body kind"))
    members = Value(number(1, 1000))
    present = Value(number(0, 1000))
    stands = Value(truth)
    outcome = Value(one_of(("approve", "reject", *MINORITY_OUTCOMES), "outcome"), default="approve")
    conflicted = Value(number(0, 1000), default=0)
    votes_for = Value(number(0, 1000), default=None, data_key="for")
    votes_against = Value(number(0, 1000), default=None, data_key="against")
    abstained = Value(number(0, 1000), default=None)
    casting_vote = Value(one_of(("for", "against"), "vote"), default="")
    minority_used = Value(truth, default=False)
    prepared = Value(truth, default=False)
    reading = Value(truth, default=False)


class LawClauseSchema(Strict):
    """A citable place in a law, without its id."""

    makes = dict
    claims = Value(claims, default=())
    meetings = listed(MeetingClaimSchema, default=())
    kind = Value(one_of(("law",), "clause kind"))
    says = Value(words)
    section = Value(text)
    assumed = ASSUMED


class LawSchema(Strict):
    """A country's law."""

    country = Value(matching(LANGUAGE, "a country code like se"))
    names = Value(words)
    rows = listed(LawRowSchema, default=())
    founding = listed(RowSchema, at_least=1)
    also = listed(AlsoSchema, default=())
    routes = Value(routes)
    collegial = nested(CollegialSchema)
    clauses = Value(clauses_of(LawClauseSchema))

    @post_load
    def make(self, data: dict[str, Any], **_options: Any) -> Country:
        """The law, with its routes and clauses apart."""
        named = {name: data.pop(name) for name in ("routes", "clauses")}
        return Country(law=model.Law(**data), **named)
