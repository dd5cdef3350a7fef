"""A person's wish that a datum about them be corrected or deleted, and what became of it."""

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.access_records.models.systems import InformationSystem
from app.access_records.models.timed_requests import TimedRequest
from app.extensions import db


class CorrectionRequest(TimedRequest, db.Model):
    """One request about one datum. `question` says what is wrong; `wanted_value` what would be right."""

    __tablename__ = "correction_request"
    __table_args__ = (Index("ix_correction_request_datum", "person_id", "system_id", "category"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    system_id: Mapped[int] = mapped_column(ForeignKey("information_system.id"))
    category: Mapped[str] = mapped_column(String(40))
    # correction or deletion.
    kind: Mapped[str] = mapped_column(String(10))
    wanted_value: Mapped[str] = mapped_column(Text, default="")

    system: Mapped[InformationSystem] = relationship()
