"""Who stands by a petition without signing it: sponsors before it is published, followers after."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db
from app.platform.columns import UtcDateTime

BigId = BigInteger().with_variant(Integer, "sqlite")


class Sponsor(db.Model):
    """An account that supports a petition before publication, by its secret link."""

    __tablename__ = "petition_sponsor"
    __table_args__ = (Index("uq_petition_sponsor_account", "petition_id", "account_id", unique=True),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petition.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Whether their signature has been written since it opened, or was refused: the code of rules/refusals.py.
    signed: Mapped[bool] = mapped_column(default=False)
    refusal: Mapped[str | None] = mapped_column(String(40))


class Follower(db.Model):
    """Somebody who wants mail about each step: an account, or an address of somebody who signed by e-mail."""

    __tablename__ = "petition_follower"
    __table_args__ = (
        Index("uq_petition_follower_account", "petition_id", "account_id", unique=True),
        Index("uq_petition_follower_email", "petition_id", "email_signer_id", unique=True),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petition.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    email_signer_id: Mapped[int | None] = mapped_column(
        ForeignKey("petition_email_signer.id", ondelete="CASCADE")
    )
    language: Mapped[str] = mapped_column(String(5), default="en")
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Notice(db.Model):
    """A step that the followers are still to be told about, and how far the job has come."""

    __tablename__ = "petition_notice"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petition.id"))
    act: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_follower_id: Mapped[int] = mapped_column(BigInteger, default=0)
