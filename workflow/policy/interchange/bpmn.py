"""How is a route written as BPMN 2.0, so that others can draw and run it?

One process in one pool, lanes by body, with the places of everything (diagram interchange). Whoever runs it answers a
task with `action`, and where a body's decision is confirmed with `outcome`; the choices behind the task know nothing
else. There is no way for any other answer: it is refused, as our own machine refuses it.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from workflow.policy.interchange.bpmn_graph import Flow, Graph, Node, graph_of
from workflow.policy.interchange.bpmn_layout import Layout, Rect, layout
from workflow.policy.interchange.xml_writer import element, written
from workflow.policy.model import Policy
from workflow.policy.roles import body_at, preparing_seat, seats_for
from workflow.policy.state_machine import Procedure, Stop, procedure_for

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
NAMESPACES = {
    "xmlns": MODEL,
    "xmlns:bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "xmlns:dc": "http://www.omg.org/spec/DD/20100524/DC",
    "xmlns:di": "http://www.omg.org/spec/DD/20100524/DI",
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
}
FEEL = "https://www.omg.org/spec/DMN/20191111/FEEL/"
TAGS = {"start": "startEvent", "task": "userTask", "choice": "exclusiveGateway", "end": "endEvent"}
#: The lane of a consultation, where several bodies are asked.
CONSULTED = "consulted"


class Words(Protocol):
    """What the reader calls things."""

    def lane(self, key: str) -> str:
        """A body by its key, or `consulted`."""

    def state(self, state: str) -> str:
        """Where a case waits, or how it is over."""

    def action(self, action: str) -> str:
        """What can be done."""

    def outcome(self, outcome: str) -> str:
        """What a body decides."""


@dataclass(frozen=True, slots=True)
class _Sheet:
    """Everything that is written."""

    policy: Policy
    procedure: Procedure
    responsible: str
    graph: Graph
    #: Key of each stop's lane.
    lane_of: Mapping[Stop, str]
    layout: Layout
    words: Words

    def name(self, node: Node) -> str:
        """What is written in or at a node."""
        return self.words.state(node.state) if node.kind in ("task", "end") else ""

    def chosen(self, flow: Flow) -> str:
        """What is written along a flow."""
        word = self.words.action if flow.variable == "action" else self.words.outcome
        return " / ".join(word(value) for value in flow.values)


def bpmn(policy: Policy, route: str, responsible: str, words: Words) -> str:
    """A route of a policy as a BPMN 2.0 file, for the matters of a responsible body; `KeyError` for an unknown one."""
    procedure = procedure_for(policy, route, policy.body(responsible).kind)
    graph = graph_of(procedure)
    lane_of = {stop: lane(policy, stop, responsible) for stop in procedure.stops}
    sheet = _Sheet(policy, procedure, responsible, graph, lane_of, layout(graph, lane_of), words)
    root = ET.Element("definitions", NAMESPACES | {"id": "definitions", "targetNamespace": "urn:instans:routes"})
    root.attrib |= {"expressionLanguage": FEEL, "exporter": "Instans"}
    collaboration = element(root, "collaboration", {"id": "collaboration"})
    pool = {"id": "pool", "name": f"{policy.version}: {route}", "processRef": f"process.{route}"}
    element(collaboration, "participant", pool)
    _process(element(root, "process", {"id": f"process.{route}", "name": route, "isExecutable": "true"}), sheet)
    _diagram(element(root, "bpmndi:BPMNDiagram", {"id": "diagram"}), sheet)
    return written(root)


def lane(policy: Policy, stop: Stop, responsible: str) -> str:
    """Key of the body that acts at a stop; `consulted` where several are asked."""
    if stop.step == "consult":
        return CONSULTED
    if stop.step == "draft":
        return preparing_seat(policy, "officer", responsible)[1]
    if stop.step in ("review", "sign"):
        action = "endorse" if stop.step == "review" else "sign"
        return seats_for(policy, stop, action, responsible)[0][1]
    return body_at(policy, stop, responsible)


def _process(process: ET.Element, sheet: _Sheet) -> None:
    lanes = element(process, "laneSet", {"id": "lanes"})
    for key in sheet.layout.lanes:
        one = element(lanes, "lane", {"id": f"lane.{key}", "name": sheet.words.lane(key)})
        for node in sheet.graph.nodes:
            if sheet.lane_of[node.stop] == key:
                element(one, "flowNodeRef", text=node.id)
    for node in sheet.graph.nodes:
        _node(process, node, sheet)
    for flow in sheet.graph.flows:
        ends = {"id": flow.id, "sourceRef": flow.source.id, "targetRef": flow.target.id}
        drawn = element(process, "sequenceFlow", ends | ({"name": sheet.chosen(flow)} if flow.variable else {}))
        if flow.variable:
            element(drawn, "conditionExpression", {"xsi:type": "tFormalExpression"}, flow.condition)


def _node(process: ET.Element, node: Node, sheet: _Sheet) -> None:
    name = sheet.name(node)
    drawn = element(process, TAGS[node.kind], {"id": node.id} | ({"name": name} if name else {}))
    if node.kind == "task":
        element(drawn, "documentation", text="\n".join(_told(node, sheet)))
    for flow in sheet.graph.flows:
        if flow.target == node:
            element(drawn, "incoming", text=flow.id)
    for flow in sheet.graph.leaving(node):
        element(drawn, "outgoing", text=flow.id)


def _told(node: Node, sheet: _Sheet) -> Iterator[str]:
    """Who may do what in a task, how long it may take, and what it rests on; in the words of the pack."""
    stop, moves = node.stop, sheet.procedure.moves
    staying = {action for action, state, to, _outcome in moves if state == to == node.state}
    for action in sheet.procedure.open_at(node.state):
        seats = seats_for(sheet.policy, stop, action, sheet.responsible)
        who = ", ".join(f"{role}@{body}" for role, body in seats)
        yield f"{action}: {who}{' (stays here)' if action in staying else ''}"
    if stop.source.within:
        yield f"within: {stop.source.within.amount} {stop.source.within.unit}"
    if stop.source.clauses:
        yield f"clauses: {', '.join(stop.source.clauses)}"
    if stop.source.assumed:
        yield f"assumed: {stop.source.assumed}"


def _diagram(diagram: ET.Element, sheet: _Sheet) -> None:
    plane = element(diagram, "bpmndi:BPMNPlane", {"id": "plane", "bpmnElement": "collaboration"})
    _shape(plane, "pool", sheet.layout.pool, {"isHorizontal": "true"})
    for key, place in sheet.layout.lanes.items():
        _shape(plane, f"lane.{key}", place, {"isHorizontal": "true"})
    for node in sheet.graph.nodes:
        more = {"isMarkerVisible": "true"} if node.kind == "choice" else {}
        _shape(plane, node.id, sheet.layout.nodes[node], more)
    for flow in sheet.graph.flows:
        edge = element(plane, "bpmndi:BPMNEdge", {"id": f"{flow.id}.di", "bpmnElement": flow.id})
        for x, y in sheet.layout.edges[flow]:
            element(edge, "di:waypoint", {"x": x, "y": y})
        if flow in sheet.layout.labels:
            _bounds(element(edge, "bpmndi:BPMNLabel"), sheet.layout.labels[flow])


def _shape(plane: ET.Element, id_: str, place: Rect, more: Mapping[str, str]) -> None:
    _bounds(element(plane, "bpmndi:BPMNShape", {"id": f"{id_}.di", "bpmnElement": id_, **more}), place)


def _bounds(parent: ET.Element, place: Rect) -> None:
    element(parent, "dc:Bounds", {"x": place.x, "y": place.y, "width": place.width, "height": place.height})
