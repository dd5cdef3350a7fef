"""What two agencies recorded about the same sharing is compared, and the differences are published."""

from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from app.access_records.models import InformationSystem, SharingDifference
from app.access_records.rules import Action
from app.access_records.services.records import Access, record_accesses
from app.access_records.services.sharing import compare_recent_days
from app.access_records.services.systems import register_system
from app.accounts.services.roles import create_agency
from app.extensions import db as database
from app.ledger.models import LedgerEntry
from app.platform import clock
from app.platform.transaction import transaction
from tests.access_records.kit import Country, new_system


def share(country: Country, system: InformationSystem, other: int, person: int, case: str) -> Access:
    return country.access(
        country.person_ids[person],
        system=system,
        action=Action.SHARE,
        counterpart_agency_id=other,
        case_number=case,
        accessed_at=clock.now() - timedelta(days=1),
    )


def test_what_one_side_left_out_is_counted(db, client, country: Country) -> None:
    tax_agency = create_agency("Tax Service", "국세청")
    tax = register_system(None, new_system("tax", tax_agency.id, Ed25519PrivateKey.generate()))
    here, there = country.agency_id, tax.agency_id
    with transaction():
        record_accesses(
            [
                share(country, country.system, there, 0, "1"),
                share(country, country.system, there, 1, "2"),
                share(country, country.system, there, 1, "2"),
                share(country, tax, here, 0, "1"),
                share(country, tax, here, 1, "2"),
                share(country, tax, here, 2, "9"),
            ]
        )
    assert compare_recent_days() == 1
    (row,) = database.session.scalars(select(SharingDifference)).all()
    assert (row.first_count, row.second_count, row.first_only, row.second_only) == (3, 3, 1, 1)
    # Nothing new, nothing published again; a late report is.
    assert compare_recent_days() == 0
    with transaction():
        record_accesses([share(country, country.system, there, 2, "9")])
    assert compare_recent_days() == 1
    database.session.expire_all()
    (row,) = database.session.scalars(select(SharingDifference)).all()
    assert (row.first_only, row.second_only) == (1, 0)
    entries = database.session.scalars(
        select(LedgerEntry).where(LedgerEntry.type == "access-records:sharing:compare")
    ).all()
    assert [entry.public["second_only"] for entry in entries] == [1, 0]
    assert "Tax Service" in client.get("/data/sharing").text
