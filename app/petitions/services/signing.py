"""Signing a petition and taking it back: the hot path, inserts only, no row that two signers share.

The proof of the pseudonym is made before the transaction begins. The state of the petition is read again
inside it, under a lock that signers share and that closing takes alone: nothing is counted after the end.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from app.access_records.queries.labels import find_enrolment
from app.accounts.models import Account
from app.accounts.queries import find_region
from app.core.pseudonyms import input_for_address, input_for_person
from app.core.vrf import proof_to_output
from app.extensions import db
from app.ledger import services as ledger
from app.ledger.entry_types import EntryType
from app.ledger.models import LedgerEntry
from app.ledger.services import Entry
from app.petitions.models import EmailSigner, Petition, Signature
from app.petitions.queries.blocks import is_blocked
from app.petitions.queries.counts import get_standing
from app.petitions.queries.facts import Facts, get_facts
from app.petitions.queries.signatures import get_signature_of
from app.petitions.queries.switches import ensure_signing
from app.petitions.rules import refusals
from app.petitions.rules.addresses import canonical_address
from app.petitions.rules.admission import Applicant, ensure_admitted, ensure_open
from app.petitions.rules.life import Act, Actor, next_state
from app.petitions.rules.signing import LOCAL, Level, SignatureState, choose_place, choose_release
from app.petitions.services.keys import get_key
from app.platform import clock
from app.platform.transaction import in_turn, transaction

# The statements of the hot path, built once.
_INSERT = insert(Signature.__table__)
_LOCK = (
    select(Petition.state, Petition.closes_on)
    .where(Petition.id == bindparam("petition_id"))
    .with_for_update(read=True, key_share=True)
)
_LOCK_SIGNER = (
    select(EmailSigner.id)
    .where(
        EmailSigner.petition_id == bindparam("petition_id"),
        EmailSigner.canonical_email == bindparam("address"),
    )
    .with_for_update()
)
# Why the signature of an address ends when its verified holder signs: a code of rules/reasons.py.
SAME_PERSON = "same-person"


@dataclass(frozen=True)
class Signed:
    """What a signer is told at once: the leaf hash leads to the promise and later to the proof."""

    leaf_hash: str
    pseudonym: bytes


@dataclass(frozen=True)
class Holder:
    """What is known of whoever signs, read before they wait their turn."""

    account_id: int
    person_id: int | None
    level: int
    district: str | None
    email: str


@dataclass(frozen=True)
class Support:
    """A signature about to be written."""

    petition: Facts
    pseudonym: bytes
    proof: bytes
    level: Level
    place: str
    district: str | None
    now: datetime
    release_at: datetime
    network: bytes | None = None


def sign_petition(account: Account, reference: str, network: bytes | None = None) -> Signed:
    """Sign with an account; durable and counted once this returns.

    Raises PetitionNotFound, NotOpen, SigningSwitchedOff, LevelTooLow, TooYoung, OtherDistrict, AlreadySigned,
    SignatureInvalid, Blocked.
    """
    petition = get_facts(reference)
    now = clock.now()
    today = now.astimezone(LOCAL).date()
    ensure_open(petition.state, petition.closes_on, today)
    holder = Holder(account.id, account.person_id, account.level, account.district, account.email)
    with in_turn():
        known = find_enrolment(holder.person_id) if holder.person_id else None
        applicant = Applicant(holder.level, holder.district, known.birth_year if known else None)
        ensure_admitted(petition.rules.sign, applicant, today)
        if known is None:
            if is_blocked(holder.email, network):
                raise refusals.Blocked
            vrf_input, level = input_for_address(reference, canonical_address(holder.email)), Level.EMAIL
        else:
            vrf_input, level = input_for_person(reference, known.commitment), Level.VERIFIED
        support = make_support(petition, vrf_input, level, holder.district, now, network)
        replaced = _address_replaced(petition, holder)
        return write_support(support, holder.account_id, replacing=replaced)


def withdraw_signature(account: Account, reference: str) -> None:
    """Take one's signature back; it can be given again while the petition is open.

    Raises PetitionNotFound, NotSigned, SignatureInvalid, ActNotAllowed.
    """
    petition = get_facts(reference)
    mine = get_signature_of(account, petition.id).id
    with transaction():
        state, _ = lock_for_signing(petition.id)
        next_state(state, Act.UNSIGN, Actor.CITIZEN)
        found = lock_signature(Signature.id == mine)
        if found is None or found.state == SignatureState.WITHDRAWN:
            raise refusals.NotSigned
        if found.state == SignatureState.INVALIDATED:
            raise refusals.SignatureInvalid
        change_signature(petition, found, SignatureState.WITHDRAWN)


def make_support(
    petition: Facts,
    vrf_input: bytes,
    level: Level,
    district: str | None,
    now: datetime,
    network: bytes | None = None,
) -> Support:
    """Prove the pseudonym and choose what the entry says; outside any transaction, for it computes.

    Raises SigningSwitchedOff.
    """
    ensure_signing()
    proof = get_key(petition.reference).prove(vrf_input)
    standing = get_standing(petition.id)
    region = find_region(district)
    return Support(
        petition=petition,
        pseudonym=proof_to_output(proof),
        proof=proof,
        level=level,
        place=choose_place(district, region, standing.by_district.get(district or "", 0)),
        district=district,
        now=now,
        release_at=choose_release(now, standing.total),
        network=network,
    )


def write_support(
    support: Support,
    account_id: int | None = None,
    email_signer_id: int | None = None,
    replacing: str | None = None,
) -> Signed:
    """Write one signature and its entry, durably; a person's takes the place of that of their address.

    Raises NotOpen, AlreadySigned, SignatureInvalid.
    """
    try:
        with transaction():
            signed = insert_support(support, account_id, email_signer_id)
            withdraw_of_address(support.petition, account_id, replacing)
            return signed
    except IntegrityError:
        # The petition knows the pseudonym already; nothing of this attempt is left.
        with transaction():
            signed = _sign_again(support)
            withdraw_of_address(support.petition, account_id, replacing)
            return signed


def insert_support(support: Support, account_id: int | None, email_signer_id: int | None) -> Signed:
    """The same in the caller's transaction, where an IntegrityError says that the pseudonym is known."""
    today = support.now.astimezone(LOCAL).date()
    ensure_open(*lock_for_signing(support.petition.id), today)
    entry = ledger.append(_entry(support), support.release_at, support.pseudonym)
    values = {
        "petition_id": support.petition.id,
        "pseudonym": support.pseudonym,
        "proof": support.proof,
        "account_id": account_id,
        "email_signer_id": email_signer_id,
        "level": support.level,
        "place": support.place,
        "district": support.district,
        "signed_on": today,
        "signed_at": support.now,
        "state": SignatureState.COUNTED,
        "network": support.network,
        "folded": False,
        "in_totals": False,
        "ledger_entry_id": entry.id,
    }
    db.session.connection().execute(_INSERT, values)
    return Signed(entry.leaf_hash, support.pseudonym)


