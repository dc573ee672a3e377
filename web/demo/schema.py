"""Schema of the demo's scripts, one YAML file per municipality in `config/demo`.

It checks keys and dates; the engine checks the payloads, as it checks anybody's input.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from marshmallow import ValidationError

from web.demo.dates import OLDEST, ScriptDate
from workflow.core.errors import PolicyInvalid
from workflow.evaluations.service import ACTIONS as EVALUATION_ACTIONS
from workflow.policy.actions import ACTIONS
from workflow.policy.loading.derived_schema import Strict, Value, listed, nested, reader
from workflow.policy.loading.yaml_positions import KeyPath, key_path_text, read
from workflow.policy.value_readers import day, number, one_of, several, text, truth
from workflow.policy.vocabulary import ROLES
from workflow.versions.assumption_reviews import ACTIONS as VERDICTS

#: Actions of a script: the gate's, an evaluation's, and those without a state machine.
STEP_ACTIONS = ("open", "attach", *EVALUATION_ACTIONS, *ACTIONS)


@dataclass(frozen=True, slots=True)
class ScriptPerson:
    """A person who logs in: the part of the user name before the @, and seats as role and body key."""

    key: str
    name: str
    seats: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ScriptDocument:
    """A document, whose PDF is made from its lines."""

    direction: str
    title: str
    correspondent: str
    lines: tuple[str, ...]
    dated: ScriptDate | None


@dataclass(frozen=True, slots=True)
class Step:
    """One action: who does what, when, with which payload and comment."""

    at: ScriptDate
    by: str
    do: str
    payload: Mapping[str, Any]
    comment: str = ""
    #: The day of the meeting, where its decision was entered later.
    met: ScriptDate | None = None
    document: ScriptDocument | None = None


@dataclass(frozen=True, slots=True)
class Track:
    """Steps of one case, evaluation, letter or ruling, in their order."""

    #: case, evaluation, letter or ruling.
    kind: str
    #: Title of the case or the letter, or the assumption ruled on; empty for an evaluation.
    title: str
    steps: tuple[Step, ...]
    #: Title of the engagement that a case or an evaluation concerns; empty for none.
    concerns: str = ""
    is_example: bool = True
    #: The request that a case is opened with.
    draft: Mapping[str, Any] | None = None

    @property
    def reporting(self) -> int:
        """Number of an evaluation's steps before its case is opened."""
        return sum(step.do in EVALUATION_ACTIONS for step in self.steps)


@dataclass(frozen=True, slots=True)
class LegacyEngagements:
    """Engagements older than the system with a common source, one per partner.

    `title` may contain {name}. A partner has `name` and `country`, and may have `kind` and `at` (degrees north, east).
    """

    title: str
    partners: tuple[Mapping[str, str], ...]
    is_example: bool
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Script:
    """The demo of a municipality."""

    municipality: str
    people: tuple[ScriptPerson, ...]
    #: Name of the example members without a log-in.
    members: str
    mandates: tuple[Mapping[str, Any], ...]
    engagements: tuple[LegacyEngagements, ...]
    letters: tuple[Track, ...]
    #: Defaults of every request to enter or renew.
    usual: Mapping[str, Any]
    cases: tuple[Track, ...]
    evaluations: tuple[Track, ...]
    #: Changes of a later version that waits; None for no such version.
    later: Mapping[str, Any] | None
    rulings: tuple[Track, ...]

    @property
    def tracks(self) -> tuple[Track, ...]:
        """Every track, in the order in which they take turns at the same instant."""
        return (*self.letters, *self.cases, *self.evaluations, *self.rulings)

    def request(self, case: Track) -> dict[str, Any]:
        """The request that a case is opened with, with its defaults."""
        own = case.draft or {}
        usual = self.usual if own.get("act") in ("enter", "renew") else {}
        inner = {name: {**usual.get(name, {}), **own.get(name, {})} for name in ("attributes", "fields")}
        return {"municipality": self.municipality, **usual, **own, **inner}


def scripts() -> dict[str, Script]:
    """The packaged scripts by municipality; raises `PolicyInvalid` with file, line and key."""
    folder = Path(str(resources.files("config"))) / "demo"
    found = (read_script(path) for path in sorted(folder.glob("*.yaml")))
    return {script.municipality: script for script in found}


