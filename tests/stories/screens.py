"""Every screen with the example on which it shows the most.

The list comes from the application's own addresses, so that a new page is looked at from the day it is written: its
arguments are filled in by name, and an argument without an example is an error that asks for one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select
from werkzeug.routing import Rule

from models import Appointment, Evaluation, Mail, Mandate, Notice
from models.database import reading, writing
from tests.stories.live_server import settings_for
from tests.web.evaluation_data import evaluation_of, registered, report
from tests.workflow.contract import Matter, takers
from tests.workflow.pack_versions import later_pack
from tests.worlds import World
from web.app import create_app
from web.auth.access_control import ACCESS
from workflow.documents.service import Upload, attach, register_letter
from workflow.people import tokens
from workflow.people.change_kinds import KINDS
from workflow.people.changes import propose
from workflow.people.invitations import SHOWN, invite
from workflow.people.preferences import create_calendar
from workflow.people.substitutes import name_substitute
from workflow.policy.actions import ACTIONS
from workflow.policy.assumptions import assumption_ids
from workflow.register.imports import try_import
from workflow.register.service import register_engagement
from workflow.scheduling.escalation import raise_due
from workflow.versions.assumption_reviews import record_review
from workflow.versions.service import submit_pack

#: Where the examples are: the municipality whose cases can be at every step there is.
TOWN = "stockholm"
#: Addresses that answer with something else than a page.
NO_PAGES = (
    "api-docs.openapi_json",
    "bootstrap.static",
    "calendar.feed",
    "documents.download",
    "exchange.route",
    "exchange.table",
    "exports.empty",
    "exports.export",
    "healthz",
    "static",
)
#: Who looks at a page that the table of access opens to these.
READERS = {
    "anyone": "",
    "account": "officer",
    "confirmer": "admin",
    "delegations": "admin",
    "signed-in": "officer",
    "officer": "officer",
    "registry": "officer",
}
#: Who looks where everybody may come, and only some may do anything.
MAY = {
    "assumptions.index": "coordinator",
    "assumptions.page": "coordinator",
    "extensions.case_form": "manager",
    "extensions.evaluation_form": "manager",
}
#: What is asked of a page beside its bare address, to see more of it.
QUERIES = {
    "auth.login": ("?next=/cases",),
    "cases.index": ("?show=all", "?number=stockholm-1999-00001"),
    "requests.new": (
        "?engagement=cooperation-agreement&act=enter",
        "?engagement=twin-agreement&act=enter",
        "?engagement=project&act=renew",
    ),
    "assumptions.index": ("?show=rejected",),
    "audit.index": ("?action=submit",),
    "overdue.index": ("?kind=mandate",),
    "evaluations.index": ("?show=late", "?show=decided"),
    "verification.report": ("?version=stockholm-law",),
    "what_if.index": (
        "?engagement=project&act=enter&if.engagement=twin-agreement&if.act=enter",
        "?engagement=project&act=enter&if.engagement=cooperation-agreement&if.act=enter&if.principal=yes",
    ),
}
#: The screens that nearly everybody meets.
CORE = ("auth.login", "worklist.index", "requests.new", "cases.page-rejected", "actions.form-enter-decision")
#: States of the examples at which actions are taken, and whose matter they are.
STATES = {
    "review": ("review", "committee"),
    "draft": ("draft", "committee"),
    "consult": ("consult", "committee"),
    "decide": ("decide:responsible", "committee"),
    "confirm": ("confirm-decide:responsible", "committee"),
    "mandate": ("decide:responsible", "administration"),
    "sign": ("sign", "committee"),
    "counterpart": ("awaiting-counterpart", "committee"),
}
ROUTE = (
    "draft",
    "review",
    "consult",
    "decide:responsible",
    "confirm-decide:responsible",
    "sign",
    "awaiting-counterpart",
    "concluded",
)


def open_to(action: str) -> tuple[str, str]:
    """The first example at which the contract lets an action be taken, and who takes it."""
    for example, (state, kind) in STATES.items():
        matter = Matter(state, kind, ROUTE, ("chair@responsible",), True, False, frozenset())
        if people := takers(matter, state, action):
            return example, min(people)
    raise LookupError(action)


PDF = b"%PDF-1.4\n% a paper\n%%EOF\n"


@dataclass(frozen=True, slots=True)
class Screen:
    """One page as one person sees it."""

    #: How the test is called: endpoint, and the example where there are several.
    name: str
    endpoint: str
    rule: str
    #: User name before the @; empty for nobody.
    who: str
    #: Which example, for the endpoints that have several.
    example: str = ""
    query: str = ""

    def path(self, gallery: Gallery) -> str:
        """Its address, the examples filled in."""
        path = self.rule
        for name in _arguments(self.rule):
            path = path.replace(f"<{name}>", gallery.example(self.endpoint, name.rpartition(":")[2], self.example))
        return path + self.query


def screens() -> tuple[Screen, ...]:
    """Every page that can be opened, from the application's own addresses."""
    rules = create_app(settings_for("sqlite:///:memory:")).url_map.iter_rules()
    pages = (rule for rule in rules if "GET" in (rule.methods or ()) and rule.endpoint not in NO_PAGES)
    return tuple(
        screen
        for rule in sorted(pages, key=lambda rule: rule.endpoint)
        if ACCESS[rule.endpoint] != "token"
        for screen in _of(rule)
    )


