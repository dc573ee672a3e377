"""The iCalendar feed (RFC 5545) of a person's deadlines.

The URL carries a secret of 256 bits, of which only the digest is stored, and needs no session. An unknown secret gets
404, whether or not the person exists; one whose last day is over 410; one of a person without a seat 403.
"""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta

from flask import Blueprint, Response, abort
from icalendar import Calendar, Event

from models.database import reading
from web.auth import access_control
from web.auth.session import User, load_user
from web.core.services import Services, services
from web.i18n.translator import Translator
from web.worklist.calendar_queries import CalendarEntry, calendar_entries, calendar_owner
from workflow.core.calendar import LATEST, ONE_DAY
from workflow.core.errors import NotFound
from workflow.core.messages import N_
from workflow.core.tenants import Tenant
from workflow.people.preferences import hash_of, key_of, note_calendar_read

bp = Blueprint("calendar", __name__)

#: Refresh interval and cache lifetime of the feed.
REFRESH_INTERVAL = timedelta(hours=6)
CACHE_CONTROL = "private, max-age=900"

SUMMARIES = {
    "case": N_("Case: %(what)s"),
    "opinion": N_("Opinion: %(what)s"),
    "evaluation": N_("Evaluation: %(what)s"),
}


@bp.get("/calendar/<token>.ics")
def feed(token: str) -> Response:
    """The calendar of a secret URL."""
    here = services()
    user = _owner(here, token)
    with reading(here.engine, user.municipality.id) as db:
        entries = calendar_entries(db, user)
    answer = Response(icalendar(here, user, entries), content_type="text/calendar; charset=utf-8")
    answer.headers["Cache-Control"] = CACHE_CONTROL
    return answer


def _owner(here: Services, token: str) -> User:
    """The owner of a calendar; 404 for an unknown secret, 410 after its last day, 403 while its owner reads nothing."""
    key = key_of(token)
    try:
        tenant = here.workflow.tenants.tenant(key or "")
    except NotFound:
        abort(404)
    digest, today = hash_of(token), here.today(tenant)
    with reading(here.engine, tenant.id) as db:
        found = calendar_owner(db, digest)
    if found is None or not hmac.compare_digest(str(found.calendar_hash), digest):
        abort(404)
    if found.calendar_expires_on is None or found.calendar_expires_on < today:
        abort(410)
    user = load_user(here, tenant, found.id)
    if user is None:
        abort(404)
    if not access_control.may(user, "signed-in"):
        abort(403)
    if found.calendar_used_on != today:
        note_calendar_read(here.workflow, tenant, found.id, today)
    return user


def icalendar(here: Services, user: User, entries: list[CalendarEntry]) -> bytes:
    """Entries as iCalendar, each a whole day in the municipality."""
    tenant, translator = user.municipality, Translator(user.language, user.municipality.language)
    calendar = Calendar()
    calendar.add("prodid", "-//Instans//Instans//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"Instans: {translator.localized(tenant.names)}")
    calendar.add("refresh-interval", REFRESH_INTERVAL, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT6H")
    for entry in entries:
        calendar.add_component(_event(tenant, translator, entry, here.settings.mailing.base_url, here.now()))
    return bytes(calendar.to_ical())


def _event(tenant: Tenant, translator: Translator, entry: CalendarEntry, base_url: str, now: datetime) -> Event:
    named = f"{entry.title} ({entry.number})" if entry.title else entry.number
    event = Event()
    event.add("uid", f"{entry.what}-{entry.subject}@{tenant.key}.instans")
    event.add("dtstamp", now)
    event.add("sequence", entry.cycle)
    event.add("summary", translator.translate(SUMMARIES[entry.what], what=named))
    event.add("dtstart", entry.due_on)
    event.add("dtend", min(entry.due_on, LATEST) + ONE_DAY)
    event.add("transp", "TRANSPARENT")
    if base_url:
        event.add("url", base_url + entry.path)
    return event
