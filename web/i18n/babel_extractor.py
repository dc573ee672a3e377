"""Babel extractor for the English reasons in packs and laws.

A pack gives in English why it assumes something and why guidance enforces nothing. The digest covers the pack's bytes,
so translations are in the catalogues instead. Babel calls `extract` by the mapping in `pyproject.toml`;
`web.i18n.labels.pack_text` reads the translations.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator, Mapping
from typing import BinaryIO

import yaml

#: Line, marking function, message and comments, as Babel takes them.
Message = tuple[int, None, str, tuple[str, ...]]


def extract(
    file: BinaryIO, keywords: Collection[str], comment_tags: Collection[str], options: Mapping[str, object]
) -> Iterator[Message]:
    """Every assumption of a pack or a law, and every reason why its guidance enforces nothing."""
    text = unicodedata.normalize("NFC", file.read().decode("utf-8"))
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    for node in _reasons(root) if root is not None else ():
        yield node.start_mark.line + 1, None, node.value, ()


def _reasons(node: yaml.Node) -> Iterator[yaml.ScalarNode]:
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _reasons(item)
    elif isinstance(node, yaml.MappingNode):
        entries = {key.value: value for key, value in node.value}
        kind = entries.get("kind")
        is_guidance = isinstance(kind, yaml.ScalarNode) and kind.value == "guidance"
        for key, value in entries.items():
            if isinstance(value, yaml.ScalarNode) and (key == "assumed" or (key == "reason" and is_guidance)):
                yield value
            else:
                yield from _reasons(value)
