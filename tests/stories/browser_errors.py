"""Errors of the browser that fail a story: console, security policy, answers 500, foreign addresses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response, WebError

#: How Chromium notes on its console that a page was refused; the story itself tells whether that was right.
REFUSED_PAGE = "Failed to load resource: the server responded with a status of 4"


@dataclass
class Watch:
    """Gathers what goes wrong behind the pages of every browser it is set over."""

    url: str
    faults: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        """Watch one browser from now on."""
        for event, note in self._notes():
            context.on(event, note)  # type: ignore[call-overload]

    @contextmanager
    def kept_over(self, context: BrowserContext) -> Iterator[None]:
        """Watch one browser for as long as the block lasts."""
        self.over(context)
        yield
        for event, note in self._notes():
            context.remove_listener(event, note)

    def _notes(self) -> tuple[tuple[str, Callable[..., None]], ...]:
        return (
            ("console", self._console),
            ("weberror", self._script),
            ("request", self._request),
            ("response", self._response),
            ("requestfailed", self._lost),
        )

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(REFUSED_PAGE):
            self.faults.append(f"console: {message.text} ({message.location['url']})")

    def _script(self, error: WebError) -> None:
        self.faults.append(f"script: {error.error}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.url}/", "data:")):
            self.faults.append(f"an address elsewhere: {request.url}")

    def _response(self, response: Response) -> None:
        is_page = response.request.resource_type == "document"
        if response.status >= 500 or (response.status >= 400 and not is_page):
            self.faults.append(f"{response.status}: {response.request.method} {response.url}")
        if is_page and "content-security-policy" not in response.headers:
            self.faults.append(f"no security policy: {response.url}")

    def _lost(self, request: Request) -> None:
        if "ERR_ABORTED" not in (request.failure or ""):  # a download ends the loading of its page so
            self.faults.append(f"lost: {request.url}: {request.failure}")
