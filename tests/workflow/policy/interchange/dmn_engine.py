"""Another engine's answer to a request from one of our decision tables.

SpiffWorkflow reads the DMN file as anybody's, in a process of one task that asks it. It reads cells as Python, in which
FEEL's three words for values must first be given their meaning.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine, TaskDataEnvironment
from SpiffWorkflow.dmn.parser.BpmnDmnParser import SCHEMAS
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser

from workflow.policy.request_domain import Request

#: What the language of the cells calls its values.
FEEL_WORDS = {"true": True, "false": False, "null": None}
MODEL = "https://www.omg.org/spec/DMN/20191111/MODEL/"
PROCESS = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="asking" targetNamespace="urn:tests"
  xmlns:spiff="http://spiffworkflow.org/bpmn/schema/1.0/core">
  <process id="asking" isExecutable="true">
    <startEvent id="start"><outgoing>first</outgoing></startEvent>
    <sequenceFlow id="first" sourceRef="start" targetRef="ask"/>
    <businessRuleTask id="ask">
      <extensionElements><spiff:calledDecisionId>who-decides</spiff:calledDecisionId></extensionElements>
      <incoming>first</incoming><outgoing>last</outgoing>
    </businessRuleTask>
    <sequenceFlow id="last" sourceRef="ask" targetRef="end"/>
    <endEvent id="end"><incoming>last</incoming></endEvent>
  </process>
</definitions>"""


class Table:
    """A decision table in another engine, held against the schema of the standard first."""

    def __init__(self, text: str) -> None:
        root = etree.fromstring(text.encode())
        etree.XMLSchema(etree.parse(SCHEMAS[MODEL])).assertValid(root)
        parser = SpiffBpmnParser()
        parser.add_dmn_xml(root)
        parser.add_bpmn_xml(etree.fromstring(PROCESS))
        self._spec = parser.get_spec("asking")
        self._engine = PythonScriptEngine(TaskDataEnvironment(FEEL_WORDS))

    def answer(self, request: Request) -> dict[str, Any]:
        """What the table answers to a request."""
        workflow = BpmnWorkflow(self._spec, script_engine=self._engine)
        asked = asdict(request)
        workflow.task_tree.data.update(asked)
        workflow.do_engine_steps()
        assert workflow.is_completed()
        return {name: value for name, value in workflow.last_task.data.items() if name not in asked}
