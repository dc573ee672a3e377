"""Decision tables of DMN files, cell by cell.

Files of DMN 1.3 or later, from whatever tool, with one table or with one chosen by its name. Cells are text here;
`workflow.policy.interchange.dmn_rules` reads them for a policy.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from workflow.core.errors import PolicyInvalid
from workflow.policy.interchange.dmn import ASSUMES, CITES, OUTPUTS
from workflow.policy.interchange.xml_reader import Element, read_xml
from workflow.policy.pack_messages import unknown
from workflow.policy.request_domain import ATTRIBUTES

MODEL = re.compile(r"https?://www\.omg\.org/spec/DMN/([0-9]{8})/MODEL/\Z")
#: The day in the namespace of DMN 1.3.
FIRST_READ = "20191111"
#: What an output column may be called, and those among them that may stand as annotations too.
ANNOTATED = ("clauses", "assumed")
ANSWERED = (*OUTPUTS, "decides", *ANNOTATED)
FEEL = re.compile(r"(|feel|https?://www\.omg\.org/spec/(DMN|FEEL)/.*)\Z", re.IGNORECASE)
_ANNOTATION = re.compile(
    rf"\s*(?:{CITES}\s*(?P<clauses>[^;\n]*?))?[\s;.]*(?:{ASSUMES}\s*(?P<assumed>.+))?\s*\Z", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class TableRule:
    """One rule of a table, as text."""

    #: Counted from 1, as editors show it.
    number: int
    #: Line of the file.
    line: int
    #: Attribute to its cell.
    asks: Mapping[str, str]
    #: Output to its cell; what stands as an annotation is text and no cell.
    answers: Mapping[str, str]
    #: `clauses` and `assumed`, where a rule has such annotations.
    notes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """A table with hit policy UNIQUE."""

    file: str
    name: str
    rules: tuple[TableRule, ...]

    def fault(self, rule: TableRule, column: str, message: str) -> PolicyInvalid:
        """The fault of a rule, in a column or, without one, in all of it."""
        place = f"rule {rule.number}, column {column}" if column else f"rule {rule.number}"
        return PolicyInvalid(self.file, rule.line, place, message)


def read_table(path: Path, decision: str = "") -> DecisionTable:
    """The table of a DMN file, or of the decision with a name or id; raises `PolicyInvalid` with line and place."""
    root = read_xml(path)
    version = MODEL.match(root.namespace)
    if root.name != "definitions" or version is None or version[1] < FIRST_READ:
        raise PolicyInvalid(str(path), root.line, "", "is no file of DMN 1.3 or later")
    tables = [(one, table) for one in root.each("decision") for table in one.each("decisionTable")]
    names = [one.attributes.get("name") or one.attributes.get("id", "") for one, _table in tables]
    if decision:
        tables = [pair for pair in tables if decision in (pair[0].attributes.get("name"), pair[0].attributes.get("id"))]
        if not tables:
            raise PolicyInvalid(str(path), None, "", unknown("decision", decision, names))
    if len(tables) != 1:
        which = f"{len(tables)} decision tables: {', '.join(names)}; name one" if tables else "no decision table"
        raise PolicyInvalid(str(path), None, "", f"holds {which}")
    ((one, table),) = tables
    return _table(str(path), one.attributes.get("name") or one.attributes.get("id", ""), table)


def _table(file: str, name: str, table: Element) -> DecisionTable:
    policy = table.attributes.get("hitPolicy", "UNIQUE")
    if policy != "UNIQUE":
        raise PolicyInvalid(
            file, table.line, "", f"has the hit policy {policy}; only UNIQUE can be held against a policy"
        )
    asked = _named(file, table, "input", ATTRIBUTES)
    answered = _named(file, table, "output", ANSWERED)
    noted = [column.attributes.get("name", "").strip().lower() for column in table.each("annotation")]
    rules = tuple(
        _rule(file, number, rule, asked, answered, noted) for number, rule in enumerate(table.each("rule"), 1)
    )
    if not rules:
        raise PolicyInvalid(file, table.line, "", "has no rule")
    return DecisionTable(file, name, rules)


def _named(file: str, table: Element, kind: str, known: Collection[str]) -> list[str]:
    """Names of the columns of a kind, each known and there once."""
    found: list[str] = []
    for number, column in enumerate(table.each(kind), 1):
        label = column.attributes.get("label", "")
        name = column.text_at("inputExpression", "text") if kind == "input" else column.attributes.get("name", label)
        place = f"{kind} column {number}{f' ({label})' if label and label != name else ''}"
        if name not in known:
            what = "attribute" if kind == "input" else "part of an answer"
            raise PolicyInvalid(file, column.line, place, unknown(what, name, known))
        if name in found:
            raise PolicyInvalid(file, column.line, place, f"'{name}' has a column already")
        found.append(name)
    return found


def _rule(file: str, number: int, rule: Element, asked: list[str], answered: list[str], noted: list[str]) -> TableRule:
    cells = {}
    for kind, names in (("inputEntry", asked), ("outputEntry", answered), ("annotationEntry", noted)):
        entries = list(rule.each(kind))
        if kind != "annotationEntry" and len(entries) != len(names):
            raise PolicyInvalid(file, rule.line, f"rule {number}", f"has {len(entries)} cells for {len(names)} columns")
        for name, entry in zip(names, entries, strict=False):
            if not FEEL.match(language := entry.attributes.get("expressionLanguage", "")):
                raise PolicyInvalid(
                    file, entry.line, f"rule {number}, column {name}", f"is written in {language}, not in FEEL"
                )
        cells[kind] = {name: entry.text_at("text") for name, entry in zip(names, entries, strict=False)}
    notes = {name: text for name, text in cells["annotationEntry"].items() if name in ANNOTATED and text}
    return TableRule(
        number, rule.line, cells["inputEntry"], cells["outputEntry"], _annotations(rule.text_at("description")) | notes
    )


def _annotations(text: str) -> dict[str, str]:
    """Clauses and assumptions in a rule's description; the rest of it is a remark."""
    found = _ANNOTATION.match(text)
    return (
        {name: value.strip() for name, value in found.groupdict().items() if value and value.strip()} if found else {}
    )
