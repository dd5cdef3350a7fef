"""What citizens have a say in: what the town's systems pass on to each other, and what they hold."""

from sqlalchemy import select

from app.access_records.models import SystemDatum
from app.access_records.queries.systems import get_system
from app.access_records.rules.corrections import CorrectionKind
from app.access_records.services.consents import choose_consent, withdraw_consent
from app.access_records.services.corrections import answer_correction, request_correction
from app.access_records.services.sharings import NewSharing, register_sharing
from app.accounts.models import Account
from app.accounts.policy import Role
from app.accounts.queries import find_account
from app.demo.elections import days_from_now
from app.demo.town import Town
from app.extensions import db

CONSENT_LAW = ("Personal Information Protection Act, article 18(2)1", "개인정보 보호법 제18조 제2항 제1호")

SHARINGS = (
    NewSharing(
        "address-to-health-insurance",
        "g4c",
        "medical",
        ("name", "address"),
        "address-change",
        "consent",
        *CONSENT_LAW,
        "When you move, letters about your health insurance follow you, and you need not report the move.",
        "이사하면 건강보험 안내문이 새 주소로 오고, 따로 신고하지 않아도 돼요.",
    ),
    NewSharing(
        "address-to-pension",
        "g4c",
        "pension",
        ("name", "address"),
        "address-change",
        "consent",
        *CONSENT_LAW,
        "When you move, your yearly pension statement comes to the new address.",
        "이사하면 해마다 보내는 연금 안내문이 새 주소로 와요.",
    ),
    NewSharing(
        "address-for-requests-to-pension",
        "g4c",
        "pension",
        ("address",),
        "civil-request",
        "consent",
        *CONSENT_LAW,
        "When you ask the pension office something, you need not type your address.",
        "연금공단에 민원을 낼 때 주소를 따로 적지 않아도 돼요.",
    ),
    NewSharing(
        "income-to-health-insurance",
        "hts",
        "medical",
        ("income", "tax"),
        "contribution",
        "statute",
        "National Health Insurance Act, article 96",
        "국민건강보험법 제96조",
        "Everybody's contribution depends on income, so the law lets nobody keep it back.",
        "보험료는 모두 소득에 따라 정하므로 법률이 예외를 두지 않아요.",
    ),
    NewSharing(
        "employer-to-employment",
        "pension",
        "employment",
        ("employer", "contribution"),
        "benefit-payment",
        "consent",
        *CONSENT_LAW,
        "If you lose your work, you need not bring papers from the pension office to the job centre.",
        "일자리를 잃었을 때 연금공단 서류를 고용센터에 따로 내지 않아도 돼요.",
    ),
    NewSharing(
        "pension-to-certificates",
        "pension",
        "g4c",
        ("pension", "contribution"),
        "certificate",
        "consent",
        *CONSENT_LAW,
        "You get a certificate of your pension at any residents' office, without papers from elsewhere.",
        "다른 서류 없이 어느 주민센터에서나 연금 증명서를 받을 수 있어요.",
    ),
    NewSharing(
        "accident-to-treasury",
        "accident",
        "nafis",
        ("accident",),
        "fraud-check",
        "statute",
        "National Finance Act, article 97-2",
        "국가재정법 제97조의2",
        "The treasury checks that no accident is paid for twice; asking first would defeat the check.",
        "같은 재해에 두 번 지급하지 않는지 확인합니다. 미리 동의를 받으면 확인의 뜻이 없어져요.",
    ),
)


def agree_to_sharing(town: Town) -> None:
    """Register the sharings; two citizens agree to some, and one changes her mind."""
    with days_from_now(-60):
        for sharing in SHARINGS:
            register_sharing(sharing)
    first, second = town.citizens[:2]
    with days_from_now(-30):
        choose_consent(first, "address-to-health-insurance", ["address", "name"])
        choose_consent(first, "employer-to-employment", ["employer"])
        choose_consent(second, "address-to-pension", ["address"])
        choose_consent(second, "pension-to-certificates", ["pension"])
    with days_from_now(-5):
        withdraw_consent(first, "employer-to-employment")


def ask_for_corrections(town: Town) -> None:
    """Of two requests to the first system's agency one is answered and one waits."""
    first, second = town.citizens[:2]
    system = get_system("g4c")
    with days_from_now(-20):
        reference = request_correction(
            second,
            _datum_id(system.id, second, "vehicle"),
            CorrectionKind.CORRECTION,
            "I sold the motorcycle in spring and sent the papers.",
            "none",
        )
    with days_from_now(-14):
        answer_correction(
            _official_of(town, system.agency_id),
            reference,
            granted=True,
            answer="The papers were in another file. We have corrected it and are sorry for the trouble.",
        )
    with days_from_now(-3):
        request_correction(
            first,
            _datum_id(system.id, first, "family"),
            CorrectionKind.CORRECTION,
            "My mother has lived with us since October.",
            "three in the household",
        )


def _datum_id(system_id: int, citizen: Account, category: str) -> int:
    wanted = select(SystemDatum.id).where(
        SystemDatum.system_id == system_id,
        SystemDatum.person_id == citizen.person_id,
        SystemDatum.category == category,
    )
    return db.session.scalars(wanted).one()


def _official_of(town: Town, agency_id: int) -> Account:
    """The first played official of an agency."""
    played = (find_account(s.email) for s in town.sign_ins if s.role is Role.AGENCY_OFFICIAL)
    return next(account for account in played if account and account.agency_id == agency_id)
