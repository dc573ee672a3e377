"""Where does a test get a process that has never seen its database?

From a server that has imported the engine once, and divides itself whenever one is wanted: a process that begins with
the interpreter imports for a second before it does anything.
"""

from __future__ import annotations

from multiprocessing import get_context
from multiprocessing.context import ForkServerContext

#: What the processes do; nothing of pytest is imported there.
_WORK = ["tests.web.mail_processes", "tests.workflow.race_processes", "tests.workflow.digest_processes"]


def fresh_processes() -> ForkServerContext:
    """Makes processes that know the engine, and nothing of this one."""
    context = get_context("forkserver")
    context.set_forkserver_preload(_WORK)
    return context
