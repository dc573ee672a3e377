"""Messages about a pack or a law that cannot be read, in the reader's language."""

from __future__ import annotations

from web.i18n.gettext import _
from web.i18n.labels import reason_text
from workflow.core.errors import PolicyInvalid, WorkflowError
from workflow.core.messages import N_, Message
from workflow.policy.pack_messages import SENTENCES, PackMessage

#: The policy check says in English what breaks a promise; its page says it in every language.
_PROMISE_BROKEN = N_("The policy check finds a promise that is not kept: %(obligation)s. The page “Proof” shows it.")


def pack_message_text(message: Message | str) -> str:
    """What is wrong; a text that no table has is shown as it is."""
    if not isinstance(message, PackMessage):
        return str(message)
    values = {
        name: pack_message_text(value) if isinstance(value, PackMessage) else str(value)
        for name, value in message.values.items()
    }
    sentence = _PROMISE_BROKEN if message.code == "promise-broken" else SENTENCES[message.code]
    return _(sentence, **values) if values else _(sentence)


def error_text(error: WorkflowError) -> str:
    """Why a policy cannot be read: the place in its file and what is wrong there, or the reasons of a refusal."""
    if not isinstance(error, PolicyInvalid):
        return " ".join(str(reason_text(why)) for why in error.reasons) or str(error)
    parts = (error.place, error.key, pack_message_text(error.what))
    return ": ".join(part for part in parts if part)
