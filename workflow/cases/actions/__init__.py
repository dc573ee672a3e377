"""What happens when an action is taken? One function per action; each writes its effects into a `Turn`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from workflow.cases.actions import consult, decide, manage, prepare, sign
from workflow.cases.actions.context import ActionContext

#: What each action does, between the judge's verdict and the commit.
PERFORM: Mapping[str, Callable[[ActionContext], None]] = {
    "amend": prepare.amend,
    "submit": prepare.submit,
    "withdraw": prepare.withdraw,
    "reassign": manage.reassign,
    "endorse": manage.endorse,
    "refer-back": manage.refer_back,
    "approve": manage.approve,
    "reject": manage.reject,
    "give-opinion": consult.give_opinion,
    "close-consultation": consult.close_consultation,
    "enter-decision": decide.enter_decision,
    "confirm": decide.confirm,
    "sign": sign.sign,
}
