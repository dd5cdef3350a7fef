"""How much one network may send for one petition, counted so that what comes at the same time counts too."""

import secrets
from hashlib import sha256

from flask import current_app
from sqlalchemy import text

from app.extensions import db
from app.petitions.models import SignatureRequest
from app.petitions.queries.email_signers import count_forms
from app.petitions.rules.email import WINDOW, forms_allowed
from app.petitions.rules.refusals import NetworkLimit
from app.platform import clock
from app.platform.transaction import transaction


def ensure_within(petition_id: int, network: bytes, allowed: int) -> None:
    """Demand that less than `allowed` have come from a network, in the transaction that adds one more.

    Raises NetworkLimit.
    """
    _take_turns(petition_id, network)
    if count_forms(petition_id, network) >= allowed * current_app.config["RATE_LIMIT_SCALE"]:
        raise NetworkLimit(retry_after=round(WINDOW.total_seconds()))


def count_unverified(petition_id: int, network: bytes | None) -> None:
    """Count the signature of an account that nobody has verified, beside the forms from its network.

    An account costs its holder more than a form with a proof-of-work, so as many may come. What no network
    is known of, as of sponsors, is not limited. Raises NetworkLimit.
    """
    if network is None:
        return
    with transaction():
        ensure_within(petition_id, network, forms_allowed(has_proof=True))
        # In the place of an address: no mail goes, and the row need not say whose it is.
        nobody = secrets.token_bytes(16)
        db.session.add(
            SignatureRequest(petition_id=petition_id, network=network, address=nobody, at=clock.now())
        )


def _take_turns(petition_id: int, network: bytes) -> None:
    """Let those of one network count one after the other, each with what those before it have written.

    On SQLite writers take turns anyway.
    """
    if db.engine.dialect.name == "postgresql":
        name = sha256(b"forms\0%d\0" % petition_id + network).digest()[:8]
        key = int.from_bytes(name, "big", signed=True)
        db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})
