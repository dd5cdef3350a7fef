"""Signatures, who signed by e-mail, and the totals that a job folds from both."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Date, ForeignKey, Index, Integer, LargeBinary, String, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import db
from app.ledger.models import LedgerEntry
from app.petitions.rules.signing import SignatureState
from app.platform.columns import UtcDateTime

BigId = BigInteger().with_variant(Integer, "sqlite")
# As it stands in the partial index: said otherwise, SQLite reads the whole table.
UNFOLDED = text("NOT folded")


class Signature(db.Model):
    """One pseudonym's support of one petition. Nothing here but `account_id` and the signer's row says whose.

    `folded` is false while the totals do not know the row's present state; `in_totals` is what they know.
    """

    __tablename__ = "petition_signature"
    __table_args__ = (
        Index("uq_petition_signature_pseudonym", "petition_id", "pseudonym", unique=True),
        Index("ix_petition_signature_account", "account_id", "petition_id"),
        Index("ix_petition_signature_time", "petition_id", "signed_at"),
        Index("ix_petition_signature_network", "network", "petition_id", "signed_at"),
        Index("ix_petition_signature_unfolded", "id", sqlite_where=UNFOLDED, postgresql_where=UNFOLDED),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petition.id"))
    # The output of the petition's VRF, 64 bytes, and its proof: what the signer's receipt holds. The proof
    # needs no secret key to be verified for a guessed signer, so it goes when the petition is archived.
    pseudonym: Mapped[bytes] = mapped_column(LargeBinary(64))
    proof: Mapped[bytes | None] = mapped_column(LargeBinary(80))
    # Who signed: both NULL for paper, and for everybody once the petition is archived.
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    email_signer_id: Mapped[int | None] = mapped_column(
        ForeignKey("petition_email_signer.id", ondelete="SET NULL"), unique=True
    )
    level: Mapped[str] = mapped_column(String(10))
    # As the ledger's entry says it: "district:CODE", "region:CODE" or "elsewhere".
    place: Mapped[str] = mapped_column(String(50))
    # Where the signer lives, so that the totals know when the district may be named; forgotten at archiving.
    district: Mapped[str | None] = mapped_column(String(40))
    signed_on: Mapped[date] = mapped_column(Date)
    # The day's beginning, once the petition is archived.
    signed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(12), default=SignatureState.COUNTED)
    # A keyed hash of the network it came from; deleted after thirty days.
    network: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    folded: Mapped[bool] = mapped_column(default=False)
    in_totals: Mapped[bool] = mapped_column(default=False)
    # The entry that says so, and the newest one that changed it.
    ledger_entry_id: Mapped[int] = mapped_column(ForeignKey("ledger_entry.id"), unique=True)
    change_entry_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_entry.id"))
    # Why it does not count: a code of rules/reasons.py.
    reason_code: Mapped[str | None] = mapped_column(String(40))

    ledger_entry: Mapped[LedgerEntry] = relationship(foreign_keys=[ledger_entry_id])
    change_entry: Mapped[LedgerEntry | None] = relationship(foreign_keys=[change_entry_id])


class EmailSigner(db.Model):
    """Somebody without an account who signs by e-mail; the row is deleted when the petition is archived."""

    __tablename__ = "petition_email_signer"
    __table_args__ = (
        Index("uq_petition_email_signer_address", "petition_id", "canonical_email", unique=True),
        # What the holder of an account has signed by e-mail.
        Index("ix_petition_email_signer_canonical_email", "canonical_email"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petition.id"))
    name: Mapped[str] = mapped_column(String(100))
    postcode: Mapped[str] = mapped_column(String(10))
    email: Mapped[str] = mapped_column(String(254))
    # Lower case, without what the mailbox's owner can vary at will.
    canonical_email: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(5), default="en")
    # Whether they want to be told what happens, once they have confirmed.
    follows: Mapped[bool] = mapped_column(default=False, server_default=false())
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    network: Mapped[bytes | None] = mapped_column(LargeBinary(16))


class SignatureRequest(db.Model):
    """One filled-in form of somebody without an account: what the limits count. Deleted after a day."""

    __tablename__ = "petition_signature_request"
    __table_args__ = (
        Index("ix_petition_signature_request_network", "network", "petition_id", "at"),
        Index("ix_petition_signature_request_address", "address", "petition_id", "at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petition.id"))
    # Keyed hashes of the network and of the canonical address.
    network: Mapped[bytes] = mapped_column(LargeBinary(16))
    address: Mapped[bytes] = mapped_column(LargeBinary(16))
    # The proof-of-work that came with it; each is good once.
    challenge: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class PetitionTotal(db.Model):
    """How many counted signatures one petition has of one level, place and day.

    `district` ("" where none is known) is not public; only `place` is.
    """

    __tablename__ = "petition_total"

    petition_id: Mapped[int] = mapped_column(ForeignKey("petition.id"), primary_key=True)
    level: Mapped[str] = mapped_column(String(10), primary_key=True)
    place: Mapped[str] = mapped_column(String(50), primary_key=True)
    district: Mapped[str] = mapped_column(String(40), primary_key=True, default="")
    on: Mapped[date] = mapped_column(Date, primary_key=True)
    count: Mapped[int] = mapped_column(Integer)
