"""What does somebody write down who reports an evaluation?

The policy's questions in the reader's language, value against cost where the policy weighs it, what comes of it and
why, and whose case it becomes where the reporter is no officer of the matter.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from web.evaluations import labels as evaluations_labels
from web.evaluations.presenter import EvaluationView
from web.i18n import labels
from web.i18n.gettext import _
from web.ui.form_errors import Line, lines
from web.ui.forms import Choice, Input, Typed
from workflow.cases.payloads import EVALUATION_OUTCOMES, WORTHS
from workflow.core.messages import Reason

#: Where an answer stands in the payload.
ANSWERS = "answers."


def inputs_of(view: EvaluationView, officers: tuple[Any, ...]) -> tuple[Input, ...]:
    """The questions of the report."""
    return (*_questions(view), *_worth(view), *_outcome(view), *_officer(view, officers))


def _questions(view: EvaluationView) -> tuple[Input, ...]:
    return tuple(
        Input(f"{ANSWERS}{question.key}", "text", str(labels.words(question.names)), is_needed=True)
        for question in view.rule.questions
    )


def _worth(view: EvaluationView) -> tuple[Input, ...]:
    if not view.rule.weighs_value:
        return ()
    choices = tuple(
        Choice(worth, evaluations_labels.worth_label(worth), evaluations_labels.worth_hint(worth)) for worth in WORTHS
    )
    return (
        Input(
            "worth",
            "one",
            _("How much is it worth, against what it costs?"),
            choices=choices,
            is_needed=True,
            hint=_("The policy weighs one against the other."),
        ),
    )


def _outcome(view: EvaluationView) -> tuple[Input, ...]:
    kind = view.engagement.kind
    choices = tuple(
        Choice(one, evaluations_labels.proposal_label(one, kind), "" if view.is_policy else _hint(one))
        for one in EVALUATION_OUTCOMES
    )
    return (
        Input("proposes", "one", _("What do you propose?"), choices=choices, is_needed=True),
        Input("reasons", "text", _("Why?"), hint=_("Needed where it goes on although it is worth less than it costs.")
              if view.rule.weighs_value else ""),
    )  # fmt: skip


def _hint(outcome: str) -> str:
    return evaluations_labels.proposal_hint(outcome)


def _officer(view: EvaluationView, officers: tuple[Any, ...]) -> tuple[Input, ...]:
    if not officers:
        return ()
    choices = tuple(Choice(row.username, row.name) for row in officers)
    first = (Choice("", _("Choose")),) if len(officers) > 1 else ()
    return (
        Input(
            "officer",
            "select",
            _("Which officer is to have the case?"),
            "" if first else officers[0].username,
            choices=(*first, *choices),
            is_needed=True,
            hint=_("The report opens a case, and a case has an officer."),
        ),
    )


def told(view: EvaluationView, reasons: Iterable[Reason], typed: Typed) -> list[Line]:
    """One line per reason; questions left empty are all named at once, by their words."""
    questions = {f"{ANSWERS}{question.key}": str(labels.words(question.names)) for question in view.rule.questions}
    empty = [name for name in questions if not str(typed.get(name, "")).strip()]
    unanswered = [
        (
            name,
            _("This must be answered: “%(question)s”", question=questions[name]),
            () if tenant else view.rule.clauses,
        )
        for tenant, name in enumerate(empty)  # one rule asks them all, so its clauses are named once
    ]
    return [*unanswered, *(line for line in lines(reasons) if line[0] not in empty)]
