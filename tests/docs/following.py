"""How does somebody follow a guide to the letter?

A block of `yaml` takes the place of the part of the same name in the file; a block of `diff` takes lines out wherever
they stand and puts others in; a block of `console` is typed into a shell, and what it shows under each command is what
the command must print, `…` standing for anything.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

FENCE = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
#: A part of a pack: a key at the margin, and everything below it that is not at the margin.
PART = re.compile(r"^([a-z_]+):.*\n(?:(?:[ \t].*)?\n)*", re.MULTILINE)
PROMPT = "$ "
ANYTHING = "…"


class Block(NamedTuple):
    """One fenced block of a guide."""

    language: str
    #: The file it is about, where it says so.
    file: str | None
    text: str


def blocks(guide: str) -> Iterator[Block]:
    """The blocks of a guide, in order."""
    return (Block(*found.groups()) for found in FENCE.finditer(guide))


def with_parts(file: str, block: str) -> str:
    """A file with each part of a block in the place of its own part of that name."""
    for part in PART.finditer(block):
        found = [old for old in PART.finditer(file) if old[1] == part[1]]
        assert len(found) == 1, f"{part[1]} stands {len(found)} times in the file"
        file = f"{file[: found[0].start()]}{part[0].rstrip()}\n\n{file[found[0].end() :]}"
    return file


def with_changes(file: str, block: str) -> str:
    """A file with the lines taken out and put in, wherever they stand."""
    lines = block.splitlines(keepends=True)
    old, new = ("".join(line[1:] for line in lines if line[0] == mark) for mark in "-+")
    assert old in file, f"not in the file: {old}"
    return file.replace(old, new)


def shows(printed: str, shown: str) -> bool:
    """Whether what was printed is what a guide shows."""
    pattern = "".join(
        r"(?:.*\n)*" if line.strip() == ANYTHING else rf"{'.*'.join(map(_spaced, line.split(ANYTHING)))}\n"
        for line in shown.splitlines()
    )
    return re.fullmatch(pattern, printed) is not None


def _spaced(text: str) -> str:
    """Columns may be wider than a guide shows them."""
    return re.sub(r"(?:\\ ){2,}", r" +", re.escape(text))


@dataclass
class Shell:
    """A shell in a folder of its own: what is exported, and how a command ended, is known to the next one."""

    folder: Path
    environ: dict[str, str] = field(default_factory=dict)
    ended: int = 0

    def __post_init__(self) -> None:
        programs = Path(sys.executable).parent
        kept = {name: value for name, value in os.environ.items() if not name.startswith("INSTANS_")}
        self.environ = kept | {"PATH": f"{programs}:{kept['PATH']}", "PWD": str(self.folder)} | self.environ

    def type(self, command: str) -> str:
        """What a command prints; standard error follows standard output."""
        left = self.folder / ".left"
        script = f"(exit {self.ended})\n{command}\ncode=$?; env -0 > {left}; exit $code"
        done = subprocess.run(
            ["bash", "-c", script], cwd=self.folder, env=self.environ, capture_output=True, text=True, check=False
        )
        self.ended = done.returncode
        self.environ = dict(line.split("=", 1) for line in left.read_text(encoding="utf-8").split("\0") if "=" in line)
        left.unlink()
        return done.stdout + done.stderr


def commands(block: str) -> Iterator[tuple[str, str]]:
    """Each command of a block, with what the guide shows under it."""
    for part in block.removeprefix(PROMPT).split(f"\n{PROMPT}"):
        command, _newline, shown = part.partition("\n")
        yield command, shown
