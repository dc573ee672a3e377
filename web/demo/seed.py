"""How does an empty database become four municipalities at work?

The scripts in `config/demo` are played: people are seated, mandates given, engagements from before registered, letters
taken in, and every case is carried along by its own acts, each at its own instant and through the gate, as anybody's
would be. What has been played before is left alone. Reading the scripts is `web.demo.script`'s task.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial

from sqlalchemy import Engine, insert, select, update
from sqlalchemy.orm import Session

from models import Case, Disclosure, Document, Engagement, Evaluation, Installation, Mandate, Person
from models.database import reading, writing
from web.demo.dates import SET_UP, Days
from web.demo.sample_pdf import pdf
from web.demo.script import Before, Letter, Line, Look, Matter, Paper, Said, Script, Someone, scripts
from web.demo.versions import later_version
from workflow.cases import gate
from workflow.cases.gate import open_case
from workflow.cases.services import Services
from workflow.core.calendar import local_day
from workflow.core.errors import WorkflowError
from workflow.core.tenants import Tenant, Tenants
from workflow.documents.service import Upload, attach, register_letter
from workflow.engine import services_for
from workflow.evaluations.service import ACTIONS as EVALUATING
from workflow.evaluations.service import evaluate
from workflow.people.administration import carry_out
from workflow.policy.assumptions import identities
from workflow.policy.model import Policy
from workflow.register.service import register_engagement
from workflow.versions.assumption_reviews import rule_on, rulings
from workflow.versions.install import install

#: Appointments begin here, so that acts with a document's own date are allowed.
SINCE = date(2000, 1, 1)
#: Members of a collegial body beside its chair.
MEMBERS = 10


class InUse(Exception):
    """People work in this database already, so it is not made into a demo."""

    def __str__(self) -> str:
        """The message."""
        return (type(self).__doc__ or "").strip()


def fill(engine: Engine, policies: Iterable[Policy], *, now: datetime, password_hash: str) -> None:
    """Play the demo of every municipality that has one and mark the database; a second time adds nothing.

    Everybody who logs in gets the one password. Raises `InUse` for a database that has people and no demo mark.
    """
    known, services = scripts(), services_for(engine)
    _mark(engine, now)
    for key, policy in {policy.municipality.key: policy for policy in policies}.items():
        spec = policy.municipality
        days = Days(local_day(now, spec.timezone), spec.country, spec.timezone)
        install(engine, [policy], now=days.instant(SET_UP, 0))
        if key in known:
            if (later := known[key].later) is not None:
                install(engine, [later_version(policy, later)], now=days.instant(SET_UP, 4))
            _play(Stage(services, services.tenants.tenant(key), policy, known[key], days), password_hash)


def _mark(engine: Engine, now: datetime) -> None:
    """Mark the database before anything is put in, so that one half filled can be told and thrown away."""
    with engine.connect() as connection:
        known = connection.execute(select(Installation.is_demo)).scalars().all()
    if any(known):
        return
    tenants = Tenants(engine)
    for key in tenants.keys():  # noqa: SIM118 - a directory is no dict
        with reading(engine, tenants.tenant(key).id) as session:
            if session.execute(select(Person.id).limit(1)).first():
                raise InUse
    with writing(engine, None) as connection:
        marking = update(Installation) if known else insert(Installation).values(created_at=now)
        connection.execute(marking.values(is_demo=True))


@dataclass
class Looked:
    """An evaluation, how far it has come, and the case that decides it."""

    number: str
    version: int
    case: str = ""
    case_version: int = 0

    def done(self, reporting: int) -> int:
        """How many lines of its script have been played: one act, one version; the report opens the case."""
        return min(self.version, reporting) + max(self.case_version - 1, 0)


@dataclass
class Stage:
    """One municipality, its script, and what of it is there already."""

    services: Services
    tenant: Tenant
    policy: Policy
    script: Script
    days: Days
    #: User name to id.
    people: dict[str, int] = field(default_factory=dict)
    #: Title to number, of cases and of engagements.
    numbers: dict[str, str] = field(default_factory=dict)
    #: Title of a case to its version: one act, one version.
    versions: dict[str, int] = field(default_factory=dict)
    #: References of mandates, and titles of letters.
    papers: set[str] = field(default_factory=set)
    #: Title of an engagement to its first evaluation: number, version, and the case that decides it.
    looks: dict[str, Looked] = field(default_factory=dict)
    #: Identities of the assumptions that have been ruled on.
    ruled: set[str] = field(default_factory=set)

    def look_around(self) -> None:
        """See who and what is there."""
        with reading(self.services.engine, self.tenant.id) as session:
            self.people = {row.username: row.id for row in session.execute(select(Person.username, Person.id))}
            registered = session.execute(select(Engagement.title, Engagement.number))
            self.numbers = {row.title: row.number for row in registered}
            # the title it was opened with: somebody may have changed it since
            opened = select(Disclosure.value.label("title"), Case.number, Case.version)
            opened = opened.join(Disclosure, Disclosure.stream == Case.number)
            opened = opened.where(Case.evaluation_id.is_(None))  # it bears the title of what is evaluated
            for case in session.execute(opened.where(Disclosure.number == 1, Disclosure.field == "title")):
                self.numbers[case.title], self.versions[case.title] = case.number, case.version
            self.looks = _looks(session)
            self.ruled = set(rulings(session, self.tenant.id))
            for paper in (Document.title, Mandate.reference):
                self.papers |= set(session.execute(select(paper)).scalars())

    def actor(self, key: str) -> int:
        """The id of somebody in the script."""
        return self.people[f"{key}@{self.tenant.key}"]


def _looks(session: Session) -> dict[str, Looked]:
    """The first evaluation of each engagement, by the engagement's title."""
    columns = (Engagement.title, Evaluation.number, Evaluation.version, Evaluation.decided_in)
    query = select(*columns, Case.version.label("case_version"))
    query = query.join(Engagement, Engagement.id == Evaluation.engagement_id)
    query = query.outerjoin(Case, Case.number == Evaluation.decided_in)
    found: dict[str, Looked] = {}
    for row in session.execute(query.order_by(Evaluation.id)):
        found.setdefault(row.title, Looked(row.number, row.version, row.decided_in, row.case_version or 0))
    return found


