"""Bodies of a municipality.

The rows mirror the bodies of its policy pack. Their members and officers are `models.person.Appointment`.
"""

from __future__ import annotations

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, OfMunicipality


class Body(OfMunicipality, Base):
    """A decision body, or an administration or office below one."""

    __tablename__ = "body"
    __table_args__ = (UniqueConstraint("municipality_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    #: council, executive-board, committee, company-board, administration or office.
    kind: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("body.id"))
    names: Mapped[dict[str, str]]
    #: True when no source names this body; it is then shown as an example.
    is_example: Mapped[bool] = mapped_column(default=False)
