"""Tables of the plumbing."""

from datetime import datetime

from sqlalchemy import Integer, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db
from app.platform.columns import UtcDateTime


class AttemptCount(db.Model):
    """How often one subject has tried one thing in the present window."""

    __tablename__ = "attempt_count"

    key: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    count: Mapped[int] = mapped_column(Integer)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
