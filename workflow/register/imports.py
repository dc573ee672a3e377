"""Import of lists of legacy engagements.

A dry run reads the file and reports errors row by row. Rows without errors are then registered through
`workflow.register.service`, each with its source, in small transactions that also store the progress: a row is
registered once, however often and wherever the run is resumed. An import never records a decision.
"""

from __future__ import annotations

import hashlib
import json
import logging
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from models import ImportRun
from models.database import reading, writing
from workflow.cases.access_log import log_refusal, refusals_logged
from workflow.cases.actor import Actor, load_actor, officers_seat
from workflow.cases.services import Services
from workflow.core.calendar import local_day
from workflow.core.errors import ActionNotOpen, Malformed, NotFound, NotMandated, WorkflowError
from workflow.core.messages import reason
from workflow.core.tenants import Tenant
from workflow.core.text_validation import clean
from workflow.register.csv_tables import read_table
from workflow.register.import_rows import COLUMNS, NEEDED, TOLD_ONLY, Fault, faults_in, given_of, has
from workflow.register.service import enter_from_before
from workflow.set_aside import is_not_set_aside, is_of_database
from workflow.trail.journal import Act, record

log = logging.getLogger(__name__)

#: Faults kept of one list.
MOST_FAULTS = 500
#: Rows registered in one transaction.
BATCH = 25


def try_import(services: Services, actor_id: int, key: str, content: bytes, file_name: str, *, now: datetime) -> int:
    """Read a list and note what is wrong with it, row by row; returns the run's id. Nothing is registered yet.

    Raises `Malformed` for a file that is no table or has columns nobody knows, `NotMandated` for all but officers.
    """
    tenant = services.tenants.tenant(key)
    with refusals_logged(services.engine, tenant, actor_id, key, "import-engagements", now=now):
        lines = read_table(content, (*COLUMNS, *TOLD_ONLY))
        missing = [reason("column-missing", column=name, field="file") for name in NEEDED if not has(lines, name)]
        if missing:
            raise Malformed(*missing)
        with writing(services.engine, tenant.id) as connection:
            today = local_day(now, tenant.timezone)
            actor = load_actor(connection, tenant.id, actor_id, today)
            officers_seat(actor)
            _id, policy = services.policies.in_force(connection, tenant.id, today)
            faults = faults_in(connection, tenant, policy, lines)
            row = {
                "municipality_id": tenant.id,
                "person_id": actor.id,
                "file_name": clean(file_name)[-200:],
                "digest": hashlib.sha256(content).hexdigest(),
                "content": json.dumps([[line.number, line.cells] for line in lines]).encode(),
                "state": "tried",
                "total": len(lines),
                "done": 0,
                "numbers": {},
                "faults": [fault.stored() for fault in faults[:MOST_FAULTS]],
                "created_at": now,
                "changed_at": now,
            }
            return int(connection.execute(insert(ImportRun).returning(ImportRun.id), row).scalar_one())


# -- the run


def begin_import(services: Services, actor_id: int, key: str, run_id: int, *, now: datetime) -> None:
    """Let a list that has been tried be registered; `advance_import` then takes it on batch by batch.

    Only whoever brought the list begins it, as the registrations stand in their name. Raises `ActionNotOpen`.
    """
    _change(services, actor_id, key, run_id, "running", now)


def drop_import(services: Services, actor_id: int, key: str, run_id: int, *, now: datetime) -> None:
    """Give a list up; what has been registered of it stays."""
    _change(services, actor_id, key, run_id, "dropped", now)


def _change(services: Services, actor_id: int, key: str, run_id: int, to: str, now: datetime) -> None:
    tenant = services.tenants.tenant(key)
    with (
        refusals_logged(services.engine, tenant, actor_id, key, "import-engagements", now=now),
        writing(services.engine, tenant.id) as connection,
    ):
        run = _locked(connection, tenant, run_id)
        actor = load_actor(connection, tenant.id, actor_id, local_day(now, tenant.timezone))
        seat = officers_seat(actor)
        if run.person_id != actor.id:
            raise NotFound(reason("not-found"))
        if run.state not in (("tried",) if to == "running" else ("tried", "running")):
            raise ActionNotOpen(reason("import-not-open"))
        sound = run.total - len({fault["row"] for fault in run.faults})
        if to == "running" and sound <= 0:
            raise ActionNotOpen(reason("import-no-rows"))
        _write(connection, tenant, run_id, now, state=to)
        _note(connection, tenant, actor, seat, run, to, len(run.numbers), now)


