"""Request parsing for flask-smorest: JSON bodies and query parameters, loaded by marshmallow schemas.

A body is one JSON object of limited size without repeated names; a query has known parameters, each once; both hold
only texts that every database can store. Everything else is `Malformed`. What a payload may contain is
`workflow.cases.payloads`' to say.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from flask import Request, request
from marshmallow import RAISE, Schema, ValidationError, fields
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import UnsupportedMediaType

from workflow.cases.payloads import field_reasons
from workflow.core.errors import Malformed
from workflow.core.messages import reason

#: The largest body the API takes, bytes; the longest text of a case many times over.
LARGEST_BODY = 4 * 1024 * 1024
#: Texts no database stores: NUL, and halves of characters that UTF-8 cannot write.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_KEY = re.compile(r"[\x21-\x7e]{1,255}\Z")


class RequestParser(FlaskParser):
    """Loads what `Blueprint.arguments` declares; whatever is wrong is `Malformed` with a reason per field."""

    def load_json(self, req: Request, schema: Schema) -> dict[str, Any]:
        """The body."""
        return body_of(req)

    def load_querystring(self, req: Request, schema: Schema) -> dict[str, str]:
        """The query's parameters."""
        return query_of(req, schema)

    def handle_error(self, error: ValidationError, req: Request, schema: Schema, **_options: Any) -> NoReturn:
        """Raise `Malformed` for what the schema refused."""
        assert isinstance(error.messages, dict)  # by location
        raise Malformed(*(why for messages in error.messages.values() for why in field_reasons(messages))) from None


class ArgumentsSchema(Schema):
    """Base of what a request may send: unknown fields are refused."""

    class Meta:
        unknown = RAISE


class WholeNumber(fields.Integer):
    """A whole number from 1 in a query, digits alone."""

    def __init__(self, largest: int, **options: Any) -> None:
        self.largest = largest
        super().__init__(**options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_options: Any) -> int:
        if not re.fullmatch(r"[0-9]{1,18}", value) or not 1 <= int(value) <= self.largest:
            raise ValidationError(f"no whole number from 1 to {self.largest}")
        return int(value)


def body_of(req: Request) -> dict[str, Any]:
    """The JSON object sent; raises `Malformed`, or what HTTP calls a body that is too large or of another type."""
    req.max_content_length = LARGEST_BODY
    raw = req.get_data(cache=True)
    if not (req.is_json or req.mimetype.endswith("+json")):
        raise UnsupportedMediaType("Send JSON: Content-Type: application/json.")
    try:
        body = json.loads(raw.decode(), parse_constant=_refuse_constant, object_pairs_hook=_without_repetition)
    except (ValueError, RecursionError) as error:
        raise malformed("body", f"not JSON: {error}") from None
    if not isinstance(body, dict):
        raise malformed("body", "not a JSON object")
    _require_storable(body)
    return body


def query_of(req: Request, schema: Schema) -> dict[str, str]:
    """The query's parameters; raises `Malformed` for one that is unknown, given twice or cannot be stored."""
    faults = [reason("field-unknown", field=name) for name in req.args if name not in schema.fields]
    repeated = [name for name, values in req.args.lists() if values[1:]]
    faults += [reason("field-wrong", field=name, why="given more than once") for name in repeated]
    if faults:
        raise Malformed(*faults)
    given = req.args.to_dict()
    _require_storable(given)
    return given


def idempotency_key() -> str:
    """The request's Idempotency-Key, empty where none was sent; raises `Malformed`."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return ""
    if not _KEY.match(key):
        raise malformed("Idempotency-Key", "1 to 255 visible ASCII characters")
    return key


def malformed(field: str, why: str) -> Malformed:
    """A refusal of one field."""
    return Malformed(reason("field-wrong", field=field, why=why))


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _require_storable(body: Mapping[str, Any]) -> None:
    """Raises `Malformed` for a text that a database would refuse or lose, wherever it stands."""
    for path, text in _texts(body):
        if _UNSTORABLE.search(text):
            raise malformed(path, "it holds a character that cannot be kept")


def _texts(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every text and every name in a body with its path; nesting may be deep, so no recursion."""
    left: list[tuple[str, Any]] = [("", body)]
    while left:
        path, value = left.pop()
        if isinstance(value, str):
            yield path, value
        elif isinstance(value, Mapping):
            for name, inner in value.items():
                yield path or "body", name
                left.append((f"{path}.{name}" if path else name, inner))
        elif isinstance(value, list):
            left += [(path, inner) for inner in value]
