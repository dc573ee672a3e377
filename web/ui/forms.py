"""Form inputs: declaration, parsing, redisplay and errors.

A form is a sequence of inputs named by their path in the payload (`fields.ends_on`). The same inputs parse a POST, show
it again when it is refused, and carry the errors of their fields. `templates/ui/_inputs.html` renders them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from werkzeug.datastructures import MultiDict

from web.i18n.countries import country_names
from web.i18n.gettext import _
from workflow.core.dates import day_of_text


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a choice."""

    value: str
    label: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Demand:
    """A requirement that an input be filled in before a step."""

    #: review, recommend, decide or sign.
    before: str
    clauses: tuple[str, ...]
    #: Reason of the assumption it rests on; empty when the clause says it.
    assumed: str = ""


@dataclass(frozen=True, slots=True)
class Input:
    """One field of a form."""

    #: Path in the payload, like `fields.ends_on`.
    name: str
    #: line, text, names, day, whole, tick, one, several, select or shown (a value that cannot be changed here).
    kind: str
    label: str
    #: Current value; names are one a line, the options ticked in `several` are in `values`.
    value: str = ""
    values: tuple[str, ...] = ()
    hint: str = ""
    choices: tuple[Choice, ...] = ()
    #: Headings and the choices below each; only for `several`.
    groups: tuple[tuple[str, tuple[Choice, ...]], ...] = ()
    #: Whether it must be filled in.
    is_needed: bool = False
    demands: tuple[Demand, ...] = ()
    errors: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Id of its HTML element."""
        return "f-" + self.name.replace(".", "-").replace("_", "-")

    @property
    def is_day_or_empty(self) -> bool:
        """Whether a browser's field of days can show the value."""
        return not self.value or (len(self.value) == 10 and day_of_text(self.value) is not None)

    @property
    def described_by(self) -> str:
        """Value of `aria-describedby`: ids of hint, requirements and errors."""
        about = {"hint": self.hint, "demand": self.demands, "error": self.errors}
        return " ".join(f"{self.id}-{part}" for part, content in about.items() if content)


#: Parsed values by name, as a payload takes them.
Typed = dict[str, Any]


def read(inputs: Iterable[Input], sent: MultiDict[str, str]) -> Typed:
    """Parsed values of the inputs: an empty day is None, an empty choice or number is left out."""
    typed: Typed = {}
    for field in inputs:
        if field.kind == "shown":
            continue
        value = _value(field, sent)
        if not (value == "" and field.kind in ("one", "select", "whole")):
            typed[field.name] = value
    return typed


def _value(field: Input, sent: MultiDict[str, str]) -> Any:
    if field.kind == "several":
        return [value for value in sent.getlist(field.name) if value]
    text = sent.get(field.name, "").replace("\r\n", "\n").strip()
    if field.kind == "names":
        return [line.strip() for line in text.splitlines() if line.strip()]
    if field.kind == "tick":
        return bool(text)
    if field.kind == "day":
        return text or None
    if field.kind == "whole":
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text
    return text


def filled(inputs: Iterable[Input], sent: MultiDict[str, str]) -> tuple[Input, ...]:
    """The inputs with the values sent, for redisplay."""
    return tuple(_filled(field, sent) for field in inputs)


def _filled(field: Input, sent: MultiDict[str, str]) -> Input:
    if field.kind == "shown":
        return field
    if field.kind == "several":
        return replace(field, values=tuple(sent.getlist(field.name)))
    return replace(field, value=sent.get(field.name, "").replace("\r\n", "\n"))


def nested(typed: Mapping[str, Any]) -> dict[str, Any]:
    """A payload: `fields.ends_on` becomes `{"fields": {"ends_on": …}}`."""
    payload: dict[str, Any] = {}
    for name, value in typed.items():
        *path, last = name.split(".")
        inner = payload
        for part in path:
            inner = inner.setdefault(part, {})
        inner[last] = value
    return payload


@dataclass(frozen=True, slots=True)
class Problem:
    """One line of the error summary; `href` is empty when the error belongs to no field of the form."""

    text: str
    href: str = ""
    clauses: tuple[str, ...] = ()


def marked(
    inputs: Sequence[Input], errors: Iterable[tuple[str, str, tuple[str, ...]]]
) -> tuple[tuple[Input, ...], tuple[Problem, ...]]:
    """The inputs with their errors, and the error summary; each error is (field, sentence, clauses)."""
    errors_by_name: dict[str, list[str]] = {}
    problems = []
    known = {field.name: field for field in inputs}
    for name, sentence, clauses in errors:
        found = known.get(name) or known.get(f"fields.{name}") or known.get(f"attributes.{name}")
        if found is None:
            found = next((field for field in inputs if name.startswith(f"{field.name}.")), None)
        if found is not None:
            errors_by_name.setdefault(found.name, []).append(sentence)
        problems.append(Problem(sentence, f"#{found.id}" if found else "", clauses))
    shown = tuple(replace(field, errors=tuple(errors_by_name.get(field.name, ()))) for field in inputs)
    return shown, tuple(problems)


def by_name(inputs: Iterable[Input]) -> dict[str, Input]:
    """The inputs by name, for a template that lays them out itself."""
    return {field.name: field for field in inputs}


def country_choices(chosen: str = "") -> tuple[Choice, ...]:
    """All countries by name, an empty choice first; a value that is not a code stays as it was written."""
    names = country_names()
    unknown = (Choice(chosen, chosen),) if chosen and chosen not in names else ()
    known = sorted(names.items(), key=lambda item: item[1].casefold())
    return (Choice("", _("Not said")), *unknown, *(Choice(code, name) for code, name in known))
