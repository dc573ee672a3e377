"""Layout of a route's graph: the coordinates of every node and arrow.

Lanes by body from top to bottom, stops from left to right, one column for each stop, so that an arrow between lanes
crosses no node. The end of a case is below the choice that ends it. Arrows back run above: to the draft in a strip over
everything, to the same body in a strip of its lane.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from workflow.policy.interchange.bpmn_graph import Flow, Graph, Node
from workflow.policy.state_machine import Stop

#: Pixels. Sizes are those that editors draw themselves.
SIZES = {"start": (36, 36), "task": (160, 80), "choice": (50, 50), "end": (36, 36)}
LEFT, TOP, HEAD = 160, 80, 30
#: Between neighbours in a row; behind a choice stands what was chosen.
GAP, GAP_BEHIND_CHOICE = 50, 110
#: Height of a lane's strip for what goes back, of its row, of what stands below the row.
STRIP, ROW, BELOW = 70, 80, 110
#: Between arrows that go back over everything; between ends below a choice.
APART, ENDS_APART = 16, 104
#: Of what stands along an arrow: its width, and the height of a line; each thing that was chosen may take two.
LABEL, LINE = 86, 14

Point = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle, in pixels from the top left."""

    x: int
    y: int
    width: int
    height: int

    @property
    def middle(self) -> Point:
        """The centre."""
        return self.x + self.width // 2, self.y + self.height // 2

    @property
    def right(self) -> int:
        """Where it ends."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """Where it ends."""
        return self.y + self.height


@dataclass(frozen=True, slots=True)
class Layout:
    """Coordinates of everything."""

    pool: Rect
    lanes: Mapping[str, Rect]
    nodes: Mapping[Node, Rect]
    edges: Mapping[Flow, tuple[Point, ...]]
    #: Where a flow's name stands.
    labels: Mapping[Flow, Rect]


@dataclass(slots=True)
class _Drawing:
    """State of a layout in progress."""

    graph: Graph
    lane_of: Mapping[Stop, str]
    #: Where the row of each lane begins.
    rows: Mapping[str, int]
    nodes: dict[Node, Rect] = field(default_factory=dict)
    edges: dict[Flow, tuple[Point, ...]] = field(default_factory=dict)
    labels: dict[Flow, Rect] = field(default_factory=dict)


def layout(graph: Graph, lane_of: Mapping[Stop, str]) -> Layout:
    """Coordinates for every node, flow and lane; `lane_of` names the lane of each stop."""
    lanes = tuple(dict.fromkeys(lane_of[node.stop] for node in graph.nodes))
    over_all = STRIP + APART * sum(1 for flow in graph.flows if _goes_to_draft(flow))
    heights = [(over_all if number == 0 else STRIP) + ROW + BELOW for number in range(len(lanes))]
    tops = {lane: TOP + sum(heights[:number]) for number, lane in enumerate(lanes)}
    rows = {lane: top + heights[number] - ROW - BELOW for number, (lane, top) in enumerate(tops.items())}
    drawing = _Drawing(graph, lane_of, rows)
    width = _set_nodes(drawing) + GAP - LEFT
    for flow in graph.flows:
        _set_edge(drawing, flow)
    inside = {lane: Rect(LEFT + HEAD, tops[lane], width - HEAD, heights[n]) for n, lane in enumerate(lanes)}
    pool = Rect(LEFT, TOP, width, sum(heights))
    return Layout(pool, inside, drawing.nodes, drawing.edges, drawing.labels)


def _goes_to_draft(flow: Flow) -> bool:
    return flow.source.kind == "choice" and flow.target.kind == "task" and flow.target.state == "draft"


def _set_nodes(drawing: _Drawing) -> int:
    """Set every node; returns the right edge of the drawing."""
    x = LEFT + 2 * HEAD + GAP
    for node in drawing.graph.nodes:
        if node.kind == "end":
            continue
        width, height = SIZES[node.kind]
        row = drawing.rows[drawing.lane_of[node.stop]]
        drawing.nodes[node] = place = Rect(x, row + (ROW - height) // 2, width, height)
        ends = [flow.target for flow in drawing.graph.leaving(node) if flow.target.kind == "end"]
        ahead = [end for end in ends if end.state == "concluded" and _is_last(drawing.graph, node)]
        _set_below(drawing, place, [end for end in ends if end not in ahead])
        x = place.right + (GAP_BEHIND_CHOICE if node.kind == "choice" else GAP)
        x = max([x, *(drawing.nodes[end].right + LABEL + GAP // 2 for end in ends if end not in ahead)])
        for end in ahead:
            wide, high = SIZES["end"]
            drawing.nodes[end] = Rect(x, row + (ROW - high) // 2, wide, high)
            x += wide + GAP
    return x


def _is_last(graph: Graph, node: Node) -> bool:
    return node == [one for one in graph.nodes if one.kind != "end"][-1]


def _set_below(drawing: _Drawing, choice: Rect, ends: Sequence[Node]) -> None:
    width, height = SIZES["end"]
    row_end = choice.middle[1] + ROW // 2
    for number, end in enumerate(ends):
        x = choice.middle[0] - width // 2 + number * ENDS_APART
        drawing.nodes[end] = Rect(x, row_end + BELOW // 2 - height // 2, width, height)


def _set_edge(drawing: _Drawing, flow: Flow) -> None:
    source, target = drawing.nodes[flow.source], drawing.nodes[flow.target]
    height = LINE * (len(flow.values) + 1)
    if flow.target.kind == "end" and target.y > source.bottom:
        points = _down(source, target)
        corner = (points[-1][0] + 4, points[-1][1] - LINE * 3 // 2)
    elif target.x < source.x:
        points = _back(drawing, flow, source, target)
        corner = (points[1][0] - LABEL - 4, points[1][1] + 1)
    else:
        points = _ahead(source, target)
        corner = (points[0][0] + 8, points[0][1] - height - 4)
    drawing.edges[flow] = points
    if flow.variable:
        drawing.labels[flow] = Rect(*corner, LABEL, height)


def _ahead(source: Rect, target: Rect) -> tuple[Point, ...]:
    begin, end = (source.right, source.middle[1]), (target.x, target.middle[1])
    if begin[1] == end[1]:
        return begin, end
    bend = target.x - GAP // 2
    return begin, (bend, begin[1]), (bend, end[1]), end


def _down(source: Rect, target: Rect) -> tuple[Point, ...]:
    begin, end = (source.middle[0], source.bottom), (target.middle[0], target.y)
    if begin[0] == end[0]:
        return begin, end
    bend = (source.bottom + target.y) // 2
    return begin, (begin[0], bend), (end[0], bend), end


def _back(drawing: _Drawing, flow: Flow, source: Rect, target: Rect) -> tuple[Point, ...]:
    """Up from a choice, back in a strip, and down into the task; no two arrows share a height or an entrance."""
    if _goes_to_draft(flow):
        number = [other for other in drawing.graph.flows if _goes_to_draft(other)].index(flow)
        height = TOP + APART * (number + 1)
        entrance = target.x + target.width // 4 + number * APART
    else:
        number = sum(1 for other in drawing.edges if other.target == flow.target and other.source.kind == "choice")
        height = target.y - STRIP // 4 - number * STRIP // 3
        entrance = target.middle[0] + number * APART
    x = source.middle[0]
    return (x, source.y), (x, height), (entrance, height), (entrance, target.y)
