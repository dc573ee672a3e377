"""Policy versions named on the command line, from a file or the database."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, select

from config.settings import Settings
from models import PolicyVersion
from models.database import reading
from web.cli.database import current_engine
from web.cli.packs import load_file, pack_of, unknown
from workflow.core.tenants import Tenants
from workflow.policy.model import Policy
from workflow.policy.store import Policies


def version_in(engine: Engine, municipality: str, version: str) -> Policy:
    """A version that is stored for a municipality; `UsageError` for an unknown one."""
    tenants = Tenants(engine)
    known = tenants.keys()
    if municipality not in known:
        raise unknown("municipality in the database", municipality, known)
    tenant = tenants.tenant(municipality)
    with reading(engine, tenant.id) as session:
        rows = session.execute(select(PolicyVersion.version, PolicyVersion.id).order_by(PolicyVersion.id)).all()
        ids = {row.version: row.id for row in rows}
        if version not in ids:
            raise unknown(f"version of {municipality}", version, list(ids))
        return Policies(engine).by_id(session, tenant.id, ids[version])


def policy_named(name: str) -> Policy:
    """A policy by MUNICIPALITY or FILE, or by MUNICIPALITY@VERSION of the database; `UsageError` for an unknown one."""
    municipality, at, version = name.partition("@")
    if at and not Path(name).is_file():
        with current_engine(Settings.from_environment()) as engine:
            return version_in(engine, municipality, version)
    known = [file.stem for file in sorted(Settings.from_environment().policies.glob("*.yaml"))]
    if name in known or not Path(name).exists():
        return pack_of(name)
    return load_file(Path(name))
