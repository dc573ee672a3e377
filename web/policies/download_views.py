"""Downloads of a policy for other programs: each route as BPMN, the competence table as DMN.

For everybody who may read the policy page; of the reader's own municipality and in the reader's language.
"""

from __future__ import annotations

from flask import Blueprint, Response, request

from models.database import reading
from web.auth.session import signed_in
from web.core.headers import disposition
from web.core.services import services
from web.policies.download_labels import ReaderNames, column_label
from web.policies.queries import version_id
from workflow.core.errors import NotFound
from workflow.core.messages import reason
from workflow.policy.interchange.bpmn import bpmn
from workflow.policy.interchange.dmn import dmn
from workflow.policy.model import Policy

bp = Blueprint("exchange", __name__)


@bp.get("/policy/<version>/routes/<route>.bpmn")
def route(version: str, route: str) -> Response:
    """A route of a version for a responsible body; 404 where there is no such route."""
    policy = _version(version)
    responsible = request.args.get("responsible", "")
    if route not in policy.routes or responsible not in {body.key for body in policy.responsible_bodies()}:
        raise NotFound(reason("not-found"))
    drawn = bpmn(policy, route, responsible, ReaderNames(policy, responsible))
    return _file(drawn, f"{policy.version}-{route}.bpmn")


@bp.get("/policy/<version>/table.dmn")
def table(version: str) -> Response:
    """The competence table of a version; every stored version has one answer to a request."""
    policy = _version(version)
    return _file(dmn(policy, column_label), f"{policy.version}.dmn")


def _version(version: str) -> Policy:
    """A version of the reader's municipality by the law of today; raises `NotFound`."""
    tenant, here = signed_in().municipality, services()
    with reading(here.engine, tenant.id) as db:
        found = version_id(db, version)
        if found is None:
            raise NotFound(reason("not-found"))
        return here.workflow.policies.by_id(db.connection(), tenant.id, found).on(here.today(tenant))


def _file(text: str, name: str) -> Response:
    return Response(text, mimetype="application/xml", headers={"Content-Disposition": disposition(name)})
