"""Does a policy keep what it promises?

Runs every obligation over a policy and reports: held or not, how many things were tried, and the shortest
counterexample in words. Beside them stand how many clauses of each kind something carries out, and every assumption.
Each obligation has a module of its own; a pack that cannot be read at all never gets here
(`workflow.policy.loading.loader`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from workflow.core.errors import PolicyInvalid
from workflow.policy.assumptions import Assumption, assumptions
from workflow.policy.model import Policy
from workflow.policy.verification.migration import moves
from workflow.policy.verification.p01_competence import (
    Unanswered,
    answers,
    complete_and_unique,
    founding_alone,
    unanswered,
)
from workflow.policy.verification.p02_bypass import no_bypass
from workflow.policy.verification.p03_routes import every_state_ends
from workflow.policy.verification.p04_four_eyes import four_eyes
from workflow.policy.verification.p05_silence import silence_decides_nothing
from workflow.policy.verification.p06_requirements import demands_are_met
from workflow.policy.verification.p07_clauses import Coverage, coverage, every_rule_rests
from workflow.policy.verification.p08_refusals import refusals_hold
from workflow.policy.verification.p09_law import law_holds
from workflow.policy.verification.p10_claims import claims_kept
from workflow.policy.verification.result import Finding, Way, both
from workflow.policy.verification.state_search import journeys


@dataclass(frozen=True, slots=True)
class Obligation:
    """One thing that must hold of every policy, and whether it does."""

    id: str
    title: str
    ok: bool
    #: How many requests, states, rules or claims were tried.
    checked: int
    #: The shortest story of a case in which it does not hold.
    counterexample: str | None
    #: Where that story passes, so that it can be drawn on its route; None where no case has to travel for it.
    path: Way | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What the check of one policy found."""

    municipality: str
    version: str
    obligations: tuple[Obligation, ...]
    #: By kind of clause.
    coverage: Mapping[str, Coverage]
    assumptions: tuple[Assumption, ...]
    #: Every gap and overlap in the tables, of which the first obligation tells the plainest.
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
            "obligations": [asdict(obligation) for obligation in self.obligations],
            "coverage": {
                kind: {"enforced": found.enforced, "total": found.total, "unenforced": list(found.unenforced)}
                for kind, found in self.coverage.items()
            },
            "assumptions": [asdict(assumption) for assumption in self.assumptions],
            "unanswered": [asdict(lot) for lot in self.unanswered],
        }


def summary(reports: Iterable[Report]) -> dict[str, Any]:
    """Several reports as the one JSON document that `instans policy check --json` prints."""
    all_reports = list(reports)
    return {"ok": all(report.ok for report in all_reports), "packs": [report.as_json() for report in all_reports]}


def check(policy: Policy, before: Policy | None = None) -> Report:
    """Hold a policy against every obligation; cases are moved to it from `before`, else from the law alone."""
    given = tuple(answers(policy))
    ways = (*journeys(policy), *journeys(founding_alone(policy)))
    past, into = moves(before or founding_alone(policy), policy)
    findings = (
        ("P1", "Every request has exactly one answer", complete_and_unique(given)),
        ("P2", "Nothing binds before the competent body's confirmed decision, and nothing undoes it",
         both(no_bypass(ways), past)),
        ("P3", "Every state leads on to a conclusion, and somebody can act in it", every_state_ends(policy, given)),
        ("P4", "No person alone, however appointed, carries a request to where it binds", four_eyes(ways)),
        ("P5", "Silence and time decide nothing and change nobody's right to decide", silence_decides_nothing(ways)),
        ("P6", "What the policy demands is there before a yes binds, and can be filled in", demands_are_met(ways)),
        ("P7", "Every rule rests on a clause or says it is assumed, and every binding clause is carried out",
         every_rule_rests(policy)),
        ("P8", "What the policy forbids is refused under every spelling and after every change",
         both(refusals_hold(ways), into)),
        ("P9", "The law's rows hold in every answer and on every way", law_holds(ways)),
        ("P10", "What each clause promises by example, the table, the routes and the requirements keep",
         claims_kept(policy)),
    )  # fmt: skip
    return Report(
        municipality=policy.municipality.key,
        version=policy.version,
        obligations=tuple(_obligation(id_, title, finding) for id_, title, finding in findings),
        coverage=coverage(policy),
        assumptions=tuple(assumptions(policy)),
        unanswered=unanswered(given),
    )


#: Policies in which the check has found no fault, with what cases are moved to them from; a digest stands for each.
_SOUND: set[tuple[str, str]] = set()


def require_sound(policy: Policy, before: Policy | None = None) -> None:
    """Let nothing into force that has a fault; raises `PolicyInvalid` with the obligation and its counterexample.

    `before` is the version that running cases would be moved from; else they are moved from the law alone.
    """
    checked = (before.digest if before else "", policy.digest)
    if checked in _SOUND:
        return
    for obligation in check(policy, before).obligations:
        if not obligation.ok:
            raise PolicyInvalid(policy.version, None, obligation.id, f"{obligation.title}: {obligation.counterexample}")
    _SOUND.add(checked)


def _obligation(id_: str, title: str, finding: Finding) -> Obligation:
    found = finding.counterexample
    return Obligation(id_, title, found is None, finding.checked, found, finding.path)
