"""What Hanbit asks for together: six petitions, each in another state."""

from dataclasses import dataclass
from pathlib import Path

from flask import current_app
from sqlalchemy import select

from app.access_records.services.systems import NewSystem, register_system
from app.accounts.models import Account, Agency
from app.accounts.policy import Role
from app.auditor.private_files import make_folder
from app.client.configuration import make_key
from app.demo.elections import days_from_now
from app.demo.people import make_staff
from app.demo.systems import FOLDER as SYSTEMS_FOLDER
from app.demo.systems import KEY_FILE
from app.demo.town import Registrar, Town
from app.extensions import db
from app.petitions.services import drafts, moderation, obligations, samples
from app.petitions.services.counting import fold_totals
from app.petitions.services.drafts import PetitionText
from app.petitions.services.signing import sign_petition
from app.petitions.services.sponsors import sign_for_sponsors, sponsor_petition
from app.petitions.services.types import load_shipped_types
from app.platform.transaction import transaction

TYPE = "local-council"
MODERATOR = ("윤다솜 Yoon Da-som", "dasom.yoon")
OFFICIAL = ("표지훈 Pyo Ji-hoon", "jihoon.pyo")
AUDITOR = ("탁라온 Tak Ra-on", "raon.tak")
AGENCY = "Roads and parks"
SPONSORS = 3
# So many signatures oblige the agency to answer.
ENOUGH = 30

BENCHES = PetitionText(
    "Benches at every bus stop",
    "Put a **bench** at each of the 41 bus stops that have none.",
    "Who cannot stand for long stays at home today.",
)
CROSSING = PetitionText(
    "A safe crossing in front of the river school",
    "Build a crossing with lights between the school and the river bank.",
    "Two children were hurt there last year.",
)
SHADE = PetitionText(
    "밤나무길에 그늘을 만들어 주세요",
    "밤나무길을 따라 나무 스무 그루를 심어 주세요.",
    "여름이면 걷기 힘들 만큼 더워요.",
)
SWINGS = PetitionText(
    "Swings for children in wheelchairs",
    "Add one swing for wheelchairs to each playground.",
    "",
)
VAGUE = PetitionText("Make the town better", "Everything should be better.", "")
NIGHT_BUS = PetitionText(
    "A night bus on Fridays and Saturdays",
    "Run line 3 until two o'clock on Fridays and Saturdays.",
    "The last one leaves before the cinema ends.",
)


@dataclass(frozen=True)
class Office:
    """Who decides about petitions and who answers them."""

    moderator: Account
    official: Account


def petition_town(town: Town) -> None:
    """Start, publish, sign and answer the petitions; each act has its own transaction."""
    load_shipped_types()
    with transaction():
        office = _open_office(town)
    _refuse(town, office)
    _publish(town, office, NIGHT_BUS, -100, 9)
    _answer(office, _publish(town, office, CROSSING, -60, ENOUGH + 11))
    _publish(town, office, SHADE, -12, ENOUGH + 3)
    _publish(town, office, BENCHES, -3, 14)
    _send_in(town, SWINGS, -1)
    fold_totals()
    obligations.reach_thresholds()


def _open_office(town: Town) -> Office:
    registrar = Registrar(town.sign_ins)
    agency = db.session.scalars(select(Agency).where(Agency.name == AGENCY)).one()
    _register_service(agency)
    registrar.play(make_staff(*AUDITOR), Role.AUDITOR)
    return Office(
        registrar.play(make_staff(*MODERATOR), Role.MODERATOR),
        registrar.play(make_staff(*OFFICIAL), Role.AGENCY_OFFICIAL, agency_id=agency.id),
    )


def _register_service(agency: Agency) -> None:
    """The petitions are a system that holds personal data too: whoever opens a signature is on record."""
    folder = Path(current_app.config["DATA_DIR"]) / SYSTEMS_FOLDER / samples.SYSTEM
    make_folder(folder)
    wanted = NewSystem(
        code=samples.SYSTEM,
        name="Petitions",
        name_ko="청원",
        agency_id=agency.id,
        categories=[samples.CATEGORY],
        purposes=[samples.PURPOSE],
        legal_basis="Petition Act",
        legal_basis_ko="청원법",
        retention_years=2,
        dpo_name=f"Data protection, {agency.name}",
        dpo_email="privacy@petitions.example",
        public_key=make_key(folder / KEY_FILE),
    )
    register_system(None, wanted)


def _send_in(town: Town, text: PetitionText, day: float) -> str:
    """Written and sponsored on that day; whoever is played by newcomers has signed nothing."""
    creator, *others = town.citizens[-1 - SPONSORS :]
    with days_from_now(day - 5):
        reference = drafts.start_petition(creator, TYPE, text)
        drafts.submit_petition(creator, reference)
        for sponsor in others[:SPONSORS]:
            sponsor_petition(sponsor, reference)
    return reference


def _publish(town: Town, office: Office, text: PetitionText, day: float, signatures: int) -> str:
    reference = _send_in(town, text, day)
    with days_from_now(day):
        moderation.publish_petition(office.moderator, reference, office.official.agency_id)
        sign_for_sponsors(reference)
    others = town.citizens[2 : -1 - SPONSORS][: signatures - SPONSORS]
    for number, citizen in enumerate(others):
        with days_from_now(day + (number + 1) * min(2.0, -day / (len(others) + 1))):
            sign_petition(citizen, reference)
    return reference


def _refuse(town: Town, office: Office) -> None:
    reference = _send_in(town, VAGUE, -30)
    with days_from_now(-28):
        note = "Say what the town should do, and where."
        moderation.refuse_petition(office.moderator, reference, "unclear", note)


def _answer(office: Office, reference: str) -> None:
    """In a town that is large enough for it."""
    with days_from_now(-20):
        fold_totals()
        if obligations.reach_thresholds():
            obligations.respond(
                office.official,
                reference,
                "The crossing is planned for next spring. The council has set aside **48 million won**.",
            )
