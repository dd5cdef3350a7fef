"""The oversight body takes out an epoch with all leaves opened, and hands in what it found and signed.

Nothing here judges the records: `app/core/oversight.py` does, on the body's own machine, under its own key.
"""

from collections.abc import Mapping

from app.access_records.models.epochs import Epoch, OversightKey, OversightStatement
from app.access_records.queries.oversight import list_keys, open_leaves
from app.access_records.rules import (
    EpochNotOpen,
    OversightKeyInvalid,
    StatementNotUsable,
    StatementStands,
)
from app.accounts.models import Account
from app.core.checkpoints import SIGNATURE_TYPE, parse_verifier_key
from app.core.ledger_errors import LedgerError
from app.core.opened_epochs import write_opened_epoch
from app.core.oversight_statements import open_statement
from app.extensions import db
from app.ledger import services as ledger
from app.ledger.entry_types import EntryType
from app.ledger.services import Entry, Personal
from app.platform import clock
from app.platform.errors import PermissionDenied
from app.platform.permissions import Permission
from app.platform.transaction import transaction


def export_leaves(by: Account, number: int) -> bytes:
    """The file with all leaves of an epoch opened; that it was taken out stands in the ledger.

    Raises PermissionDenied, EpochNotOpen.
    """
    _demand(by)
    with transaction():
        opened = open_leaves(number)
        if opened is None:
            raise EpochNotOpen
        _record(EntryType.EPOCH_EXPORT, by, {"epoch": number})
    return write_opened_epoch(opened)


def receive_statement(by: Account, number: int, text: str) -> OversightStatement:
    """Publish what the oversight body signed about an epoch, for or against.

    Raises PermissionDenied, StatementNotUsable, StatementStands.
    """
    _demand(by)
    try:
        statement = open_statement(text, list_keys())
    except LedgerError as problem:
        raise StatementNotUsable from problem
    with transaction():
        epoch = db.session.get(Epoch, number)
        if epoch is None or (statement.epoch, statement.root) != (epoch.number, epoch.root):
            raise StatementNotUsable
        if db.session.get(OversightStatement, number) is not None:
            raise StatementStands
        agrees = statement.findings == 0
        kept = OversightStatement(epoch=number, agrees=agrees, note=text, at=clock.now())
        db.session.add(kept)
        public = {"epoch": number, "agrees": "yes" if agrees else "no", "statement": text}
        _record(EntryType.EPOCH_ATTEST, by, public)
    return kept


def register_key(text: str) -> OversightKey:
    """Register the public half of the oversight body's key; for the command line, it asks no permission.

    A key that is registered changes nothing. Raises OversightKeyInvalid.
    """
    try:
        key = parse_verifier_key(text.strip())
    except LedgerError as problem:
        raise OversightKeyInvalid from problem
    if key.kind != SIGNATURE_TYPE:
        raise OversightKeyInvalid
    with transaction():
        known = db.session.query(OversightKey).filter_by(verifier_key=str(key)).one_or_none()
        if known is not None:
            return known
        kept = OversightKey(verifier_key=str(key), registered_at=clock.now())
        db.session.add(kept)
        ledger.append(Entry(EntryType.OVERSIGHT_KEY_REGISTER, public={"verifier_key": str(key)}))
    return kept


def _demand(by: Account) -> None:
    if not by.has_permission(Permission.OVERSIGHT_OPEN):
        raise PermissionDenied


def _record(type_: EntryType, by: Account, public: Mapping[str, object]) -> None:
    ledger.append(Entry(type_, public=public, personal=[Personal({"account": by.id}, by.id)]))
