"""The information systems that the town's citizens are in: eight of them, as they were once linked."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from flask import current_app
from sqlalchemy import insert, select

from app.access_records.models import InformationSystem, SystemDatum
from app.access_records.rules import Action
from app.access_records.services.labels import enrol_everybody
from app.access_records.services.oversight import register_key
from app.access_records.services.records import Access, record_accesses
from app.access_records.services.systems import NewSystem, register_system
from app.accounts.models import Account
from app.accounts.models import Person as KnownPerson
from app.accounts.policy import Role
from app.accounts.services.persons import pseudonym_of
from app.accounts.services.roles import create_agency
from app.auditor.private_files import make_folder, write_private
from app.client.configuration import make_key, write_config
from app.core.checkpoints import generate_signing_key
from app.demo.elections import days_from_now
from app.demo.people import make_identity, make_staff
from app.demo.supervision import sign_elsewhere, supervise
from app.demo.town import Registrar, Town
from app.extensions import db
from app.platform import clock

FOLDER = "demo-systems"
CONFIG_FILE = "client.toml"
KEY_FILE = "private.pem"
PERSONS_FILE = "persons.txt"
# For each citizen with an account so many people without one.
OTHERS_PER_CITIZEN = 5
FIRST_OTHER = 2_000_000
# When accesses were recorded, in days before today.
DAYS = (-75, -48, -21, -6, -1)
CHUNK = 2_000
# The same made-up contents for everybody who makes the town.
SEED = 20


@dataclass(frozen=True)
class Kind:
    """One system: code, names, agency, what it holds, what for, on what ground, for how long, its unit."""

    code: str
    name: str
    name_ko: str
    agency: tuple[str, str]
    categories: tuple[str, ...]
    purposes: tuple[str, ...]
    legal_basis: tuple[str, str]
    retention_years: int
    unit: str


SYSTEMS = (
    Kind(
        "g4c",
        "Residents, vehicles and land (G4C)",
        "주민·자동차·토지 (G4C)",
        ("Ministry of the Interior", "행정안전부"),
        ("name", "birth-date", "address", "family", "vehicle", "land"),
        ("certificate", "address-change", "identity-check", "inheritance", "record-upkeep"),
        ("Resident Registration Act, article 30", "주민등록법 제30조"),
        5,
        "Civil affairs",
    ),
    Kind(
        "hts",
        "Home tax (HTS)",
        "홈택스 (HTS)",
        ("National Tax Service", "국세청"),
        ("name", "income", "tax", "bank-account"),
        ("tax-assessment", "fraud-check", "certificate"),
        ("Framework Act on National Taxes, article 81-13", "국세기본법 제81조의13"),
        5,
        "Income tax",
    ),
    Kind(
        "geps",
        "E-procurement (GePS)",
        "나라장터 (GePS)",
        ("Public Procurement Service", "조달청"),
        ("name", "bid", "bank-account"),
        ("contract-award", "fraud-check"),
        ("Electronic Procurement Act, article 8", "전자조달법 제8조"),
        2,
        "Contracts",
    ),
    Kind(
        "nafis",
        "National finance (NAFIS)",
        "국가재정 (NAFIS)",
        ("Ministry of Finance", "재정경제부"),
        ("name", "payment", "bank-account"),
        ("benefit-payment", "fraud-check", "statistics"),
        ("National Finance Act, article 97-2", "국가재정법 제97조의2"),
        2,
        "Treasury",
    ),
    Kind(
        "medical",
        "Medical insurance",
        "의료보험",
        ("Health Insurance Service", "건강보험공단"),
        ("name", "address", "health", "contribution"),
        ("contribution", "benefit-payment", "fraud-check"),
        ("National Health Insurance Act, article 96", "국민건강보험법 제96조"),
        5,
        "Benefits",
    ),
    Kind(
        "pension",
        "Pension",
        "국민연금",
        ("Pension Service", "연금공단"),
        ("name", "address", "pension", "contribution", "employer"),
        ("contribution", "benefit-payment"),
        ("National Pension Act, article 123", "국민연금법 제123조"),
        5,
        "Pensions",
    ),
    Kind(
        "employment",
        "Employment insurance",
        "고용보험",
        ("Employment Service", "고용지원청"),
        ("name", "employer", "unemployment"),
        ("benefit-payment", "fraud-check", "welfare-benefit"),
        ("Employment Insurance Act, article 110", "고용보험법 제110조"),
        2,
        "Job centre",
    ),
    Kind(
        "accident",
        "Industrial accident insurance",
        "산재보험",
        ("Workers' Compensation Service", "근로복지공단"),
        ("name", "accident", "employer", "health"),
        ("benefit-payment", "contribution"),
        ("Industrial Accident Compensation Insurance Act, article 31", "산업재해보상보험법 제31조"),
        2,
        "Compensation",
    ),
)

VALUES = {
    "accident": ("none", "fall, 2024", "cut, 2025"),
    "address": (
        "{house} Riverside Street, Hanbit",
        "{house} Market Lane, Hanbit",
        "{house} Hill Road, Hanbit",
    ),
    "bank-account": ("301-{amount}", "550-{amount}"),
    "bid": ("none", "2 bids, 1 contract", "7 bids, 3 contracts"),
    "birth-date": ("{year}-03-14", "{year}-07-02", "{year}-11-27"),
    "contribution": ("KRW {amount:,} a month",),
    "employer": ("Hanbit Bakery", "River Logistics", "City Hall", "none"),
    "family": ("lives alone", "two in the household", "four in the household"),
    "health": ("no visit this year", "3 visits this year", "11 visits this year"),
    "income": ("KRW {amount:,} a month",),
    "land": ("none", "one flat", "one field"),
    "payment": ("none in 2026", "KRW {amount:,} in 2026"),
    "pension": ("KRW {amount:,} a month",),
    "tax": ("KRW {amount:,} in 2025",),
    "unemployment": ("none since 2020", "4 months since 2020"),
    "vehicle": ("none", "one car", "one motorcycle"),
}

# Those who work with the first system: name, mailbox, role, unit.
STAFF = (
    ("임가온 Lim Ga-on", "gaon.lim", Role.AGENCY_OFFICIAL, "Civil affairs"),
    ("송하람 Song Ha-ram", "haram.song", Role.AGENCY_OFFICIAL, "Civil affairs"),
    ("오미르 Oh Mi-reu", "mireu.oh", Role.INVESTIGATOR, "Investigations"),
    ("정다솜 Jung Da-som", "dasom.jung", Role.CLERK, "Front desk"),
    ("신우람 Shin U-ram", "uram.shin", Role.PRIVACY_OFFICER, "Data protection"),
    ("류새봄 Ryu Sae-bom", "saebom.ryu", Role.INSPECTOR, "Internal audit"),
)

# Watches the records, and works for none of the agencies.
OVERSEER = ("표솔빛 Pyo Sol-bit", "solbit.pyo")
OVERSIGHT_FOLDER = "demo-oversight"
OVERSIGHT_KEY_FILE = "oversight.skey"
OVERSIGHT_NAME = "oversight.hanbit.example/1"


def connect_systems(town: Town, citizen_identities: list[str], advance: Callable[[], None]) -> None:
    """Register the systems, fill them and record what officials looked at, in the caller's transaction."""
    folder = Path(current_app.config["DATA_DIR"]) / FOLDER
    make_folder(folder)
    with days_from_now(-85):
        systems = [_register(kind, folder / kind.code) for kind in SYSTEMS]
        _employ(town, systems[0])
        _found_oversight(town, folder.parent)
        person_ids = _settle_others(len(town.citizens))
    dice = random.Random(SEED)  # noqa: S311 - made-up data
    for kind, system in zip(SYSTEMS, systems, strict=True):
        _fill(kind, system, person_ids, dice)
        advance()
    played = [account.person_id for account in town.citizens if account.person_id is not None]
    for days in DAYS:
        with days_from_now(days):
            record_accesses(list(_make_accesses(systems, played, dice)))
    supervise(systems[0], town.citizens[0])
    sign_elsewhere(town, systems[1:])
    write_private(folder / PERSONS_FILE, "".join(f"{line}\n" for line in citizen_identities).encode())