def read_script(path: Path) -> Script:
    """The script in a file; raises `PolicyInvalid` with file, line and key."""
    source = read(path)
    try:
        script: Script = ScriptSchema().load(source.data)
    except ValidationError as error:
        position, message = _first(error.messages)
        raise PolicyInvalid(source.file, source.line(position), key_path_text(position), message) from None
    return script


def _first(messages: object, position: KeyPath = ()) -> tuple[KeyPath, str]:
    while isinstance(messages, dict):
        name, messages = next(iter(messages.items()))
        position = position if name == "_schema" else (*position, name)
    return position, str(messages[0] if isinstance(messages, list) else messages)


def _date(value: object) -> ScriptDate:
    return day(value) if isinstance(value, str) else number(1, OLDEST)(value)


def _mapping(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValidationError("should be a map")
    return value


def _seat(value: object) -> tuple[str, str]:
    role, at, body = str(value).partition("@")
    if not at:
        raise ValidationError(f"'{value}' is not ROLE@BODY")
    return one_of(ROLES, "role")(role), body


class PersonSchema(Strict):
    """A person who logs in."""

    makes = ScriptPerson
    key = Value(text)
    name = Value(text)
    seats = Value(several(_seat, at_least=1))


class DocumentSchema(Strict):
    """A document."""

    makes = ScriptDocument
    direction = Value(text)
    title = Value(text)
    correspondent = Value(text)
    lines = Value(several(text, at_least=1))
    dated = Value(_date, default=None)


class StepSchema(Strict):
    """A step of a case or an evaluation."""

    makes = Step
    at = Value(_date)
    by = Value(text)
    do = Value(one_of(STEP_ACTIONS, "verb"))
    payload = Value(_mapping, default={}, data_key="with")
    comment = Value(text, default="", data_key="say")
    met = Value(_date, default=None)
    document = nested(DocumentSchema, default=None, data_key="file")


def _ruling(*, at: ScriptDate, by: str, assumption: str, verdict: str, note: str) -> Track:
    return Track("ruling", assumption, (Step(at, by, "rule", {"verdict": verdict, "note": note}),))


class RulingSchema(Strict):
    """A ruling on an assumption: what the municipality says of it, and on whose word or why."""

    makes = staticmethod(_ruling)
    at = Value(_date)
    by = Value(text)
    assumption = Value(text)
    verdict = Value(one_of(VERDICTS, "verdict"))
    note = Value(text)


def _letter(value: object) -> Track:
    given = _mapping(value)
    document = reader(DocumentSchema)({name: item for name, item in given.items() if name not in ("at", "by")})
    step = Step(_date(given.get("at")), text(given.get("by")), "register-letter", {}, document=document)
    return Track("letter", document.title, (step,))


def _engagements(value: object) -> LegacyEngagements:
    details = dict(_mapping(value))
    title, partners = text(details.pop("title", None)), details.pop("partners", None)
    is_example = truth(details.pop("example", True))
    return LegacyEngagements(title, several(_mapping, at_least=1)(partners), is_example, details)


def _track(kind: str, first: tuple[str, ...]) -> Callable[[object], Track]:
    """A reader of tracks that begin with one of some actions."""

    def read_track(value: object) -> Track:
        draft = dict(_mapping(value))
        steps = several(reader(StepSchema), at_least=1)(draft.pop("script", None))
        if steps[0].do not in first:
            raise ValidationError({"script": {0: [f"a script begins with {' or '.join(first)}"]}})
        concerns, is_example = draft.pop("concerns", ""), truth(draft.pop("example", True))
        title = text(draft.get("title")) if kind == "case" else ""
        return Track(kind, title, steps, concerns, is_example, draft)

    return read_track


class ScriptSchema(Strict):
    """A demo file."""

    makes = Script
    municipality = Value(text)
    people = listed(PersonSchema)
    members = Value(text)
    mandates = Value(several(_mapping))
    engagements = Value(several(_engagements))
    letters = Value(several(_letter))
    usual = Value(_mapping)
    cases = Value(several(_track("case", ("open",))))
    evaluations = Value(several(_track("evaluation", tuple(EVALUATION_ACTIONS))), default=())
    later = Value(_mapping, default=None)
    rulings = listed(RulingSchema, default=())