def _play(stage: Stage, password_hash: str) -> None:
    stage.look_around()
    seat_people(stage, password_hash)
    give_mandates(stage)
    stage.look_around()
    for before in stage.script.engagements:
        register(stage, before)
    stage.look_around()
    for _at, _order, act in sorted(_acts(stage), key=lambda told: told[:2]):
        act()


def _acts(stage: Stage) -> Iterator[tuple[datetime, int, Callable[[], None]]]:
    """Every letter and every line of every case with its instant, so that the past happens in its order."""
    for order, letter in enumerate(stage.script.letters):
        yield stage.days.instant(letter.at, 0), order, partial(take_in, stage, letter)
    for order, matter in enumerate(stage.script.cases, start=len(stage.script.letters)):
        for done, line in enumerate(matter.lines):
            if done >= stage.versions.get(matter.title, 0):
                yield stage.days.instant(line.at, done), order, partial(act, stage, matter, line, done)
    first = len(stage.script.letters) + len(stage.script.cases)
    for order, look in enumerate(stage.script.evaluations, start=first):
        for done, line in enumerate(look.lines):
            if done >= stage.looks[look.concerns].done(look.reporting):
                yield stage.days.instant(line.at, done), order, partial(look_again, stage, look, line, done)
    last = first + len(stage.script.evaluations)
    for order, said in enumerate(stage.script.rulings):
        yield stage.days.instant(said.at, order), last + order, partial(rule, stage, said)


def seat_people(stage: Stage, password_hash: str) -> None:
    """Everybody who logs in, and ten members without a log-in in every body that meets."""
    members = [
        Someone(f"member-{number:02d}.{body.key}", f"{stage.script.members} {number}", (("member", body.key),))
        for body in stage.policy.bodies
        if body.is_collegial
        for number in range(1, MEMBERS + 1)
    ]
    with writing(stage.services.engine, stage.tenant.id) as connection:
        for who in (*stage.script.people, *members):
            username = f"{who.key}@{stage.tenant.key}"
            if username in stage.people:
                continue
            now = stage.days.instant(SET_UP, 1)
            person = {"name": who.name, "username": username, "language": stage.tenant.language}
            person |= {} if who in members else {"password_hash": password_hash}
            carry_out(connection, stage.tenant, None, "add-person", person, now=now, is_example=True)
            for role, body in who.seats:
                seat = {"username": username, "role": role, "body": body, "starts_on": SINCE.isoformat()}
                carry_out(connection, stage.tenant, None, "appoint", seat, now=now, is_example=True)


def give_mandates(stage: Stage) -> None:
    """What the bodies have delegated to their administrations."""
    with writing(stage.services.engine, stage.tenant.id) as connection:
        for mandate in stage.script.mandates:
            if mandate["reference"] not in stage.papers:
                now = stage.days.instant(SET_UP, 2)
                carry_out(connection, stage.tenant, None, "give-mandate", mandate, now=now, is_example=True)


