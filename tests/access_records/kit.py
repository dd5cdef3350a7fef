"""A small country: an agency, a system of its, and persons."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from app.access_records.models import InformationSystem, PurposeCode
from app.access_records.rules import Action
from app.access_records.services.records import Access
from app.accounts.models import Agency, Person
from app.extensions import db
from app.platform import clock
from app.platform.transaction import transaction


@dataclass(frozen=True)
class Country:
    """What a test needs to record accesses."""

    system_id: int
    agency_id: int
    person_ids: list[int]
    private_key: Ed25519PrivateKey

    @property
    def system(self) -> InformationSystem:
        return db.session.get_one(InformationSystem, self.system_id)

    def access(self, person_id: int, **changes: object) -> Access:
        usual = {
            "person_id": person_id,
            "system": self.system,
            "unit": "Welfare",
            "official": "official-7",
            "purpose_code": "welfare-benefit",
            "legal_basis": "Social Security Act, article 7",
            "case_number": "2026-118",
            "categories": ["name", "address"],
            "action": Action.VIEW,
        }
        return Access(**(usual | changes))


def found_country(person_count: int = 3) -> Country:
    """Make one agency with one system, one purpose and some persons; needs an application context."""
    private_key = Ed25519PrivateKey.generate()
    public_key = base64.b64encode(private_key.public_key().public_bytes_raw()).decode()
    with transaction():
        agency = Agency(name="Ministry of Welfare", name_ko="복지부")
        db.session.add(agency)
        db.session.flush()
        if db.session.get(PurposeCode, "welfare-benefit") is None:
            db.session.add(
                PurposeCode(
                    code="welfare-benefit", dpv="dpv:PublicBenefit", text="Welfare benefit", text_ko="복지 급여",
                    disclosure="full", delay_days=0,
                )
            )  # fmt: skip
        system = InformationSystem(
            code="welfare", name="Welfare", name_ko="복지", agency_id=agency.id,
            categories=["name", "address"], purposes=["welfare-benefit"],
            legal_basis="Social Security Act, article 7", legal_basis_ko="사회보장기본법 제7조",
            retention_years=2, dpo_name="Ha Yun", dpo_email="dpo@welfare.example",
            public_key=public_key, key_id="welfare-1", active=True, registered_at=clock.now(),
        )  # fmt: skip
        persons = [
            Person(pseudonym=f"{number:064x}", created_at=clock.now()) for number in range(person_count)
        ]
        db.session.add_all([system, *persons])
        db.session.flush()
        return Country(system.id, agency.id, [person.id for person in persons], private_key)


def list_persons() -> Sequence[int]:
    return list(db.session.scalars(select(Person.id)))
