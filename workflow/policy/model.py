"""What is a policy, as values?

Frozen and plain: read from YAML by `workflow.policy.loading.loader`, or from a stored version by
`workflow.policy.store`. A
condition is equality, a set or an integer range over the declared attributes of a request and nothing else, so that
tables can be checked exhaustively.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from workflow.core.calendar import Within

#: Engagement kinds, in the order screens show them.
ENGAGEMENTS = (
    "twin-agreement",
    "cooperation-agreement",
    "partnership",
    "membership",
    "project",
    "exchange",
    "visit",
    "aid-project",
    "influence",
    "solidarity",
    "policy",
)
#: What may be asked for an engagement; a policy has acts of its own.
ACTS = ("enter", "renew", "evaluate", "terminate")
POLICY_ACTS = ("adopt", "revise", "repeal")
#: Acts that name an engagement already in the register.
ACTS_ON_REGISTERED = ("renew", "evaluate", "terminate")
#: Kinds of body that meet and vote.
COLLEGIAL = ("council", "executive-board", "committee", "company-board")
BODY_KINDS = (*COLLEGIAL, "administration", "office")
#: Kinds of body whose matter a case can be.
RESPONSIBLE_KINDS = ("executive-board", "committee", "company-board", "administration")
ROLES = ("officer", "manager", "secretary", "chair", "member", "coordinator", "auditor", "admin")
SCOPES = ("own-area", "municipality")
INITIATIVES = ("own", "external")
#: Nothing is signed for these.
UNSIGNED_ENGAGEMENTS = ("membership", "visit", "policy")
UNSIGNED_ACTS = ("evaluate",)
STEPS = ("draft", "review", "consult", "recommend", "decide", "sign")

#: Fields a requirement may ask for, by requirement id (`initiative` is an attribute given explicitly).
REQUIREMENT_FIELDS: Mapping[str, tuple[str, ...]] = {
    "goal": ("goals",),
    "time-limited": ("ends_on",),
    "operating-plan": ("operating_plan_ref",),
    "representation": ("representatives",),
    "knowledge-sharing": ("knowledge_plan",),
    "initiative": ("initiative",),
    "concrete-purpose": ("purpose",),
    "expected-result": ("expected_result",),
    "principles": (
        "principle_value",
        "principle_knowledge",
        "principle_cooperation",
        "principle_partnerships",
        "principle_reputation",
    ),
    "local-partners": ("local_partners",),
    "eu-office-consulted": ("eu_office_opinion",),
    "relevance": ("relevance",),
}

#: What may wait and has a ladder of its own in a pack.
LADDERS = ("step", "consultation", "expiry", "appointment", "mandate")
#: In a ladder: whoever it waits for.
TURN = "turn"
#: What the clock itself does on the last day, so that nothing is left to be late.
ENDS_BY_ITSELF = ("consultation", "expiry")

#: Language code to text.
Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asks: an engagement kind, an act and attributes. A request gets exactly one answer."""

    engagement: str
    act: str
    #: Kind of the body whose matter it is.
    responsible: str
    scope: str = "own-area"
    #: own, external, or None when nobody said.
    initiative: str | None = None
    #: A matter of principle or otherwise of major importance.
    principal: bool = False
    named_nordic_twin: bool = False
    eu_funded: bool = False
    #: Percent of the cost that others pay.
    external_funding: int = 0

    @property
    def is_signed(self) -> bool:
        """Whether a decision to approve it is followed by a signature."""
        return self.engagement not in UNSIGNED_ENGAGEMENTS and self.act not in UNSIGNED_ACTS

    def with_(self, **attributes: object) -> Request:
        """The same request with other attributes."""
        return replace(self, **attributes)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Span:
    """Whole numbers from `low` to `high`, both included."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Condition:
    """When a row applies: every named attribute has one of the values (or lies in the span)."""

    terms: tuple[tuple[str, tuple[object, ...] | Span], ...] = ()

    def holds(self, request: Request, otherwise: str | None = None) -> bool:
        """Whether the request meets every term; `otherwise` is the body that the pack's own table names."""
        for name, wanted in self.terms:
            value: Any = otherwise if name == "otherwise" else getattr(request, name)
            if isinstance(wanted, Span):
                if not wanted.low <= value <= wanted.high:
                    return False
            elif value not in wanted:
                return False
        return True

    def values_of(self, name: str) -> tuple[object, ...] | Span | None:
        """What the condition asks of one attribute; None when it asks nothing."""
        return dict(self.terms).get(name)


