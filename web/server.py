"""The web server: granian, several processes that listen at one address.

Its event loop holds the connections and `web.core.asgi` gives a thread whole requests only, so a client that says
nothing, or speaks or reads slowly, holds a connection and no thread. The processes are forked from one that has loaded
everything; where a system does not fork, each loads the application itself.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import socket
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Flask
from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings
from granian.log import LogLevels

from config.settings import Settings
from web.app import create_app
from web.auth.request_limits import limit_of
from web.core import logs
from web.core.asgi import BufferedWsgi

#: Threads of a process: requests that it works on at the same time.
THREADS = 4
#: Processes unless asked otherwise, at most.
PROCESSES = 4
#: Connections that a process holds at the same time, and that wait to be taken by one.
CONNECTIONS, BACKLOG = 10_000, 2_048
#: Files that a process may need beside its connections: databases, bodies and answers on their way.
OTHER_FILES = 500
#: How long headers may take to arrive, milliseconds.
HEADERS_WITHIN_MS = 30_000
#: What a process has for the requests in hand once it was told to stop, and clients for the last answers, seconds.
GRACE, LEAVE_AFTER = 15, 1.0
#: The server's own lines go where all others go.
LOGGING = {
    "formatters": {},
    "handlers": {},
    "loggers": {"_granian": {"propagate": True}, "granian.access": {"propagate": False}},
}


class AddressTaken(OSError):
    """Nothing can listen at this address."""


def usual_workers() -> int:
    """One process per processor, up to a few."""
    return min(PROCESSES, os.cpu_count() or 1)


def require_free(settings: Settings) -> None:
    """Raises `AddressTaken` when the address cannot be listened at, so that this is said before anything begins."""
    try:
        found = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _name, address = found[0]
        with socket.socket(family, kind, protocol) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(address)
    except OSError as error:
        raise AddressTaken(f"cannot listen at {address_of(settings)}: {error.strerror or error}") from None


def address_of(settings: Settings) -> str:
    """Host and port as an address writes them."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"{host}:{settings.port}"


def serve(settings: Settings, *, workers: int) -> None:
    """Answer requests until told to stop; raises what `create_app` raises."""
    _LOADED[settings] = create_app(settings)
    server = Granian(
        "web.app",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGINL,
        workers=workers,
        backlog=BACKLOG,
        backpressure=max(1, _allow_files(CONNECTIONS + OTHER_FILES) - OTHER_FILES),
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADERS_WITHIN_MS),
        websockets=False,
        loop=Loops.asyncio,
        log_level=LogLevels.warning,
        log_dictconfig=LOGGING,
        respawn_failed_workers=True,
        workers_kill_timeout=GRACE,
    )
    with logs.written(readable=settings.is_demo):
        server.serve(target_loader=partial(_load, settings), wrap_loader=False)


#: The application that was loaded before the first fork.
_LOADED: dict[Settings, Flask] = {}


def _load(settings: Settings) -> BufferedWsgi:
    """The application of one worker process; database connections belong to the process that opened them."""
    app = _LOADED.get(settings)
    if app is None:
        logs.configure(readable=settings.is_demo)
        app = create_app(settings)
    else:
        app.extensions["instans"].engine.dispose(close=False)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    wsgi = BufferedWsgi(app, threads=THREADS, limit=limit_of(app))
    _stop_in_time(asyncio.get_event_loop(), wsgi)
    return wsgi


def _stop_in_time(loop: asyncio.AbstractEventLoop, wsgi: BufferedWsgi) -> None:
    """Let what the application works on be all that may hold up a worker that is told to stop.

    The server itself would wait for every client that has begun to send a header, or that does not read.
    """
    add = loop.add_signal_handler

    def leave(idle_since: float) -> None:
        now = loop.time()
        if wsgi.in_hand:
            idle_since = now
        if now >= idle_since + LEAVE_AFTER:
            os._exit(0)
        loop.call_later(0.1, leave, idle_since)

    def add_with_ours(number: int, callback: Callable[..., object], *given: Any) -> None:
        def stop() -> None:
            wsgi.stop()
            leave(loop.time())
            callback(*given)

        add(number, stop)

    loop.add_signal_handler = add_with_ours  # type: ignore[method-assign, assignment]


def _end_with_parent() -> None:
    """Stop this process once the one that started it is gone, however it ended."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)


def _allow_files(wanted: int) -> int:
    """Raise the limit of open files of this process as far as wanted and allowed; returns what is allowed then."""
    try:
        import resource
    except ImportError:  # a system without such a limit
        return wanted
    soft, hard = (
        wanted if limit == resource.RLIM_INFINITY else limit for limit in resource.getrlimit(resource.RLIMIT_NOFILE)
    )
    if soft < wanted:
        soft = min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    return min(wanted, soft)
