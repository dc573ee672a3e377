"""Which phrases does every telling of a change share: now and before, a step, a seat, a rung?"""

from __future__ import annotations

from typing import Any

from web.i18n import labels
from web.i18n.gettext import _, ngettext
from web.i18n.labels import step_label
from web.policies.labels import body_words, listed, within_words
from web.register.labels import seat_words
from workflow.policy.model import Policy
from workflow.policy.pack_rules import Rung


def now_and_before(what: str, now: str, was: str) -> str:
    """How something stands and stood; a dash where it stood nowhere."""
    told = _("Now: %(now)s. Before: %(was)s.", now=now or "–", was=was or "–")
    return f"{what}. {told}" if what else told


def step_words(policy: Policy, state: str, by: tuple[str, ...] = ()) -> str:
    """A step of a way, with whose it is."""
    step, _colon, body = state.partition(":")
    who = body_words(policy, body) if body else seats_words(policy, by)
    return f"{step_label(step)} ({who})" if who else step_label(step)


def step_change_words(old: Policy, new: Policy, what: str, stop: str, was: Any, now: Any) -> str:
    """One step of a route that differs, from the parts of a `StepChange`."""
    if what == "added":
        return _("New step: %(step)s", step=step_words(new, stop, now))
    if what == "removed":
        return _("A step falls away: %(step)s", step=step_words(old, stop, was))
    step = step_words(new, stop)
    if what == "moved":
        places = [step_words(policy, at) if at else "–" for policy, at in ((old, was), (new, now))]
        return _("%(step)s: now after “%(now)s”; before, after “%(was)s”.", step=step, was=places[0], now=places[1])
    if what == "seats":
        return now_and_before(step, seats_words(new, now), seats_words(old, was))
    if what == "period":
        return now_and_before(step, within_words(now), within_words(was))
    return _("%(what)s: on other grounds than before.", what=step)


def seats_words(policy: Policy, tokens: tuple[str, ...]) -> str:
    """Who acts, told for no body in particular; several are asked or may act in turn."""
    return listed([_seat(policy, token) for token in tokens])


def _seat(policy: Policy, token: str) -> str:
    role, at, where = token.partition("@")
    if not at:
        return body_words(policy, token)
    if where == "responsible":
        return _("%(role)s of the body whose matter it is", role=labels.role_label(role))
    return seat_words(policy, token)


def rung_words(policy: Policy, rung: Rung) -> str:
    """Who is told when."""
    who = _("whoever it waits for") if rung.tell == "turn" else seats_words(policy, (rung.tell,))
    days = rung.after.amount
    if days == 0:
        when = _("on the last day")
    elif rung.after.unit == "workdays":
        when = ngettext("a working day late", "%(num)s working days late", days)
    elif days > 0:
        when = ngettext("a day late", "%(num)s days late", days)
    else:
        when = ngettext("a day before", "%(num)s days before", -days)
    return f"{when}: {who}"