def register(stage: Stage, before: Before) -> None:
    """Engagements from before, each with its source."""
    for partner in before.partners:
        title = before.title.format(name=partner["name"])
        if title in stage.numbers:
            continue
        given = {"partner_name": partner["name"], "partner_country": partner["country"], "title": title, **before.told}
        given |= _whereabouts(partner)
        stage.numbers[title] = register_engagement(
            stage.services,
            stage.actor("officer"),
            stage.tenant.key,
            stage.days.fill_in(given),
            now=stage.days.instant(SET_UP, 3),
            is_example=before.is_example,
        )


def _whereabouts(partner: Mapping[str, str]) -> dict[str, str]:
    """What the partner is and where, as far as the script tells: `at` is degrees north and east."""
    north, comma, east = partner.get("at", "").partition(",")
    tenant = {"latitude": north.strip(), "longitude": east.strip()} if comma else {}
    return tenant | ({"partner_kind": partner["kind"]} if "kind" in partner else {})


def take_in(stage: Stage, letter: Letter) -> None:
    """A letter that belongs to no case yet."""
    if letter.paper.title not in stage.papers:
        now = stage.days.instant(letter.at, 0)
        upload = _upload(stage, letter.paper, now)
        register_letter(stage.services, stage.actor(letter.by), stage.tenant.key, upload, now=now)


def rule(stage: Stage, said: Said) -> None:
    """What the municipality says of one of our readings."""
    known = identities(stage.policy).get(said.assumption, "")
    if known in stage.ruled:
        return
    actor, now = stage.actor(said.by), stage.days.instant(said.at, 0)
    key, version = stage.tenant.key, stage.policy.version
    try:
        rule_on(stage.services, actor, key, version, known, said.verdict, said.note, now=now)
    except WorkflowError as error:
        error.add_note(f"{key}: {said.assumption}")
        raise


def act(stage: Stage, matter: Matter, line: Line, done: int) -> None:
    """One line of a case; an error says where in the script it arose."""
    now, title = stage.days.instant(line.at, done), matter.title
    try:
        if line.do == "open":
            open_(stage, matter, line, now)
        elif line.paper is not None:
            upload = _upload(stage, line.paper, now)
            attach(stage.services, stage.actor(line.by), stage.numbers[title], upload, now=now, expected_version=done)
        else:
            gate.act(
                stage.services,
                stage.actor(line.by),
                stage.numbers[title],
                line.do,
                _payload(stage, line),
                now=now,
                expected_version=done,
                comment=line.say,
            )
    except WorkflowError as error:
        error.add_note(f"{stage.tenant.key}, {title}, act {done + 1}: {line.do}")
        raise


def look_again(stage: Stage, look: Look, line: Line, done: int) -> None:
    """One line of an evaluation: its report, then an act on the case that the report opened."""
    now, found, actor = stage.days.instant(line.at, done), stage.looks[look.concerns], stage.actor(line.by)
    given = _payload(stage, line)
    try:
        if line.do in EVALUATING:
            opened = evaluate(stage.services, actor, found.number, line.do, given, now=now, expected_version=done)
            found.case = opened or found.case
        else:
            at = done - look.reporting + 1
            gate.act(stage.services, actor, found.case, line.do, given, now=now, expected_version=at, comment=line.say)
    except WorkflowError as error:
        error.add_note(f"{stage.tenant.key}, evaluation of {look.concerns}, act {done + 1}: {line.do}")
        raise


def open_(stage: Stage, matter: Matter, line: Line, now: datetime) -> None:
    """A case is opened, about an engagement in the register where the script says so."""
    draft = stage.days.fill_in(stage.script.draft(matter))
    if matter.concerns:
        draft["engagement_number"] = stage.numbers[matter.concerns]
    number = open_case(stage.services, stage.actor(line.by), draft, now=now, is_example=matter.is_example)
    stage.numbers[matter.title] = number


def _payload(stage: Stage, line: Line) -> dict[str, object]:
    payload: dict[str, object] = stage.days.fill_in(line.payload)
    if line.do == "enter-decision":
        payload["meeting_date"] = stage.days.day(line.at if line.met is None else line.met).isoformat()
    return payload


def _upload(stage: Stage, paper: Paper, now: datetime) -> Upload:
    arrived = local_day(now, stage.tenant.timezone) if paper.dated is None else stage.days.day(paper.dated)
    name = f"{paper.title.lower().replace(' ', '-')}.pdf"
    return Upload(pdf(paper.title, paper.lines), name, paper.title, paper.direction, paper.correspondent, arrived)
