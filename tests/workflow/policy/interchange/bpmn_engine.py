"""Another engine's run of one of our routes.

SpiffWorkflow reads the BPMN file as anybody's: nothing of ours takes part but the answers given to its tasks.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from lxml import etree
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser, BpmnValidator
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.mixins.events.end_event import EndEvent
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from workflow.policy.interchange.bpmn import bpmn
from workflow.policy.model import Policy


@dataclass(frozen=True)
class Codes:
    """Everything is called by its code word, so that a test can tell what it is."""

    def lane(self, key: str) -> str:
        return key

    def state(self, state: str) -> str:
        return state

    def action(self, action: str) -> str:
        return action

    def outcome(self, outcome: str) -> str:
        return outcome


def drawn(policy: Policy, route: str, kind: str) -> str:
    """A route as BPMN for the first body of a kind, everything called by its code word."""
    return bpmn(policy, route, policy.bodies_of(kind)[0].key, Codes())


@cache
def validator() -> BpmnValidator:
    """The schema of the standard."""
    return BpmnValidator()


@cache
def read(text: str) -> BpmnProcessSpec:
    """A file as the other engine understands it, held against the schema first."""
    parser = BpmnParser(validator=validator())
    parser.add_bpmn_xml(etree.fromstring(text.encode()))
    (process,) = parser.get_process_ids()
    return parser.get_spec(process)


class Run:
    """A case on its way through another engine."""

    def __init__(self, text: str) -> None:
        self._workflow = BpmnWorkflow(read(text))
        self._workflow.do_engine_steps()

    def answer(self, action: str, outcome: str | None = None) -> None:
        """Answer the task that waits."""
        task = self._waiting()
        task.data.update(action=action, outcome=outcome)
        task.run()
        self._workflow.do_engine_steps()

    @property
    def state(self) -> str:
        """What the task that waits is called, or the end that has been reached."""
        if not self._workflow.is_completed():
            return str(self._waiting().task_spec.bpmn_name)
        reached = self._workflow.get_tasks(state=TaskState.COMPLETED, spec_class=EndEvent)
        (end,) = (task for task in reached if task.task_spec.bpmn_id is not None)
        return str(end.task_spec.bpmn_name)

    def _waiting(self) -> Task:
        (task,) = self._workflow.get_tasks(state=TaskState.READY, manual=True)
        return task
