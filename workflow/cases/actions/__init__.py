"""Case actions: the payload and the effect of each action, by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from workflow.cases.actions import consult, decide, manage, prepare, sign
from workflow.cases.actions.declaration import ActionDeclaration
from workflow.policy.actions import ACTIONS


def declared(*declarations: ActionDeclaration) -> Mapping[str, ActionDeclaration]:
    """Declarations by name, in the order of the rules; raises `LookupError` unless there is one for every rule."""
    names = [declaration.name for declaration in declarations]
    if sorted(names) != sorted(ACTIONS):
        raise LookupError(f"every action is declared once: rules {sorted(ACTIONS)}, declarations {sorted(names)}")
    by_name = {declaration.name: declaration for declaration in declarations}
    return MappingProxyType({name: by_name[name] for name in ACTIONS})


ACTION_DECLARATIONS = declared(
    *prepare.DECLARATIONS, *manage.DECLARATIONS, *consult.DECLARATIONS, *decide.DECLARATIONS, *sign.DECLARATIONS
)
