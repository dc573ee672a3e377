"""Mail settings: the mail server, the sender, and the address of the installation.

Without a host mail is off, and notices are read on the screens alone. With one, a sender and the address of the
installation are required, because every mail carries a link.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from urllib.parse import urlsplit

#: Ports of submission with STARTTLS (RFC 6409) and with implicit TLS (RFC 8314).
SUBMISSION, SUBMISSIONS = 587, 465


class MailingInvalid(ValueError):
    """Missing or invalid mail settings; the message is one line with the remedy."""


@dataclass(frozen=True, slots=True)
class Mailing:
    """Mail settings of one process."""

    #: Host name of the mail server; empty while mail is off.
    host: str = ""
    port: int = SUBMISSION
    user: str = ""
    password: str = field(default="", repr=False)
    #: Whether STARTTLS is required; False only for a server on the same machine.
    starttls: bool = True
    #: Sender: an address, or a name with an address.
    sender: str = ""
    #: Address of this installation, without a slash at the end.
    base_url: str = ""

    @property
    def is_on(self) -> bool:
        """Whether any mail is sent."""
        return bool(self.host)

    @property
    def tls_at_once(self) -> bool:
        """Whether TLS is implicit."""
        return self.port == SUBMISSIONS

    @property
    def domain(self) -> str:
        """Domain of Message-IDs."""
        return parseaddr(self.sender)[1].rpartition("@")[2] or "localhost"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str], *, starttls: bool) -> Mailing:
        """Read the environment; raises `MailingInvalid` for missing or invalid values."""
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


#: No mail is sent.
OFF = Mailing()


def _port(given: str) -> int:
    if not given.isdecimal() or not 0 < int(given) < 65536:
        raise MailingInvalid(f"INSTANS_SMTP_PORT is {given!r}: give a port number")
    return int(given)


def _address(given: str) -> str:
    """Address of the installation; raises `MailingInvalid` for anything but an HTTP address."""
    address = given.strip().rstrip("/")
    parts = urlsplit(address)
    if address and (parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment):
        raise MailingInvalid(f"INSTANS_BASE_URL is {given!r}: give an address like https://instans.example.org")
    return address
