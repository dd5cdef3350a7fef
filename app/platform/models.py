"""Tables of the plumbing."""

from datetime import datetime

from sqlalchemy import Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db
from app.platform.columns import UtcDateTime


class AttemptCount(db.Model):
    """How often one subject has tried one thing in the present window."""

    __tablename__ = "attempt_count"

    key: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    count: Mapped[int] = mapped_column(Integer)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class SearchDocument(db.Model):
    """The words by which a public text is found; app/platform/search.py keeps and finds them."""

    __tablename__ = "search_document"
    __table_args__ = (Index("uq_search_document_key", "kind", "key", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(60))
    title_words: Mapped[str] = mapped_column(Text)
    text_words: Mapped[str] = mapped_column(Text)
