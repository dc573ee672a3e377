"""Header values built from outside text: redirect targets and file names."""

from __future__ import annotations

from urllib.parse import quote


def local_path(wanted: str) -> str:
    """A path of this application to redirect to; the start page for anything else, another site above all."""
    odd = "\\" in wanted or any(ord(sign) < 33 for sign in wanted)
    if not wanted.startswith("/") or wanted.startswith("//") or odd:
        return "/"
    return wanted


def disposition(file_name: str) -> str:
    """The Content-Disposition that makes a file a download (RFC 6266), whatever its name contains."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._- ") else "_" for c in file_name) or "document"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file_name, safe='')}"
