"""Form of a question to the policy, who decides a request."""

from __future__ import annotations

from collections.abc import Mapping

from web.i18n import labels
from web.i18n.gettext import _
from web.policies.request_query import PARTNER
from web.ui.attribute_inputs import attribute_question, value_choices, value_label
from web.ui.forms import Choice, Input
from workflow.policy.model import Policy
from workflow.policy.named_twins import ATTRIBUTE
from workflow.policy.request_domain import ALL_ACTS, ATTRIBUTES, ENGAGEMENTS, FACTS


def question_inputs(
    policy: Policy, args: Mapping[str, str], responsible: str, scope: str, prefix: str = ""
) -> tuple[Input, ...]:
    """The inputs with the values of a query string; `prefix` distinguishes two questions on one form."""
    kinds = tuple(Choice(kind, labels.kind_label(policy, kind)) for kind in ENGAGEMENTS)
    acts = tuple(Choice(act, labels.act_label(act)) for act in ALL_ACTS)
    bodies = tuple(Choice(body.key, labels.localized(body.names)) for body in policy.responsible_bodies())

    def select(name: str, question: str, choices: tuple[Choice, ...], usual: str = "") -> Input:
        return Input(prefix + name, "select", question, args.get(name, usual), choices=choices)

    def fact(name: str) -> Input:
        attribute, named = ATTRIBUTES[name], policy.named_nordic_twins
        if name == ATTRIBUTE and named is not None:
            partners = (Choice("", _("With another party")), *(Choice(partner, partner) for partner in named.partners))
            return select(PARTNER, _("With whom?"), partners)
        if attribute.is_yes_no:
            return Input(prefix + name, "tick", attribute_question(name), args.get(name, ""))
        if attribute.span is not None:
            return Input(prefix + name, "whole", labels.field_label(name), args.get(name, str(attribute.default)))
        if name == "scope":  # the page shows one scope at a time, whichever was given
            return Input(prefix + name, "select", attribute_question(name), scope, choices=value_choices(name))
        unset = (Choice("", value_label(name, None)),) if attribute.may_be_unset else ()
        return select(name, attribute_question(name), (*unset, *value_choices(name)))

    texts = [name for name in FACTS if ATTRIBUTES[name].words]
    others = [name for name in reversed(FACTS) if name not in texts]
    return (
        select("engagement", _("What is it about?"), kinds),
        select("act", _("What is to be done?"), acts),
        select("responsible", _("Whose matter is it?"), bodies, responsible),
        *(fact(name) for name in (*texts, *others)),
    )
