"""Decision tables as an editor writes them, drawn for the small pack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

#: The namespace of a version of the standard, by its day.
DMN_1_3, DMN_1_5 = "https://www.omg.org/spec/DMN/20191111/MODEL/", "https://www.omg.org/spec/DMN/20230324/MODEL/"
#: A rule: what it asks by attribute, what it answers by output, what is noted by annotation column, its description.
Rule = tuple[Mapping[str, str], Mapping[str, str], Mapping[str, str], str]


def rule(asks: Mapping[str, str], answers: Mapping[str, str], told: str = "Clauses: lillby/own-area") -> Rule:
    """A rule with a description."""
    return asks, answers, {}, told


def decided(body: str, route: str, row: str = "") -> dict[str, str]:
    """The outputs of a rule that gives a matter to a body."""
    return {"decides": body, "route": f'"{route}"', "row": f'"{row}"' if row else ""}


REFUSED = {"outcome": '"refused"', "row": '"no-own-aid"'}
OWN = '"cooperation-agreement", "partnership", "project", "exchange", "aid-project", "influence", "solidarity"'
OTHER = '"aid-project", "twin-agreement", "membership", "visit", "policy"'
#: The tables of the small pack as somebody might draw them anew, without a word of the law.
LILLBY: tuple[Rule, ...] = (
    rule(
        {"engagement": '"aid-project"', "act": '"enter","renew"', "external_funding": "[0..100)"},
        REFUSED,
        "Clauses: lillby/aid",
    ),
    rule({"engagement": '"policy"'}, decided('"council"', "council-matter", "policy"), "Clauses: lillby/levels"),
    rule(
        {"engagement": '"twin-agreement"', "act": 'not("evaluate")'},
        decided('"council"', "council-agreement", "twins"),
        "Clauses: lillby/levels",
    ),
    rule(
        {"engagement": '"twin-agreement"', "act": '"evaluate"'},
        decided('"council"', "council-matter", "twins-evaluate"),
        "Clauses: lillby/levels",
    ),
    rule(
        {"engagement": f"not({OTHER})", "act": 'not("evaluate")'},
        decided("responsible", "own-agreement", "own-agreements"),
    ),
    rule(
        {"engagement": '"aid-project"', "act": '? = "terminate"'},
        decided('"responsible"', "own-agreement", "own-agreements"),
    ),
    rule(
        {"engagement": '"aid-project"', "act": '["enter", "renew"]', "external_funding": "100"},
        decided("responsible", "own-agreement", "own-agreements"),
    ),
    rule({"engagement": OWN, "act": '"evaluate"'}, decided("responsible", "own-matter", "own-evaluations")),
    rule(
        {"engagement": '"membership"', "scope": '"municipality"'},
        decided('"executive-board"', "executive-matter", "memberships"),
        "Assumed: the policy is silent on memberships of the whole",
    ),
    rule({"engagement": '"membership"', "scope": '"own-area"'}, decided("responsible", "own-matter", "own-matters")),
    rule({"engagement": '"visit"'}, decided("responsible", "own-matter", "visits")),
)


def table(
    rules: Sequence[Rule],
    *,
    namespace: str = DMN_1_3,
    hit_policy: str = "",
    decision: str = "Kompetens",
    prologue: str = "",
) -> str:
    """A file as a modeller saves it, with a column for whatever some rule asks, answers or notes."""
    policy = f' hitPolicy="{hit_policy}"' if hit_policy else ""
    return f"""<?xml version="1.0" encoding="UTF-8"?>{prologue}
<definitions xmlns="{namespace}" xmlns:biodi="http://bpmn.io/schema/dmn/biodi/2.0"
  xmlns:camunda="http://camunda.org/schema/1.0/dmn" id="Definitions_0x1" name="DRD" namespace="http://camunda.org/schema/1.0/dmn"
  exporter="Camunda Modeler" exporterVersion="5.30.0">
  <decision id="Decision_1" name="{decision}">
    <decisionTable id="DecisionTable_1"{policy} biodi:annotationsWidth="400">
{columns(rules)}
{"".join(_rule(rules, number, one) for number, one in enumerate(rules, 1))}
    </decisionTable>
  </decision>
</definitions>
"""


def names(rules: Sequence[Rule], part: int) -> list[str]:
    """Names of the columns of a part of the table."""
    return list(dict.fromkeys(name for one in rules for name in one[part]))  # type: ignore[arg-type]


def columns(rules: Sequence[Rule]) -> str:
    """The head of the table."""
    inputs = "".join(
        f'<input id="I{name}" label="{name.title()}" biodi:width="192"><inputExpression id="E{name}" typeRef="string">'
        f"<text>{name}</text></inputExpression></input>\n"
        for name in names(rules, 0)
    )
    outputs = "".join(
        f'<output id="O{name}" label="{name.title()}" name="{name}" typeRef="string"/>\n' for name in names(rules, 1)
    )
    return inputs + outputs + "".join(f'<annotation name="{name}"/>\n' for name in names(rules, 2))


def _rule(rules: Sequence[Rule], number: int, one: Rule) -> str:
    asks, answers, notes, told = one
    cells = "".join(_cell("inputEntry", asks.get(name, "")) for name in names(rules, 0))
    cells += "".join(_cell("outputEntry", answers.get(name, "")) for name in names(rules, 1))
    cells += "".join(_cell("annotationEntry", notes.get(name, "")) for name in names(rules, 2))
    described = f"<description>{escape(told)}</description>" if told else ""
    return f'<rule id="R{number}">{described}{cells}</rule>\n'


def _cell(kind: str, text: str) -> str:
    return f"<{kind}><text>{escape(text)}</text></{kind}>"
