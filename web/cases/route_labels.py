"""Labels of a route picture: its lanes, stages and notes."""

from __future__ import annotations

from datetime import date

from flask_babel import format_date

from web.cases.request_preview import Preview
from web.i18n import labels
from web.i18n.gettext import _
from web.i18n.labels import step_label
from web.ui import route_diagram
from web.ui.route_diagram import Picture, Stage
from workflow.core.tenants import Tenant
from workflow.policy.model import Policy
from workflow.policy.pack_rules import Requirement
from workflow.policy.state_machine import FINAL

Where = Policy | Tenant


def route_picture(stages: tuple[Stage, ...], where: Where) -> Picture:
    """The stages laid out in lanes, in the reader's language."""
    return route_diagram.picture(
        stages,
        lane_name=lambda key: _lane_name(where, key),
        label=stage_label,
        note=stage_note,
    )


def _lane_name(where: Where, key: str) -> str:
    named = {
        "consulted": _("Bodies asked for an opinion"),
        "end": _("The end of the case"),
        "nobody": _("No such body"),
    }
    return named.get(key) or labels.body_name(where, key)


def planned_stages(policy: Policy, found: Preview) -> tuple[Stage, ...]:
    """The stages of the route that a request would take."""
    assert found.procedure is not None  # a refused request has no route
    return route_diagram.planned(policy, found.procedure, found.responsible)


def stage_label(stage: Stage) -> str:
    """What a stage is called: its step, or how the case ended."""
    return labels.state_label(stage.step) if stage.step in FINAL else step_label(stage.step)


def stage_who(stage: Stage, where: Where) -> str:
    """Who acts at a stage."""
    if stage.consulted:
        return ", ".join(labels.body_name(where, key) for key in stage.consulted)
    if not stage.body:
        return "" if stage.lane == "end" else _lane_name(where, stage.lane)
    body = labels.body_name(where, stage.body)
    return f"{labels.role_label(stage.role)}, {body}" if stage.role else body


def stage_note(stage: Stage) -> str:
    """Where the case is in relation to a stage, short enough for its box."""
    if stage.status == "here":
        return _("To be confirmed") if stage.is_entered else _("Here now")
    if stage.status == "ended":
        return _("Ended here")
    if stage.status == "passed":
        return _("No. %(numbers)s", numbers=_runs(stage.numbers))
    if stage.status == "fault":
        return _("No. %(numbers)s: fault", numbers=_runs(stage.numbers))
    if stage.status == "done":
        return _("Done %(day)s", day=_short(stage.passed_on)) if stage.passed_on else _("Done")
    return ""


def stage_sentence(stage: Stage, where: Where) -> str:
    """A stage as a sentence, for screen readers."""
    note = stage_note(stage)
    sentence = ": ".join(filter(None, (stage_label(stage), stage_who(stage, where))))
    return f"{sentence} ({note})." if note else f"{sentence}."


def requirement_label(policy: Policy, requirement: Requirement) -> str:
    """What a requirement demands: the goal group, or its fields."""
    group = next((group for group in policy.goals if group.group == requirement.group), None)
    if group is not None:
        return _("At least one goal of: %(group)s", group=labels.localized(group.names))
    return ", ".join(labels.field_label(name) for name in requirement.fields)


def requirement_assumed(policy: Policy, requirement: Requirement) -> str:
    """The assumption a requirement rests on; empty when its clause says it."""
    cited = (policy.clauses[clause].assumed for clause in requirement.clauses)
    return requirement.assumed or next((why for why in cited if why), "")


def _runs(numbers: tuple[int, ...]) -> str:
    """Numbers in few characters: 1, 3–5."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)


def _short(day: date) -> str:
    return str(format_date(day, "d MMM"))
