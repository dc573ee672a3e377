"""The small pack of the tests, and copies of it with a fault.

`tests/workflow/policy/small` holds a municipality that does not exist, with one of everything a pack can say.
"""

from __future__ import annotations

from pathlib import Path

from workflow.policy.loading.loader import load_pack
from workflow.policy.model import Policy

SMALL = Path(__file__).parent / "small"
PACK = SMALL / "policies" / "lillby.yaml"
LAW = SMALL / "law" / "se.yaml"


def small() -> Policy:
    """The small pack as it stands."""
    return load_pack(PACK, LAW.parent)


def planted(folder: Path, *changes: tuple[str, str], law: tuple[tuple[str, str], ...] = ()) -> Path:
    """A copy of the small pack with texts replaced; each text to replace stands in it exactly once."""
    policies, laws = folder / "policies", folder / "law"
    policies.mkdir()
    laws.mkdir()
    for source, target, edits in ((PACK, policies, changes), (LAW, laws, law)):
        text = source.read_text(encoding="utf-8")
        for old, new in edits:
            assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {source.name}"
            text = text.replace(old, new)
        (target / source.name).write_text(text, encoding="utf-8")
    return policies / PACK.name


def changed(folder: Path, *changes: tuple[str, str], law: tuple[tuple[str, str], ...] = ()) -> Policy:
    """The small pack, loaded with texts replaced."""
    return load_pack(planted(folder, *changes, law=law), folder / "law")