def core_first() -> list[Any]:
    """Every page as a test's parameter; those that nearly everybody meets are looked at in every run."""
    return [
        pytest.param(screen, id=screen.name, marks=() if screen.name in CORE else pytest.mark.slow)
        for screen in screens()
    ]


def _of(rule: Rule) -> Iterator[Screen]:
    endpoint, who = rule.endpoint, READERS.get(ACCESS[rule.endpoint], ACCESS[rule.endpoint])
    if endpoint == "actions.form":
        for action in ACTIONS:
            yield Screen(f"{endpoint}-{action}", endpoint, rule.rule, open_to(action)[1], action)
        return
    if endpoint == "cases.page":
        for example in ("draft", "consult", "confirm", "rejected", "secret", "concluded"):
            yield Screen(f"{endpoint}-{example}", endpoint, rule.rule, who, example)
        return
    if endpoint == "evaluations.page":
        for example in ("due", "reported"):
            yield Screen(f"{endpoint}-{example}", endpoint, rule.rule, who, example)
        return
    yield Screen(endpoint, endpoint, rule.rule, MAY.get(endpoint, who))
    for query in QUERIES.get(endpoint, ()):
        yield Screen(f"{endpoint}{query}", endpoint, rule.rule, who, query=query)


def _arguments(rule: str) -> list[str]:
    """What stands between the angle brackets of an address."""
    return [part.partition(">")[0] for part in rule.split("<")[1:]]


