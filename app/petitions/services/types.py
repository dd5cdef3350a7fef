"""Kinds of petition: loaded from JSON, each change an entry."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.extensions import db
from app.ledger import services as ledger
from app.ledger.entry_types import EntryType
from app.ledger.services import Entry
from app.petitions.models import PetitionType
from app.petitions.rules.types import TypeInvalid, parse_rules
from app.platform import clock
from app.platform.transaction import transaction

SHIPPED = Path(__file__).parents[1] / "types"


def load_type(text: str) -> str:
    """Offer a kind of petition, or change one for the petitions that are started from now on; its code.

    Raises TypeInvalid naming what is missing or impossible.
    """
    try:
        data = json.loads(text)
    except json.JSONDecodeError as problem:
        raise TypeInvalid(f"no JSON: {problem}") from problem
    rules = parse_rules(data)
    with transaction():
        _put(rules.code, data)
    return rules.code


def load_shipped_types() -> list[str]:
    """Offer the kinds that come with the program and are not there yet; their codes."""
    known = set(db.session.scalars(select(PetitionType.code)))
    paths = sorted(path for path in SHIPPED.glob("*.json") if path.stem not in known)
    return [load_type(path.read_text("utf-8")) for path in paths]


def _put(code: str, data: Mapping[str, Any]) -> None:
    kind = db.session.get(PetitionType, code)
    if kind is not None and kind.rules == data and kind.active:
        return
    if kind is None:
        kind = PetitionType(code=code)
        db.session.add(kind)
    kind.rules, kind.active, kind.changed_at = dict(data), True, clock.now()
    written = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    ledger.append(Entry(EntryType.PETITION_TYPE_CHANGE, public={"type": code, "rules": written}))
