"""The policy check: every obligation over one policy.

The report says of each obligation whether it holds, how many cases were checked and the shortest counterexample; also
how many clauses of each kind something carries out, and every assumption. Where rows of the law have dates, an
obligation holds in each of their periods. Each obligation has a module of its own; a pack that cannot be read at all
never gets here (`workflow.policy.loading.loader`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from workflow.core.errors import PolicyInvalid
from workflow.policy.assumptions import Assumption, assumptions
from workflow.policy.model import Policy
from workflow.policy.pack_messages import pack_message
from workflow.policy.request_space import founding_alone
from workflow.policy.verification.migration import moves
from workflow.policy.verification.p01_competence import Unanswered, answers, complete_and_unique, unanswered_in
from workflow.policy.verification.p02_bypass import no_bypass
from workflow.policy.verification.p03_routes import every_state_ends
from workflow.policy.verification.p04_four_eyes import four_eyes
from workflow.policy.verification.p05_silence import silence_decides_nothing
from workflow.policy.verification.p06_requirements import demands_are_met
from workflow.policy.verification.p07_clauses import Coverage, coverage, every_rule_rests
from workflow.policy.verification.p08_refusals import refusals_hold
from workflow.policy.verification.p09_law import law_holds
from workflow.policy.verification.p10_claims import claims_hold
from workflow.policy.verification.result import Counterexample, Finding, combined, over_periods
from workflow.policy.verification.state_search import StateSpace, state_spaces


@dataclass(frozen=True, slots=True)
class Obligation:
    """One thing that must hold of every policy, and whether it does."""

    id: str
    title: str
    ok: bool
    #: How many requests, states, rules or claims were checked.
    checked: int
    #: The shortest case in which it does not hold.
    counterexample: Counterexample | None

    def as_json(self) -> dict[str, Any]:
        """The obligation as the report prints it, its counterexample in English."""
        found = self.counterexample
        return {
            "id": self.id,
            "title": self.title,
            "ok": self.ok,
            "checked": self.checked,
            "counterexample": None if found is None else str(found),
            "path": found.path.as_json() if found and found.path else None,
        }


@dataclass(frozen=True, slots=True)
class Report:
    """What the check of one policy found."""

    municipality: str
    version: str
    obligations: tuple[Obligation, ...]
    #: By kind of clause.
    coverage: Mapping[str, Coverage]
    assumptions: tuple[Assumption, ...]
    #: Every gap and overlap in the tables, of which the first obligation reports the plainest.
    unanswered: tuple[Unanswered, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether every obligation holds."""
        return all(obligation.ok for obligation in self.obligations)

    def as_json(self) -> dict[str, Any]:
        """The report of one pack, as an element of `packs` in `summary`."""
        return {
            "municipality": self.municipality,
            "version": self.version,
            "obligations": [obligation.as_json() for obligation in self.obligations],
            "coverage": {
                kind: {"enforced": found.enforced, "total": found.total, "unenforced": list(found.unenforced)}
                for kind, found in self.coverage.items()
            },
            "assumptions": [asdict(assumption) for assumption in self.assumptions],
            "unanswered": [_unanswered_json(one) for one in self.unanswered],
        }


def _unanswered_json(one: Unanswered) -> dict[str, Any]:
    return asdict(one) | {"since": None if one.since is None else one.since.isoformat()}


def summary(reports: Iterable[Report]) -> dict[str, Any]:
    """Several reports as the one JSON document that `instans policy check --json` prints."""
    all_reports = list(reports)
    return {"ok": all(report.ok for report in all_reports), "packs": [report.as_json() for report in all_reports]}


def check(policy: Policy, before: Policy | None = None) -> Report:
    """Check a policy against every obligation; cases are moved to it from `before`, else from the law alone."""
    days = policy.periods
    given = {first: tuple(answers(policy.on(first))) for first in days}
    spaces = {first: _spaces(policy.on(first)) for first in days}
    past, into = _moves(before or founding_alone(policy), policy)

    def in_each(checked: Callable[[date], Finding]) -> Finding:
        return over_periods((first, checked(first)) for first in days)

    findings = (
        ("P1", "Every request has exactly one answer", in_each(lambda first: complete_and_unique(given[first]))),
        ("P2", "Nothing binds before the competent body's confirmed decision, and nothing undoes it",
         combined(in_each(lambda first: no_bypass(spaces[first])), past)),
        ("P3", "Every state leads on to a conclusion, and somebody can act in it",
         in_each(lambda first: every_state_ends(policy.on(first), given[first]))),
        ("P4", "No person alone, however appointed, carries a request to where it binds",
         in_each(lambda first: four_eyes(spaces[first]))),
        ("P5", "Silence and time decide nothing and change nobody's right to decide",
         in_each(lambda first: silence_decides_nothing(spaces[first]))),
        ("P6", "What the policy demands is there before a yes binds, and can be filled in",
         in_each(lambda first: demands_are_met(spaces[first]))),
        ("P7", "Every rule rests on a clause or says it is assumed, and every binding clause is carried out",
         every_rule_rests(policy)),
        ("P8", "What the policy forbids is refused under every spelling and after every change",
         combined(in_each(lambda first: refusals_hold(spaces[first])), into)),
        ("P9", "The law's rows hold in every answer and on every way",
         in_each(lambda first: law_holds(spaces[first]))),
        ("P10", "What each clause promises by example, the table, the routes and the requirements keep",
         claims_hold(policy)),
    )  # fmt: skip
    return Report(
        municipality=policy.municipality.key,
        version=policy.version,
        obligations=tuple(_obligation(id_, title, finding) for id_, title, finding in findings),
        coverage=coverage(policy),
        assumptions=tuple(assumptions(policy)),
        unanswered=unanswered_in(given),
    )


def _spaces(policy: Policy) -> tuple[StateSpace, ...]:
    """The states of every request on one day, under the policy and under the law alone."""
    return (*state_spaces(policy), *state_spaces(founding_alone(policy)))


def _moves(before: Policy, policy: Policy) -> tuple[Finding, Finding]:
    """Moves of cases between two versions, whenever the law of either is another."""
    days = sorted({*before.periods, *policy.periods})
    found = [(first, moves(before.on(first), policy.on(first))) for first in days]
    past, into = (over_periods((first, both[half]) for first, both in found) for half in (0, 1))
    return past, into


#: Digests of policies without a counterexample, each with that of the version that cases are moved from.
_SOUND: set[tuple[str, str]] = set()


def require_sound(policy: Policy, before: Policy | None = None) -> None:
    """Raise `PolicyInvalid`, with the obligation and its counterexample, for a policy that breaks one.

    `before` is the version that running cases would be moved from; else they are moved from the law alone.
    """
    checked = (before.digest if before else "", policy.digest)
    if checked in _SOUND:
        return
    for obligation in check(policy, before).obligations:
        if not obligation.ok:
            message = pack_message(
                "promise-broken",
                obligation=obligation.id,
                title=obligation.title,
                counterexample=obligation.counterexample,
            )
            raise PolicyInvalid(policy.version, None, obligation.id, message)
    _SOUND.add(checked)


def _obligation(id_: str, title: str, finding: Finding) -> Obligation:
    return Obligation(id_, title, finding.counterexample is None, finding.checked, finding.counterexample)