def change_signature(
    petition: Facts, signature: Any, state: SignatureState, facts: Mapping[str, object] | None = None
) -> None:
    """Change what a signature is worth, with its entry, in the caller's transaction."""
    kind = {
        SignatureState.COUNTED: EntryType.SIGNATURE_RESTORE,
        SignatureState.WITHDRAWN: EntryType.SIGNATURE_WITHDRAW,
        SignatureState.INVALIDATED: EntryType.SIGNATURE_INVALIDATE,
    }[state]
    public = {"petition": petition.reference, "pseudonym": signature.pseudonym.hex(), **(facts or {})}
    # Never before the entries that it changes: the size of the batches may have changed meanwhile.
    release_at = choose_release(clock.now(), get_standing(petition.id).total)
    release_at = max(release_at, _newest_release(signature.id))
    entry = ledger.append(Entry(kind, public=public), release_at, signature.pseudonym)
    db.session.execute(
        update(Signature)
        .where(Signature.id == signature.id)
        .values(state=state, folded=False, change_entry_id=entry.id, reason_code=None)
    )


def withdraw_of_address(petition: Facts, account_id: int | None, address: str | None) -> None:
    """Let what a verified person signed by e-mail, or before they were verified, count no more.

    In the transaction of the person's own signature, after it is written. Who confirms by e-mail locks the
    same row of the e-mail's signer before looking for the person's signature: one of the two sees the other.
    """
    if address is None:
        return
    signer_id = db.session.scalar(_LOCK_SIGNER, {"petition_id": petition.id, "address": address})
    whose = Signature.account_id == account_id
    if signer_id is not None:
        whose = or_(whose, Signature.email_signer_id == signer_id)
    found = lock_signature(
        Signature.petition_id == petition.id,
        Signature.level == Level.EMAIL,
        Signature.state == SignatureState.COUNTED,
        whose,
    )
    if found is not None:
        change_signature(petition, found, SignatureState.WITHDRAWN, {"reason": SAME_PERSON})
        reason = update(Signature).where(Signature.id == found.id).values(reason_code=SAME_PERSON)
        db.session.execute(reason)


