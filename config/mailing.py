"""How does mail leave this installation, and where do the links in it lead?

Without a host mail is off: people are told on the screens alone. With one, a sender's address and the address of the
installation are needed too, for a mail without a link would tell nobody where to go.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from urllib.parse import urlsplit

#: Submission (RFC 6409), with STARTTLS; and the port where TLS begins at once (RFC 8314).
SUBMISSION, SUBMISSIONS = 587, 465


class MailingInvalid(ValueError):
    """The environment does not say how mail is sent; the message is one line that says what to do."""


@dataclass(frozen=True, slots=True)
class Mailing:
    """How one process sends mail."""

    #: Name of the mail server; empty while mail is off.
    host: str = ""
    port: int = SUBMISSION
    user: str = ""
    password: str = field(default="", repr=False)
    #: Whether the line is encrypted before anything is said; False only towards a server on the same machine.
    starttls: bool = True
    #: Who mail comes from: an address, or a name with one.
    sender: str = ""
    #: Where people reach this installation, without a slash at the end.
    base_url: str = ""

    @property
    def is_on(self) -> bool:
        """Whether any mail is sent."""
        return bool(self.host)

    @property
    def tls_at_once(self) -> bool:
        """Whether TLS begins with the first byte."""
        return self.port == SUBMISSIONS

    @property
    def domain(self) -> str:
        """What stands right of the @ in a Message-ID."""
        return parseaddr(self.sender)[1].rpartition("@")[2] or "localhost"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str], *, starttls: bool) -> Mailing:
        """As the environment gives it; raises `MailingInvalid` for what is missing or cannot be read."""
        found = cls(
            host=environ.get("INSTANS_SMTP_HOST", "").strip(),
            port=_port(environ.get("INSTANS_SMTP_PORT") or str(SUBMISSION)),
            user=environ.get("INSTANS_SMTP_USER", ""),
            password=environ.get("INSTANS_SMTP_PASSWORD", ""),
            starttls=starttls,
            sender=environ.get("INSTANS_MAIL_FROM", "").strip(),
            base_url=_address(environ.get("INSTANS_BASE_URL", "")),
        )
        if found.is_on and "@" not in parseaddr(found.sender)[1]:
            raise MailingInvalid("INSTANS_MAIL_FROM is not set: give the address that mail comes from")
        if found.is_on and not found.base_url:
            raise MailingInvalid("INSTANS_BASE_URL is not set: give the address where people reach Instans")
        return found


#: Nobody is sent anything.
OFF = Mailing()


def _port(given: str) -> int:
    if not given.isdecimal() or not 0 < int(given) < 65536:
        raise MailingInvalid(f"INSTANS_SMTP_PORT is {given!r}: give a port number")
    return int(given)


def _address(given: str) -> str:
    """The installation's own address; raises `MailingInvalid` for what a browser could not open."""
    address = given.strip().rstrip("/")
    parts = urlsplit(address)
    if address and (parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment):
        raise MailingInvalid(f"INSTANS_BASE_URL is {given!r}: give an address like https://instans.example.org")
    return address
