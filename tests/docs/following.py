"""How does somebody follow a guide to the letter?

A block of `yaml` puts each of its parts in the place of the file's part of that name; a block of `diff` takes lines out
wherever they stand and puts others in; a block of `console` is typed into a shell, and what stands below a command is
what the command must print, `…` standing for anything.
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
#: Lines to take out, and those that come in their place.
CHANGE = re.compile(r"((?:^-.*\n)+)((?:^\+.*\n)+)", re.MULTILINE)
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


def edited(file: str, block: Block) -> str:
    """A file after what a block of `yaml` or `diff` says."""
    return _with_parts(file, block.text) if block.language == "yaml" else _with_changes(file, block.text)


def _with_parts(file: str, text: str) -> str:
    for part in PART.finditer(text):
        found = [old for old in PART.finditer(file) if old[1] == part[1]]
        assert len(found) == 1, f"{part[1]} stands {len(found)} times in the file"
        file = f"{file[: found[0].start()]}{part[0].rstrip()}\n\n{file[found[0].end() :]}"
    return file


def _with_changes(file: str, text: str) -> str:
    assert CHANGE.sub("", text) == ""
    for change in CHANGE.finditer(text):
        old, new = (re.sub(r"^[-+]", "", lines, flags=re.MULTILINE) for lines in change.groups())
        assert old in file, f"not in the file: {old}"
        file = file.replace(old, new)
    return file


def patched(file: str, hunks: str) -> str:
    """A file after hunks of a diff, each with the lines around it and separated by `@@`."""
    for hunk in hunks.split("@@\n"):
        lines = hunk.splitlines(keepends=True)
        assert all(line[0] in " +-" for line in lines), f"no diff: {hunk}"
        old, new = ("".join(line[1:] for line in lines if line[0] in marks) for marks in (" -", " +"))
        assert f"\n{file}".count(f"\n{old}") == 1, f"stands {file.count(old)} times in the file: {old}"
        file = f"\n{file}".replace(f"\n{old}", f"\n{new}").removeprefix("\n")
    return file


def commands(block: Block) -> Iterator[tuple[str, str]]:
    """Each command of a block of `console`, and what the guide shows below it."""
    for part in block.text.removeprefix(PROMPT).split(f"\n{PROMPT}"):
        command, _newline, shown = part.partition("\n")
        yield command, shown


def shows(printed: str, shown: str) -> bool:
    """Whether what was printed is what a guide shows; columns may be wider."""
    return re.fullmatch("".join(map(_line, shown.splitlines())), printed) is not None


def _line(shown: str) -> str:
    if shown.strip() == ANYTHING:
        return r"(?:.*\n)*"
    return ".*".join(re.sub(r"(?:\\ ){2,}", " +", re.escape(part)) for part in shown.split(ANYTHING)) + r"\n"


@dataclass
class Shell:
    """A shell in a folder: what is exported, and how a command ended, is known to the next one."""

    folder: Path
    environ: dict[str, str] = field(default_factory=dict)
    ended: int = 0

    def __post_init__(self) -> None:
        programs = Path(sys.executable).parent
        for name, value in os.environ.items():
            if not name.startswith("INSTANS_"):
                self.environ[name] = value
        self.environ |= {"PATH": f"{programs}:{os.environ['PATH']}", "PWD": str(self.folder)}

    def type(self, command: str) -> str:
        """What a command prints, errors last."""
        left = self.folder / ".left"
        script = f"(exit {self.ended})\n{command}\nended=$?; env -0 > {left}; exit $ended"
        done = subprocess.run(
            ["bash", "-c", script], cwd=self.folder, env=self.environ, capture_output=True, text=True, check=False
        )
        self.ended = done.returncode
        self.environ = dict(pair.split("=", 1) for pair in left.read_text("utf-8").split("\0") if pair)
        left.unlink()
        return done.stdout + done.stderr

    def start(self, command: str) -> subprocess.Popen[str]:
        """Begin something that goes on."""
        return subprocess.Popen(
            command.split(),
            cwd=self.folder,
            env=self.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
