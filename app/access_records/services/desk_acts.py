"""Consents and corrections at a desk, for a person who is present, in the desk act's transaction."""

from collections.abc import Mapping
from typing import Any

from app.access_records.queries.consents import get_agreement
from app.access_records.queries.held import find_held
from app.access_records.rules.consents import (
    CategoryNotShared,
    ConsentAct,
    ConsentNotAsked,
    ConsentUnchanged,
    SharingUnknown,
)
from app.access_records.rules.corrections import (
    CorrectionActRefused,
    CorrectionKind,
    CorrectionNotFound,
    DatumNotHeld,
)
from app.access_records.services.consents import choose_for_person
from app.access_records.services.corrections import request_correction, withdraw_correction
from app.accounts.models import DeskActRecord
from app.accounts.queries import Served
from app.accounts.rules import DeskActNotOffered, NotUndoable
from app.accounts.services.desk import Outcome

GONE = (SharingUnknown, ConsentNotAsked, CategoryNotShared)


def choose_consent_at_desk(served: Served, values: Mapping[str, Any]) -> Outcome:
    """Give a consent in full, or withdraw it. Raises SharingUnknown, ConsentNotAsked, ConsentUnchanged."""
    code = values["sharing"]
    chosen = get_agreement(code).categories if values["act"] == ConsentAct.GIVE else []
    act, before = _choose(served, code, chosen)
    if act is None:
        raise ConsentUnchanged
    details = {"sharing": code, "act": act.value, "categories": ",".join(sorted(chosen))}
    return Outcome(details, {"categories": before})


def restore_consent(served: Served, record: DeskActRecord) -> None:
    """Give a consent back the extent that it had. Raises NotUndoable where it was changed since."""
    set_then = record.details["categories"]
    try:
        _, now = _choose(served, record.details["sharing"], (record.restore or {})["categories"])
    except GONE as refusal:
        raise NotUndoable from refusal
    if ",".join(sorted(now)) != set_then:
        raise NotUndoable


def request_correction_at_desk(served: Served, values: Mapping[str, Any]) -> Outcome:
    """Ask for a correction or deletion. The clerk names the datum and does not see it.

    Raises DeskActNotOffered for who has no account, DatumNotHeld, AlreadyRequested.
    """
    if served.account is None:
        raise DeskActNotOffered
    system_id, _, category = values["datum"].partition(":")
    datum = find_held(served.person.id, int(system_id), category)
    if datum is None:
        raise DatumNotHeld
    kind, wanted = CorrectionKind(values["kind"]), (values["wanted_value"] or "").strip()
    reference = request_correction(served.account, datum.id, kind, values["text"], wanted)
    details = {"correction": reference, "system": datum.system.code, "category": category, "kind": kind.value}
    return Outcome(details, {"correction": reference})


def withdraw_correction_at_desk(served: Served, record: DeskActRecord) -> None:
    """Take the request back. Raises NotUndoable once it is answered."""
    try:
        withdraw_correction(served.person.id, record.details["correction"])
    except (CorrectionNotFound, CorrectionActRefused) as refusal:
        raise NotUndoable from refusal


def _choose(served: Served, code: str, categories: list[str]) -> tuple[ConsentAct | None, list[str]]:
    account = served.account
    return choose_for_person(served.person.id, account.id if account else None, code, categories)
