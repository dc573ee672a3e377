"""How is the application put on the net?

By gunicorn: processes that are forked from one that has loaded everything, each with a few threads. Where a system has
no fork, by waitress in one process.
"""

from __future__ import annotations

import os
import socket
from typing import Any

from flask import Flask

from config.settings import Settings
from web.app import create_app

#: Threads of a process: enough that a slow reader does not hold up the others.
THREADS = 4
#: Processes unless asked otherwise, at most.
PROCESSES = 4


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
    app = create_app(settings)
    if hasattr(os, "fork"):
        _by_gunicorn(app, settings, workers)
    else:
        _by_waitress(app, settings)


def _by_gunicorn(app: Flask, settings: Settings, workers: int) -> None:
    from gunicorn.app.base import BaseApplication

    class Forking(BaseApplication):
        """Our application, loaded before the first fork."""

        def load_config(self) -> None:
            """Settle what gunicorn would else read from files and arguments."""
            chosen = {
                "bind": address_of(settings),
                "workers": workers,
                "threads": THREADS,
                "worker_class": "gthread",
                "preload_app": True,
                "post_fork": _forget_connections,
                "loglevel": "warning",
                "control_socket_disable": True,
            }
            for name, value in chosen.items():
                if name in self.cfg.settings:
                    self.cfg.set(name, value)

        def load(self) -> Flask:
            """The application."""
            return app

    def _forget_connections(_server: Any, _worker: Any) -> None:
        """A database connection belongs to the process that opened it."""
        app.extensions["instans"].engine.dispose(close=False)

    Forking().run()


def _by_waitress(app: Flask, settings: Settings) -> None:
    import waitress

    waitress.serve(app, host=settings.host, port=settings.port, threads=THREADS, ident=None)
