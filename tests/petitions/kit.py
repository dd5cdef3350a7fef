"""A town in miniature: regions, districts, an agency, petitions that are open."""

import json
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.accounts.models import District, Region
from app.accounts.services.roles import create_agency
from app.extensions import db
from app.ledger.entry_types import EntryType
from app.ledger.services import Entry, Pending, append_many
from app.ledger.services.sequencer import sequence_batch
from app.petitions.models import Petition, PetitionType, Signature
from app.petitions.rules.life import PetitionState
from app.petitions.rules.signing import LOCAL
from app.petitions.services.counting import fold_totals
from app.petitions.services.keys import make_key
from app.platform import clock
from app.platform.transaction import transaction

TYPES = Path(__file__).parents[2] / "app" / "petitions" / "types"


def read_type(code: str) -> dict[str, Any]:
    """A shipped type's data."""
    return json.loads((TYPES / f"{code}.json").read_text("utf-8"))


def found_town() -> None:
    """Two regions with a district each, an agency, and the shipped types."""
    with transaction():
        db.session.add_all(
            [
                Region(code="north", name="North", name_ko="북부"),
                Region(code="south", name="South", name_ko="남부"),
            ]
        )
        db.session.flush()
        db.session.add_all(
            [
                District(code="hill", name="Hill", name_ko="언덕", region_code="north", postcodes=["101"]),
                District(code="river", name="River", name_ko="강변", region_code="south", postcodes=["102"]),
            ]
        )
        create_agency("Roads", "도로과")
        for path in sorted(TYPES.glob("*.json")):
            rules = json.loads(path.read_text("utf-8"))
            db.session.add(PetitionType(code=rules["code"], rules=rules, changed_at=clock.now()))


def open_petition(reference: str = "library", code: str = "local-council", **changes: Any) -> Petition:
    """A petition as it stands after moderation, without the steps before."""
    now = clock.now()
    rules = read_type(code) | changes.pop("rules", {})
    usual = {
        "reference": reference,
        "state": PetitionState.OPEN,
        "type_code": code,
        "rules": rules,
        "title": "Open the library on Sundays",
        "demand": "Open the **library** on Sundays.",
        "reasons": "Many work all week.",
        "created_at": now,
        "opened_at": now,
        "closes_on": (now + timedelta(days=30)).date(),
        "public_key": make_key(reference).public_key,
    }
    with transaction():
        petition = Petition(**(usual | changes))
        db.session.add(petition)
    return petition


def count_signatures(place: str, days_ago: int, number: int, reference: str = "library") -> None:
    """So many signatures of a place and day, in the ledger and in the totals."""
    petition = db.session.scalar(select(Petition.id).where(Petition.reference == reference))
    at = clock.now() - timedelta(days=days_ago)
    keys = [secrets.token_bytes(64) for _ in range(number)]
    with transaction():
        acts = [
            Pending(Entry(EntryType.SIGNATURE_COUNT, public={"pseudonym": key.hex()}), at, key)
            for key in keys
        ]
        entries = append_many(acts)
        db.session.add_all(
            Signature(
                petition_id=petition,
                pseudonym=key,
                proof=b"",
                level="verified",
                place=place,
                district="hill",
                signed_on=at.astimezone(LOCAL).date(),
                signed_at=at,
                ledger_entry_id=entry.id,
            )
            for key, entry in zip(keys, entries, strict=True)
        )
    fold_totals()
    sequence_batch()
