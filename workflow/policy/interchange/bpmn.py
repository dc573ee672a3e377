"""BPMN 2.0 export of a route, so that other tools can draw and run it.

One process in one pool, lanes by body, with diagram interchange. Whoever runs it completes a task with `action`, and
where a body's decision is confirmed with `outcome`; the gateways after the task read nothing else. Other values have no
flow: they are refused, as our own machine refuses them.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from workflow.policy.interchange.bpmn_graph import Flow, Graph, Node, graph_of
from workflow.policy.interchange.bpmn_layout import Layout, Rect, layout
from workflow.policy.interchange.xml_writer import element, xml_text
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
#: The lane of a consultation, where several bodies are consulted.
CONSULTED = "consulted"


class Labels(Protocol):
    """Labels for what is drawn."""

    def lane(self, key: str) -> str:
        """A body by its key, or `consulted`."""

    def state(self, state: str) -> str:
        """Where a case waits, or how it is over."""

    def action(self, action: str) -> str:
        """What can be done."""

    def outcome(self, outcome: str) -> str:
        """What a body decides."""


@dataclass(frozen=True, slots=True)
class _Export:
    """Everything the export writes."""

    policy: Policy
    procedure: Procedure
    responsible: str
    graph: Graph
    #: Key of each stop's lane.
    lane_of: Mapping[Stop, str]
    layout: Layout
    labels: Labels

    def name(self, node: Node) -> str:
        """What is written in or at a node."""
        return self.labels.state(node.state) if node.kind in ("task", "end") else ""

    def chosen(self, flow: Flow) -> str:
        """What is written along a flow."""
        word = self.labels.action if flow.variable == "action" else self.labels.outcome
        return " / ".join(word(value) for value in flow.values)


def bpmn(policy: Policy, route: str, responsible: str, labels: Labels) -> str:
    """A route of a policy as a BPMN 2.0 file, for the matters of a responsible body; `KeyError` for an unknown one."""
    procedure = procedure_for(policy, route, policy.body(responsible).kind)
    graph = graph_of(procedure)
    lane_of = {stop: lane(policy, stop, responsible) for stop in procedure.stops}
    export = _Export(policy, procedure, responsible, graph, lane_of, layout(graph, lane_of), labels)
    root = ET.Element("definitions", NAMESPACES | {"id": "definitions", "targetNamespace": "urn:instans:routes"})
    root.attrib |= {"expressionLanguage": FEEL, "exporter": "Instans"}
    collaboration = element(root, "collaboration", {"id": "collaboration"})
    pool = {"id": "pool", "name": f"{policy.version}: {route}", "processRef": f"process.{route}"}
    element(collaboration, "participant", pool)
    _process(element(root, "process", {"id": f"process.{route}", "name": route, "isExecutable": "true"}), export)
    _diagram(element(root, "bpmndi:BPMNDiagram", {"id": "diagram"}), export)
    return xml_text(root)


def lane(policy: Policy, stop: Stop, responsible: str) -> str:
    """Key of the body that acts at a stop; `consulted` where several are consulted."""
    if stop.step == "consult":
        return CONSULTED
    if stop.step == "draft":
        return preparing_seat(policy, "officer", responsible)[1]
    if stop.step in ("review", "sign"):
        action = "endorse" if stop.step == "review" else "sign"
        return seats_for(policy, stop, action, responsible)[0][1]
    return body_at(policy, stop, responsible)


def _process(process: ET.Element, export: _Export) -> None:
    lanes = element(process, "laneSet", {"id": "lanes"})
    for key in export.layout.lanes:
        one = element(lanes, "lane", {"id": f"lane.{key}", "name": export.labels.lane(key)})
        for node in export.graph.nodes:
            if export.lane_of[node.stop] == key:
                element(one, "flowNodeRef", text=node.id)
    for node in export.graph.nodes:
        _node(process, node, export)
    for flow in export.graph.flows:
        ends = {"id": flow.id, "sourceRef": flow.source.id, "targetRef": flow.target.id}
        drawn = element(process, "sequenceFlow", ends | ({"name": export.chosen(flow)} if flow.variable else {}))
        if flow.variable:
            element(drawn, "conditionExpression", {"xsi:type": "tFormalExpression"}, flow.condition)


def _node(process: ET.Element, node: Node, export: _Export) -> None:
    name = export.name(node)
    drawn = element(process, TAGS[node.kind], {"id": node.id} | ({"name": name} if name else {}))
    if node.kind == "task":
        element(drawn, "documentation", text="\n".join(_documentation(node, export)))
    for flow in export.graph.flows:
        if flow.target == node:
            element(drawn, "incoming", text=flow.id)
    for flow in export.graph.leaving(node):
        element(drawn, "outgoing", text=flow.id)


def _documentation(node: Node, export: _Export) -> Iterator[str]:
    """Who may do what in a task, how long it may take, and what it rests on; as the pack writes it."""
    stop, moves = node.stop, export.procedure.moves
    staying = {action for action, state, to, _outcome in moves if state == to == node.state}
    for action in export.procedure.open_at(node.state):
        seats = seats_for(export.policy, stop, action, export.responsible)
        who = ", ".join(f"{role}@{body}" for role, body in seats)
        yield f"{action}: {who}{' (stays here)' if action in staying else ''}"
    if stop.source.within:
        yield f"within: {stop.source.within.amount} {stop.source.within.unit}"
    if stop.source.clauses:
        yield f"clauses: {', '.join(stop.source.clauses)}"
    if stop.source.assumed:
        yield f"assumed: {stop.source.assumed}"


def _diagram(diagram: ET.Element, export: _Export) -> None:
    plane = element(diagram, "bpmndi:BPMNPlane", {"id": "plane", "bpmnElement": "collaboration"})
    _shape(plane, "pool", export.layout.pool, {"isHorizontal": "true"})
    for key, place in export.layout.lanes.items():
        _shape(plane, f"lane.{key}", place, {"isHorizontal": "true"})
    for node in export.graph.nodes:
        more = {"isMarkerVisible": "true"} if node.kind == "choice" else {}
        _shape(plane, node.id, export.layout.nodes[node], more)
    for flow in export.graph.flows:
        edge = element(plane, "bpmndi:BPMNEdge", {"id": f"{flow.id}.di", "bpmnElement": flow.id})
        for x, y in export.layout.edges[flow]:
            element(edge, "di:waypoint", {"x": x, "y": y})
        if flow in export.layout.labels:
            _bounds(element(edge, "bpmndi:BPMNLabel"), export.layout.labels[flow])


def _shape(plane: ET.Element, id_: str, place: Rect, more: Mapping[str, str]) -> None:
    _bounds(element(plane, "bpmndi:BPMNShape", {"id": f"{id_}.di", "bpmnElement": id_, **more}), place)


def _bounds(parent: ET.Element, place: Rect) -> None:
    element(parent, "dc:Bounds", {"x": place.x, "y": place.y, "width": place.width, "height": place.height})