def _register(kind: Kind, folder: Path) -> InformationSystem:
    """Register a system, and put its key and the client's settings into its folder."""
    agency = create_agency(*kind.agency)
    make_folder(folder)
    wanted = NewSystem(
        code=kind.code,
        name=kind.name,
        name_ko=kind.name_ko,
        agency_id=agency.id,
        categories=kind.categories,
        purposes=kind.purposes,
        legal_basis=kind.legal_basis[0],
        legal_basis_ko=kind.legal_basis[1],
        retention_years=kind.retention_years,
        dpo_name=f"Data protection, {kind.agency[0]}",
        dpo_email=f"privacy@{kind.code}.example",
        public_key=make_key(folder / KEY_FILE),
    )
    system = register_system(None, wanted)
    url = current_app.config["BASE_URL"]
    write_config(folder / CONFIG_FILE, url=url, system=system.code, key_id=system.key_id, key_file=KEY_FILE)
    return system


def _employ(town: Town, system: InformationSystem) -> None:
    registrar = Registrar(town.sign_ins)
    for name, mailbox, role, unit in STAFF:
        account: Account = registrar.play(make_staff(name, mailbox), role, agency_id=system.agency_id)
        account.unit = unit


def _found_oversight(town: Town, data_dir: Path) -> None:
    """The oversight body's sign-in, and a key whose both halves lie here, as no real one's would."""
    Registrar(town.sign_ins).play(make_staff(*OVERSEER), Role.OVERSIGHT)
    key = generate_signing_key(OVERSIGHT_NAME)
    make_folder(data_dir / OVERSIGHT_FOLDER)
    write_private(data_dir / OVERSIGHT_FOLDER / OVERSIGHT_KEY_FILE, f"{key.to_text()}\n".encode())
    register_key(str(key.verifier))


