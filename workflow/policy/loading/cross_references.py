"""Cross references of a pack and its country's law: every name refers to something, and the parts fit together.

Runs on values whose shape is right; yields every fault with its path. Routes are checked in
`workflow.policy.loading.cross_references_routes`, rows, requirements and evaluations in
`workflow.policy.loading.cross_references_rules`, what a law alone has in
`workflow.policy.loading.cross_references_law`. `workflow.policy.verification.runner` proves that the tables answer
every request.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

from workflow.policy.clauses import Clause
from workflow.policy.loading.cross_references_law import law_rules
from workflow.policy.loading.cross_references_routes import Declared, Fault, duplicates, routes
from workflow.policy.loading.cross_references_rules import pack_rules
from workflow.policy.loading.schemas import Country, Pack
from workflow.policy.loading.yaml_positions import KeyPath
from workflow.policy.model import BodySpec
from workflow.policy.named_twins import NamedTwins
from workflow.policy.pack_messages import pack_message, unknown
from workflow.policy.request_domain import ENGAGEMENTS
from workflow.policy.vocabulary import COLLEGIAL, RESPONSIBLE_KINDS

#: Keys whose value is a text in several languages.
TEXTS = ("names", "says", "title", "notice")
ENGLISH = "en"
NEED_CLAIMS = ("competence", "requirement", "prohibition")
NEVER_ENFORCED_BY_SYSTEM = (*NEED_CLAIMS, "guidance")


@dataclass(frozen=True, slots=True)
class Languages:
    """The languages every text of a file is in: the municipality's (or the country's) and English."""

    own: str

    def faults(self, data: object, path: KeyPath = ()) -> Iterator[Fault]:
        """Texts that lack a language or have one too many."""
        if isinstance(data, dict):
            for name, value in data.items():
                if name in TEXTS and isinstance(value, dict):
                    yield from self._text(value, (*path, name))
                else:
                    yield from self.faults(value, (*path, name))
        elif isinstance(data, list):
            for position, value in enumerate(data):
                yield from self.faults(value, (*path, position))

    def _text(self, text: Mapping[str, Any], path: KeyPath) -> Iterator[Fault]:
        wanted = tuple(dict.fromkeys((self.own, ENGLISH)))
        for language in wanted:
            if language not in text:
                yield Fault((*path, language), pack_message("translation-missing"))
        for language in text:
            if language not in wanted:
                yield Fault((*path, language), unknown("language", language, wanted))


def law_stages(country: Country, data: object) -> Iterator[Iterable[Fault]]:
    """Faults of a country's law, in stages: what a later one finds may only follow from an earlier one's."""
    own = [language for language in country.law.names if language != ENGLISH]
    if len(own) != 1:
        yield [Fault(("names",), pack_message("country-names"))]
    declared = Declared(
        clauses=country.clauses,
        routes=country.routes,
        # a pack has exactly one of each of these; of the others none or several
        single=("council", "executive-board"),
        present=(*COLLEGIAL, "administration"),
    )
    yield chain(Languages(own[0]).faults(data), _prefixed(country.clauses, country.law.country))
    yield routes(country.routes, declared)
    yield law_rules(country, declared)


def pack_stages(pack: Pack, country: Country, data: object) -> Iterator[Iterable[Fault]]:
    """Faults of a pack under its country's law, in stages: what a later one finds may only follow from an earlier."""
    yield chain(_municipality(pack, country), _document(pack), _kinds(pack))
    yield chain(Languages(pack.municipality.language).faults(data), _bodies(pack), _goals(pack), _named_twins(pack))
    kinds = [body.kind for body in pack.bodies]
    declared = Declared(
        clauses={**country.clauses, **pack.clauses},
        routes={**country.routes, **pack.routes},
        single=tuple(kind for kind in dict.fromkeys(kinds) if kinds.count(kind) == 1),
        present=tuple(dict.fromkeys(kinds)),
        government=pack.municipality.government,
    )
    yield chain(_below(pack), _route_names(pack, country), _clauses(pack), routes(pack.routes, declared))
    yield pack_rules(pack, declared)


def _route_names(pack: Pack, country: Country) -> Iterator[Fault]:
    for name in pack.routes:
        if name in country.routes:
            yield Fault(("routes", name), pack_message("route-of-law"))


def _clauses(pack: Pack) -> Iterator[Fault]:
    yield from _prefixed(pack.clauses, pack.municipality.key)
    for id_, clause in pack.clauses.items():
        yield from _clause(pack, clause, ("clauses", id_))


def _municipality(pack: Pack, country: Country) -> Iterator[Fault]:
    municipality = pack.municipality
    if municipality.language not in country.law.names:
        yield Fault(("municipality", "language"), unknown("language", municipality.language, list(country.law.names)))
    if municipality.key == country.law.country:
        yield Fault(("municipality", "key"), pack_message("key-of-country"))
    known, government = country.law.governments, municipality.government
    if known and government is None:
        yield Fault(("municipality",), pack_message("government-needed", known=", ".join(known)))
    elif government is not None and government not in known:
        what = unknown("form of government", government, known) if known else pack_message("one-government")
        yield Fault(("municipality", "government"), what)
    try:
        ZoneInfo(municipality.timezone)
    except (KeyError, OSError, ValueError):  # no such zone, a folder, a path that leads elsewhere
        yield Fault(("municipality", "timezone"), pack_message("unknown-timezone", value=municipality.timezone))


