"""What does a demo file tell?

One YAML file per municipality in `config/demo`: people, mandates, engagements from before, letters, and cases as
scripts of acts. Keys of a script are checked here; what a line hands to the gate is checked by the gate, like anybody's
input. Which days are meant is told in `web.demo.dates`; playing it is `web.demo.seed`'s task.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from marshmallow import ValidationError

from web.demo.dates import OLDEST, When
from workflow.core.errors import PolicyInvalid
from workflow.evaluations.service import ACTIONS as EVALUATING
from workflow.policy.actions import ACTIONS
from workflow.policy.loading.derived_schema import Strict, Value, nested, reader
from workflow.policy.loading.yaml_positions import KeyPath, key_path_text, read
from workflow.policy.value_readers import day, number, one_of, several, text, truth
from workflow.policy.vocabulary import ROLES
from workflow.versions.assumption_reviews import ACTIONS as VERDICTS

#: Acts of a script: the gate's actions, and the two that no machine knows.
VERBS = ("open", "attach", *EVALUATING, *ACTIONS)


@dataclass(frozen=True, slots=True)
class Someone:
    """A person who logs in: the name before the @ of the user name, and seats ROLE@BODY KEY."""

    key: str
    name: str
    seats: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """A document that somebody brings; its PDF is made from its lines."""

    direction: str
    title: str
    correspondent: str
    lines: tuple[str, ...]
    dated: When | None


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter that has come in and belongs to no case yet."""

    at: When
    by: str
    paper: Paper


@dataclass(frozen=True, slots=True)
class Line:
    """One act of a case: who does what, when, with which payload and comment."""

    at: When
    by: str
    do: str
    payload: Mapping[str, Any]
    say: str
    #: The day of the meeting, where it was entered later.
    met: When | None
    paper: Paper | None


@dataclass(frozen=True, slots=True)
class Before:
    """Engagements that share a source: `title` may contain {name}, one engagement per partner.

    A partner has `name` and `country`, and may have `kind` and `at` (degrees north and east).
    """

    title: str
    partners: tuple[Mapping[str, str], ...]
    is_example: bool
    told: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Matter:
    """A case: what it is opened with, and its acts."""

    title: str
    #: Title of the engagement in the register that it concerns; empty for none.
    concerns: str
    is_example: bool
    draft: Mapping[str, Any]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """An evaluation of something in the register: its report, then the acts of the case that decides."""

    #: Title of the engagement in the register.
    concerns: str
    lines: tuple[Line, ...]

    @property
    def reporting(self) -> int:
        """How many of its lines come before the case."""
        return sum(line.do in EVALUATING for line in self.lines)


@dataclass(frozen=True, slots=True)
class Said:
    """What the municipality says of an assumption: its reason in the pack, the verdict, and on whose word or why."""

    at: When
    by: str
    assumption: str
    verdict: str
    note: str


@dataclass(frozen=True, slots=True)
class Script:
    """What a municipality's demo file tells."""

    municipality: str
    people: tuple[Someone, ...]
    #: What an unnamed example member is called.
    members: str
    mandates: tuple[Mapping[str, Any], ...]
    engagements: tuple[Before, ...]
    letters: tuple[Letter, ...]
    #: What every request to enter or renew tells, where it does not say otherwise.
    usual: Mapping[str, Any]
    cases: tuple[Matter, ...]
    evaluations: tuple[Look, ...] = ()
    #: In what a version that waits differs from the one that governs; nothing where there is none.
    later: Mapping[str, Any] | None = None
    rulings: tuple[Said, ...] = ()

    def draft(self, matter: Matter) -> dict[str, Any]:
        """What a case is opened with."""
        own = matter.draft
        usual = self.usual if own.get("act") in ("enter", "renew") else {}
        inside = {name: {**usual.get(name, {}), **own.get(name, {})} for name in ("attributes", "fields")}
        return {"municipality": self.municipality, **usual, **own, **inside}


