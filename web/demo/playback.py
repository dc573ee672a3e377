"""Playback of a demo script: its steps in the order of their instants, each through the engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Case, Disclosure, Document, Engagement, Evaluation, Mandate, Person
from models.database import reading
from web.demo.dates import ScriptCalendar
from web.demo.sample_pdf import pdf
from web.demo.schema import Script, ScriptDocument, Step, Track
from workflow.cases import gate
from workflow.cases.gate import open_case
from workflow.cases.services import Services
from workflow.core.calendar import local_day
from workflow.core.errors import WorkflowError
from workflow.core.tenants import Tenant
from workflow.documents.service import Upload, attach, register_letter
from workflow.evaluations.service import ACTIONS as EVALUATION_ACTIONS
from workflow.evaluations.service import evaluate
from workflow.policy.assumptions import assumption_ids
from workflow.policy.model import Policy
from workflow.versions.assumption_reviews import record_review, rulings


@dataclass
class EvaluationProgress:
    """How far an evaluation and its case have come; each step raises a version by one."""

    number: str
    version: int
    case: str = ""
    case_version: int = 0

    def steps_done(self, reporting: int) -> int:
        """Number of its played steps; the report opens the case, at the case's first version."""
        return min(self.version, reporting) + max(self.case_version - 1, 0)


@dataclass
class Playback:
    """One municipality, its script, and what of the script is in the database."""

    services: Services
    tenant: Tenant
    policy: Policy
    script: Script
    calendar: ScriptCalendar
    #: Ids by user name.
    people: dict[str, int] = field(default_factory=dict)
    #: Numbers of cases and engagements by title.
    numbers: dict[str, str] = field(default_factory=dict)
    #: Versions of cases by title; each step raises it by one.
    versions: dict[str, int] = field(default_factory=dict)
    #: References of mandates, and titles of documents.
    references: set[str] = field(default_factory=set)
    #: The first evaluation of each engagement, by the engagement's title.
    evaluations: dict[str, EvaluationProgress] = field(default_factory=dict)
    #: Identities of the assumptions that have been ruled on.
    ruled_on: set[str] = field(default_factory=set)

    def load(self) -> None:
        """Read what is in the database."""
        with reading(self.services.engine, self.tenant.id) as session:
            self.people = {row.username: row.id for row in session.execute(select(Person.username, Person.id))}
            registered = session.execute(select(Engagement.title, Engagement.number))
            self.numbers = {row.title: row.number for row in registered}
            # by the title a case was opened with, because it may have been amended since
            opened = select(Disclosure.value.label("title"), Case.number, Case.version)
            opened = opened.join(Disclosure, Disclosure.stream == Case.number)
            opened = opened.where(Case.evaluation_id.is_(None))  # the case of an evaluation has the engagement's title
            for case in session.execute(opened.where(Disclosure.number == 1, Disclosure.field == "title")):
                self.numbers[case.title], self.versions[case.title] = case.number, case.version
            self.evaluations = _evaluations(session)
            self.ruled_on = set(rulings(session, self.tenant.id))
            for reference in (Document.title, Mandate.reference):
                self.references |= set(session.execute(select(reference)).scalars())

    def person(self, key: str) -> int:
        """The id of a person of the script."""
        return self.people[f"{key}@{self.tenant.key}"]

    def steps_done(self, track: Track) -> int:
        """Number of a track's steps that have been played."""
        if track.kind == "case":
            return self.versions.get(track.title, 0)
        if track.kind == "evaluation":
            return self.evaluations[track.concerns].steps_done(track.reporting)
        if track.kind == "letter":
            return int(track.title in self.references)
        return int(self.assumption(track) in self.ruled_on)

    def assumption(self, ruling: Track) -> str:
        """The identity of the assumption that a ruling is about."""
        return assumption_ids(self.policy).get(ruling.title, "")


def _evaluations(session: Session) -> dict[str, EvaluationProgress]:
    columns = (Engagement.title, Evaluation.number, Evaluation.version, Evaluation.decided_in)
    query = select(*columns, Case.version.label("case_version"))
    query = query.join(Engagement, Engagement.id == Evaluation.engagement_id)
    query = query.outerjoin(Case, Case.number == Evaluation.decided_in)
    found: dict[str, EvaluationProgress] = {}
    for row in session.execute(query.order_by(Evaluation.id)):
        progress = EvaluationProgress(row.number, row.version, row.decided_in, row.case_version or 0)
        found.setdefault(row.title, progress)
    return found


