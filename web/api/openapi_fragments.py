"""Fragments of the OpenAPI document without a schema of ours: the Idempotency-Key header, the body of an opening."""

from __future__ import annotations

from typing import Any

from workflow.cases.payloads import Opening

IDEMPOTENCY_KEY: dict[str, Any] = {
    "in": "header",
    "name": "Idempotency-Key",
    "description": "Of several requests with one key only the first acts; the others get its answer.",
    "schema": {"type": "string", "maxLength": 255},
}
#: The body of an opening. The gate reads it, after it knows who opens.
OPENING_BODY: dict[str, Any] = {"required": True, "content": {"application/json": {"schema": Opening}}}