@dataclass(frozen=True, slots=True)
class Municipality:
    """Whose policy it is."""

    key: str
    country: str
    language: str
    timezone: str
    names: Words


@dataclass(frozen=True, slots=True)
class PolicyDocument:
    """The document the pack encodes."""

    version: str
    title: Words
    #: adopted, proposed, or `law` for the country's law rows alone.
    status: str
    valid_from: date
    valid_to: date | None = None
    assumed: str | None = None
    notice: Words | None = None


@dataclass(frozen=True, slots=True)
class BodySpec:
    """A body of the municipality."""

    key: str
    kind: str
    names: Words
    parent: str | None = None
    #: Why the pack has a body that its document does not name.
    assumed: str | None = None

    @property
    def is_collegial(self) -> bool:
        """Whether it meets and votes."""
        return self.kind in COLLEGIAL


@dataclass(frozen=True, slots=True)
class Goal:
    """One goal a request can serve."""

    key: str
    names: Words


@dataclass(frozen=True, slots=True)
class GoalGroup:
    """Goals of which a requirement asks at least one."""

    group: str
    names: Words
    items: tuple[Goal, ...]


@dataclass(frozen=True, slots=True)
class KindSpec:
    """How a municipality calls an engagement kind, and the fields its form offers."""

    names: Words
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a competence table; one of prohibitions has neither body nor route."""

    id: str
    when: Condition
    clauses: tuple[str, ...]
    #: Kind of body, or `responsible`; None in a prohibition.
    decides: str | None = None
    route: str | None = None
    assumed: str | None = None


@dataclass(frozen=True, slots=True)
class AlsoCites:
    """Clauses cited besides whenever a decided request matches."""

    when: Condition
    clauses: tuple[str, ...]
    decides: str | None = None
    assumed: str | None = None


@dataclass(frozen=True, slots=True)
class Requirement:
    """What must hold before a step."""

    id: str
    when: Condition
    #: review, recommend, decide or sign.
    before: str
    clauses: tuple[str, ...]
    assumed: str | None = None
    #: Goal group, for `goal` alone.
    group: str | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        """Fields that must be filled."""
        return REQUIREMENT_FIELDS[self.id]


@dataclass(frozen=True, slots=True)
class Step:
    """One stop on a route."""

    step: str
    #: ROLE@BODY, a body kind or `responsible`; several kinds in a consultation.
    by: tuple[str, ...]
    within: Within | None = None
    clauses: tuple[str, ...] = ()
    assumed: str | None = None


@dataclass(frozen=True, slots=True)
class Rung:
    """Who is told how many days after the last day; fewer than none: before it."""

    after: Within
    #: ROLE@BODY, or `turn`: whoever it waits for.
    tell: str


@dataclass(frozen=True, slots=True)
class Ladder:
    """Who is told, rung by rung, of what is coming due or late; nobody's right to decide moves by it."""

    rungs: tuple[Rung, ...]
    assumed: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question of an evaluation form."""

    key: str
    names: Words


@dataclass(frozen=True, slots=True)
class EvaluationRule:
    """When an engagement (or the policy) must be evaluated, who reports and who decides."""

    id: str
    when: Condition
    reports: str
    #: A body kind, or `as-entered`.
    decides: str
    clauses: tuple[str, ...]
    #: Exactly one of the three: months between, months before expiry, one day.
    every: int | None = None
    before_expiry: int | None = None
    on: date | None = None
    questions: tuple[Question, ...] = ()
    ladder: tuple[Rung, ...] = ()
    #: Whether value is weighed against cost: below it, going on needs reasons; none left, a case to end it is opened.
    weighs_value: bool = False
    assumed: str | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """An example that a clause promises: a request and what must come of it."""

    #: Attributes given; everything else is free where it does not matter, the default here.
    given: tuple[tuple[str, object], ...]
    decided_by: str | None = None
    refused: bool = False
    requires: str | None = None
    requires_not: str | None = None
    #: Kind of body that recommends or gives its opinion before the decision.
    heard: str | None = None
    #: Whether what comes of it is our reading; an answer that rests on words alone breaks the claim, and the reverse.
    reading: bool = False
    #: Which of its clause's examples it is written in; one with several values makes several claims.
    position: int = 0
    #: Goal group, where `goal` is required or not.
    group: str | None = None
    #: ROLE@BODY that may sign.
    signed_by: str | None = None
    #: What is known of the evaluation that it leads to, as a rule's keys and values; an empty one is none.
    evaluated: tuple[tuple[str, object], ...] = ()
    #: Whether no evaluation of this clause comes of it.
    evaluated_not: bool = False
    #: Whether the answer does not rest on this clause.
    cited_not: bool = False


@dataclass(frozen=True, slots=True)
class MeetingClaim:
    """An example that a clause of the law promises: how a body met and voted, and whether its decision stands."""

    body: str
    members: int
    present: int
    stands: bool
    outcome: str = "approve"
    conflicted: int = 0
    votes_for: int | None = None
    votes_against: int | None = None
    abstained: int | None = None
    casting_vote: str = ""
    #: Whether a minority has had this outcome before in the case.
    minority_used: bool = False
    #: Whether somebody takes part who prepared the matter as an employee.
    prepared: bool = False
    #: Whether that it comes out so is our reading of the clause.
    reading: bool = False


@dataclass(frozen=True, slots=True)
class Clause:
    """A citable place in a document."""

    id: str
    kind: str
    says: Words
    section: str = ""
    voice: str | None = None
    assumed: str | None = None
    reason: str | None = None
    enforced_by: tuple[str, ...] = ()
    claims: tuple[Claim, ...] = ()
    #: Examples of meetings; in a law alone.
    meetings: tuple[MeetingClaim, ...] = ()


@dataclass(frozen=True, slots=True)
class Quorum:
    """How many members must be present."""

    bodies: tuple[str, ...]
    #: True: more than half; False: at least half.
    more_than_half: bool
    #: Whether members with a conflict of interest still count.
    conflicted_count: bool
    clauses: tuple[str, ...]
    assumed: str | None = None


@dataclass(frozen=True, slots=True)
class Minority:
    """A share of those present that is enough for an outcome."""

    bodies: tuple[str, ...]
    outcomes: tuple[str, ...]
    numerator: int
    denominator: int
    #: Whether it works only the first time in a case.
    once: bool
    clauses: tuple[str, ...]
    assumed: str | None = None


@dataclass(frozen=True, slots=True)
class CollegialRules:
    """How bodies vote in a country."""

    quorum: tuple[Quorum, ...]
    #: casting-vote or lapses.
    tie: str
    tie_clauses: tuple[str, ...]
    abstention_allowed: bool
    abstention_clauses: tuple[str, ...]
    minority: tuple[Minority, ...]
    #: Whether whoever prepared a matter as an employee is excluded from deciding it.
    preparer_excluded: bool
    preparer_clauses: tuple[str, ...]
    #: Why a rule that no clause gives is our reading.
    tie_assumed: str | None = None
    abstention_assumed: str | None = None
    preparer_assumed: str | None = None

    def quorum_of(self, kind: str) -> Quorum:
        """The quorum rule of a kind of body."""
        return next(rule for rule in self.quorum if kind in rule.bodies)


@dataclass(frozen=True, slots=True)
class Law:
    """A country's rows and rules."""

    country: str
    names: Words
    rows: tuple[Row, ...]
    founding: tuple[Row, ...]
    also: tuple[AlsoCites, ...]
    collegial: CollegialRules


