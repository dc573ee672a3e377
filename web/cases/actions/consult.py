"""Screens of a consultation: giving an opinion, and closing the consultation."""

from __future__ import annotations

from web.cases.actions.declaration import ActionForm, ActionScreen, FormData, comment_input, next_state_label
from web.cases.presenter import CaseView
from web.i18n import labels
from web.i18n.gettext import _
from web.ui.forms import Choice, Input
from workflow.core.messages import N_


def _give_opinion(view: CaseView, _data: FormData) -> ActionForm:
    mine = view.context.actor.bodies_as("secretary")
    unanswered = [found.body for found in view.opinions if found.row.state == "asked" and found.body in mine]
    choices = tuple(Choice(key, labels.body_name(view.policy, key)) for key in unanswered)
    first = unanswered[0] if unanswered else ""
    body = Input("body", "select", _("Whose opinion is it?"), first, choices=choices)
    opinion = Input("opinion", "text", _("The opinion"), is_needed=True)
    intro = _("Records what the body answers. It decides nothing.")
    return ActionForm(intro, (body, opinion, comment_input()), _("Record the opinion"))


def _close_consultation(view: CaseView, _data: FormData) -> ActionForm:
    silent = [labels.body_name(view.policy, found.body) for found in view.opinions if found.row.state == "asked"]
    intro = _("Ends the consultation. The case goes on to: %(next)s.", next=next_state_label(view))
    if silent:
        intro += " " + _(
            "These have not answered and are recorded as silent, which is not agreement: %(bodies)s.",
            bodies=", ".join(silent),
        )
    return ActionForm(intro, (comment_input(),), _("Close the consultation"))


SCREENS = (
    ActionScreen("give-opinion", N_("Give an opinion"), N_("Opinion given"), _give_opinion, rank=7),
    ActionScreen(
        "close-consultation", N_("Close the consultation"), N_("Consultation closed"), _close_consultation, rank=8
    ),
)
