"""Limits on attempts, counted in a table that all workers share; subjects are kept as keyed hashes only."""

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from ipaddress import ip_address, ip_network
from typing import Any

from flask import current_app, request
from sqlalchemy import delete, update
from sqlalchemy.dialects import postgresql, sqlite

from app.extensions import db
from app.platform import clock, keys
from app.platform.errors import TooManyRequests
from app.platform.models import AttemptCount

INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
# Somebody with one address usually has its neighbours too.
IPV4_PREFIX, IPV6_PREFIX = 24, 48


@dataclass(frozen=True)
class Limit:
    """At most `count` attempts in each window of `seconds`."""

    name: str
    count: int
    seconds: int


def count_attempt(limit: Limit, subject: str) -> None:
    """Count one attempt in the caller's transaction; beyond the limit raises TooManyRequests."""
    ends_at = _window_end(limit)
    insert = INSERTS[db.engine.dialect.name](AttemptCount)
    counted = db.session.scalar(
        insert.values(key=_key(limit, subject, ends_at), count=1, ends_at=ends_at)
        .on_conflict_do_update(index_elements=["key"], set_={"count": AttemptCount.count + 1})
        .returning(AttemptCount.count)
    )
    if counted > limit.count * current_app.config["RATE_LIMIT_SCALE"]:
        raise TooManyRequests(retry_after=max(1, round((ends_at - clock.now()).total_seconds())))


def forgive_attempt(limit: Limit, subject: str) -> None:
    """Take one attempt back, in the caller's transaction: it turned out to be legitimate."""
    key = _key(limit, subject, _window_end(limit))
    db.session.execute(
        update(AttemptCount)
        .where(AttemptCount.key == key, AttemptCount.count > 0)
        .values(count=AttemptCount.count - 1)
    )


def forget_attempts() -> None:
    """Delete the counts of past windows, in the caller's transaction."""
    db.session.execute(delete(AttemptCount).where(AttemptCount.ends_at < clock.now()))


def client_network() -> str:
    """The network that the present request comes from."""
    address = ip_address(request.remote_addr or "127.0.0.1")
    prefix = IPV4_PREFIX if address.version == 4 else IPV6_PREFIX
    return str(ip_network((address, prefix), strict=False))


def _window_end(limit: Limit) -> datetime:
    now = int(clock.now().timestamp())
    return datetime.fromtimestamp(now - now % limit.seconds + limit.seconds, UTC)


def _key(limit: Limit, subject: str, ends_at: datetime) -> bytes:
    text = f"{limit.name}\0{subject}\0{ends_at.isoformat()}"
    return hmac.new(keys.get("rate-limit"), text.encode(), sha256).digest()
