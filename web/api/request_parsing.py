"""What has been sent to us, and can it be read?

A JSON object of reasonable size whose texts every database can keep, and query parameters with known names. Whether
its content makes sense is `workflow.cases.payloads`' question.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NoReturn

from flask import request
from marshmallow import RAISE, Schema, ValidationError, fields, validate
from werkzeug.exceptions import UnsupportedMediaType

from workflow.cases.payloads import LONG_TEXT, field_reasons
from workflow.core.errors import Malformed
from workflow.core.messages import reason

#: The largest body the API takes, bytes; the longest text of a case many times over.
LARGEST_BODY = 4 * 1024 * 1024
#: Texts no database keeps: NUL, and halves of characters that UTF-8 cannot write.
_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")
KEY = re.compile(r"[\x21-\x7e]{1,255}\Z")


class Envelope(Schema):
    """What an action is sent in."""

    class Meta:
        unknown = RAISE

    action = fields.String(required=True, metadata={"description": "One of the case's `available_actions`."})
    version = fields.Integer(
        required=True,
        strict=True,
        metadata={"description": "The version of the case that the sender has seen; another one is refused with 409."},
    )
    payload = fields.Dict(load_default=dict, metadata={"description": "What the action asks for."})
    comment = fields.String(
        load_default="",
        validate=validate.Length(max=LONG_TEXT),
        metadata={"description": "Reasons, kept in the trail."},
    )


_ENVELOPE = Envelope()


def body_of_request() -> dict[str, Any]:
    """The JSON object sent; raises `Malformed`, or what HTTP calls a body that is too large or of another type."""
    request.max_content_length = LARGEST_BODY
    raw = request.get_data(cache=True)
    if not (request.is_json or request.mimetype.endswith("+json")):
        raise UnsupportedMediaType("Send JSON: Content-Type: application/json.")
    try:
        body = json.loads(raw.decode(), parse_constant=_no_constant, object_pairs_hook=_once_each)
    except (ValueError, RecursionError) as error:
        raise _malformed("body", f"not JSON: {error}") from None
    if not isinstance(body, dict):
        raise _malformed("body", "not a JSON object")
    _keepable(body)
    return body


def envelope_of_request() -> dict[str, Any]:
    """The action sent, with version, payload and comment; raises `Malformed` naming every field that is wrong."""
    try:
        return dict(_ENVELOPE.load(body_of_request()))
    except ValidationError as error:
        raise Malformed(*field_reasons(error.messages)) from None


def idempotency_key() -> str:
    """The request's Idempotency-Key, empty where none was sent; raises `Malformed`."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return ""
    if not KEY.match(key):
        raise _malformed("Idempotency-Key", "1 to 255 visible ASCII characters")
    return key


def query_of_request(known: Iterable[str]) -> dict[str, str]:
    """The query's parameters; raises `Malformed` for one that is unknown, given twice or cannot be kept."""
    known = tuple(known)
    query = request.args
    faults = [reason("field-unknown", field=name) for name in query if name not in known]
    twice = [reason("field-wrong", field=name, why="given more than once") for name, all_ in query.lists() if all_[1:]]
    if faults or twice:
        raise Malformed(*faults, *twice)
    given = query.to_dict()
    _keepable(given)
    return given


def whole_number(given: Mapping[str, str], name: str, default: int, at_most: int) -> int:
    """A parameter that counts, from 1; raises `Malformed`."""
    text = given.get(name)
    if text is None:
        return default
    if not re.fullmatch(r"[0-9]{1,18}", text) or not 1 <= int(text) <= at_most:
        raise _malformed(name, f"no whole number from 1 to {at_most}")
    return int(text)


def _malformed(field: str, why: str) -> Malformed:
    return Malformed(reason("field-wrong", field=field, why=why))


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _keepable(body: Mapping[str, Any]) -> None:
    """Raises `Malformed` for a text that a database would refuse or lose, wherever it stands."""
    for path, text in _texts(body):
        if _UNKEEPABLE.search(text):
            raise _malformed(path, "it holds a character that cannot be kept")


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