@dataclass(frozen=True)
class Policy:
    """One version of a municipality's policy with its country's law: everything a case is judged by."""

    municipality: Municipality
    document: PolicyDocument
    bodies: tuple[BodySpec, ...]
    default_responsible: str
    goals: tuple[GoalGroup, ...]
    kinds: Mapping[str, KindSpec]
    prohibitions: tuple[Row, ...]
    competence: tuple[Row, ...]
    requirements: tuple[Requirement, ...]
    #: The pack's and the law's routes by name.
    routes: Mapping[str, tuple[Step, ...]]
    evaluations: tuple[EvaluationRule, ...]
    #: The pack's and the law's clauses by id.
    clauses: Mapping[str, Clause]
    law: Law
    #: SHA-256 of the canonical bytes, hexadecimal.
    digest: str
    #: RFC 8785 JSON of the pack and its country's law: what `digest` is taken of and what the database keeps.
    canonical: str = field(default="", repr=False, compare=False)
    #: Ladders of everything but evaluations, by what it is that waits.
    ladders: Mapping[str, Ladder] = field(default_factory=dict)
    _bodies_by_key: dict[str, BodySpec] = field(default_factory=dict, init=False, repr=False, compare=False)
    #: Its compiled procedures by route and kind of responsible body, which `workflow.policy.state_machine` keeps here.
    compiled: dict[tuple[str, str], Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._bodies_by_key.update((body.key, body) for body in self.bodies)

    @property
    def version(self) -> str:
        """The version's id, like `orebro-2012`."""
        return self.document.version

    def body(self, key: str) -> BodySpec:
        """The body with a key; `KeyError` when the policy has none."""
        return self._bodies_by_key[key]

    def has_body(self, key: str) -> bool:
        """Whether the policy knows a body."""
        return key in self._bodies_by_key

    def bodies_of(self, kind: str) -> tuple[BodySpec, ...]:
        """All bodies of a kind, in the pack's order."""
        return tuple(body for body in self.bodies if body.kind == kind)

    def only(self, kind: str) -> BodySpec:
        """The single council or executive board."""
        (body,) = self.bodies_of(kind)
        return body

    def administration_of(self, key: str) -> BodySpec:
        """The administration that prepares a body's matters: its own first one, or the body itself; else `KeyError`."""
        body = self.body(key)
        if not body.is_collegial:
            return body
        below = [other for other in self.bodies if other.parent == key and other.kind == "administration"]
        if not below:
            raise KeyError(f"no administration below {key}")
        return below[0]

    def ladder(self, name: str) -> tuple[Rung, ...]:
        """The rungs of a ladder by its name, `evaluation:RULE` for an evaluation's; none where the policy has none."""
        kind, _colon, rule = name.partition(":")
        if kind == "evaluation":
            return next((one.ladder for one in self.evaluations if one.id == rule), ())
        return self.ladders[name].rungs if name in self.ladders else ()

    def evaluation(self, rule: str) -> EvaluationRule:
        """An evaluation rule by its id; `KeyError` when the policy has none."""
        for one in self.evaluations:
            if one.id == rule:
                return one
        raise KeyError(rule)

    def responsible_kinds(self) -> tuple[str, ...]:
        """Kinds of body whose matter a case can be in this municipality."""
        return tuple(kind for kind in RESPONSIBLE_KINDS if self.bodies_of(kind))

    def responsible_bodies(self) -> Iterator[BodySpec]:
        """Bodies whose matter a case can be."""
        return (body for body in self.bodies if body.kind in RESPONSIBLE_KINDS)


@dataclass(frozen=True, slots=True)
class Answer:
    """Who decides a request: a body and a route, or a refusal; always with the clauses it rests on."""

    #: decided or refused.
    outcome: str
    #: Id of the row that answered.
    row: str
    clauses: tuple[str, ...]
    #: Kind of the deciding body; None when refused.
    body: str | None = None
    route: str | None = None
    #: Reasons of every assumption that the answer rests on.
    assumptions: tuple[str, ...] = ()
    #: prohibition, law, pack or founding: the tier the row stands in.
    tier: str = "pack"

    @property
    def is_decided(self) -> bool:
        """Whether some body may decide it."""
        return self.outcome == "decided"
