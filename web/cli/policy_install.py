"""Command `policy install`: stores policies, and with them municipalities.

`instans serve` does the same at start. A municipality's first policy governs at once; a later version waits, and no
command activates it.
"""

from __future__ import annotations

from datetime import UTC, datetime

import click
from sqlalchemy import Engine, select

from config.settings import Settings
from models import PolicyActivation, PolicyVersion
from models.database import reading
from web.cli.database import current_engine
from web.cli.exit_codes import DONE, plainly
from web.cli.packs import files_of, load_file
from workflow.core.tenants import Tenants
from workflow.policy.model import Policy
from workflow.versions.install import install as install_packs


@click.command("install")
@click.argument("targets", metavar="[MUNICIPALITY|FILE]...", nargs=-1)
@plainly
def install(targets: tuple[str, ...]) -> int:
    """Take policies into the database at INSTANS_DATABASE_URL; all of INSTANS_POLICIES when none is named.

    What is there already stays as it is; a version that is stored with other content refuses.
    """
    packs = [load_file(file) for file in files_of(targets)]
    with current_engine(Settings.from_environment()) as engine:
        install_packs(engine, packs, now=datetime.now(UTC))
        for pack in packs:
            click.echo(f"{pack.municipality.key}: {pack.version} {_stands(engine, pack)}")
    return DONE


def _stands(engine: Engine, pack: Policy) -> str:
    """Whether a version governs by now, from a day to come, or not before somebody brings it into force."""
    tenant = Tenants(engine).tenant(pack.municipality.key)
    governs = select(PolicyActivation.governs_from).join(
        PolicyVersion, PolicyVersion.id == PolicyActivation.policy_version_id
    )
    with reading(engine, tenant.id) as session:
        day = session.scalars(governs.where(PolicyVersion.version == pack.version)).one_or_none()
    return "waits: an administrator brings it into force" if day is None else f"governs from {day.isoformat()}"
