"""XML files of others, as elements with their lines.

Reads elements, attributes and text and nothing else: a document type is refused, and with it every entity, so no file
can grow when it is read or refer to another.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from workflow.core.errors import PolicyInvalid

MAX_BYTES = 2_000_000
MAX_DEPTH = 60
#: Between namespace and name, which neither can hold.
_SEPARATOR = "\n"


@dataclass(slots=True)
class Element:
    """One element and the line it begins on."""

    namespace: str
    name: str
    attributes: dict[str, str]
    line: int
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def each(self, name: str) -> Iterator[Element]:
        """Its children of a name, in its own namespace."""
        return (one for one in self.children if (one.name, one.namespace) == (name, self.namespace))

    def text_at(self, *path: str) -> str:
        """The text at the end of a path of names, each the first of its kind; empty where there is none."""
        here: Element | None = self
        for name in path:
            here = next(here.each(name), None) if here is not None else None
        return here.text.strip() if here is not None else ""


def read_xml(path: Path) -> Element:
    """The root of an XML file; raises `PolicyInvalid` with its line."""
    file = str(path)
    try:
        with path.open("rb") as opened:
            raw = opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise PolicyInvalid(file, None, "", f"cannot be read: {error.strerror}") from None
    if len(raw) > MAX_BYTES:
        raise PolicyInvalid(file, None, "", f"is larger than {MAX_BYTES // 1_000_000} MB")
    return _Reader(file).root(raw)


class _Reader:
    """Builds elements from what the parser meets."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._open: list[Element] = []
        self._root: Element | None = None
        self._parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._refuse_doctype
        self._parser.StartElementHandler = self._begin
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text

    def root(self, raw: bytes) -> Element:
        try:
            self._parser.Parse(raw, True)
        except expat.ExpatError as error:
            raise PolicyInvalid(self._file, error.lineno, "", f"is not XML: {expat.ErrorString(error.code)}") from None
        except (LookupError, ValueError) as error:  # an encoding that nobody knows
            raise PolicyInvalid(self._file, 1, "", f"is not XML: {error}") from None
        assert self._root is not None  # what has no element is no XML
        return self._root

    def _fault(self, message: str) -> PolicyInvalid:
        return PolicyInvalid(self._file, self._parser.CurrentLineNumber, "", message)

    def _refuse_doctype(self, *_declared: object) -> None:
        raise self._fault("declares a document type (DOCTYPE), which is not read")

    def _begin(self, tag: str, attributes: dict[str, str]) -> None:
        if len(self._open) == MAX_DEPTH:
            raise self._fault(f"is nested deeper than {MAX_DEPTH} levels")
        namespace, _separator, name = tag.rpartition(_SEPARATOR)
        made = Element(namespace, name, attributes, self._parser.CurrentLineNumber)
        if self._open:
            self._open[-1].children.append(made)
        else:
            self._root = made
        self._open.append(made)

    def _end(self, _tag: str) -> None:
        self._open.pop()

    def _text(self, text: str) -> None:
        self._open[-1].text += text
