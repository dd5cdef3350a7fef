"""Asking at a desk: a clerk sends a request for a person who is present, who can take it back."""

from collections.abc import Mapping
from typing import Any

from app.accounts.models import DeskActRecord
from app.accounts.queries import Served
from app.accounts.rules import DeskActNotOffered, NotUndoable
from app.accounts.services.desk import Outcome
from app.civil_requests.rules.kinds import RequestKind
from app.civil_requests.rules.refusals import ActNotAllowed, OthersWait, RequestNotFound
from app.civil_requests.services.filing import (
    Filing,
    RequestText,
    draft_request,
    file_request,
    withdraw_request,
)


def file_at_desk(served: Served, values: Mapping[str, Any]) -> Outcome:
    """Write and send a request in one go, in the act's transaction.

    Raises DeskActNotOffered for who has no account, TooManyRequests, AgencyUnknown.
    """
    if served.account is None:
        raise DeskActNotOffered
    text = RequestText(values["title"], values["text"])
    reference = draft_request(served.account, text)
    filing = Filing(
        RequestKind(values["kind"]),
        values["agency"],
        address=(values["address"] or "").strip(),
        publishable=bool(values["publishable"]),
    )
    file_request(served.account, reference, text, filing)
    return Outcome({"request": reference, "title": text.title}, {"request": reference})


def withdraw_at_desk(served: Served, record: DeskActRecord) -> None:
    """Take the request back. Raises NotUndoable once it is answered, or where others wait with it."""
    if served.account is None:
        raise NotUndoable
    try:
        withdraw_request(served.account, record.details["request"])
    except (ActNotAllowed, OthersWait, RequestNotFound) as refusal:
        raise NotUndoable from refusal
