"""The report form of an evaluation.

It asks the policy's questions, value against cost where the policy weighs it, the proposed outcome with its reasons,
and the officer of the resulting case where the reporter is none.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from web.evaluations.labels import outcome_hint, worth_hint, worth_label
from web.evaluations.presenter import EvaluationView
from web.i18n import labels
from web.i18n.gettext import _
from web.register.labels import evaluation_outcome
from web.ui.form_errors import FormError, form_errors
from web.ui.forms import Choice, Input, Typed
from workflow.cases.payloads import EVALUATION_OUTCOMES, WORTHS
from workflow.core.messages import Reason

#: Prefix of the answers in the payload.
ANSWERS = "answers."


def report_inputs(view: EvaluationView, officers: tuple[Any, ...]) -> tuple[Input, ...]:
    """The inputs of the report form."""
    return (*_questions(view), *_worth(view), *_outcome(view), *_officer(view, officers))


def _questions(view: EvaluationView) -> tuple[Input, ...]:
    return tuple(
        Input(f"{ANSWERS}{question.key}", "text", str(labels.localized(question.names)), is_needed=True)
        for question in view.rule.questions
    )


def _worth(view: EvaluationView) -> tuple[Input, ...]:
    if not view.rule.weighs_value:
        return ()
    choices = tuple(Choice(worth, worth_label(worth), worth_hint(worth)) for worth in WORTHS)
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
        Choice(one, evaluation_outcome(one, kind), "" if view.is_policy else outcome_hint(one))
        for one in EVALUATION_OUTCOMES
    )
    return (
        Input("proposes", "one", _("What do you propose?"), choices=choices, is_needed=True),
        Input("reasons", "text", _("Why?"), hint=_("Needed where it goes on although it is worth less than it costs.")
              if view.rule.weighs_value else ""),
    )  # fmt: skip


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


def report_errors(view: EvaluationView, reasons: Iterable[Reason], typed: Typed) -> list[FormError]:
    """One error per reason; every unanswered question gets an error of its own."""
    questions = {f"{ANSWERS}{question.key}": str(labels.localized(question.names)) for question in view.rule.questions}
    empty = [name for name in questions if not str(typed.get(name, "")).strip()]
    unanswered = [
        (
            name,
            _("This must be answered: “%(question)s”", question=questions[name]),
            () if position else view.rule.clauses,
        )
        for position, name in enumerate(empty)  # all belong to one rule, so its clauses are cited once
    ]
    return [*unanswered, *(line for line in form_errors(reasons) if line[0] not in empty)]
