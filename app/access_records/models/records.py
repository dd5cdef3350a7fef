"""Access records, each person's chain of them, and the label under which a person stands in the map."""

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.access_records.models.systems import InformationSystem
from app.accounts.models import Agency
from app.extensions import db
from app.ledger.models import LedgerEntry
from app.platform.columns import JsonText, UtcDateTime

BigId = BigInteger().with_variant(Integer, "sqlite")
UNEXAMINED = text("examined_at IS NULL")
UNERASED = text("erased_at IS NULL")


class AccessRecord(db.Model):
    """One access to one person's data. `number` counts from 1 in the person's chain, without a gap.

    Row and nonce are the opening of `commitment`: erasing them leaves the ledger's leaf as it was. Of an
    erased record the number, commitment, head and entry are left, with what the ledger's leaf says in clear;
    its texts are empty and it has no purpose.
    """

    __tablename__ = "access_record"
    __table_args__ = (
        Index("uq_access_record_person_number", "person_id", "number", unique=True),
        Index("uq_access_record_sender", "system_id", "sender_id", "person_id", unique=True),
        Index("ix_access_record_agency_time", "agency_id", "recorded_at"),
        Index("ix_access_record_system_time", "system_id", "accessed_at"),
        Index("ix_access_record_official", "official_tag", "agency_id"),
        # What supervision and retention ask for; both stay small.
        Index("ix_access_record_unexamined", "id", sqlite_where=UNEXAMINED, postgresql_where=UNEXAMINED),
        Index(
            "ix_access_record_unerased",
            "system_id",
            "recorded_at",
            sqlite_where=UNERASED,
            postgresql_where=UNERASED,
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    number: Mapped[int] = mapped_column(Integer)
    system_id: Mapped[int] = mapped_column(ForeignKey("information_system.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    unit: Mapped[str] = mapped_column(String(100))
    official_tag: Mapped[str] = mapped_column(String(8))
    # The account that looked on our own screens, or how the reporting system names its official: never
    # shown to the citizen, unless a dispute opens it.
    official_account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    official_ref: Mapped[str | None] = mapped_column(String(100))
    purpose_code: Mapped[str | None] = mapped_column(ForeignKey("purpose_code.code"))
    legal_basis: Mapped[str] = mapped_column(String(300))
    case_number: Mapped[str] = mapped_column(String(100))
    categories: Mapped[list[str]] = mapped_column(JsonText)
    action: Mapped[str] = mapped_column(String(20))
    accessed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sender_id: Mapped[str | None] = mapped_column(String(100))
    # The same for every person that one query touched.
    query_id: Mapped[str | None] = mapped_column(String(32), index=True)
    counterpart_agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    break_glass: Mapped[bool] = mapped_column(Boolean, default=False)
    nonce: Mapped[bytes] = mapped_column(LargeBinary(32))
    commitment: Mapped[str] = mapped_column(String(64), unique=True)
    chain_head: Mapped[bytes] = mapped_column(LargeBinary(32))
    ledger_entry_id: Mapped[int] = mapped_column(ForeignKey("ledger_entry.id"), unique=True)
    # When the rules of supervision looked at the record, once; when its content was erased.
    examined_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    system: Mapped[InformationSystem] = relationship()
    agency: Mapped[Agency] = relationship(foreign_keys=[agency_id])
    counterpart_agency: Mapped[Agency | None] = relationship(foreign_keys=[counterpart_agency_id])
    ledger_entry: Mapped[LedgerEntry] = relationship()


class AccessChain(db.Model):
    """How many records a person has and the hash over all of them; the row is locked to add one."""

    __tablename__ = "access_chain"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    count: Mapped[int] = mapped_column(Integer)
    head: Mapped[bytes] = mapped_column(LargeBinary(32))


class AccessLabel(db.Model):
    """The one key from which a person's label in the map is made, committed to at enrolment."""

    __tablename__ = "access_label"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    label_key: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    enrolment_nonce: Mapped[bytes] = mapped_column(LargeBinary(32))
    enrolment_leaf_hash: Mapped[str] = mapped_column(String(64), unique=True)


class BreakGlassReview(db.Model):
    """Why an official looked without the usual grounds, and what a second person of the agency found."""

    __tablename__ = "break_glass_review"

    record_id: Mapped[int] = mapped_column(
        ForeignKey("access_record.id", ondelete="CASCADE"), primary_key=True
    )
    reason: Mapped[str] = mapped_column(Text)
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    reviewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    justified: Mapped[bool | None] = mapped_column(Boolean)
    note: Mapped[str] = mapped_column(Text, default="")

    record: Mapped[AccessRecord] = relationship()
