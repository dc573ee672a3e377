"""What else does a scheduler do on its round, beside raising what is due?

Each errand is a few short transactions in one municipality, and leaves what it does not finish to the next round.
"""

from __future__ import annotations

from config.settings import Settings
from workflow.act import Gate
from workflow.scheduler import Errand


def errands(gate: Gate, settings: Settings) -> tuple[Errand, ...]:
    """The errands of an installation with these settings."""
    return ()
