"""Errors of the engine: one tree under `WorkflowError`, each with its reasons.

The docstring of a class is its message. `web.core.errors` alone knows the status codes.
"""

from __future__ import annotations

from collections.abc import Sequence

from workflow.core.messages import Message, Reason


class WorkflowError(Exception):
    """The engine refuses."""

    def __init__(self, *reasons: Reason) -> None:
        super().__init__(*reasons)
        self.reasons: tuple[Reason, ...] = reasons

    @property
    def clauses(self) -> tuple[str, ...]:
        """Clauses that the reasons rest on, each once."""
        return tuple(dict.fromkeys(clause for reason in self.reasons for clause in reason.clauses))

    def __str__(self) -> str:
        """All reasons in English, or the class's own message."""
        return " ".join(str(reason) for reason in self.reasons) or (type(self).__doc__ or "").strip()


class PolicyInvalid(WorkflowError):
    """A policy pack cannot be read as one."""

    def __init__(self, file: str, line: int | None, key: str, what: Message | str) -> None:
        super().__init__()
        self.file, self.line, self.key, self.what = file, line, key, what

    @property
    def place(self) -> str:
        """File and line."""
        return self.file if self.line is None else f"{self.file}:{self.line}"

    @property
    def message(self) -> str:
        """What is wrong there, in English."""
        return str(self.what)

    def __str__(self) -> str:
        """File, line and key, then what is wrong there."""
        return f"{self.place}: {self.key}: {self.message}" if self.key else f"{self.place}: {self.message}"


class PolicyGap(WorkflowError):
    """A policy gives a request no answer, or more than one."""

    def __init__(self, version: str, request: object, rows: Sequence[str]) -> None:
        super().__init__()
        self.version, self.request, self.rows = version, request, tuple(rows)

    def __str__(self) -> str:
        """Which request, and which rows compete for it."""
        what = f"rows {', '.join(self.rows)} all answer" if self.rows else "no row answers"
        return f"{self.version}: {what} {self.request}"


class NotFound(WorkflowError):
    """There is no such thing, or the reader may not know of it."""


class Malformed(WorkflowError):
    """What was sent cannot be read; each reason names its field."""


class NotMandated(WorkflowError):
    """This person may not do this here and today."""


class CaseChanged(WorkflowError):
    """Somebody else has changed the case in the meantime."""


class ActionNotOpen(WorkflowError):
    """The case is not at a place where this can be done."""


class RequirementMissing(WorkflowError):
    """The policy demands something that is missing."""


class NotCompetent(WorkflowError):
    """The policy or the law refuses it, or gives it to another body."""


class QuorumMissing(WorkflowError):
    """The body could not decide: too few took part, or the votes do not carry it."""
