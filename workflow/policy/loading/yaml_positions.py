"""YAML files as plain values (maps, lists, text, whole numbers, true, false, null) with the line of each.

Deliberately less than YAML: no anchors and aliases (so no file can grow when it is read), no tags, no floats or dates,
one document, each key once. Plain scalars such as `no` and `on` are text. `workflow.policy.loading.schemas` gives the
values their meaning.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from workflow.core.errors import PolicyInvalid
from workflow.policy.pack_messages import pack_message

#: Path of a value: keys and positions from the top.
KeyPath = tuple[str | int, ...]

MAX_BYTES = 1_000_000
MAX_DEPTH = 16
MAX_KEY = 100
#: Control characters (Unicode's category Cc) but for the tab and the end of a line.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
WHOLE_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,8})\Z")
PLAIN = {"": None, "~": None, "null": None, "true": True, "false": False}
#: What YAML says where a text without quotes holds a colon.
SLIPS = ("mapping values are not allowed", "did not find expected ',' or '}'")
# libyaml is an order of magnitude quicker; PyYAML's wheels carry it.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Source:
    """A file's values with the line that each begins on."""

    file: str
    data: Any
    lines: dict[KeyPath, int]

    def line(self, path: KeyPath) -> int | None:
        """The line of a value, or of the nearest one that surrounds it."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return None


def key_path_text(path: KeyPath) -> str:
    """A path as people write it, like `competence[3].when.act`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


def read(path: Path) -> Source:
    """Read a YAML file; raises `PolicyInvalid` with its line and key."""
    try:
        with path.open("rb") as file:
            return read_bytes(file.read(MAX_BYTES + 1), str(path))
    except OSError as error:
        raise PolicyInvalid(str(path), None, "", pack_message("cannot-be-read", error=error.strerror)) from None


def read_bytes(raw: bytes, file: str) -> Source:
    """Read what a file holds, by the name it came under; raises `PolicyInvalid` with line and key."""
    if len(raw) > MAX_BYTES:
        raise PolicyInvalid(file, None, "", pack_message("too-large", megabytes=MAX_BYTES // 1_000_000))
    try:
        text = unicodedata.normalize("NFC", raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise PolicyInvalid(file, line, "", pack_message("no-utf-8")) from None
    try:
        return _Reader(file).source(yaml.parse(text, Loader=LOADER))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        hint = pack_message("hint-colon") if any(slip in str(error.problem) for slip in SLIPS) else ""
        message = pack_message("no-yaml", problem=error.problem, hint=hint)
        raise PolicyInvalid(file, mark.line + 1 if mark else None, "", message) from None
    except yaml.YAMLError as error:
        raise PolicyInvalid(
            file, None, "", pack_message("no-yaml", problem=" ".join(str(error).split()), hint="")
        ) from None


@dataclass(slots=True)
class _Open:
    """A map or list that is still being read."""

    path: KeyPath
    values: dict[str, Any] | list[Any]
    key: str | None = None


@dataclass(slots=True)
class _Reader:
    """Turns the parser's events into values."""

    file: str
    lines: dict[KeyPath, int] = field(default_factory=dict)
    open: list[_Open] = field(default_factory=list)
    documents: list[Any] = field(default_factory=list)

    def source(self, events: Iterator[Any]) -> Source:
        for event in events:
            line = event.start_mark.line + 1
            if isinstance(event, yaml.NodeEvent):
                self._refuse_tricks(event, line)
            if isinstance(event, yaml.ScalarEvent):
                self._scalar(event, line)
            elif isinstance(event, yaml.MappingStartEvent):
                self._begin({}, line)
            elif isinstance(event, yaml.SequenceStartEvent):
                self._begin([], line)
            elif isinstance(event, yaml.CollectionEndEvent):
                self.open.pop()
        if not self.documents:
            raise PolicyInvalid(self.file, 1, "", pack_message("empty"))
        return Source(self.file, self.documents[0], self.lines)

    def _fault(self, line: int, path: KeyPath, code: str, **values: object) -> PolicyInvalid:
        return PolicyInvalid(self.file, line, key_path_text(path), pack_message(code, **values))

    def _here(self) -> KeyPath:
        if not self.open:
            return ()
        top = self.open[-1]
        if isinstance(top.values, list):
            return (*top.path, len(top.values))
        return top.path if top.key is None else (*top.path, top.key)

    def _refuse_tricks(self, event: Any, line: int) -> None:
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            raise self._fault(line, self._here(), "anchors")
        if event.tag is not None:
            raise self._fault(line, self._here(), "tags", tag=event.tag)
        if not self.open and self.documents:
            raise self._fault(line, (), "several-documents")

    def _begin(self, values: dict[str, Any] | list[Any], line: int) -> None:
        if len(self.open) == MAX_DEPTH:
            raise self._fault(line, self._here(), "too-deep", most=MAX_DEPTH)
        if self.open and isinstance(self.open[-1].values, dict) and self.open[-1].key is None:
            raise self._fault(line, self._here(), "key-is-no-list")
        path = self._here()
        self._put(values, line)
        self.open.append(_Open(path, values))

    def _scalar(self, event: Any, line: int) -> None:
        text: str = event.value
        if CONTROL.search(text):
            raise self._fault(line, self._here(), "control-character")
        top = self.open[-1] if self.open else None
        if top is not None and isinstance(top.values, dict) and top.key is None:
            if len(text) > MAX_KEY or len(text.splitlines()) > 1:
                raise self._fault(line, top.path, "key-is-no-text")
            if text in top.values:
                raise self._fault(line, (*top.path, text), "key-twice")
            top.key = text
            self.lines[(*top.path, text)] = line
            return
        self._put(_plain(text) if event.implicit[0] else text, line)

    def _put(self, value: Any, line: int) -> None:
        path = self._here()
        self.lines.setdefault(path, line)
        if not self.open:
            self.documents.append(value)
            return
        top = self.open[-1]
        if isinstance(top.values, list):
            top.values.append(value)
        else:
            assert top.key is not None  # a value follows its key
            top.values[top.key] = value
            top.key = None


def _plain(text: str) -> object:
    """An unquoted scalar by the core rules of YAML 1.2, without floats: whole numbers, true, false, null, else text."""
    if text in PLAIN:
        return PLAIN[text]
    return int(text) if WHOLE_NUMBER.match(text) else text