def _settle_others(citizen_count: int) -> list[int]:
    """Make the people without accounts known; everybody's number, in order."""
    count = citizen_count * OTHERS_PER_CITIZEN
    rows = [
        {"pseudonym": pseudonym_of(make_identity(FIRST_OTHER + index)), "created_at": clock.now()}
        for index in range(count)
    ]
    for start in range(0, count, CHUNK):
        db.session.execute(insert(KnownPerson), rows[start : start + CHUNK])
    enrol_everybody()
    return list(db.session.scalars(select(KnownPerson.id).order_by(KnownPerson.id)))


def _fill(kind: Kind, system: InformationSystem, person_ids: list[int], dice: random.Random) -> None:
    now = clock.now()
    rows = [
        {
            "system_id": system.id,
            "person_id": person_id,
            "category": category,
            "value": make_value(category, person_id, dice),
            "updated_at": now,
        }
        for person_id in person_ids
        for category in kind.categories
    ]
    for start in range(0, len(rows), CHUNK):
        db.session.execute(insert(SystemDatum), rows[start : start + CHUNK])


def make_value(category: str, person_id: int, dice: random.Random) -> str:
    """A made-up datum; no two calls need agree. The cheapest dice will do: there are tens of thousands."""
    if category == "name":
        return f"Citizen {person_id}"
    return dice.choice(VALUES[category]).format(
        year=1945 + int(dice.random() * 60),
        amount=10_000 * (1 + int(dice.random() * 400)),
        house=1 + int(dice.random() * 200),
    )


def _make_accesses(
    systems: list[InformationSystem], person_ids: list[int], dice: random.Random
) -> Iterator[Access]:
    """One access for each of about half of the persons."""
    for person_id in person_ids:
        if dice.random() < 0.5:
            kind, system = dice.choice(list(zip(SYSTEMS, systems, strict=True)))
            yield Access(
                person_id=person_id,
                system=system,
                unit=kind.unit,
                official=f"official-{dice.randint(1, 6)}",
                purpose_code=dice.choice(kind.purposes),
                legal_basis=kind.legal_basis[0],
                case_number=f"2026-{dice.randint(1, 9_999):04d}",
                categories=dice.sample(kind.categories, 2),
                action=dice.choice((Action.VIEW, Action.QUERY)),
            )
