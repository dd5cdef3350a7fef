"""A person's own settings, exempt from the ledger; the same at a desk, where the desk's act is the entry."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import update

from app.accounts.models import Account, DeskActRecord
from app.accounts.queries import Served
from app.accounts.rules import NotUndoable
from app.accounts.services.desk import Outcome
from app.extensions import db
from app.platform.transaction import transaction


def choose_language(account_id: int, language: str) -> None:
    """Keep the language that pages and mail are written in for an account."""
    with transaction():
        db.session.execute(update(Account).where(Account.id == account_id).values(language=language))


def correct_district(served: Served, values: Mapping[str, Any]) -> Outcome:
    """At a desk: write down where the person's identity card says they live."""
    return _set(served, "district", values["district"] or "")


def choose_language_at_desk(served: Served, values: Mapping[str, Any]) -> Outcome:
    """At a desk: the language that mail to the person is written in."""
    return _set(served, "language", values["language"])


def restore_setting(served: Served, record: DeskActRecord) -> None:
    """Give a setting back the value it had. Raises NotUndoable where it was changed since."""
    holder = served.holder if served.is_registered else None
    for name, value in (record.restore or {}).items():
        if holder is None or (getattr(holder, name) or "") != record.details[name]:
            raise NotUndoable
        setattr(holder, name, value)


def _set(served: Served, name: str, value: str) -> Outcome:
    before = getattr(served.holder, name)
    setattr(served.holder, name, value or None)
    return Outcome({name: value}, {name: before})
