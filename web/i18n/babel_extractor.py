"""Which of a pack's English words does the reader meet in another language?

Packs and laws give in English why something is assumed, and why guidance enforces nothing. Their bytes are what a
digest proves, so each such text is a sentence of the catalogues instead. Babel finds them here, by the mapping in
`pyproject.toml`; `web.i18n.labels.pack_text` reads them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator, Mapping
from typing import BinaryIO

import yaml

#: What Babel is told of a sentence: its line, the function that marks it, the sentence, comments.
Found = tuple[int, None, str, tuple[str, ...]]


def extract(
    file: BinaryIO, keywords: Collection[str], comment_tags: Collection[str], options: Mapping[str, object]
) -> Iterator[Found]:
    """Every assumption of a pack or a law, and every reason why its guidance enforces nothing, as Babel wants them."""
    text = unicodedata.normalize("NFC", file.read().decode("utf-8"))
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    for told in _reasons(root) if root is not None else ():
        yield told.start_mark.line + 1, None, told.value, ()


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
