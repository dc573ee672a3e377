"""Request domain: the engagement kinds, acts and attributes of requests, declared once.

Conditions, claims, DMN and FEEL, the checker, payloads, the API's description, forms and the register read what stands
here. `tests/workflow/policy/test_request_domain.py` compares it with the columns of `models`, and adds a kind and an
attribute to see that all of them know it. A new attribute is a field of `Request`, a column of `case` (and of
`engagement`, where the register knows it), and a label in `web.i18n.terms`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, fields, replace
from enum import Enum
from typing import Annotated, Any, get_type_hints

from workflow.policy.vocabulary import RESPONSIBLE_KINDS

#: How a pack writes that nobody gave a value.
UNSET = "unset"


class Purpose(Enum):
    """What an act does with an engagement."""

    BEGIN = "begin"
    PROLONG = "prolong"
    REVIEW = "review"
    END = "end"


@dataclass(frozen=True, slots=True)
class Act:
    """What may be asked for an engagement."""

    id: str
    purpose: Purpose
    #: Whether a request must name an engagement in the register.
    needs_registered: bool = False
    #: Whether an approved request is signed, where its kind is.
    is_signed: bool = True


#: Acts for every kind of engagement but the policy itself.
_ON_ENGAGEMENTS = (
    Act("enter", Purpose.BEGIN),
    Act("renew", Purpose.PROLONG, needs_registered=True),
    Act("evaluate", Purpose.REVIEW, needs_registered=True, is_signed=False),
    Act("terminate", Purpose.END, needs_registered=True),
)
_ON_POLICIES = (Act("adopt", Purpose.BEGIN), Act("revise", Purpose.REVIEW), Act("repeal", Purpose.END))


@dataclass(frozen=True, slots=True)
class EngagementKind:
    """A kind of engagement."""

    id: str
    acts: tuple[Act, ...] = _ON_ENGAGEMENTS
    #: Whether an approved request is signed.
    is_signed: bool = True


#: Engagement kinds, in the order screens show them.
ENGAGEMENT_KINDS = (
    EngagementKind("twin-agreement"),
    EngagementKind("cooperation-agreement"),
    EngagementKind("partnership"),
    EngagementKind("membership", is_signed=False),
    EngagementKind("project"),
    EngagementKind("exchange"),
    EngagementKind("visit", is_signed=False),
    EngagementKind("aid-project"),
    EngagementKind("influence"),
    EngagementKind("solidarity"),
    EngagementKind("policy", _ON_POLICIES, is_signed=False),
)
#: The policy itself as a kind of engagement; it is not in the register.
POLICY = "policy"

_KINDS = {kind.id: kind for kind in ENGAGEMENT_KINDS}
_ACTS = {act.id: act for kind in ENGAGEMENT_KINDS for act in kind.acts}
ENGAGEMENTS = tuple(_KINDS)
ALL_ACTS = tuple(_ACTS)
#: Acts that name an engagement already in the register.
ACTS_ON_REGISTERED = tuple(act.id for act in _ACTS.values() if act.needs_registered)


def acts_of(engagement: str) -> tuple[str, ...]:
    """Acts that can be asked for an engagement kind."""
    return tuple(act.id for act in _KINDS[engagement].acts)


def begin_act(engagement: str) -> str:
    """The act by which an engagement of a kind begins."""
    return next(act.id for act in _KINDS[engagement].acts if act.purpose is Purpose.BEGIN)


def acts_for(*purposes: Purpose) -> tuple[str, ...]:
    """Acts of one of the purposes, of whatever kind of engagement."""
    return tuple(act.id for act in _ACTS.values() if act.purpose in purposes)


def is_signed(engagement: str, act: str) -> bool:
    """Whether a request of this kind and act is signed when it is approved."""
    return _KINDS[engagement].is_signed and _ACTS[act].is_signed


class Source(Enum):
    """Where the value of an attribute comes from."""

    #: The request gives it.
    REQUEST = "request"
    #: The request gives it, unless it is about an engagement in the register: then the register does.
    REQUEST_OR_REGISTER = "request-or-register"
    #: The register alone gives it; without an engagement it has its default.
    REGISTER = "register"
    #: Follows from the responsible body.
    BODY = "body"


@dataclass(frozen=True, slots=True)
class Span:
    """Whole numbers from `low` to `high`, both included."""

    low: int
    high: int


YES_NO = (False, True)


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a request: its values, its default and where its value comes from."""

    #: Every value in order, or the span of a whole number.
    domain: tuple[object, ...] | Span
    source: Source = Source.REQUEST
    #: Whether the manager may set it when reviewing a draft.
    set_at_review: bool = False
    #: Of a whole number.
    unit: str = ""
    #: One English sentence for the API's description.
    description: str = ""
    #: The field's name and default, and whether every request gives a value; filled in from `Request`.
    name: str = ""
    default: object = None
    is_always_given: bool = False

    @property
    def values(self) -> tuple[object, ...]:
        """Every value, in order."""
        if isinstance(self.domain, Span):
            return tuple(range(self.domain.low, self.domain.high + 1))
        return self.domain

    @property
    def span(self) -> Span | None:
        """The limits of a whole number; None for other attributes."""
        return self.domain if isinstance(self.domain, Span) else None

    @property
    def is_yes_no(self) -> bool:
        """Whether it is true or false."""
        return self.domain == YES_NO

    @property
    def may_be_unset(self) -> bool:
        """Whether a request may leave it open."""
        return not isinstance(self.domain, Span) and None in self.domain

    @property
    def words(self) -> tuple[str, ...]:
        """Its values that are texts."""
        return tuple(value for value in self.values if isinstance(value, str))

    @property
    def is_given(self) -> bool:
        """Whether a person may give it besides kind, act and responsible body."""
        return not self.is_always_given and self.source is not Source.REGISTER

    @property
    def is_registered(self) -> bool:
        """Whether the register has a value of it for every engagement."""
        return self.source in (Source.REQUEST_OR_REGISTER, Source.REGISTER)


