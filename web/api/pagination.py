"""How does a list reach a program, page by page?

Newest first, by key: `next` is the address of the next page, null after the last. There is no count.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import request
from sqlalchemy import inspect

from models import Base
from web.api.request_parsing import whole_number
from web.policies.answer_json import Json

#: Entries on a page unless asked otherwise, and at most.
USUAL, MOST = 25, 100
#: The largest key a database gives out.
LARGEST = 2**31 - 1
#: Parameters of every list.
PAGING = ("after", "limit")


def columns_of(noun: type[Base]) -> list[Any]:
    """Every column of a noun, as attributes that a session can scope; the rows stay readable when it has ended."""
    return [getattr(noun, attribute.key) for attribute in inspect(noun).column_attrs]


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list is wanted."""

    #: Entries with a smaller key than this one.
    before: int
    limit: int
    given: Mapping[str, str]

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Page:
        """The page that query parameters ask for; raises `Malformed`."""
        before = whole_number(given, "after", LARGEST, LARGEST)
        return cls(before, whole_number(given, "limit", USUAL, MOST), given)

    def as_json(self, items: Sequence[Json], rows: Sequence[Any]) -> Json:
        """The page: `rows` are what was read, one more than the limit where there is a next page."""
        following = None
        if len(rows) > self.limit:
            query = {**self.given, "after": str(rows[self.limit - 1].id)}
            following = f"{request.path}?{urlencode(query)}"
        return {"items": list(items), "next": following}
