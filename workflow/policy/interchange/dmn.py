"""DMN 1.3 export of the whole answer of a policy, so that other tools can read and run it.

One decision with one table, hit policy UNIQUE: a column for each attribute that any rule depends on, and the answer:
the outcome, the body, the route, the row that answers, its tier, and the row of the pack's own table where the law
takes a matter over. The clauses and assumptions of a row are its rule's annotation. Nothing else is needed to run it.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Mapping, Sequence

from workflow.policy.interchange.answer_rules import AnswerRule, answer_rules
from workflow.policy.interchange.feel_reader import counts
from workflow.policy.interchange.feel_writer import ANYTHING, cell_text, literal_text
from workflow.policy.interchange.request_sets import Domain, RequestSet, domain_of
from workflow.policy.interchange.xml_writer import element, xml_text
from workflow.policy.model import Policy
from workflow.policy.pack_rules import Row
from workflow.policy.request_domain import acts_of

MODEL = "https://www.omg.org/spec/DMN/20191111/MODEL/"
NAMESPACES = {
    "xmlns": MODEL,
    "xmlns:dmndi": "https://www.omg.org/spec/DMN/20191111/DMNDI/",
    "xmlns:dc": "http://www.omg.org/spec/DMN/20180521/DC/",
    "xmlns:di": "http://www.omg.org/spec/DMN/20180521/DI/",
}
#: Columns that a table always has; `responsible` because an answer may be that body.
ALWAYS = ("engagement", "act", "responsible")
OUTPUTS = ("outcome", "body", "route", "row", "tier", "policy_row")
DECISION = "who-decides"
#: How a rule's annotation begins what it cites, and what it assumes.
CITES, ASSUMES = "Clauses:", "Assumed:"
#: Places of the drawing: the decision above what it is decided from.
DECISION_AT, INPUTS_AT, SOURCES_AT, APART = (480, 80), (160, 300), (160, 440), 160
SIZES = {"decision": (180, 80), "inputData": (130, 45), "knowledgeSource": (200, 63)}


#: What the reader calls a column: an attribute of a request, or a part of the answer.
Label = Callable[[str], str]


def dmn(policy: Policy, label: Label) -> str:
    """The whole answer of a policy on one day (`Policy.on`) as a DMN file; raises `PolicyGap` where two rows answer."""
    rules, domain = answer_rules(policy), domain_of(policy)
    columns = [name for name in domain if name in ALWAYS or any(_asks(rule.subset, name, domain) for rule in rules)]
    root = ET.Element("definitions", NAMESPACES | {"id": "definitions", "namespace": "urn:instans:policies"})
    root.attrib |= {"name": policy.version, "exporter": "Instans"}
    decision = element(root, "decision", {"id": DECISION, "name": "who decides"})
    element(decision, "variable", {"id": "variable.answer", "name": "who decides"})
    for name in columns:
        _needed(decision, "informationRequirement", "requiredInput", f"input.{name}")
    for name in ("policy", "law"):
        _needed(decision, "authorityRequirement", "requiredAuthority", f"source.{name}")
    _table(element(decision, "decisionTable", {"id": "table", "hitPolicy": "UNIQUE"}), rules, columns, domain, label)
    for name in columns:
        known = element(root, "inputData", {"id": f"input.{name}", "name": name})
        kind = {"id": f"variable.{name}", "name": name, "typeRef": _type(domain[name])}
        element(known, "variable", kind)
    for name, title in (("policy", policy.document.title["en"]), ("law", f"Law: {policy.law.names['en']}")):
        element(root, "knowledgeSource", {"id": f"source.{name}", "name": title})
    _diagram(element(element(root, "dmndi:DMNDI"), "dmndi:DMNDiagram", {"id": "diagram"}), columns)
    return xml_text(root)


def _asks(subset: RequestSet, name: str, domain: Domain) -> bool:
    return len(subset.allowed[name]) < len(domain[name])


def _needed(decision: ET.Element, kind: str, what: str, id_: str) -> None:
    element(element(decision, kind, {"id": f"needs.{id_}"}), what, {"href": f"#{id_}"})


def _type(values: tuple[object, ...]) -> str:
    if counts(values):
        return "number"
    return "boolean" if True in values else "string"


def _table(
    table: ET.Element, rules: Sequence[AnswerRule], columns: Sequence[str], domain: Domain, label: Label
) -> None:
    for name in columns:
        column = element(table, "input", {"id": f"column.{name}", "label": label(name)})
        asked = {"id": f"expression.{name}", "typeRef": _type(domain[name])}
        element(element(column, "inputExpression", asked), "text", text=name)
        allowed = (
            f"[{domain[name][0]}..{domain[name][-1]}]"
            if counts(domain[name])
            else ", ".join(literal_text(value) for value in domain[name])
        )
        element(element(column, "inputValues", {"id": f"values.{name}"}), "text", text=allowed)
    for name in OUTPUTS:
        element(table, "output", {"id": f"output.{name}", "label": label(name), "name": name, "typeRef": "string"})
    for number, rule in enumerate(rules, 1):
        drawn = element(table, "rule", {"id": f"rule.{number}"})
        element(drawn, "description", text="\n".join(annotation(rule.row)))
        for name in columns:
            _cell(drawn, "inputEntry", f"{number}.{name}", _admits(rule.subset, name, domain))
        for name, value in _answered(rule).items():
            _cell(drawn, "outputEntry", f"{number}.{name}", value)


def _cell(rule: ET.Element, kind: str, id_: str, text: str) -> None:
    element(element(rule, kind, {"id": f"cell.{id_}"}), "text", text=text)


def _admits(subset: RequestSet, name: str, domain: Domain) -> str:
    """A cell; every act that its engagement kinds know is any act."""
    kinds = subset.allowed["engagement"]
    if name == "act" and all(subset.allowed["act"] == {*acts_of(str(kind))} for kind in kinds):
        return ANYTHING
    return cell_text(subset.allowed[name], domain[name])


def _answered(rule: AnswerRule) -> Mapping[str, str]:
    row = rule.row
    refused = rule.tier == "prohibition"
    return {
        "outcome": literal_text("refused" if refused else "decided"),
        # the responsible body itself is whatever the request says
        "body": "responsible" if row.decides == "responsible" else literal_text(row.decides),
        "route": literal_text(row.route),
        "row": literal_text(row.id),
        "tier": literal_text(rule.tier),
        "policy_row": literal_text(rule.policy_row),
    }


def annotation(row: Row) -> Iterator[str]:
    """What a rule's annotation says: the clauses a row cites, and why it is assumed."""
    if row.clauses:
        yield f"{CITES} {', '.join(row.clauses)}"
    if row.assumed:
        yield f"{ASSUMES} {row.assumed}"


