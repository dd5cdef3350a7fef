"""How much one network may send for one petition, counted so that what comes at the same time counts too."""

from hashlib import sha256

from flask import current_app
from sqlalchemy import text

from app.extensions import db
from app.petitions.queries.email_signers import count_forms
from app.petitions.rules.email import WINDOW
from app.petitions.rules.refusals import NetworkLimit


def ensure_within(petition_id: int, network: bytes, allowed: int) -> None:
    """Demand that less than `allowed` have come from a network, in the transaction that adds one more.

    Raises NetworkLimit.
    """
    _take_turns(petition_id, network)
    if count_forms(petition_id, network) >= allowed * current_app.config["RATE_LIMIT_SCALE"]:
        raise NetworkLimit(retry_after=round(WINDOW.total_seconds()))


def _take_turns(petition_id: int, network: bytes) -> None:
    """Let those of one network count one after the other, each with what those before it have written.

    On SQLite writers take turns anyway.
    """
    if db.engine.dialect.name == "postgresql":
        name = sha256(b"forms\0%d\0" % petition_id + network).digest()[:8]
        key = int.from_bytes(name, "big", signed=True)
        db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})
