"""Tables of elections. The archive is `ElectionEvent` and `ElectionDatum` in order, nothing else."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.elections.rules import AuthorityMode, ElectionState, RollRule
from app.extensions import db
from app.platform.columns import JsonText, UtcDateTime


class Election(db.Model):
    """One election. From set-up on, the bytes in the archive say what is voted on, not these columns."""

    __tablename__ = "election"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(String(64), unique=True)
    state: Mapped[str] = mapped_column(String(20), default=ElectionState.DRAFT, index=True)
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")
    group_name: Mapped[str] = mapped_column(String(20))
    authority_mode: Mapped[str] = mapped_column(String(10), default=AuthorityMode.OFFLINE)
    roll_rule: Mapped[str] = mapped_column(String(10), default=RollRule.DISTRICT)
    # A district's code; empty for the whole town.
    roll_district: Mapped[str] = mapped_column(String(40), default="")
    roll_size: Mapped[int] = mapped_column(default=0)
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opens_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    opening_reason: Mapped[str] = mapped_column(Text, default="")
    closing_reason: Mapped[str] = mapped_column(Text, default="")
    cancelling_reason: Mapped[str] = mapped_column(Text, default="")
    credentials_fingerprint: Mapped[str | None] = mapped_column(String(43))
    parameters: Mapped[bytes | None] = mapped_column(LargeBinary)
    fingerprint: Mapped[str | None] = mapped_column(String(43))
    archive_timestamp: Mapped[int | None] = mapped_column()
    # The last event's bytes: what the next one is chained to, under this row's lock.
    head_event: Mapped[bytes | None] = mapped_column(LargeBinary)
    ballot_count: Mapped[int] = mapped_column(default=0)
    result: Mapped[list[list[int]] | None] = mapped_column(JsonText)

    questions: Mapped[list["Question"]] = relationship(
        order_by="Question.position", cascade="all, delete-orphan"
    )
    trustees: Mapped[list["Trustee"]] = relationship(order_by="Trustee.number", cascade="all, delete-orphan")


class PublicCredentials(db.Model):
    """The credential authority's list, beside the election's row, which every ballot rewrites."""

    __tablename__ = "election_public_credentials"

    election_id: Mapped[int] = mapped_column(ForeignKey("election.id", ondelete="CASCADE"), primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)


class Question(db.Model):
    """One question of a draft; at set-up it is copied into election.json."""

    __tablename__ = "election_question"

    id: Mapped[int] = mapped_column(primary_key=True)
    election_id: Mapped[int] = mapped_column(ForeignKey("election.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column()
    text: Mapped[str] = mapped_column(Text)
    answers: Mapped[list[str]] = mapped_column(JsonText)
    minimum: Mapped[int] = mapped_column()
    maximum: Mapped[int] = mapped_column()
    blank: Mapped[bool] = mapped_column(default=False)


class RollVoter(db.Model):
    """One person who may vote. Rows are deleted once the result is out; `Election.roll_size` stays."""

    __tablename__ = "election_roll_voter"
    __table_args__ = (
        UniqueConstraint("election_id", "email"),
        Index("ix_election_roll_voter_account", "election_id", "account_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    election_id: Mapped[int] = mapped_column(ForeignKey("election.id", ondelete="CASCADE"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    # Loaded by nobody in passing: `queries.list_roll` asks for both, and looking somebody up for neither.
    email: Mapped[str] = mapped_column(String(254), deferred=True, deferred_raiseload=True)
    name: Mapped[str] = mapped_column(String(100), default="", deferred=True, deferred_raiseload=True)
    weight: Mapped[int] = mapped_column(default=1)


class Trustee(db.Model):
    """One holder of a share of the key; `public_key` is the JSON with the proof of possession."""

    __tablename__ = "election_trustee"
    __table_args__ = (UniqueConstraint("election_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    election_id: Mapped[int] = mapped_column(ForeignKey("election.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column()
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    public_key: Mapped[str | None] = mapped_column(Text)
    registered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decrypted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ElectionEvent(db.Model):
    """One event of the archive. Ballots carry no account and no time."""

    __tablename__ = "election_event"
    __table_args__ = (
        Index("ix_election_event_tracker", "election_id", "tracker", unique=True),
        Index("ix_election_event_credential", "election_id", "credential", "height"),
    )

    election_id: Mapped[int] = mapped_column(ForeignKey("election.id"), primary_key=True)
    height: Mapped[int] = mapped_column(primary_key=True)
    type: Mapped[str] = mapped_column(String(20))
    event: Mapped[bytes] = mapped_column(LargeBinary)
    tracker: Mapped[str | None] = mapped_column(String(43))
    credential: Mapped[str | None] = mapped_column(Text)
    # Of a ballot's entry in the ledger, which names the tracker itself.
    leaf_hash: Mapped[str | None] = mapped_column(String(64))


class ElectionDatum(db.Model):
    """One data record of an event, in the order in which the archive has them."""

    __tablename__ = "election_datum"

    election_id: Mapped[int] = mapped_column(ForeignKey("election.id"), primary_key=True)
    height: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)


class BallotAlpha(db.Model):
    """SHA-256 of each alpha that was ever accepted: randomness must never come again."""

    __tablename__ = "election_ballot_alpha"

    election_id: Mapped[int] = mapped_column(ForeignKey("election.id"), primary_key=True)
    alpha_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)


class CredentialBinding(db.Model):
    """Which account first used a credential, both as keyed hashes; deleted when the election closes."""

    __tablename__ = "election_credential_binding"
    __table_args__ = (UniqueConstraint("election_id", "account_tag"),)

    election_id: Mapped[int] = mapped_column(ForeignKey("election.id"), primary_key=True)
    credential_tag: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    account_tag: Mapped[bytes] = mapped_column(LargeBinary(32))