def scripts() -> dict[str, Script]:
    """The demos that come with the program, by municipality; raises `PolicyInvalid` with file, line and key."""
    folder = Path(str(resources.files("config"))) / "demo"
    found = (read_script(path) for path in sorted(folder.glob("*.yaml")))
    return {script.municipality: script for script in found}


def read_script(path: Path) -> Script:
    """The demo that a file tells; raises `PolicyInvalid` with file, line and key."""
    source = read(path)
    try:
        script: Script = ScriptSchema().load(source.data)
    except ValidationError as error:
        tenant, message = _first(error.messages)
        raise PolicyInvalid(source.file, source.line(tenant), key_path_text(tenant), message) from None
    return script


def _first(messages: object, tenant: KeyPath = ()) -> tuple[KeyPath, str]:
    while isinstance(messages, dict):
        name, messages = next(iter(messages.items()))
        tenant = tenant if name == "_schema" else (*tenant, name)
    return tenant, str(messages[0] if isinstance(messages, list) else messages)


def _when(value: object) -> When:
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


def _some(schema: type[Strict]) -> Callable[[object], Any]:
    return several(reader(schema))


class SomeoneSchema(Strict):
    """A person who logs in."""

    makes = Someone
    key = Value(text)
    name = Value(text)
    seats = Value(several(_seat, at_least=1))


class PaperSchema(Strict):
    """A document."""

    makes = Paper
    direction = Value(text)
    title = Value(text)
    correspondent = Value(text)
    lines = Value(several(text, at_least=1))
    dated = Value(_when, default=None)


class LineSchema(Strict):
    """One act."""

    makes = Line
    at = Value(_when)
    by = Value(text)
    do = Value(one_of(VERBS, "verb"))
    payload = Value(_mapping, default={}, data_key="with")
    say = Value(text, default="")
    met = Value(_when, default=None)
    paper = nested(PaperSchema, default=None, data_key="file")


class SaidSchema(Strict):
    """A ruling on an assumption."""

    makes = Said
    at = Value(_when)
    by = Value(text)
    assumption = Value(text)
    verdict = Value(one_of(VERDICTS, "verdict"))
    note = Value(text)


def _letter(value: object) -> Letter:
    """Who registers it and when; the rest is the paper itself."""
    told = _mapping(value)
    rest = {name: item for name, item in told.items() if name not in ("at", "by")}
    return Letter(_when(told.get("at")), text(told.get("by")), reader(PaperSchema)(rest))


def _before(value: object) -> Before:
    told = dict(_mapping(value))
    title, partners = text(told.pop("title", None)), told.pop("partners", None)
    return Before(title, several(_mapping, at_least=1)(partners), truth(told.pop("example", True)), told)


def _matter(value: object) -> Matter:
    draft = dict(_mapping(value))
    lines = several(reader(LineSchema), at_least=1)(draft.pop("script", None))
    if lines[0].do != "open":
        raise ValidationError({"script": {0: ["a script begins with open"]}})
    concerns, example = draft.pop("concerns", ""), truth(draft.pop("example", True))
    return Matter(text(draft.get("title")), concerns, example, draft, lines)


def _look(value: object) -> Look:
    told = _mapping(value)
    lines = several(reader(LineSchema), at_least=1)(told.get("script"))
    if lines[0].do not in EVALUATING:
        raise ValidationError({"script": {0: [f"a script begins with {' or '.join(EVALUATING)}"]}})
    return Look(text(told.get("concerns")), lines)


class ScriptSchema(Strict):
    """A demo file."""

    makes = Script
    municipality = Value(text)
    people = Value(_some(SomeoneSchema))
    members = Value(text)
    mandates = Value(several(_mapping))
    engagements = Value(several(_before))
    letters = Value(several(_letter))
    usual = Value(_mapping)
    cases = Value(several(_matter))
    evaluations = Value(several(_look), default=())
    later = Value(_mapping, default=None)
    rulings = Value(several(reader(SaidSchema)), default=())
