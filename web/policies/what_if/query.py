"""How is the policy asked a question, and what is told of its answer?

The policy page asks one question at a time, and `web.policies.what_if.views` two beside each other; nothing is opened
or recorded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from web.cases.attribute_inputs import attribute_question, value_choices, value_label
from web.i18n import labels
from web.i18n.gettext import _
from web.policies import answer_json
from web.ui.forms import Choice, Input
from web.ui.route_diagram import Stage, planned
from workflow.policy.competence import Answer, deciding_body_key, who_decides
from workflow.policy.model import Policy
from workflow.policy.pack_rules import Requirement
from workflow.policy.request_domain import ALL_ACTS, ATTRIBUTES, ENGAGEMENTS, FACTS, Request
from workflow.policy.requirements import required
from workflow.policy.state_machine import procedure_for


@dataclass(frozen=True, slots=True)
class Told:
    """The answer to a question, with all that follows from it."""

    request: Request
    #: Key of the responsible body.
    responsible: str
    answer: Answer
    #: Key of the deciding body; empty when it is refused.
    body: str
    stages: tuple[Stage, ...]
    requirements: tuple[Requirement, ...]


def told_of(policy: Policy, args: Mapping[str, str], responsible: str) -> Told:
    """The answer to what was asked; `responsible` where no body was named. Raises `Malformed`, naming the field."""
    given = {name: args[name] for name in FACTS if args.get(name)}
    given["responsible"] = args.get("responsible") or responsible
    question, key = answer_json.asked(policy, args.get("engagement", ""), args.get("act", ""), given)
    return answered(policy, question, key)


def answered(policy: Policy, question: Request, responsible: str) -> Told:
    """The answer to a request of a body, by its key."""
    answer = who_decides(policy, question)
    if answer.route is None:
        return Told(question, responsible, answer, "", (), ())
    stages = planned(policy, procedure_for(policy, answer.route, question.responsible), responsible)
    body = deciding_body_key(policy, answer, responsible)
    return Told(question, responsible, answer, body, stages, required(policy, question))


def asking_inputs(
    policy: Policy, args: Mapping[str, str], responsible: str, scope: str, prefix: str = ""
) -> tuple[Input, ...]:
    """The form of a question with what was typed; `prefix` keeps two questions on one form apart."""
    kinds = tuple(Choice(kind, str(labels.kind_label(policy, kind))) for kind in ENGAGEMENTS)
    acts = tuple(Choice(act, str(labels.act_label(act))) for act in ALL_ACTS)
    bodies = tuple(Choice(body.key, str(labels.words(body.names))) for body in policy.responsible_bodies())

    def chosen(name: str, label: str, choices: tuple[Choice, ...], usual: str = "") -> Input:
        return Input(prefix + name, "select", label, args.get(name, usual), choices=choices)

    def fact(name: str) -> Input:
        attribute = ATTRIBUTES[name]
        if attribute.is_yes_no:
            return Input(prefix + name, "tick", attribute_question(name), args.get(name, ""))
        if attribute.span is not None:
            return Input(prefix + name, "whole", labels.field_label(name), args.get(name, str(attribute.default)))
        if name == "scope":  # the page shows one reach at a time, whatever was asked
            return Input(prefix + name, "select", attribute_question(name), scope, choices=value_choices(name))
        unset = (Choice("", value_label(name, None)),) if attribute.may_be_unset else ()
        return chosen(name, attribute_question(name), (*unset, *value_choices(name)))

    texts = [name for name in FACTS if ATTRIBUTES[name].words]
    others = [name for name in reversed(FACTS) if name not in texts]
    return (
        chosen("engagement", _("What is it about?"), kinds),
        chosen("act", _("What is to be done?"), acts),
        chosen("responsible", _("Whose matter is it?"), bodies, responsible),
        *(fact(name) for name in (*texts, *others)),
    )
