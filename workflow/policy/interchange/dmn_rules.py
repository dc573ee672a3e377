"""Rules of a decision table, read for a municipality's policy: the requests each answers, and its answer.

Refuses, with rule, column and value, what a policy cannot express: unknown values, two rules for one request, a rule
that rests on nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from marshmallow import ValidationError

from workflow.policy.interchange.dmn_reader import DecisionTable, TableRule
from workflow.policy.interchange.feel_tokens import CellInvalid, Name, literal
from workflow.policy.interchange.feel_writer import read
from workflow.policy.interchange.request_sets import Domain, RequestSet, domain_of, possible
from workflow.policy.model import Policy
from workflow.policy.pack_messages import unknown
from workflow.policy.request_space import request_text
from workflow.policy.value_readers import one_of, slug
from workflow.policy.vocabulary import DECIDES

PROHIBITION, LAW = "prohibition", "law"
TIERS = (PROHIBITION, LAW, "pack", "founding")
OUTCOMES = ("decided", "refused")


@dataclass(frozen=True, slots=True)
class ReadRule:
    """One rule, as a policy understands it."""

    source: TableRule
    #: The requests it answers; one subset, or two where kinds have acts of their own.
    subsets: tuple[RequestSet, ...]
    #: prohibition, law, or pack.
    tier: str
    row: str
    #: Kind of body, or `responsible`; None where it is refused.
    decides: str | None
    route: str | None
    clauses: tuple[str, ...]
    assumed: str | None
    #: The pack's own row, where the law takes it over.
    policy_row: str | None

    @property
    def answer(self) -> tuple[object, ...]:
        """What rules of one row have in common."""
        return self.tier, self.decides, self.route, self.clauses, self.assumed


def read_rules(table: DecisionTable, policy: Policy) -> tuple[ReadRule, ...]:
    """The rules of a table for a municipality; raises `PolicyInvalid` naming rule, column and value."""
    domain = domain_of(policy)
    found = tuple(_rule(table, rule, policy, domain) for rule in table.rules)
    for one, other in combinations(found, 2):
        for shared in filter(None, (a.both(b) for a in one.subsets for b in other.subsets)):
            message = f"answers what rule {one.source.number} answers too: {request_text(shared.a_request(domain))}"
            raise table.fault(other.source, "", message)
    return found


def _rule(table: DecisionTable, rule: TableRule, policy: Policy, domain: Domain) -> ReadRule:
    allowed = {name: frozenset(values) for name, values in domain.items()}
    for name, cell in rule.asks.items():
        try:
            allowed[name] = read(cell, domain[name])
        except CellInvalid as error:
            raise table.fault(rule, name, f"{_quoted(cell)} {error}") from None
    subsets = possible(RequestSet(allowed))
    if not subsets:
        raise table.fault(rule, "act", "no request has this act for this engagement")
    said = _Outputs(table, rule)
    refused = said.one("outcome", OUTCOMES, "decided") == "refused"
    tier = said.one("tier", TIERS, PROHIBITION if refused else "pack")
    if refused != (tier == PROHIBITION):
        raise table.fault(
            rule, "tier", f"{_quoted(tier)} is not where a rule stands whose outcome is {_quoted(said.text('outcome'))}"
        )
    decides = None if refused else said.body()
    route = None if refused else said.one("route", tuple(policy.routes))
    clauses, assumed = _rests_on(table, rule, said, policy)
    row = said.key("row") or f"rule-{rule.number}"
    return ReadRule(
        rule,
        subsets,
        "pack" if tier == "founding" else tier,
        row,
        decides,
        route,
        clauses,
        assumed,
        said.key("policy_row"),
    )


@dataclass(frozen=True, slots=True)
class _Outputs:
    """The answer of a rule, read column by column."""

    table: DecisionTable
    rule: TableRule

    def value(self, column: str) -> object:
        """What the cell of an output says; None where there is none."""
        cell = self.rule.answers.get(column, "")
        if cell in ("", "-"):
            return None
        try:
            return literal(cell)
        except CellInvalid as error:
            raise self.table.fault(self.rule, column, f"{_quoted(cell)} {error}") from None

    def text(self, column: str) -> str | None:
        """A text in quotation marks, or nothing."""
        value = self.value(column)
        if value is not None and not isinstance(value, str):
            raise self.table.fault(
                self.rule, column, f"{_quoted(self.rule.answers[column])} is no text in quotation marks"
            )
        return value

    def one(self, column: str, known: tuple[str, ...], usual: str = "") -> str:
        """One of the known texts; without `usual` it must be there."""
        value = self.text(column)
        if value is None and usual:
            return usual
        if value is None:
            raise self.table.fault(self.rule, column, "says nothing")
        if value not in known:
            raise self.table.fault(self.rule, column, str(unknown(column, value, known)))
        return value

    def body(self) -> str:
        """Who decides: a kind of body, or the responsible one, whatever it is."""
        column = "decides" if "decides" in self.rule.answers else "body"
        if self.value(column) == Name("responsible"):
            return "responsible"
        return self.one(column, DECIDES)

    def key(self, column: str) -> str | None:
        """The id of a row."""
        value = self.text(column)
        try:
            return None if value is None else slug(value)
        except ValidationError as error:
            raise self.table.fault(self.rule, column, str(error.messages[0])) from None


def _rests_on(
    table: DecisionTable, rule: TableRule, said: _Outputs, policy: Policy
) -> tuple[tuple[str, ...], str | None]:
    """The clauses that a rule cites, and why it is assumed; it has at least one of both."""
    cited = said.text("clauses") or rule.notes.get("clauses", "")
    clauses = tuple(dict.fromkeys(cited.replace(",", " ").split()))
    for clause in clauses:
        try:
            one_of(tuple(policy.clauses), "clause")(clause)
        except ValidationError as error:
            raise table.fault(rule, "clauses", str(error.messages[0])) from None
    assumed = said.text("assumed") or rule.notes.get("assumed")
    if not clauses and said.text("outcome") == "refused":
        raise table.fault(rule, "clauses", "says nothing; what is refused cites the clause that forbids it")
    if not clauses and not assumed:
        raise table.fault(
            rule, "", "cites no clause and admits no assumption (“Clauses: …” or “Assumed: …” as its annotation)"
        )
    return clauses, " ".join(assumed.split()) if assumed else None


def _quoted(text: str | None) -> str:
    return f"“{text}”"