def play_steps(playback: Playback) -> None:
    """Play every step that has not been played; an error carries a note with the step."""
    remaining = [
        (playback.calendar.instant(step.at, position), order, position)
        for order, track in enumerate(playback.script.tracks)
        for position, step in enumerate(track.steps)
        if position >= playback.steps_done(track)
    ]
    for now, order, position in sorted(remaining):
        track = playback.script.tracks[order]
        step = track.steps[position]
        try:
            _PLAYERS[track.kind](playback, track, step, position, now)
        except WorkflowError as error:
            error.add_note(f"{playback.tenant.key}, {track.title or track.concerns}, step {position + 1}: {step.do}")
            raise


def _play_letter(playback: Playback, _track: Track, step: Step, _position: int, now: datetime) -> None:
    upload = _upload(playback, step, now)
    register_letter(playback.services, playback.person(step.by), playback.tenant.key, upload, now=now)


def _play_case(playback: Playback, track: Track, step: Step, position: int, now: datetime) -> None:
    services, person = playback.services, playback.person(step.by)
    if step.do == "open":
        request = playback.calendar.resolve(playback.script.request(track))
        if track.concerns:
            request["engagement_number"] = playback.numbers[track.concerns]
        playback.numbers[track.title] = open_case(services, person, request, now=now, is_example=track.is_example)
        return
    number = playback.numbers[track.title]
    if step.document is not None:
        attach(services, person, number, _upload(playback, step, now), now=now, expected_version=position)
        return
    payload = _payload(playback, step)
    gate.act(services, person, number, step.do, payload, now=now, expected_version=position, comment=step.comment)


def _play_evaluation(playback: Playback, track: Track, step: Step, position: int, now: datetime) -> None:
    """A step of the report, then one of the case that the report opened."""
    services, person, progress = playback.services, playback.person(step.by), playback.evaluations[track.concerns]
    payload = _payload(playback, step)
    if step.do in EVALUATION_ACTIONS:
        opened = evaluate(services, person, progress.number, step.do, payload, now=now, expected_version=position)
        progress.case = opened or progress.case
        return
    version = position - track.reporting + 1
    gate.act(services, person, progress.case, step.do, payload, now=now, expected_version=version, comment=step.comment)


def _play_ruling(playback: Playback, track: Track, step: Step, _position: int, now: datetime) -> None:
    person, identity = playback.person(step.by), playback.assumption(track)
    verdict, note = step.payload["verdict"], step.payload["note"]
    record_review(
        playback.services, person, playback.tenant.key, playback.policy.version, identity, verdict, note, now=now
    )


_PLAYERS: Mapping[str, Callable[[Playback, Track, Step, int, datetime], None]] = {
    "letter": _play_letter,
    "case": _play_case,
    "evaluation": _play_evaluation,
    "ruling": _play_ruling,
}


#: Fields that have the day of the step.
_SIGNED = {"sign": "signed_on", "record-counterpart": "counter_signed_on"}


def _payload(playback: Playback, step: Step) -> dict[str, object]:
    payload: dict[str, object] = playback.calendar.resolve(step.payload)
    if step.do == "enter-decision":
        payload["meeting_date"] = playback.calendar.day(step.at if step.met is None else step.met).isoformat()
    if step.do in _SIGNED:
        payload[_SIGNED[step.do]] = playback.calendar.day(step.at).isoformat()
    return payload


def _upload(playback: Playback, step: Step, now: datetime) -> Upload:
    document = step.document
    assert isinstance(document, ScriptDocument), "only steps with a document upload one"
    arrived = (
        local_day(now, playback.tenant.timezone) if document.dated is None else playback.calendar.day(document.dated)
    )
    name = f"{document.title.lower().replace(' ', '-')}.pdf"
    content = pdf(document.title, document.lines)
    return Upload(content, name, document.title, document.direction, document.correspondent, arrived)
