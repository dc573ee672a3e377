"""BPMN export: a route runs elsewhere as it runs here, and is drawn without overlaps."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator
from itertools import combinations, pairwise

import pytest
from lxml import etree
from SpiffWorkflow.exceptions import WorkflowException

from tests.workflow.policy.interchange.bpmn_engine import Codes, Run, drawn
from tests.workflow.policy.packs import KEYS, pack
from tests.workflow.policy.small_pack import small
from workflow.core.errors import ActionNotOpen
from workflow.policy.interchange.bpmn import bpmn
from workflow.policy.state_machine import FINAL, Procedure, procedure_for

NAMES = {
    "b": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "di": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "dd": "http://www.omg.org/spec/DD/20100524/DI",
}
#: Municipality, route, kind of responsible body.
Way = tuple[str, str, str]
EVERY: tuple[Way, ...] = tuple(
    (key, r, kind) for key in KEYS for r in pack(key).routes for kind in pack(key).responsible_kinds()
)


def procedure_of(way: Way) -> Procedure:
    key, route, kind = way
    return procedure_for(pack(key), route, kind)


#: One way for each set of moves: the others differ in who acts, not in what can happen.
DIFFERENT: tuple[Way, ...] = tuple({procedure_of(way).moves: way for way in reversed(EVERY)}.values())


def text_of(way: Way) -> str:
    key, route, kind = way
    return drawn(pack(key), route, kind)


def shortest(procedure: Procedure) -> dict[str, tuple[tuple[str, str | None], ...]]:
    """The shortest way to each state."""
    found: dict[str, tuple[tuple[str, str | None], ...]] = {"draft": ()}
    waiting = deque(["draft"])
    while waiting:
        here = waiting.popleft()
        for action, source, to, outcome in procedure.moves:
            if source == here and to not in found:
                found[to] = (*found[here], (action, outcome))
                waiting.append(to)
    return found


def runs_as_ours(way: Way) -> None:
    """Another engine, driven to every state and given every answer that leads on, comes to the states of ours."""
    procedure, text = procedure_of(way), text_of(way)
    reached = shortest(procedure)
    assert reached.keys() >= {*procedure.states} - {*FINAL}
    for action, source, to, outcome in procedure.moves:
        if source == to:
            continue
        run = Run(text)
        for step in (*reached[source], (action, outcome)):
            run.answer(*step)
        assert run.state == to == procedure.fire(source, action, outcome), (way, source, action, outcome)


# -- what it does elsewhere


def test_an_answer_that_leads_nowhere_here_leads_nowhere_there() -> None:
    procedure, text = (
        procedure_of(("orebro", "council-agreement", "committee")),
        text_of(("orebro", "council-agreement", "committee")),
    )
    for before, action, outcome in (
        ((), "sign", None),
        ((), "approve", None),
        ((("submit", None),), "submit", None),
        ((("submit", None), ("endorse", None), ("enter-decision", None)), "confirm", "approve"),
        ((("submit", None), ("endorse", None), ("enter-decision", None)), "confirm", "reject"),
    ):
        run, state = Run(text), "draft"
        for step in before:
            run.answer(*step)
            state = procedure.fire(state, *step)
        with pytest.raises(ActionNotOpen):
            procedure.fire(state, action, outcome)
        with pytest.raises(WorkflowException, match="No conditions satisfied"):
            run.answer(action, outcome)


@pytest.mark.parametrize("way", DIFFERENT, ids="/".join)
def test_another_engine_comes_to_our_states_whatever_is_answered(way: Way) -> None:
    runs_as_ours(way)


@pytest.mark.slow
@pytest.mark.parametrize("key", KEYS)
def test_another_engine_comes_to_our_states_for_every_responsible_body(key: str) -> None:
    for way in EVERY:
        if way[0] == key:
            runs_as_ours(way)


def test_a_yes_at_every_stop_concludes_a_twin_town() -> None:
    run = Run(text_of(("orebro", "council-agreement", "committee")))
    for step in (
        ("submit",), ("endorse",), ("enter-decision",), ("confirm", "recommend"), ("enter-decision",),
        ("confirm", "recommend"), ("enter-decision",), ("confirm", "approve-amended"),
    ):  # fmt: skip
        assert run.state not in FINAL
        run.answer(*step)
    assert run.state == "sign"
    run.answer("sign", "counterpart-awaited")
    assert run.state == "awaiting-counterpart"
    run.answer("record-counterpart")
    assert run.state == "concluded"


def test_what_is_postponed_and_referred_back_goes_the_whole_way_again() -> None:
    run = Run(text_of(("odense", "own-matter", "committee")))
    for step, state in (
        (("submit",), "review"),
        (("refer-back",), "draft"),
        (("submit",), "review"),
        (("endorse",), "decide:responsible"),
        (("enter-decision",), "confirm-decide:responsible"),
        (("refer-back",), "decide:responsible"),
        (("enter-decision",), "confirm-decide:responsible"),
        (("confirm", "postpone"), "decide:responsible"),
        (("enter-decision",), "confirm-decide:responsible"),
        (("confirm", "refer-back"), "draft"),
        (("submit",), "review"),
        (("endorse",), "decide:responsible"),
        (("enter-decision",), "confirm-decide:responsible"),
        (("confirm", "reject"), "rejected"),
    ):
        run.answer(*step)
        assert run.state == state


def test_a_consultation_is_closed_and_the_case_goes_on() -> None:
    policy = small()
    run = Run(drawn(policy, "council-agreement", "committee"))
    for step in (("submit",), ("endorse",)):
        run.answer(*step)
    assert run.state == "consult"
    run.answer("close-consultation")
    assert run.state == "recommend:responsible"


# -- what it says


@pytest.mark.parametrize("way", DIFFERENT, ids="/".join)
def test_the_file_says_nothing_that_the_procedure_does_not(way: Way) -> None:
    root, procedure = etree.fromstring(text_of(way).encode()), procedure_of(way)
    tasks = {task.get("name") for task in root.iterfind(".//b:userTask", NAMES)}
    assert tasks == {state for state in procedure.states if state not in FINAL}
    ends = {end.get("name") for end in root.iterfind(".//b:endEvent", NAMES)}
    assert ends == {to for _action, _source, to, _outcome in procedure.moves if to in FINAL}
    chosen = [text for text in root.itertext() if " in [" in text]
    leading = {move for move in procedure.moves if move[1] != move[2]}
    actions = {action for text in chosen if text.startswith("action") for action in json.loads(text.split(" in ")[1])}
    assert actions <= {action for action, _source, _to, _outcome in leading}
    drawn = [(flow.get("sourceRef"), flow.get("targetRef")) for flow in root.iterfind(".//b:sequenceFlow", NAMES)]
    assert not [pair for pair in drawn if pair[0].partition(".")[2] == pair[1].partition(".")[2] and "task" in pair[1]]
    outcomes = sum(text.split(" in ")[1].count(",") + 1 for text in chosen if text.startswith("outcome"))
    assert outcomes == sum(1 for move in leading if move[3] is not None)


@pytest.mark.parametrize("key", KEYS)
def test_every_task_stands_in_the_lane_of_the_body_that_acts(key: str) -> None:
    policy = pack(key)
    for route in policy.routes:
        for body in policy.responsible_bodies():
            root = etree.fromstring(bpmn(policy, route, body.key, Codes()).encode())
            lanes = {ref.text: ref.getparent().get("name") for ref in root.iterfind(".//b:flowNodeRef", NAMES)}
            assert lanes["task.draft"] == policy.administration_of(body.key).key
            for stop in procedure_for(policy, route, body.kind).stops:
                if stop.is_collegial:
                    where = body.key if stop.by == ("responsible",) else policy.only(stop.kind).key
                    for state in (stop.state, stop.confirm_state):
                        assert lanes[f"task.{state.replace(':', '.')}"] == where


def test_a_task_tells_who_may_do_what_how_long_and_by_which_clause() -> None:
    root = etree.fromstring(text_of(("orebro", "council-agreement", "committee")).encode())
    told = {
        task.get("id"): task.findtext("b:documentation", namespaces=NAMES).splitlines()
        for task in root.iterfind(".//b:userTask", NAMES)
    }
    assert "amend: officer@forvaltningen-barn (stays here)" in told["task.draft"]
    assert "confirm: chair@kommunstyrelsen" in told["task.confirm-recommend.executive-board"]
    assert {"within: 60 days", "clauses: se/kl.5-28"} <= {*told["task.recommend.executive-board"]}
    assert "assumed: the policy names no signatory" in told["task.sign"]


def test_words_of_the_reader_stand_in_the_file() -> None:
    class Shouting(Codes):
        def state(self, state: str) -> str:
            return f"<{state}> & more"

    policy = small()
    text = bpmn(policy, "own-matter", policy.bodies_of("committee")[0].key, Shouting())
    names = {one.get("name") for one in etree.fromstring(text.encode()).iterfind(".//b:userTask", NAMES)}
    assert "<draft> & more" in names


# -- how it looks


def boxes(root: etree._Element) -> dict[str, tuple[float, float, float, float]]:
    """Left, top, right, bottom of every shape, by what it shows."""
    found = {}
    for shape in root.iterfind(".//di:BPMNShape", NAMES):
        bounds = shape.find("dc:Bounds", NAMES)
        x, y, width, height = (float(bounds.get(name)) for name in ("x", "y", "width", "height"))
        found[shape.get("bpmnElement")] = (x, y, x + width, y + height)
    return found


def overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def within(inner: tuple[float, ...], outer: tuple[float, ...]) -> bool:
    return outer[0] <= inner[0] and outer[1] <= inner[1] and inner[2] <= outer[2] and inner[3] <= outer[3]


def stretches(root: etree._Element) -> Iterator[tuple[str, str, tuple[float, float, float, float]]]:
    """Every straight piece of an arrow as a box without width, with what the arrow leaves and leads to."""
    flows = {flow.get("id"): flow for flow in root.iterfind(".//b:sequenceFlow", NAMES)}
    for edge in root.iterfind(".//di:BPMNEdge", NAMES):
        flow = flows[edge.get("bpmnElement")]
        points = [(float(p.get("x")), float(p.get("y"))) for p in edge.iterfind("dd:waypoint", NAMES)]
        for (x, y), (to_x, to_y) in pairwise(points):
            assert x == to_x or y == to_y
            yield flow.get("sourceRef"), flow.get("targetRef"), (min(x, to_x), min(y, to_y), max(x, to_x), max(y, to_y))


@pytest.mark.parametrize("way", DIFFERENT, ids="/".join)
def test_everything_is_drawn_and_nothing_covers_anything(way: Way) -> None:
    root = etree.fromstring(text_of(way).encode())
    places = boxes(root)
    lanes = {lane.get("id"): lane for lane in root.iterfind(".//b:lane", NAMES)}
    nodes = [
        node.get("id")
        for node in root.find("b:process", NAMES)
        if node.find("b:incoming", NAMES) is not None or node.find("b:outgoing", NAMES) is not None
    ]
    assert {*places} == {"pool", *lanes, *nodes}
    shown = {edge.get("bpmnElement") for edge in root.iterfind(".//di:BPMNEdge", NAMES)}
    assert shown == {flow.get("id") for flow in root.iterfind(".//b:sequenceFlow", NAMES)}
    for lane_id, lane in lanes.items():
        assert within(places[lane_id], places["pool"])
        for ref in lane.iterfind("b:flowNodeRef", NAMES):
            assert within(places[ref.text], places[lane_id]), ref.text
    for group in (lanes, nodes):
        for one, other in combinations(group, 2):
            assert not overlap(places[one], places[other]), (one, other)
    for source, target, stretch in stretches(root):
        assert within(stretch, places["pool"])
        for node in nodes:
            assert node in (source, target) or not overlap(stretch, places[node]), (source, target, node)


@pytest.mark.parametrize("way", DIFFERENT, ids="/".join)
def test_an_arrow_begins_and_ends_at_the_edge_of_what_it_joins(way: Way) -> None:
    root = etree.fromstring(text_of(way).encode())
    places = boxes(root)
    flows = {flow.get("id"): flow for flow in root.iterfind(".//b:sequenceFlow", NAMES)}
    for edge in root.iterfind(".//di:BPMNEdge", NAMES):
        flow, points = flows[edge.get("bpmnElement")], edge.findall("dd:waypoint", NAMES)
        for point, node in ((points[0], flow.get("sourceRef")), (points[-1], flow.get("targetRef"))):
            left, top, right, bottom = places[node]
            x, y = float(point.get("x")), float(point.get("y"))
            assert left <= x <= right
            assert top <= y <= bottom
            assert x in (left, right) or y in (top, bottom)
