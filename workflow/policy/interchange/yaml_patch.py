"""Changes to the rows of a pack's tables in its file, leaving everything else as it is.

A row that stays is left letter for letter, with the comment above it; so is everything outside the tables. A new or
changed row is written in the style of the packs that come with the program.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from workflow.core.errors import PolicyInvalid
from workflow.policy.conditions import Condition
from workflow.policy.loading.yaml_positions import Source
from workflow.policy.model import Policy
from workflow.policy.pack_rules import Row
from workflow.policy.request_domain import UNSET, Span

PLAIN = re.compile(r"(?!(?:true|false|null)\Z)[a-z][a-z0-9./-]*\Z")
#: A line with its end, as YAML counts lines.
BREAKS = ("\n", "\r", "\x85", "\u2028", "\u2029")
LINE = re.compile(r"[^\n\r\x85\u2028\u2029]*(?:\r\n|[\n\r\x85\u2028\u2029]|(?<=.)\Z)")


def with_rows(source: Source, text: str, policy: Policy, prohibitions: Sequence[Row], competence: Sequence[Row]) -> str:
    """The text of a pack's file with other rows; raises `PolicyInvalid` where it is not laid out line by line."""
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = LINE.findall(text)
    file = _File(source, lines)
    tables = (("prohibitions", policy.prohibitions, prohibitions), ("competence", policy.competence, competence))
    for key, old, new in reversed(tables):  # from the end, so that the lines before stay where they are
        if old != tuple(new):
            begin, end = file.section(key)
            kept = {row: file.lines_of(key, number) for number, row in enumerate(old)}
            section = _section(key, new, kept)
            lines[begin:end] = [line if line.endswith(BREAKS) else f"{line}{newline}" for line in section]
    return "".join(lines)


class _File:
    """A pack's file by lines, counted from 0."""

    def __init__(self, source: Source, lines: Sequence[str]) -> None:
        self._source, self._lines = source, tuple(lines)
        tops = sorted(line - 1 for place, line in source.lines.items() if len(place) == 1)
        self._ends = dict(zip(tops, [*tops[1:], len(lines)], strict=True))

    def section(self, key: str) -> tuple[int, int]:
        """Where a table begins and ends; one that is missing stands before the competence table."""
        place = (key,)
        begin = (self._source.lines[place if place in self._source.lines else ("competence",)]) - 1
        if place not in self._source.lines:
            return begin, begin
        if not self._lines[begin].startswith(f"{key}:"):
            raise PolicyInvalid(
                self._source.file, begin + 1, key, "does not begin a line, so its rows cannot be changed"
            )
        end = self._ends[begin]
        while end > begin + 1 and _is_beside(self._lines[end - 1]):
            end -= 1
        return begin, end

    def lines_of(self, key: str, number: int) -> tuple[str, ...]:
        """The lines of a row with the comment above it; none where it shares its line with others."""
        begin, end = self.section(key)
        starts = [line - 1 for place, line in sorted(self._source.lines.items(), key=lambda item: item[1])
                  if len(place) == 2 and place[0] == key]  # fmt: skip
        if len({*starts, begin}) <= len(starts):
            return ()
        tops = [self._above(start, begin + 1) for start in starts] + [end]
        return self._lines[tops[number] : tops[number + 1]]

    def _above(self, start: int, first: int) -> int:
        while start > first and (
            not (before := self._lines[start - 1].strip()) or before.startswith("#") or before == "-"
        ):
            start -= 1
        return start


def _is_beside(line: str) -> bool:
    """Whether a line belongs to what follows: nothing, or a comment that is not moved in."""
    return not line.strip() or line.startswith("#")


def _section(key: str, rows: Sequence[Row], kept: dict[Row, tuple[str, ...]]) -> Iterator[str]:
    if not rows:
        yield f"{key}: []"
        return
    yield f"{key}:"
    for row in rows:
        yield from kept.get(row) or _written(row)


def _written(row: Row) -> Iterator[str]:
    yield f"  - {{id: {_scalar(row.id)},"
    yield f"     when: {_condition(row.when)},"
    decides = f"decides: {row.decides}, route: {_scalar(str(row.route))}, " if row.decides else ""
    clauses = f"clauses: [{', '.join(map(_scalar, row.clauses))}]"
    if row.assumed is None:
        yield f"     {decides}{clauses}}}"
        return
    yield f"     {decides}{clauses},"
    yield f"     assumed: {_scalar(row.assumed)}}}"


def _condition(condition: Condition) -> str:
    return f"{{{', '.join(f'{name}: {_wanted(wanted)}' for name, wanted in condition.terms)}}}"


def _wanted(wanted: tuple[object, ...] | Span) -> str:
    if isinstance(wanted, Span):
        return f"{{from: {wanted.low}, to: {wanted.high}}}"
    values = [_scalar(UNSET if value is None else value) for value in wanted]
    return values[0] if len(values) == 1 else f"[{', '.join(values)}]"


def _scalar(value: object) -> str:
    """A value as YAML; what could be read as something else stands in quotation marks."""
    if isinstance(value, str) and PLAIN.match(value):
        return value
    return json.dumps(value, ensure_ascii=False)
