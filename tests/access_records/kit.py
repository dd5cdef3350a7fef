"""A small country: an agency, a system of its, and persons."""

import base64
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.access_records.models import InformationSystem
from app.access_records.rules import Action
from app.access_records.services.records import Access
from app.access_records.services.sharings import NewSharing, register_sharing
from app.access_records.services.systems import NewSystem, register_system
from app.accounts.models import Account, Person
from app.accounts.services.persons import pseudonym_of
from app.accounts.services.roles import create_agency
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


def claim(number: int) -> str:
    """The made-up identity claim of a person of the country."""
    return f"991301-{1_000_000 + number}"


def found_country(person_count: int = 3) -> Country:
    """Make one agency with one system and some persons; needs an application context."""
    private_key = Ed25519PrivateKey.generate()
    with transaction():
        agency = create_agency("Ministry of Welfare", "복지부")
        wanted = new_system("welfare", agency.id, private_key)
        system = register_system(None, wanted)
        persons = [
            Person(pseudonym=pseudonym_of(claim(number)), created_at=clock.now())
            for number in range(person_count)
        ]
        db.session.add_all(persons)
        db.session.flush()
        return Country(system.id, agency.id, [person.id for person in persons], private_key)


def new_system(code: str, agency_id: int, private_key: Ed25519PrivateKey, **changes: object) -> NewSystem:
    usual = {
        "code": code,
        "name": code.title(),
        "name_ko": "복지",
        "agency_id": agency_id,
        "categories": ["name", "address"],
        "purposes": ["welfare-benefit", "fraud-check"],
        "legal_basis": "Social Security Act, article 7",
        "legal_basis_ko": "사회보장기본법 제7조",
        "retention_years": 2,
        "dpo_name": "Ha Yun",
        "dpo_email": "dpo@welfare.example",
        "public_key": base64.b64encode(private_key.public_key().public_bytes_raw()).decode(),
    }
    return NewSystem(**(usual | changes))


def found_sharings(country: Country, account_id: int) -> int:
    """A tax office that may get data from the welfare office, once by consent and once by law; its number.

    The account becomes that of the country's first person.
    """
    with transaction():
        db.session.get_one(Account, account_id).person_id = country.person_ids[0]
        agency = create_agency("Tax Service", "국세청")
        register_system(None, new_system("tax", agency.id, Ed25519PrivateKey.generate()))
        register_sharing(new_sharing("welfare-to-tax"))
        by_law = {"basis": "statute", "purpose": "tax-assessment", "categories": ["name"]}
        register_sharing(new_sharing("welfare-to-tax-by-law", **by_law))
        return agency.id


def new_sharing(code: str, **changes: object) -> NewSharing:
    usual = {
        "code": code,
        "system": "welfare",
        "receiving_system": "tax",
        "categories": ["name", "address"],
        "purpose": "address-change",
        "basis": "consent",
        "legal_basis": "Personal Information Protection Act, article 18(2)1",
        "legal_basis_ko": "개인정보 보호법 제18조 제2항 제1호",
        "reason": "Your contribution depends on it.",
        "reason_ko": "보험료가 달라집니다.",
    }
    return NewSharing(**(usual | changes))