class Gallery:
    """A municipality with something to see on every screen."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._absence = 0
        self.cases = dict(self._cases())
        self.letter = register_letter(
            world.services, world.people["officer"], world.tenant.key, _paper("A letter from Riga"), now=world.now
        )
        self.engagement = self._engagement()
        self.assumption = self._ruled()
        self.version = self._version()
        self._tell()
        self.evaluations = dict(self._evaluations())
        self.invitation = self._account()

    def example(self, endpoint: str, argument: str, example: str) -> str:
        """A value for one argument of an address."""
        if endpoint == "actions.form":
            return example if argument == "action" else self.cases[open_to(example)[0]]
        found = {
            ("cases", "number"): lambda: self.cases[example],
            ("secrecy", "number"): lambda: self.cases["secret"],
            ("assumptions", "assumption"): lambda: self.assumption,
            ("audit", "number"): lambda: self.cases["concluded"],
            ("documents.of_case", "number"): lambda: self.cases["sign"],
            ("documents.letter", "number"): lambda: self.letter,
            ("engagements", "number"): lambda: self.engagement,
            ("evaluations", "number"): lambda: self.evaluations[example or "due"],
            ("extensions.evaluation_form", "number"): lambda: self.evaluations["due"],
            ("extensions.case_form", "number"): lambda: self.cases["decide"],
            ("audit.stream", "name"): lambda: self.evaluations["reported"],
            ("details.page", "number"): lambda: self.engagement,
            ("imports.page", "run_id"): self._import,
            ("invitation", "token"): lambda: self.invitation,
            ("activation", "version"): lambda: self.version,
            ("versions", "version"): lambda: self.version,
            ("moving", "number"): lambda: self.cases["consult"],
            ("substitutes.end", "id_"): self._away,
            ("substitutes.for_person", "username"): lambda: f"officer@{self.world.tenant.key}",
            ("changes.erase", "username"): lambda: f"officer@{self.world.tenant.key}",
            ("admin", "username"): lambda: f"officer@{self.world.tenant.key}",
            ("admin.end_appointment", "id_"): lambda: str(self._first(Appointment)),
            ("admin.end_mandate", "id_"): lambda: str(self._first(Mandate)),
        }
        value = found.get((endpoint, argument)) or found.get((endpoint.partition(".")[0], argument))
        assert value is not None, f"write an example of <{argument}> for {endpoint} in tests/stories/screens.py"
        return value()

    def _account(self) -> str:
        """The officer has a token and a calendar address; somebody else is invited. The token of the invitation."""
        world = self.world
        officer, person = world.people["officer"], world.add("invited")
        tokens.create(world.engine, world.services.tenants, f"officer@{world.tenant.key}", world.now)
        create_calendar(world.services, officer, world.tenant.key, now=world.now)
        for kind, more in (("invite-person", {}), ("change-email", {"email": "new@kommun.example"})):
            given = {"username": f"officer@{world.tenant.key}", **more}
            propose(world.services, KINDS, world.people["admin"], world.tenant.key, kind, given, now=world.now)
        with writing(world.engine, world.tenant.id) as connection:
            return invite(connection, world.tenant, person, None, SHOWN, now=world.now) or ""

    def _cases(self) -> Iterator[tuple[str, str]]:
        world = self.world
        twisted = {"title": "Forvaltningsrettsamarbeidsavtaleforhandlingsmøtereferat " * 2}
        yield "draft", world.open("cooperation-agreement", **twisted)
        yield "secret", world.open("project", secrecy={"law": "OSL 15:1", "note": "Relations with another state"})
        for name, kind, until in (
            ("review", "exchange", "review"),
            ("consult", "policy", "consult"),
            ("decide", "project", "decide:responsible"),
            ("confirm", "visit", "confirm-decide:responsible"),
            ("sign", "cooperation-agreement", "sign"),
            ("counterpart", "partnership", "awaiting-counterpart"),
            ("concluded", "membership", "concluded"),
        ):
            number = world.open(kind, "adopt" if kind == "policy" else "enter")
            world.walk(number, until)
            yield name, number
        agency = next(body.key for body in world.policy.bodies_of("administration"))
        number = world.open("membership", responsible=agency)
        world.walk(number, "decide:responsible")
        yield "mandate", number
        yield "rejected", self._rejected()

    def _rejected(self) -> str:
        """A case with something of everything: sent back, changed, documented, counted votes, someone who left, no."""
        world = self.world
        number = world.open("project", external_number="98/23", text="First thought.")
        world.act("officer", number, "submit")
        world.act("manager", number, "refer-back", comment="What does it cost?\nAnd who pays?")
        world.act("officer", number, "amend", {"text": "Second thought.", "fields": {"cost": "120 000"}})
        services, officer = world.services, world.people["officer"]
        attach(services, officer, number, _paper("The budget"), now=world.now, expected_version=world.version(number))
        world.walk(number, "decide:responsible")
        votes = {"present": 9, "for": 3, "against": 5, "conflicts": [f"member1@{world.tenant.key}"]}
        world.act("secretary.committee", number, "enter-decision", world.decision("reject", **votes), "Too dear.")
        world.act("chair.committee", number, "confirm")
        return number

    def _engagement(self) -> str:
        """An engagement from before, its evaluation late."""
        world = self.world
        given: dict[str, Any] = {
            "kind": "cooperation-agreement",
            "title": "Cooperation with Riga",
            "source": "Minutes of the executive board, 12 May 2015, § 7",
            "partner_name": "Riga",
            "partner_country": "LV",
            "responsible": world.policy.bodies_of("committee")[0].key,
            "starts_on": date(2015, 6, 1).isoformat(),
        }
        return register_engagement(world.services, world.people["officer"], world.tenant.key, given, now=world.now)

    def _ruled(self) -> str:
        """Two assumptions that are ruled on; the second was confirmed once and is rejected now."""
        world = self.world
        first, second, *_others = assumption_ids(world.policy).values()
        for known, verdict in ((first, "confirmed"), (second, "confirmed"), (second, "rejected")):
            who = world.people["coordinator"]
            record_review(
                world.services,
                who,
                world.tenant.key,
                world.policy.version,
                known,
                verdict,
                "The legal office",
                now=world.now,
            )
        return second

    def _version(self) -> str:
        """A version that waits, under which what is under way would travel another way or be asked for more."""
        world = self.world

        def edit(pack: dict[str, Any]) -> None:
            pack["routes"]["own-agreement"][2]["within"] = "90 days"
            pack["requirements"][0]["before"] = "decide"
            pack["competence"][5]["assumed"] = "another reading of the response"
            pack["clauses"]["stockholm/directions"]["says"]["en"] = "Said in other words."

        raw = later_pack(world.tenant.key, edit)
        return submit_pack(world.services, world.people["admin"], world.tenant.key, raw, "later.yaml", now=world.now)

    def _import(self) -> str:
        """A list that has been tried, with a row that is right and one that is not."""
        world = self.world
        body = world.policy.bodies_of("committee")[0].key
        table = f"kind,title,source,responsible\nproject,Old project,Archive,{body}\nproject,,Archive,nowhere\n"
        services, officer = world.services, world.people["officer"]
        return str(try_import(services, officer, world.tenant.key, table.encode(), "old.csv", now=world.now))

    def _away(self) -> str:
        """An officer who is away for three weeks from tomorrow, and who stands in."""
        world = self.world
        if not self._absence:
            agency = world.policy.bodies_of("administration")[0].key
            world.add("standin", ("officer", agency))
            first = world.now.date() + timedelta(days=1)
            given = {"substitute": f"standin@{world.tenant.key}", "role": "officer", "body": agency}
            days = {"starts_on": first.isoformat(), "ends_on": (first + timedelta(days=20)).isoformat()}
            services, officer = world.services, world.people["officer"]
            self._absence = name_substitute(services, officer, world.tenant.key, given | days, now=world.now)
        return str(self._absence)

    def _evaluations(self) -> Iterator[tuple[str, str]]:
        """One that is late and of which people were told, and one that was reported and waits for its body."""
        world = self.world
        body = world.policy.bodies_of("committee")[0].key
        for name, since in (("due", "2024-08-01"), ("reported", "2024-09-01")):
            number = registered(world, title=f"Network of archives, {name}", starts_on=since, responsible=body)
            yield name, evaluation_of(world, number).number
        report(world, "officer", self._last_evaluation(), "renegotiate", reasons="Too much travel.")
        while not raise_due(world.services, world.tenant, now=world.now).is_empty:
            pass

    def _last_evaluation(self) -> str:
        with reading(self.world.engine, self.world.tenant.id) as db:
            return str(db.execute(select(Evaluation.number).order_by(Evaluation.id.desc())).scalars().first())

    def _tell(self) -> None:
        """Notices to the officer, and a mail that did not arrive."""
        row = {
            "municipality_id": self.world.tenant.id,
            "body_id": self.world.tenant.body_ids[self.world.policy.bodies_of("administration")[0].key],
            "role": "officer",
            "created_at": self.world.now,
        }
        late = self.world.now.date() - timedelta(days=3)
        mail = {
            "person_id": self.world.people["officer"],
            "state": "unsure",
            "attempts": 2,
            "error": "550 no such user",
        }
        with writing(self.world.engine, self.world.tenant.id) as connection:
            told = [row | {"kind": "rung-evaluation", "due_on": late}, row | {"kind": "lapsed", "due_on": None}]
            connection.execute(insert(Notice), told)
            times = {"next_at": self.world.now, "created_at": self.world.now, "municipality_id": self.world.tenant.id}
            connection.execute(insert(Mail), mail | times)

    def _first(self, table: type[Appointment] | type[Mandate]) -> int:
        with reading(self.world.engine, self.world.tenant.id) as db:
            return db.execute(select(table.id).order_by(table.id)).scalars().first() or 0


def _paper(title: str) -> Upload:
    return Upload(PDF, "paper.pdf", title, "incoming", "The city of Riga", date(2026, 9, 1))
