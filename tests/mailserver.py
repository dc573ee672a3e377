"""A real mail server on this machine, which keeps what it is given and refuses whom it is told to."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller

from config.mailing import Mailing


@dataclass
class MailServer:
    """What arrived, in its order, and how the server behaves."""

    port: int = 0
    received: list[EmailMessage] = field(default_factory=list)
    #: Answers to RCPT and to the end of DATA, by receiver.
    rcpt_answers: dict[str, str] = field(default_factory=dict)
    data_answers: dict[str, str] = field(default_factory=dict)
    #: How long the answer to a mail is kept waiting once it is stored, seconds.
    slowness: float = 0.0
    #: Receivers at whose mail the line is cut after it has been stored.
    cut_at: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def mailing(self, **more: Any) -> Mailing:
        """Settings that lead here."""
        given: dict[str, Any] = {
            "host": "127.0.0.1",
            "port": self.port,
            "starttls": False,
            "sender": "Instans <instans@kommun.example>",
            "base_url": "https://instans.kommun.example",
        }
        return Mailing(**(given | more))

    def ids(self) -> list[str]:
        """Message-IDs of what arrived."""
        with self.lock:
            return [str(message["Message-ID"]) for message in self.received]

    def to(self, address: str) -> list[EmailMessage]:
        """What arrived for somebody."""
        with self.lock:
            return [one for one in self.received if one["To"].addresses[0].addr_spec == address]

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        """Take a receiver, or refuse."""
        answer = self.rcpt_answers.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:
        """Keep a mail, then answer."""
        answer = self.data_answers.get(envelope.rcpt_tos[0], "250 OK")
        if answer.startswith("250"):
            message = message_from_bytes(envelope.content, policy=default)
            assert isinstance(message, EmailMessage)
            with self.lock:
                self.received.append(message)
        if envelope.rcpt_tos[0] in self.cut_at:
            server.transport.abort()
        if self.slowness:
            time.sleep(self.slowness)
        return answer


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A mail server on a free port of this machine."""
    kept = MailServer()
    controller = Controller(kept, hostname="127.0.0.1", port=0)
    # the controller looks itself up at the port it was given, so it is given one that is free
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        kept.port = probe.getsockname()[1]
    controller.port = kept.port
    controller.start()
    try:
        yield kept
    finally:
        controller.stop()
