"""Canonical text of a pack with its country's law, and its digest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import rfc8785

#: A pack with its country's law, as plain JSON: `{"pack": …, "law": …}`.
Document = Mapping[str, Any]


def canonical(document: Document) -> bytes:
    """The one way to write a document: RFC 8785 JSON."""
    return rfc8785.dumps(dict(document))


def digest_of(text: bytes) -> str:
    """SHA-256, hexadecimal."""
    return hashlib.sha256(text).hexdigest()
