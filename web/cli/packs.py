"""Policy packs named on the command line, from the folder of INSTANS_POLICIES. Needs no database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import click

from config.settings import Settings
from workflow.core.calendar import local_day
from workflow.policy.loading.loader import load_folder, load_pack, packaged
from workflow.policy.model import Policy


def pack_of(municipality: str) -> Policy:
    """The pack of a municipality that is in force today, else its newest; `UsageError` for an unknown municipality."""
    packs = load_folder(Settings.from_environment().policies, of=municipality)
    own = [pack for pack in packs if pack.municipality.key == municipality]
    if not own:
        raise unknown("municipality", municipality, [pack.municipality.key for pack in packs])
    today = datetime.now(UTC).date()
    begun = [pack for pack in own if pack.document.valid_from <= today]
    return max(begun or own, key=lambda pack: pack.document.valid_from)


def today_in(policy: Policy) -> date:
    """Today in a policy's municipality."""
    return local_day(datetime.now(UTC), policy.municipality.timezone)


def files_of(targets: Sequence[str]) -> list[Path]:
    """Files of the packs named, by municipality or by file; all of the folder when none is."""
    folder = Settings.from_environment().policies
    known = sorted(folder.glob("*.yaml"))
    if not targets:
        if not known:
            raise click.UsageError(f"INSTANS_POLICIES: {folder} holds no policy pack (*.yaml)")
        return known
    return [_file(target, known) for target in targets]


def _file(target: str, known: Sequence[Path]) -> Path:
    for file in known:
        if target == file.stem:
            return file
    if Path(target).is_file():
        return Path(target)
    raise unknown("municipality or file", target, [file.stem for file in known])


def load_file(file: Path) -> Policy:
    """One pack, under the laws beside it; raises `PolicyInvalid`."""
    return load_pack(file, law_beside(file))


def law_beside(file: Path) -> Path:
    """The folder of the laws that a pack stands under: `law` beside its own folder, else the packaged one."""
    beside = file.resolve().parent.parent / "law"
    return beside if beside.is_dir() else packaged().law


def unknown(what: str, name: str, known: Sequence[str]) -> click.UsageError:
    """Wrong usage: a name nobody has, and those there are."""
    return click.UsageError(f"there is no {what} “{name}”; known: {', '.join(dict.fromkeys(known)) or 'none'}")
