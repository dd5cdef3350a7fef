"""What has become of a signature, as its signer reads it."""

from datetime import datetime
from typing import Any

from flask import current_app, url_for
from flask_babel import gettext

from app.petitions.models import Signature
from app.petitions.rules.reasons import INVALIDATIONS
from app.petitions.rules.signing import Level, SignatureState

RECEIPT = "petitions.receipt"


def list_steps(
    signature: Signature | None, received_at: datetime, confirmed_at: datetime | None
) -> list[dict[str, Any]]:
    """Received, confirmed, counted, in the ledger, and what ended it: items of the component `timeline`."""
    steps = [
        {"title": gettext("Received"), "at": received_at, "state": "done"},
        {
            "title": gettext("Confirmed"),
            "at": confirmed_at,
            "state": "done" if confirmed_at else "now",
            "detail": _confirmation(signature, confirmed_at),
        },
    ]
    if signature is None:
        return [*steps, {"title": gettext("In the total"), "state": "future"}]
    steps += [_counted(signature), _in_ledger(signature)]
    return steps if signature.state == SignatureState.COUNTED else [*steps, _ending(signature)]


def receipt_url(signature: Signature, reference: str) -> str:
    """Where the receipt is: the petition's own, or that of the ledger's entry."""
    if RECEIPT in current_app.view_functions:
        return url_for(RECEIPT, reference=reference)
    return url_for("ledger.receipt", leaf_hash=signature.ledger_entry.leaf_hash)


def _confirmation(signature: Signature | None, confirmed_at: datetime | None) -> str:
    if confirmed_at is None:
        return gettext("Press the button on this page.")
    if signature is None or signature.email_signer_id is not None:
        return gettext("By the link in the mail.")
    if signature.level == Level.DESK:
        return gettext("By a clerk to whom you showed your identity card.")
    return gettext("By your being signed in.")


def _counted(signature: Signature) -> dict[str, Any]:
    title = gettext("In the total")
    if signature.folded:
        return {"title": title, "at": signature.signed_at, "state": "done"}
    return {"title": title, "state": "now", "detail": gettext("The total shows it within 10 seconds.")}


def _in_ledger(signature: Signature) -> dict[str, Any]:
    entry = signature.ledger_entry
    title = gettext("In the public ledger")
    if entry.index is not None:
        proof = url_for("ledger.receipt", leaf_hash=entry.leaf_hash)
        return {"title": title, "at": entry.release_at, "state": "done", "proof_url": proof}
    wait = gettext("It goes in with many others, so that the time does not say who signed.")
    return {"title": title, "at": entry.release_at, "state": "future", "detail": wait}


def _ending(signature: Signature) -> dict[str, Any]:
    reason = INVALIDATIONS.get(signature.reason_code or "")
    withdrawn = signature.state == SignatureState.WITHDRAWN
    return {
        "title": gettext("Withdrawn") if withdrawn else gettext("Declared invalid"),
        "at": signature.change_entry.at if signature.change_entry else None,
        "state": "done",
        "detail": str(reason.text) if reason else "",
    }
