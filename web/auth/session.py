"""Session authentication: the signed-in person and their acting roles.

A session is a signed cookie. It ends after twelve hours, after two hours without a request, and when the person's
`session_epoch` is raised.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import abort, session
from flask_login import LoginManager, UserMixin, current_user, login_user
from sqlalchemy import select, true

from models import Body, Person
from models.database import reading
from web.core.request_log import identify
from web.core.services import Services, services
from workflow.cases.acting_roles import ACTOR, MUNICIPALITY, SEATS_TODAY, Substitution, bodies_as, seats_of
from workflow.core.errors import NotFound
from workflow.core.messages import reason
from workflow.core.tenants import Tenant
from workflow.core.text_validation import is_storable

LONGEST_SESSION = timedelta(hours=12)
LONGEST_IDLE = timedelta(hours=2)
#: How old the session's time of last use may get before the cookie is written again.
REFRESH_AFTER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class User(UserMixin):
    """A signed-in person with today's acting roles, their own and those they substitute in."""

    id: int
    public_id: str
    username: str
    name: str
    #: Language code.
    language: str
    municipality: Tenant
    #: (role, body key) of their own appointments.
    seats: frozenset[tuple[str, str]]
    #: Acting roles of absent people in which the person substitutes.
    stands_in: tuple[Substitution, ...] = ()

    @property
    def all_seats(self) -> frozenset[tuple[str, str]]:
        """Every acting role of the person today."""
        return self.seats | {absent.seat for absent in self.stands_in}

    def holds(self, role: str, body: str) -> bool:
        """Whether the person may act in a role in a body today."""
        return (role, body) in self.all_seats

    def bodies_as(self, role: str) -> tuple[str, ...]:
        """Keys of the bodies in which the person may act in a role, their own first."""
        return bodies_as(self.seats, self.stands_in, role)

    def is_any(self, *roles: str) -> bool:
        """Whether the person may act in one of the roles somewhere."""
        return any(held in roles for held, _body in self.all_seats)


def signed_in() -> User:
    """The person who sent the request; 401 for nobody."""
    if not current_user.is_authenticated:
        abort(401)
    person: User = current_user._get_current_object()
    return person


def own_municipality(number: str) -> Tenant:
    """The reader's municipality, to which a case's, engagement's or evaluation's number must belong.

    Raises `NotFound` for the number of another one, as for one that there is not.
    """
    tenant = signed_in().municipality
    if number.partition("-")[0] != tenant.key or not is_storable(number):
        raise NotFound(reason("not-found"))
    return tenant


# -- the session


def manager() -> LoginManager:
    """The Flask-Login manager, which loads the person of a valid session."""
    found = LoginManager()
    found.session_protection = None  # IP addresses change on the move; the cookie is HttpOnly and SameSite
    found.user_loader(_of_session)
    return found


def _of_session(_id: str) -> User | None:
    """The person of a session; None once it has ended."""
    here = services()
    now = here.now()
    try:
        since, seen = _instant("since"), _instant("seen")
        person_id, key, epoch = int(session["person"]), str(session["municipality"]), int(session["epoch"])
    except (KeyError, ValueError, TypeError):
        return None
    if now - since >= LONGEST_SESSION or now - seen >= LONGEST_IDLE:
        return None
    try:
        tenant = here.workflow.tenants.tenant(key)
    except NotFound:
        return None
    user = load_user(here, tenant, person_id, epoch=epoch)
    if user is None:
        return None
    identify(tenant.key, user.public_id)
    if now - seen >= REFRESH_AFTER:
        session["seen"] = now.isoformat()
    return user


def _instant(name: str) -> datetime:
    return datetime.fromisoformat(session[name]).astimezone(UTC)


_p = Person.__table__.c
_PERSON = (
    select(
        *(_p.public_id, _p.username, _p.name, _p.language, _p.session_epoch),
        *SEATS_TODAY.c,
        Body.__table__.c.key.label("body"),
    )
    .select_from(Person.__table__)
    .outerjoin(SEATS_TODAY, true())
    .outerjoin(Body.__table__, Body.__table__.c.id == SEATS_TODAY.c.body_id)
    .where(_p.id == ACTOR, _p.municipality_id == MUNICIPALITY, _p.is_active)
)


def load_user(here: Services, tenant: Tenant, person_id: int, *, epoch: int | None = None) -> User | None:
    """An active person with today's acting roles, in one statement; None for an unknown one or an older epoch."""
    parameters = {"actor": person_id, "municipality": tenant.id, "today": here.today(tenant)}
    with reading(here.engine, tenant.id) as db:
        rows = db.connection().execute(_PERSON, parameters).all()
    if not rows or (epoch is not None and rows[0].session_epoch != epoch):
        return None
    first = rows[0]
    return User(person_id, first.public_id, first.username, first.name, first.language, tenant, *seats_of(rows))


def begin_session(user: User, epoch: int, now: datetime) -> None:
    """Clear the browser's session and start one for a person."""
    session.clear()
    session["person"] = user.id
    session["municipality"] = user.municipality.key
    session["epoch"] = epoch
    session["since"] = session["seen"] = now.isoformat()
    login_user(user)
    identify(user.municipality.key, user.public_id)
