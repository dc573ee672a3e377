"""What is on a form, what was typed into it, and what was wrong with it?

A form is a row of inputs named by their place in the payload (`fields.ends_on`). The same inputs read what was sent,
show it again when it is refused, and carry the errors beside the field they belong to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from werkzeug.datastructures import MultiDict


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose."""

    value: str
    label: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Demand:
    """A clause that asks for an input before a step."""

    #: review, recommend, decide or sign.
    before: str
    clauses: tuple[str, ...]
    #: Why it is our reading; empty when the clause says it.
    assumed: str = ""


@dataclass(frozen=True, slots=True)
class Input:
    """One question of a form."""

    #: Its place in the payload, like `fields.ends_on`.
    name: str
    #: line, text, names, day, whole, tick, one, several, select or shown (a value nobody changes here).
    kind: str
    label: str
    #: What stands in it; names are one a line, ticked things in `values`.
    value: str = ""
    values: tuple[str, ...] = ()
    hint: str = ""
    choices: tuple[Choice, ...] = ()
    #: Headings and the choices below each; for `several` alone.
    groups: tuple[tuple[str, tuple[Choice, ...]], ...] = ()
    #: Whether the form cannot be sent without it.
    is_needed: bool = False
    demands: tuple[Demand, ...] = ()
    errors: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Its id on the page."""
        return "f-" + self.name.replace(".", "-").replace("_", "-")

    @property
    def described_by(self) -> str:
        """Ids of the texts that explain it."""
        about = {"hint": self.hint, "demand": self.demands, "error": self.errors}
        return " ".join(f"{self.id}-{what}" for what, there in about.items() if there)


#: What was typed, by name: text, names, ticks; exactly what a payload takes.
Typed = dict[str, Any]


def read(inputs: Iterable[Input], sent: MultiDict[str, str]) -> Typed:
    """What was typed into each input, as a payload takes it: an empty day is None, an empty choice is left out."""
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
    """The inputs with what was typed into them, to be shown again."""
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
    """One line of the summary above a refused form; `href` is empty when it belongs to no field shown."""

    text: str
    href: str = ""
    clauses: tuple[str, ...] = ()


def marked(
    inputs: Sequence[Input], told: Iterable[tuple[str, str, tuple[str, ...]]]
) -> tuple[tuple[Input, ...], tuple[Problem, ...]]:
    """The inputs with their errors, and the summary; `told` is (field, sentence, clauses) per reason."""
    by_name: dict[str, list[str]] = {}
    problems = []
    known = {field.name: field for field in inputs}
    for name, sentence, clauses in told:
        found = known.get(name) or known.get(f"fields.{name}") or known.get(f"attributes.{name}")
        if found is None:
            found = next((field for field in inputs if name.startswith(f"{field.name}.")), None)
        if found is not None:
            by_name.setdefault(found.name, []).append(sentence)
        problems.append(Problem(sentence, f"#{found.id}" if found else "", clauses))
    shown = tuple(replace(field, errors=tuple(by_name.get(field.name, ()))) for field in inputs)
    return shown, tuple(problems)


def by_name(inputs: Iterable[Input]) -> dict[str, Input]:
    """The inputs by name, for a template that places them one by one."""
    return {field.name: field for field in inputs}
