"""Form of a question to the policy: who decides a request?"""

from __future__ import annotations

from collections.abc import Mapping

from web.i18n import labels
from web.i18n.gettext import _
from web.ui.forms import Choice, Input
from workflow.policy.model import ACTS, ENGAGEMENTS, INITIATIVES, POLICY_ACTS, SCOPES, Policy

#: Attributes of a request that a question may give besides kind, act and responsible body.
GIVEN = ("scope", "initiative", "principal", "named_nordic_twin", "eu_funded", "external_funding")


def question_inputs(
    policy: Policy, args: Mapping[str, str], responsible: str, scope: str, prefix: str = ""
) -> tuple[Input, ...]:
    """The inputs with the values of a query string; `prefix` distinguishes two questions on one form."""
    kinds = tuple(Choice(kind, labels.kind_label(policy, kind)) for kind in ENGAGEMENTS)
    acts = tuple(Choice(act, labels.act_label(act)) for act in (*ACTS, *POLICY_ACTS))
    bodies = tuple(Choice(body.key, labels.words(body.names)) for body in policy.responsible_bodies())
    scopes = tuple(Choice(name, labels.scope_label(name)) for name in SCOPES)
    initiatives = tuple(Choice(name or "", labels.initiative_label(name)) for name in (None, *INITIATIVES))

    def select(name: str, question: str, choices: tuple[Choice, ...], usual: str = "") -> Input:
        return Input(prefix + name, "select", question, args.get(name, usual), choices=choices)

    def tick(name: str, statement: str) -> Input:
        return Input(prefix + name, "tick", statement, args.get(name, ""))

    return (
        select("engagement", _("What is it about?"), kinds),
        select("act", _("What is to be done?"), acts),
        select("responsible", _("Whose matter is it?"), bodies, responsible),
        Input(prefix + "scope", "select", _("Whom does it concern?"), scope, choices=scopes),
        select("initiative", _("Who took the initiative?"), initiatives),
        Input(f"{prefix}external_funding", "whole", _("Percent paid by others"), args.get("external_funding", "0")),
        tick("eu_funded", _("The EU pays a part of it")),
        tick("named_nordic_twin", _("It concerns a Nordic twin town that the policy names")),
        tick("principal", _("It is a matter of principle, or otherwise of major importance")),
    )
