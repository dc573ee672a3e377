"""Can somebody see their deadlines in the calendar they use anyway?

An address with a secret of 256 bits, of which only the digest is kept, answers with iCalendar (RFC 5545); whoever has
it needs no session, and whoever has none learns nothing, not even that there is such a person.
"""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta

from flask import Blueprint, Response, abort
from icalendar import Calendar, Event
from sqlalchemy import select

from models import Person
from models.database import reading
from web.auth.session import User, load_user
from web.core.services import Services, services
from web.i18n.translator import Translator
from web.worklist.calendar_query import Duty, agenda
from workflow.core.errors import NotFound
from workflow.core.messages import N_
from workflow.core.tenants import Tenant
from workflow.people.preferences import hash_of, key_of

bp = Blueprint("calendar", __name__)

#: How often a calendar may look again, and how long it may keep what it got.
AGAIN = timedelta(hours=6)
KEPT = "private, max-age=900"

SUMMARIES = {
    "case": N_("Case: %(what)s"),
    "opinion": N_("Opinion: %(what)s"),
    "evaluation": N_("Evaluation: %(what)s"),
}


@bp.get("/calendar/<token>.ics")
def feed(token: str) -> Response:
    """The calendar that a secret address opens."""
    here = services()
    user = _of(here, token)
    with reading(here.engine, user.municipality.id) as db:
        duties = agenda(db, user)
    answer = Response(written(here, user, duties), content_type="text/calendar; charset=utf-8")
    answer.headers["Cache-Control"] = KEPT
    return answer


def _of(here: Services, token: str) -> User:
    """Whose calendar it is; 404 for everything that opens none."""
    key = key_of(token)
    try:
        tenant = here.workflow.tenants.tenant(key or "")
    except NotFound:
        abort(404)
    digest = hash_of(token)
    query = select(Person.id, Person.calendar_hash).where(Person.calendar_hash == digest, Person.is_active)
    with reading(here.engine, tenant.id) as db:
        found = db.execute(query).one_or_none()
    if found is None or not hmac.compare_digest(str(found.calendar_hash), digest):
        abort(404)
    user = load_user(here, tenant, found.id)
    return user if user is not None else abort(404)


def written(here: Services, user: User, duties: list[Duty]) -> bytes:
    """Duties as iCalendar, each a whole day in the municipality."""
    tenant, translator = user.municipality, Translator(user.language, user.municipality.language)
    calendar = Calendar()
    calendar.add("prodid", "-//Instans//Instans//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"Instans: {translator.localized(tenant.names)}")
    calendar.add("refresh-interval", AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT6H")
    for duty in duties:
        calendar.add_component(_event(tenant, translator, duty, here.settings.mailing.base_url, here.now()))
    return bytes(calendar.to_ical())


def _event(tenant: Tenant, translator: Translator, duty: Duty, base_url: str, now: datetime) -> Event:
    named = f"{duty.title} ({duty.number})" if duty.title else duty.number
    event = Event()
    event.add("uid", f"{duty.what}-{duty.subject}@{tenant.key}.instans")
    event.add("dtstamp", now)
    event.add("sequence", duty.cycle)
    event.add("summary", translator.translate(SUMMARIES[duty.what], what=named))
    event.add("dtstart", duty.due_on)
    event.add("dtend", duty.due_on + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    if base_url:
        event.add("url", base_url + duty.path)
    return event