def _note(
    connection: Connection,
    tenant: Tenant,
    actor: Actor,
    seat: tuple[str, str],
    run: Row[Any],
    to: str,
    registered: int,
    now: datetime,
) -> None:
    data = {"import": run.id, "list": to, "rows": run.total, "digest": run.digest, "registered": registered}
    words = {"file_name": run.file_name}
    behalf = actor.on_behalf_at(seat)
    done = Act("import-engagements", actor.public_id, *seat, on_behalf_of=behalf, data=data, words=words)
    record(connection, tenant.id, done, now=now)


def advance_import(services: Services, key: str, run_id: int, *, now: datetime, rows: int = BATCH) -> bool:
    """Register the next rows of a list that is running, in one transaction; returns whether any are left.

    Safe to call from any number of processes, and after any of them was killed. A run whose officer is no case officer
    any more is given up, as nobody could answer for its registrations.
    """
    tenant = services.tenants.tenant(key)
    try:
        with writing(services.engine, tenant.id) as connection:
            run = _locked(connection, tenant, run_id)
            if run.state != "running":
                return False
            return _register(services, connection, tenant, run, rows, now)
    except (NotMandated, NotFound) as refusal:
        _stop(services, tenant, run_id, refusal, now)
        return False


def running_imports(services: Services, tenant: Tenant, job: str) -> list[tuple[int, str]]:
    """Ids and file names of the running lists of a municipality, oldest first, without those that `job` set aside."""
    running = select(ImportRun.id, ImportRun.file_name).where(
        ImportRun.state == "running", is_not_set_aside(tenant.id, job, ImportRun.id)
    )
    with reading(services.engine, tenant.id) as session:
        return [(run.id, run.file_name) for run in session.execute(running.order_by(ImportRun.id))]


def _register(
    services: Services, connection: Connection, tenant: Tenant, run: Row[Any], rows: int, now: datetime
) -> bool:
    """The next rows, and how far the list has come: one transaction, so that neither is ever without the other."""
    actor = load_actor(connection, tenant.id, run.person_id, local_day(now, tenant.timezone))
    officers_seat(actor)
    lines = json.loads(run.content)[run.done : run.done + rows]
    numbers, faults = dict(run.numbers), list(run.faults)
    faulty = {fault["row"] for fault in faults}
    for row, cells in lines:
        if row in faulty or str(row) in numbers:
            continue
        try:
            with connection.begin_nested():
                numbers[str(row)] = enter_from_before(services, connection, tenant, actor, given_of(cells), now=now)
        except Malformed as wrong:  # it was right when it was tried: the policy has changed since
            faults += [Fault(row, why).stored() for why in wrong.reasons]
        except Exception as error:
            if isinstance(error, WorkflowError) or is_of_database(error):
                raise
            log.exception("row %s of import %s of %s failed", row, run.id, tenant.key)
            faults.append(Fault(row, reason("import-row-failed")).stored())
    done = run.done + len(lines)
    state = "running" if done < run.total else "done"
    _write(connection, tenant, run.id, now, done=done, numbers=numbers, faults=faults, state=state)
    if state == "done":
        _note(connection, tenant, actor, officers_seat(actor), run, state, len(numbers), now)
    return state == "running"


def _stop(services: Services, tenant: Tenant, run_id: int, refusal: WorkflowError, now: datetime) -> None:
    with writing(services.engine, tenant.id) as connection:
        run = _locked(connection, tenant, run_id)
        faults = [*run.faults, *(Fault(0, why).stored() for why in refusal.reasons)]
        _write(connection, tenant, run_id, now, state="dropped", faults=faults)
    log_refusal(services.engine, tenant, run.person_id, tenant.key, "import-engagements", refusal, now=now)


def _locked(connection: Connection, tenant: Tenant, run_id: int) -> Row[Any]:
    mine = (ImportRun.municipality_id == tenant.id, ImportRun.id == run_id)
    row = connection.execute(select(ImportRun.__table__).where(*mine).with_for_update()).one_or_none()
    if row is None:
        raise NotFound(reason("not-found"))
    return row


def _write(connection: Connection, tenant: Tenant, run_id: int, now: datetime, **columns: Any) -> None:
    mine = (ImportRun.municipality_id == tenant.id, ImportRun.id == run_id)
    connection.execute(update(ImportRun).where(*mine).values(**columns, changed_at=now))
