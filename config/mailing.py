"""Mail settings: the mail server, the sender, and the address of the installation.

Without a host mail is off, and notices are read on the screens alone. With one, a sender and the address of the
installation are required, because every mail carries a link. Domains are written in their ASCII form (IDNA 2008); a
local part, user name or password beyond ASCII is refused, because few servers accept them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.utils import parseaddr
from urllib.parse import urlsplit, urlunsplit

import idna

#: Ports of submission with STARTTLS (RFC 6409) and with implicit TLS (RFC 8314).
SUBMISSION, SUBMISSIONS = 587, 465
_IS_LOCAL_PART = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+")


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
    def sender_address(self) -> str:
        """The sender's address without a name."""
        return parseaddr(self.sender)[1]

    @property
    def domain(self) -> str:
        """Domain of Message-IDs."""
        return self.sender_address.rpartition("@")[2] or "localhost"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str], *, starttls: bool) -> Mailing:
        """Read the environment; raises `MailingInvalid` for missing or invalid values."""
        found = cls(
            host=_domain("INSTANS_SMTP_HOST", environ.get("INSTANS_SMTP_HOST", "").strip()),
            port=_port(environ.get("INSTANS_SMTP_PORT") or str(SUBMISSION)),
            user=_credential(environ, "INSTANS_SMTP_USER"),
            password=_credential(environ, "INSTANS_SMTP_PASSWORD"),
            starttls=starttls,
            sender=_sender(environ.get("INSTANS_MAIL_FROM", "").strip()),
            base_url=_address(environ.get("INSTANS_BASE_URL", "")),
        )
        if found.is_on and "@" not in found.sender_address:
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
    name, address = "INSTANS_BASE_URL", given.strip().rstrip("/")
    parts = urlsplit(address)
    if address and (parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment):
        raise MailingInvalid(f"{name} is {given!r}: give an address like https://instans.example.org")
    if parts.hostname and not parts.hostname.isascii():
        netloc = parts.netloc.lower().replace(parts.hostname, _domain(name, parts.hostname))
        return urlunsplit(parts._replace(netloc=netloc))
    return address


def _sender(given: str) -> str:
    """The sender with its domain in ASCII; raises `MailingInvalid` for a local part that mail cannot carry."""
    if not given or not parseaddr(given)[1]:
        return given
    name, address = parseaddr(given)
    local, at, domain = address.rpartition("@")
    if not at:
        return given
    if not _IS_LOCAL_PART.fullmatch(local) or any(ord(character) < 32 for character in name):
        raise MailingInvalid(f"INSTANS_MAIL_FROM is {given!r}: give an address whose part before the @ is plain ASCII")
    address = f"{local}@{_domain('INSTANS_MAIL_FROM', domain)}"
    return str(Address(display_name=name, addr_spec=address)) if name else address


def _domain(variable: str, given: str) -> str:
    """A host or domain in ASCII; raises `MailingInvalid` for a name that is none."""
    if given.isascii():
        if re.search(r"[\s\x00-\x1f\x7f]", given):
            raise MailingInvalid(f"{variable} is {given!r}: give a host name")
        return given
    try:
        return idna.encode(given, uts46=True).decode("ascii")
    except idna.IDNAError:
        raise MailingInvalid(f"{variable} is {given!r}: this is no host name") from None


def _credential(environ: Mapping[str, str], variable: str) -> str:
    """A user name or password; raises `MailingInvalid`, without the value, where it is not plain ASCII (RFC 4616)."""
    given = environ.get(variable, "")
    if not given.isascii() or not given.isprintable():
        raise MailingInvalid(f"{variable} has characters beyond ASCII, or control characters: choose one without")
    return given