SCOPES = ("own-area", "municipality")
INITIATIVES = ("own", "external")


@dataclass(frozen=True, slots=True)
class Request:
    """A request: an engagement kind, an act and attributes. A policy gives it exactly one answer."""

    engagement: Annotated[str, Attribute(ENGAGEMENTS)]
    act: Annotated[str, Attribute(ALL_ACTS)]
    #: Kind of the body whose matter it is.
    responsible: Annotated[str, Attribute(RESPONSIBLE_KINDS, Source.BODY)]
    scope: Annotated[str, Attribute(SCOPES, Source.REQUEST_OR_REGISTER)] = "own-area"
    #: own, external, or None when nobody said.
    initiative: Annotated[
        str | None, Attribute((None, *INITIATIVES), description="own, external, or null when nobody said")
    ] = None
    #: A matter of principle or otherwise of major importance.
    principal: Annotated[
        bool, Attribute(YES_NO, set_at_review=True, description="A matter of principle or of major importance.")
    ] = False
    named_nordic_twin: Annotated[
        bool,
        Attribute(YES_NO, Source.REGISTER, description="With one of the Nordic twin towns a policy names."),
    ] = False
    eu_funded: Annotated[bool, Attribute(YES_NO, Source.REQUEST_OR_REGISTER)] = False
    #: Percent of the cost that others pay.
    external_funding: Annotated[
        int,
        Attribute(Span(0, 100), Source.REQUEST_OR_REGISTER, unit="percent", description="Percent that others pay."),
    ] = 0

    @property
    def is_signed(self) -> bool:
        """Whether a decision to approve it is followed by a signature."""
        return is_signed(self.engagement, self.act)

    def with_(self, **attributes: object) -> Request:
        """The same request with other attributes."""
        return replace(self, **attributes)  # type: ignore[arg-type]


def _declared() -> Mapping[str, Attribute]:
    hints = get_type_hints(Request, include_extras=True)
    found = {}
    for field in fields(Request):
        (attribute,) = hints[field.name].__metadata__
        given = field.default is MISSING
        default = None if given else field.default
        found[field.name] = replace(attribute, name=field.name, default=default, is_always_given=given)
    return found


#: Every attribute of a request by its name, in the order of `Request`.
ATTRIBUTES: Mapping[str, Attribute] = _declared()
#: Attributes a request always has a value of its own for.
ALWAYS_GIVEN = tuple(name for name, attribute in ATTRIBUTES.items() if attribute.is_always_given)
#: The others, in their order: each has a default and a column of its name in a case.
FACTS = tuple(name for name in ATTRIBUTES if name not in ALWAYS_GIVEN)
#: Facts that a person may give.
GIVEN = tuple(name for name in FACTS if ATTRIBUTES[name].is_given)
#: Facts that the manager may set when reviewing a draft.
SET_AT_REVIEW = tuple(name for name in FACTS if ATTRIBUTES[name].set_at_review)
#: Facts that the register has of every engagement, each with a column of its name.
REGISTERED = tuple(name for name in FACTS if ATTRIBUTES[name].is_registered)
#: Facts that a person gives for something new, and the register for what stands in it.
GIVEN_OR_REGISTERED = tuple(name for name in REGISTERED if name in GIVEN)


def facts_of(values: object, names: Iterable[str] = FACTS) -> dict[str, Any]:
    """Facts by name, read from the attributes of a request, a case, an engagement or a row."""
    return {name: getattr(values, name) for name in names}
