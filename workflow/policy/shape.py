"""Shape of a pack: annotations that say how the keys of its YAML become the fields of a value.

Each noun of a pack is one frozen dataclass. The annotation of a field is its type and, by `Key`, the reader of its
value; `workflow.policy.loading.derived_schema` makes the strict schema from it. A yes or no, a noun and a list of nouns
need no `Key`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from marshmallow import missing

from workflow.policy.value_readers import clause_id, several, slug, text, texts


@dataclass(frozen=True, slots=True)
class Key:
    """How the value of a key is read."""

    read: Callable[[object], Any]
    #: The key in the file, where it is not the field's name.
    name: str = ""
    #: The value where the key is left out, if the field itself has no default.
    default: Any = missing
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class AtLeast:
    """How many nouns a list must hold."""

    number: int
    #: The value where the key is left out, if the field itself has no default.
    default: Any = missing


Slug = Annotated[str, Key(slug)]
Text = Annotated[str, Key(text)]
#: A text in several languages, by language code.
Texts = Annotated[Mapping[str, str], Key(texts)]
#: Clauses cited; the list may be empty.
Clauses = Annotated[tuple[str, ...], Key(several(clause_id))]
#: Why something that no clause says is assumed.
Assumed = Annotated[str | None, Key(text)]
