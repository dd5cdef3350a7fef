"""What connected systems sent: reports, refusals, used nonces; and how the two sides of sharing agree."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Date, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Agency
from app.extensions import db
from app.platform.columns import UtcDateTime

BigId = BigInteger().with_variant(Integer, "sqlite")
# Refusals of a sender that nobody knows are counted under this number.
UNKNOWN_SYSTEM = 0


class AccessReport(db.Model):
    """One report of a system under the sender's own id: sent again it is answered, not recorded again."""

    __tablename__ = "access_report"
    __table_args__ = (Index("uq_access_report_sender", "system_id", "sender_id", unique=True),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    system_id: Mapped[int] = mapped_column(ForeignKey("information_system.id"))
    sender_id: Mapped[str] = mapped_column(String(100))
    # A keyed hash: the report names people by their identity claims.
    content_hash: Mapped[str] = mapped_column(String(64))
    query_id: Mapped[str] = mapped_column(String(32))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)


class UsedNonce(db.Model):
    """A nonce that a signed request has used; kept while its signature would still be taken."""

    __tablename__ = "used_nonce"

    system_id: Mapped[int] = mapped_column(ForeignKey("information_system.id"), primary_key=True)
    nonce: Mapped[str] = mapped_column(String(100), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class RefusalCount(db.Model):
    """How many requests of a system were refused on one day for one reason."""

    __tablename__ = "access_refusal_count"

    system_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    on: Mapped[date] = mapped_column(Date, primary_key=True)
    count: Mapped[int] = mapped_column(Integer)


class SharingDifference(db.Model):
    """What two agencies recorded on one day about data that went between them; the first has the lower id."""

    __tablename__ = "sharing_difference"

    on: Mapped[date] = mapped_column(Date, primary_key=True)
    first_agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), primary_key=True)
    second_agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), primary_key=True)
    first_count: Mapped[int] = mapped_column(Integer)
    second_count: Mapped[int] = mapped_column(Integer)
    # Records whose person and case only one of the two has recorded.
    first_only: Mapped[int] = mapped_column(Integer)
    second_only: Mapped[int] = mapped_column(Integer)

    first_agency: Mapped[Agency] = relationship(foreign_keys=[first_agency_id])
    second_agency: Mapped[Agency] = relationship(foreign_keys=[second_agency_id])