def _diagram(diagram: ET.Element, columns: Sequence[str]) -> None:
    width, height = SIZES["decision"]
    _shape(diagram, DECISION, DECISION_AT, SIZES["decision"])
    below = [
        *((f"input.{name}", (INPUTS_AT[0] + n * APART, INPUTS_AT[1]), "inputData") for n, name in enumerate(columns)),
        *(
            (f"source.{name}", (SOURCES_AT[0] + n * 2 * APART, SOURCES_AT[1]), "knowledgeSource")
            for n, name in enumerate(("policy", "law"))
        ),
    ]
    for id_, place, kind in below:
        _shape(diagram, id_, place, SIZES[kind])
        edge = element(diagram, "dmndi:DMNEdge", {"id": f"edge.{id_}", "dmnElementRef": f"needs.{id_}"})
        element(edge, "di:waypoint", {"x": place[0] + SIZES[kind][0] // 2, "y": place[1]})
        element(edge, "di:waypoint", {"x": DECISION_AT[0] + width // 2, "y": DECISION_AT[1] + height})


def _shape(diagram: ET.Element, id_: str, place: tuple[int, int], size: tuple[int, int]) -> None:
    shape = element(diagram, "dmndi:DMNShape", {"id": f"shape.{id_}", "dmnElementRef": id_})
    element(shape, "dc:Bounds", {"x": place[0], "y": place[1], "width": size[0], "height": size[1]})
