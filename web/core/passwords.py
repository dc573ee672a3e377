"""Password hashing with argon2id.

A hash made with older parameters is reported as outdated so that it can be renewed. Attempts are limited by
`web.core.login_throttle`.
"""

from __future__ import annotations

import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

#: The shortest password, characters (NIST SP 800-63B-4, 3.1.1.2: 15 where it stands alone).
SHORTEST_PASSWORD = 15
#: A longer password is refused before it is hashed, characters.
LONGEST_PASSWORD = 1024


class Passwords:
    """Makes and checks password hashes; safe to share between threads."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._nobodys = self._hasher.hash("nobody has this password")

    def hash(self, password: str) -> str:
        """The hash of a password, in the form the database keeps."""
        return self._hasher.hash(_normal(password))

    def matches(self, password_hash: str | None, password: str) -> bool:
        """Whether a password belongs to a hash; without a hash it takes as long and is never right."""
        if len(password) > LONGEST_PASSWORD:
            password = ""
        try:
            right = self._hasher.verify(password_hash or self._nobodys, _normal(password))
        except (VerificationError, InvalidHashError):
            return False
        return right and bool(password_hash)

    def is_outdated(self, password_hash: str) -> bool:
        """Whether a hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(password_hash)


def _normal(password: str) -> str:
    """NFKC, so that å typed as one sign or as two is the same password (NIST SP 800-63B-4, 3.1.1.2)."""
    return unicodedata.normalize("NFKC", password)
