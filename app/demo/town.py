"""Founds Hanbit: its districts and agencies, the accounts of its citizens and of those who work for it."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from flask import current_app

from app.accounts.models import Account, District, Region
from app.accounts.policy import Role
from app.accounts.rules import TOTP_SECRET_BYTES
from app.accounts.services import second_factor
from app.accounts.services.passwords import NOBODY, hash_password
from app.accounts.services.roles import NewAccount, create_account, create_agency
from app.demo.people import Person, make_citizen, make_staff
from app.extensions import db

# code, name, Korean name
REGIONS = (("north", "North of the stream", "개울 북쪽"), ("south", "South of the stream", "개울 남쪽"))
# code, name, Korean name, region, what its postcodes begin with
DISTRICTS = (
    ("eastgate", "Eastgate", "동문동", "north", "901"),
    ("hillside", "Hillside", "언덕동", "north", "902"),
    ("market", "Market", "장터동", "south", "903"),
    ("oldtown", "Old Town", "옛말동", "north", "904"),
    ("riverside", "Riverside", "강변동", "south", "905"),
)
# Where one citizen after the other lives: many by the river, few in the old town.
HOMES = tuple(DISTRICTS[position][0] for position in (4, 0, 2, 4, 1, 0, 3, 4, 2))
# name, Korean name, officials
AGENCIES = (
    (
        "Election office",
        "선거관리과",
        (("한소망 Han So-mang", "somang.han"), ("남궁현 Namgung Hyeon", "hyeon.namgung")),
    ),
    (
        "Culture and libraries",
        "문화도서관과",
        (("노을이 Noh Eul-i", "euli.noh"), ("차민서 Cha Min-seo", "minseo.cha")),
    ),
    (
        "Roads and parks",
        "도로공원과",
        (("백도현 Baek Do-hyeon", "dohyeon.baek"), ("진아라 Jin A-ra", "ara.jin")),
    ),
)
TRUSTEES = (("문가영 Moon Ga-young", "gayoung.moon"), ("우세진 Woo Se-jin", "sejin.woo"))
ADMINISTRATOR = ("구본길 Koo Bon-gil", "bongil.koo")
# Has moved here lately: confirmed an address, but is not yet a verified citizen and so on no roll.
NEWCOMER = ("심하늘 Shim Ha-neul", "haneul.shim")
# As many verified citizens get a password, a voter's letter and a place among the sign-ins.
PLAYED_CITIZENS = 2
# No 0, 1, i, l or o: these are read from a terminal and typed.
EASY_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"


@dataclass(frozen=True)
class SignIn:
    """One of the few accounts that newcomers sign in with; a trustee's key file has a passphrase too."""

    role: Role
    email: str
    password: str
    passphrase: str | None = None
    # What an official's authenticator makes its codes from, in base 32.
    totp_secret: str | None = None


@dataclass
class Town:
    """The people whom the seed needs to act for."""

    official: Account
    trustees: list[Account]
    citizens: list[Account]
    sign_ins: list[SignIn]

    def passphrase_of(self, trustee: Account) -> str:
        """The passphrase of the trustee's key files."""
        return next(s.passphrase or "" for s in self.sign_ins if s.email == trustee.email)


@dataclass
class Registrar:
    """Makes accounts and remembers the sign-ins of the played ones."""

    sign_ins: list[SignIn] = field(default_factory=list)

    def play(
        self,
        person: Person,
        role: Role,
        *,
        verified: bool = True,
        district: str | None = None,
        agency_id: int | None = None,
    ) -> Account:
        """An account that newcomers sign in with."""
        password = make_password()
        passphrase = make_password() if role is Role.TRUSTEE else None
        account = self.settle(
            person,
            role,
            verified=verified,
            district=district,
            agency_id=agency_id,
            password_hash=hash_password(password),
        )
        secret = give_authenticator(account)
        self.sign_ins.append(SignIn(role, person.email, password, passphrase, secret))
        return account

    def settle(
        self,
        person: Person,
        role: Role,
        *,
        verified: bool = True,
        district: str | None = None,
        agency_id: int | None = None,
        password_hash: str | None = None,
    ) -> Account:
        """An account; without a hash nobody can sign in with it, and nothing needs to be hashed."""
        nobody = NOBODY.format(memory=current_app.config["PASSWORD_MEMORY_KIB"])
        wanted = NewAccount(
            email=person.email,
            display_name=person.name,
            password_hash=password_hash or nobody,
            roles=(role,),
            district=district,
            agency_id=agency_id,
            language=person.language,
            identity=person.identity if verified else None,
        )
        return create_account(wanted)


def found_town(citizen_count: int, advance: Callable[[], None]) -> Town:
    """Make the town in the caller's transaction, calling `advance` for each citizen."""
    db.session.add_all(Region(code=code, name=name, name_ko=name_ko) for code, name, name_ko in REGIONS)
    db.session.flush()
    db.session.add_all(
        District(code=code, name=name, name_ko=name_ko, region_code=region, postcodes=[postcode])
        for code, name, name_ko, region, postcode in DISTRICTS
    )
    registrar = Registrar()
    citizens = _settle_citizens(registrar, citizen_count, advance)
    registrar.play(make_staff(*NEWCOMER), Role.CITIZEN, verified=False, district="hillside")
    official = _employ_officials(registrar)
    trustees = [registrar.play(make_staff(*trustee), Role.TRUSTEE) for trustee in TRUSTEES]
    registrar.play(make_staff(*ADMINISTRATOR), Role.ADMINISTRATOR)
    return Town(official, trustees, citizens, registrar.sign_ins)


def _settle_citizens(registrar: Registrar, count: int, advance: Callable[[], None]) -> list[Account]:
    citizens = []
    for number in range(count):
        admit = registrar.play if number < PLAYED_CITIZENS else registrar.settle
        citizens.append(admit(make_citizen(number), Role.CITIZEN, district=HOMES[number % len(HOMES)]))
        advance()
    return citizens


def _employ_officials(registrar: Registrar) -> Account:
    """Every agency has officials; the first one of the first agency is played and returned."""
    accounts: list[Account] = []
    for name, name_ko, officials in AGENCIES:
        agency = create_agency(name, name_ko)
        for official in officials:
            admit = registrar.settle if accounts else registrar.play
            accounts.append(admit(make_staff(*official), Role.ELECTION_OFFICIAL, agency_id=agency.id))
    return accounts[0]


def give_authenticator(account: Account) -> str | None:
    """Set up a second factor for an official, and return its secret."""
    if not account.is_official():
        return None
    secret = secrets.token_bytes(TOTP_SECRET_BYTES)
    second_factor.install_totp(account, secret)
    return second_factor.write_secret(secret)


def make_password() -> str:
    """15 random characters in groups: 74 bits."""
    letters = [secrets.choice(EASY_LETTERS) for _ in range(15)]
    return "-".join("".join(letters[start : start + 5]) for start in (0, 5, 10))
