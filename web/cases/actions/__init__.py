"""Screens of case actions: one declaration each of its labels, its form and its payload.

A new action is its rule (`workflow.policy.actions`), its effect (`workflow.cases.actions`) and its screen here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from werkzeug.datastructures import MultiDict

from web.cases import forms
from web.cases.actions import consult, decide, manage, prepare, sign
from web.cases.actions.declaration import ActionScreen
from web.ui.forms import Typed
from workflow.cases.actions import ACTION_DECLARATIONS
from workflow.cases.actions.context import ActionContext
from workflow.policy.actions import ACTIONS


def declared(*screens: ActionScreen) -> Mapping[str, ActionScreen]:
    """Screens by name, in the order of the rules; raises `LookupError` unless there is one for every rule."""
    names = [screen.name for screen in screens]
    if sorted(names) != sorted(ACTIONS):
        raise LookupError(f"every action has one screen: rules {sorted(ACTIONS)}, screens {sorted(names)}")
    by_name = {screen.name: screen for screen in screens}
    return MappingProxyType({name: by_name[name] for name in ACTIONS})


ACTION_SCREENS = declared(*prepare.SCREENS, *manage.SCREENS, *consult.SCREENS, *decide.SCREENS, *sign.SCREENS)


def read_form(action: str, sent: MultiDict[str, str]) -> Typed:
    """Values sent with an action's form, read by its payload schema alone."""
    return forms.read(ACTION_DECLARATIONS[action].schema, sent, more_lists=ACTION_SCREENS[action].more_lists)


def payload_of(action: str, typed: Typed) -> Callable[[ActionContext], Mapping[str, Any]]:
    """The payload that typed values make, settled in the action's transaction.

    Where the action is not open the values go on as they are: the gate refuses them with its own reason.
    """
    screen = ACTION_SCREENS[action]

    def settle(context: ActionContext) -> Mapping[str, Any]:
        s = context.case_context
        if action not in s.procedure.open_at(s.state):
            return forms.filled_in({name: value for name, value in typed.items() if name not in screen.more_lists})
        return screen.payload(context, typed)

    return settle
