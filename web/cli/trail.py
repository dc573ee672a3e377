"""Command `trail verify`: verification of trails."""

from __future__ import annotations

import click

from config.settings import Settings
from web.cli.database import current_engine
from web.cli.exit_codes import as_json, code, plainly, print_json
from web.cli.packs import unknown
from workflow.audit.verify import Verification
from workflow.audit.verify import verify as verified
from workflow.core.errors import NotFound
from workflow.core.tenants import Tenants
from workflow.trail.fault import Fault


@click.command("verify")
@click.option("--municipality", metavar="M", help="Only this municipality.")
@click.option("--case", metavar="NUMBER", help="Only this case.")
@as_json
@plainly
def verify(municipality: str | None, case: str | None, as_json: bool) -> int:
    """Recompute every hash, follow every chain and replay every case."""
    with current_engine(Settings.from_environment()) as engine:
        tenants = Tenants(engine)
        known = tenants.keys()
        if municipality is not None and municipality not in known:
            raise unknown("municipality", municipality, known)
        if case is not None:
            _known(tenants, municipality, case)
        found = verified(engine, municipality=municipality, case=case)
    if case is not None and found.ok and not found.entries and not found.cases:
        raise click.UsageError(f"there is no case “{case}”")
    if as_json:
        print_json(found.as_json())
    else:
        for fault in found.faults:
            click.echo(_fault_line(fault))
        click.echo(_summary(found))
    if not found.ok:
        click.echo(f"instans: the trail has {len(found.faults)} faults", err=True)
    return code(found.ok)


def _known(tenants: Tenants, municipality: str | None, case: str) -> None:
    """Refuse a case number that no municipality gives out, or another one than is asked for."""
    try:
        tenant = tenants.tenant_of(case)
    except NotFound:
        raise click.UsageError(f"there is no case “{case}”") from None
    if municipality not in (None, tenant.key):
        raise click.UsageError(f"there is no case “{case}” in {municipality}")


def _fault_line(fault: Fault) -> str:
    entry = f", entry {fault.entry}" if fault.entry is not None else ""
    return f"{fault.case}{entry}: {fault}"


def _summary(found: Verification) -> str:
    return f"{'ok' if found.ok else 'FAILED'}: {found.entries} entries, {found.cases} cases, {len(found.faults)} faults"
