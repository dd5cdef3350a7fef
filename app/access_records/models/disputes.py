"""A person's question about one access, and what was answered."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.access_records.models.records import AccessRecord
from app.access_records.models.timed_requests import TimedRequest
from app.extensions import db


class Dispute(TimedRequest, db.Model):
    """One question about one access."""

    __tablename__ = "access_dispute"

    record_id: Mapped[int] = mapped_column(ForeignKey("access_record.id"), unique=True)

    record: Mapped[AccessRecord] = relationship()
