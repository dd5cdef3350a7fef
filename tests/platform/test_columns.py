"""Times come back as the moment they were; naive ones never get in."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import StatementError

from app.notifications.models import OutboxMessage
from app.platform.transaction import transaction

NAIVE = datetime(2026, 1, 1)  # noqa: DTZ001 - what is refused
SEOUL = timezone(timedelta(hours=9))


def test_moments_and_json_survive(db: Any) -> None:
    at = datetime(2026, 11, 22, 18, 0, 0, 123456, tzinfo=SEOUL)
    content = {"이름": "미나", "list": [1, {"b": None, "a": True}]}
    with transaction():
        db.session.add(
            OutboxMessage(recipient_id=1, template="x/y", context=content, queued_at=at, next_attempt_at=at)
        )
    row = db.session.scalar(select(OutboxMessage))
    assert row.queued_at == at
    assert row.queued_at.tzinfo is UTC
    assert row.context == content
    assert db.session.scalar(select(OutboxMessage.id).where(OutboxMessage.queued_at <= at)) == row.id


def test_naive_moments_are_refused(db: Any) -> None:
    with pytest.raises(StatementError, match="aware"):
        db.session.scalar(select(OutboxMessage.id).where(OutboxMessage.queued_at <= NAIVE))
