"""Random samples of signatures that an auditor opens."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Account
from app.extensions import db
from app.ledger.models import LedgerEntry
from app.petitions.models.petitions import Petition
from app.petitions.models.signatures import Signature
from app.platform.columns import UtcDateTime

BigId = BigInteger().with_variant(Integer, "sqlite")


class Sample(db.Model):
    """One sample: asked for first, drawn once a checkpoint covers the request."""

    __tablename__ = "petition_sample"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petition.id"), index=True)
    auditor_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    size: Mapped[int] = mapped_column(Integer)
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    request_entry_id: Mapped[int] = mapped_column(ForeignKey("ledger_entry.id"))
    # The size of the checkpoint whose root made the seed; NULL until the sample is drawn.
    ledger_size: Mapped[int | None] = mapped_column(BigInteger)

    petition: Mapped[Petition] = relationship()
    auditor: Mapped[Account] = relationship()
    request_entry: Mapped[LedgerEntry] = relationship()


class SampledSignature(db.Model):
    """One signature of a sample, when it was opened, and what was found."""

    __tablename__ = "petition_sampled_signature"
    __table_args__ = (Index("uq_petition_sampled_signature", "sample_id", "signature_id", unique=True),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    sample_id: Mapped[int] = mapped_column(ForeignKey("petition_sample.id"))
    signature_id: Mapped[int] = mapped_column(ForeignKey("petition_signature.id"))
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # A code of rules/samples.py.
    finding: Mapped[str | None] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(Text, default="")

    sample: Mapped[Sample] = relationship()
    signature: Mapped[Signature] = relationship()
