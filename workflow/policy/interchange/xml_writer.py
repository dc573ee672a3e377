"""XML files from trees of elements."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping


def element(parent: ET.Element, tag: str, attributes: Mapping[str, object] | None = None, text: str = "") -> ET.Element:
    """A new element below another; values are xml_text as text."""
    made = ET.SubElement(parent, tag, {name: str(value) for name, value in (attributes or {}).items()})
    made.text = text or None
    return made


def xml_text(root: ET.Element) -> str:
    """The file, indented; its tags and namespaces stand as they were given."""
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'
