"""Pages of the API's lists: `next` is the address of the next page, null after the last; there is no count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import request
from sqlalchemy import inspect

from models import Base
from web.api.request_parsing import malformed
from web.ui.pagination import BadCursor, Keyset


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, dumped by the list's schema."""

    items: Sequence[Any]
    #: Address of the next page; None after the last.
    next: str | None


def columns_of(noun: type[Base]) -> list[Any]:
    """Every column of a noun, as attributes that a session can scope; the rows stay readable when it has ended."""
    return [getattr(noun, attribute.key) for attribute in inspect(noun).column_attrs]


def read_cursor(keyset: Keyset, given: Mapping[str, Any]) -> tuple[Any, ...]:
    """Key values after which the page begins; raises `Malformed` for what is no cursor of the list."""
    try:
        return keyset.read(given["after"])
    except BadCursor:
        raise malformed("after", "take it from `next`") from None


def address_after(cursor: str) -> str | None:
    """The present address with another cursor; None without one."""
    return f"{request.path}?{urlencode({**request.args.to_dict(), 'after': cursor})}" if cursor else None
