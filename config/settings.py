"""Settings of one process, read once from the environment.

`web` derives cookies and headers from them.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from config.mailing import OFF, Mailing, MailingInvalid

DATABASE_URL = "sqlite:///var/instans.db"
POLICIES = Path(__file__).parent / "policies"
#: Minimum length of the secret that signs sessions, characters.
SHORTEST_SECRET = 16
LOOPBACK = ("127.0.0.1", "::1", "localhost")
_YES = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


class SettingsInvalid(ValueError):
    """Missing or invalid settings; the message is one line with the remedy."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of one process."""

    database_url: str = DATABASE_URL
    #: Address of the role that owns the tables, for migrations on PostgreSQL.
    owner_url: str | None = None
    #: Signs sessions; empty until set.
    secret_key: str = ""
    #: Folder of policy packs.
    policies: Path = POLICIES
    #: Whether this process serves the demo; one-click log-in also requires the mark in the database.
    is_demo: bool = False
    #: Bind address of the server.
    host: str = "127.0.0.1"
    port: int = 8000
    #: Whether cookies are sent over HTTPS alone; False only for the demo over plain HTTP.
    cookies_secure: bool = True
    #: Number of trusted reverse proxies, whose X-Forwarded-* headers count.
    proxies: int = 0
    #: Mail settings; off unless a mail server is set.
    mailing: Mailing = OFF

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """Read the environment; raises `SettingsInvalid` for an invalid value."""
        return cls(
            database_url=environ.get("INSTANS_DATABASE_URL") or DATABASE_URL,
            owner_url=environ.get("INSTANS_OWNER_URL") or None,
            secret_key=environ.get("INSTANS_SECRET_KEY", ""),
            policies=Path(environ.get("INSTANS_POLICIES") or POLICIES),
            cookies_secure=_truth(environ, "INSTANS_COOKIES_SECURE", True),
            proxies=_count(environ, "INSTANS_PROXIES"),
            mailing=_mailing(environ),
        )

    def for_demo(self, environ: Mapping[str, str] = os.environ) -> Settings:
        """The same for the demo: its own secret beside its database, and cookies over plain HTTP."""
        return replace(
            self,
            is_demo=True,
            secret_key=self.secret_key or demo_secret(self.data_folder),
            cookies_secure=_truth(environ, "INSTANS_COOKIES_SECURE", False),
            proxies=0,
        )

    def bound_to(self, host: str, port: int) -> Settings:
        """The same with a bind address."""
        return replace(self, host=host, port=port)

    @property
    def is_loopback(self) -> bool:
        """Whether the server is reachable from this machine alone."""
        return self.host in LOOPBACK

    @property
    def data_folder(self) -> Path:
        """Folder of a SQLite database; `var` for any other."""
        path = self.database_url.partition("sqlite:///")[2].partition("?")[0]
        return Path(path).parent if path and path != ":memory:" else Path("var")

    def require_secret(self) -> str:
        """The secret that signs sessions; raises `SettingsInvalid` where it is missing or too short."""
        if not self.secret_key:
            raise SettingsInvalid("INSTANS_SECRET_KEY is not set: give a long random text that signs sessions")
        if len(self.secret_key) < SHORTEST_SECRET:
            raise SettingsInvalid(f"INSTANS_SECRET_KEY is too short: give at least {SHORTEST_SECRET} characters")
        return self.secret_key


def demo_secret(folder: Path) -> str:
    """Secret of the demo: random, created once in a file that only its owner can read."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "instans-demo.secret"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secret := secrets.token_urlsafe(48))
    return secret


def _truth(environ: Mapping[str, str], name: str, otherwise: bool) -> bool:
    given = environ.get(name, "")
    if not given:
        return otherwise
    if given.lower() not in _YES:
        raise SettingsInvalid(f"{name} is {given!r}: say yes or no")
    return _YES[given.lower()]


def _mailing(environ: Mapping[str, str]) -> Mailing:
    try:
        return Mailing.from_environment(environ, starttls=_truth(environ, "INSTANS_SMTP_STARTTLS", True))
    except MailingInvalid as error:
        raise SettingsInvalid(str(error)) from None


def _count(environ: Mapping[str, str], name: str) -> int:
    given = environ.get(name) or "0"
    if not given.isdecimal():
        raise SettingsInvalid(f"{name} is {given!r}: give a whole number")
    return int(given)