def lock_for_signing(petition_id: int) -> tuple[str, date | None]:
    """State and last day, fixed until the transaction ends; signers do not wait for each other."""
    row = db.session.connection().execute(_LOCK, {"petition_id": petition_id}).one()
    return row.state, row.closes_on


def lock_signature(*conditions: ColumnElement[bool]) -> Any:
    """Id, pseudonym, state and first leaf hash of one signature, locked; None if there is none."""
    wanted = (
        select(Signature.id, Signature.pseudonym, Signature.state, LedgerEntry.leaf_hash)
        .join(LedgerEntry, LedgerEntry.id == Signature.ledger_entry_id)
        .where(*conditions)
    )
    return db.session.execute(wanted.with_for_update(of=Signature)).one_or_none()


def _address_replaced(petition: Facts, holder: Holder) -> str | None:
    """The address whose signature a verified person's replaces; None where no address can have signed."""
    by_address = petition.rules.sign.level == 1 and holder.person_id is not None
    return canonical_address(holder.email) if by_address else None


def _newest_release(signature_id: int) -> datetime:
    """When the newest entry about a signature enters the ledger."""
    wanted = select(func.max(LedgerEntry.release_at)).join(
        Signature,
        or_(LedgerEntry.id == Signature.ledger_entry_id, LedgerEntry.id == Signature.change_entry_id),
    )
    return db.session.scalars(wanted.where(Signature.id == signature_id)).one()


def _entry(support: Support) -> Entry:
    """What the ledger says of a signature: pseudonym, level, place and day, nothing else."""
    public = {
        "petition": support.petition.reference,
        "pseudonym": support.pseudonym.hex(),
        "level": support.level.value,
        "place": support.place,
        "day": support.now.astimezone(LOCAL).date().isoformat(),
    }
    return Entry(EntryType.SIGNATURE_COUNT, public=public)


def _sign_again(support: Support) -> Signed:
    """A signature that was taken back counts again, under its first entry's level, place and day."""
    ensure_open(*lock_for_signing(support.petition.id), support.now.astimezone(LOCAL).date())
    known = lock_signature(
        Signature.petition_id == support.petition.id, Signature.pseudonym == support.pseudonym
    )
    if known is None or known.state == SignatureState.COUNTED:
        raise refusals.AlreadySigned
    if known.state == SignatureState.INVALIDATED:
        raise refusals.SignatureInvalid
    change_signature(support.petition, known, SignatureState.COUNTED, {"by": "signer"})
    return Signed(known.leaf_hash, support.pseudonym)