def _document(pack: Pack) -> Iterator[Fault]:
    document, key = pack.document, pack.municipality.key
    year = document.version.removeprefix(f"{key}-")[:4]
    if not document.version.startswith(f"{key}-") or not (len(year) == 4 and year.isdecimal()):
        yield Fault(("document", "version"), pack_message("version-name", key=key))
    if document.status == "law":
        yield Fault(("document", "status"), unknown("status", "law", ("adopted", "proposed")))
    if document.valid_from == date.min:
        yield Fault(("document", "valid_from"), pack_message("before-any-document"))
    if document.valid_to is not None and document.valid_to < document.valid_from:
        yield Fault(("document", "valid_to"), pack_message("before-valid-from"))


def _kinds(pack: Pack) -> Iterator[Fault]:
    """Engagement kinds that are left out; a version in the database may be older than a kind, and stays readable."""
    for kind in ENGAGEMENTS:
        if kind not in pack.kinds:
            yield Fault(("kinds", kind), pack_message("missing"))


def _bodies(pack: Pack) -> Iterator[Fault]:
    yield from duplicates((("bodies", i, "key"), body.key) for i, body in enumerate(pack.bodies))
    by_key = {body.key: body for body in pack.bodies}
    for kind in ("council", "executive-board"):
        of_kind = [i for i, body in enumerate(pack.bodies) if body.kind == kind]
        if len(of_kind) != 1:
            path: KeyPath = ("bodies",) if not of_kind else ("bodies", of_kind[1], "kind")
            yield Fault(path, pack_message("exactly-one-body", kind=kind, count=len(of_kind)))
    for position, body in enumerate(pack.bodies):
        yield from _body(body, by_key, ("bodies", position))
    kinds = {body.kind for body in pack.bodies}
    if pack.default_responsible not in kinds:
        yield Fault(("default_responsible",), pack_message("no-such-body", kind=pack.default_responsible))


def _body(body: BodySpec, by_key: Mapping[str, BodySpec], path: KeyPath) -> Iterator[Fault]:
    if body.is_collegial:
        if body.parent is not None:
            yield Fault((*path, "parent"), pack_message("has-no-parent", kind=body.kind))
    elif body.parent is None:
        yield Fault(path, pack_message("needs-parent", kind=body.kind))
    elif body.parent not in by_key:
        yield Fault((*path, "parent"), unknown("body", body.parent, list(by_key)))
    else:
        above = by_key[body.parent]
        if not above.is_collegial and not (body.kind == "office" and above.kind == "administration"):
            yield Fault((*path, "parent"), pack_message("wrong-parent", kind=body.kind, above=above.kind))


def _below(pack: Pack) -> Iterator[Fault]:
    above = {body.parent for body in pack.bodies if body.kind == "administration"}
    for position, body in enumerate(pack.bodies):
        if body.is_collegial and body.kind in RESPONSIBLE_KINDS and body.key not in above:
            yield Fault(("bodies", position), pack_message("no-administration", key=body.key))


def _named_twins(pack: Pack) -> Iterator[Fault]:
    named = () if pack.named_nordic_twins is None else pack.named_nordic_twins.partners
    for position, partner in enumerate(named):
        if partner in NamedTwins(named[:position]):
            yield Fault(("named_nordic_twins", "partners", position), pack_message("twice", value=f"'{partner}'"))


def _goals(pack: Pack) -> Iterator[Fault]:
    yield from duplicates((("goals", i, "group"), group.group) for i, group in enumerate(pack.goals))
    # a request names its goals without their groups
    yield from duplicates(
        (("goals", i, "items", j, "key"), goal.key)
        for i, group in enumerate(pack.goals)
        for j, goal in enumerate(group.items)
    )


def _prefixed(clauses: Collection[str], prefix: str) -> Iterator[Fault]:
    for id_ in clauses:
        if not id_.startswith(f"{prefix}/"):
            yield Fault(("clauses", id_), pack_message("clause-prefix", prefix=prefix))


def _clause(pack: Pack, clause: Clause, path: KeyPath) -> Iterator[Fault]:
    if clause.kind in NEED_CLAIMS and not clause.claims:
        yield Fault(path, pack_message("claims-needed", kind=clause.kind))
    if clause.kind == "guidance" and clause.reason is None:
        yield Fault(path, pack_message("guidance-needs-reason"))
    if clause.kind != "guidance" and clause.reason is not None:
        yield Fault((*path, "reason"), pack_message("only-guidance-has-reason"))
    if clause.kind == "duty" and not clause.enforced_by:
        yield Fault(path, pack_message("duty-needs-enforced-by"))
    if clause.kind in NEVER_ENFORCED_BY_SYSTEM and clause.enforced_by:
        yield Fault((*path, "enforced_by"), pack_message("not-enforced-by-system", kind=clause.kind))
    kinds = {body.kind for body in pack.bodies}
    for claim in clause.claims:
        position = claim.position
        responsible = dict(claim.given).get("responsible")
        if responsible is not None and responsible not in kinds:
            yield Fault((*path, "claims", position, "responsible"), pack_message("no-such-body", kind=responsible))
        if claim.decided_by is not None and claim.decided_by not in kinds:
            yield Fault((*path, "claims", position, "decided_by"), pack_message("no-such-body", kind=claim.decided_by))
