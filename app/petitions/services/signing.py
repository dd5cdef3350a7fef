"""Signing a petition and taking it back: the hot path, inserts only, no row that two signers share.

The proof of the pseudonym is made before the transaction begins; who signs at the same time shares one. The
state of the petition is read again inside it, under a lock that signers share and that closing takes alone:
nothing is counted after the end.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, insert, or_, select, update

from app.access_records.queries.labels import find_enrolment
from app.accounts.models import Account
from app.accounts.queries import find_region
from app.core.pseudonyms import input_for_address, input_for_person
from app.core.vrf import proof_to_output
from app.extensions import db
from app.ledger import services as ledger
from app.ledger.entry_types import EntryType
from app.ledger.models import LedgerEntry
from app.ledger.services import Entry, Pending
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
from app.petitions.services.limits import count_unverified
from app.platform import clock
from app.platform.transaction import transaction, write_together

# The statements of the hot path, built once.
_INSERT = insert(Signature.__table__)
_LOCK = (
    select(Petition.state, Petition.closes_on)
    .where(Petition.id == bindparam("petition_id"))
    .with_for_update(read=True, key_share=True)
)
_KNOWN = select(Signature.pseudonym).where(
    Signature.petition_id == bindparam("petition_id"),
    Signature.pseudonym.in_(bindparam("pseudonyms", expanding=True)),
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


@dataclass(frozen=True)
class Signing:
    """A signature about to be written, with who gives it and the address whose signature it replaces."""

    support: Support
    account_id: int | None = None
    email_signer_id: int | None = None
    replacing: str | None = None

    @property
    def key(self) -> tuple[int, bytes]:
        """What the database holds once: petition and pseudonym, which also give the order of locks."""
        return self.support.petition.id, self.support.pseudonym


def sign_petition(account: Account, reference: str, network: bytes | None = None) -> Signed:
    """Sign with an account; durable and counted once this returns.

    Raises PetitionNotFound, NotOpen, SigningSwitchedOff, LevelTooLow, TooYoung, OtherDistrict, AlreadySigned,
    SignatureInvalid, Blocked, NetworkLimit.
    """
    petition = get_facts(reference)
    now = clock.now()
    today = now.astimezone(LOCAL).date()
    ensure_open(petition.state, petition.closes_on, today)
    holder = Holder(account.id, account.person_id, account.level, account.district, account.email)
    known = find_enrolment(holder.person_id) if holder.person_id else None
    applicant = Applicant(holder.level, holder.district, known.birth_year if known else None)
    ensure_admitted(petition.rules.sign, applicant, today)
    if known is None:
        if is_blocked(holder.email, network):
            raise refusals.Blocked
        count_unverified(petition.id, network)
        vrf_input, level = input_for_address(reference, canonical_address(holder.email)), Level.EMAIL
    else:
        vrf_input, level = input_for_person(reference, known.commitment), Level.VERIFIED
    support = make_support(petition, vrf_input, level, holder.district, now, network)
    replaced = _address_replaced(petition, holder)
    return write_support(Signing(support, holder.account_id, replacing=replaced))


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


def write_support(signing: Signing) -> Signed:
    """Write one signature and its entry, durably; a person's takes the place of that of their address.

    Raises NotOpen, AlreadySigned, SignatureInvalid.
    """
    return write_together(write_supports, signing)


def write_supports(signings: Sequence[Signing]) -> list[Signed | Exception]:
    """Write what is given at the same time, in the caller's transaction; for each its receipt or refusal.

    Raises IntegrityError where another process knows one of the pseudonyms by now.
    """
    locked = {number: lock_for_signing(number) for number in sorted({one.key[0] for one in signings})}
    known = _find_known(signings)
    outcomes: dict[int, Signed | Exception] = {}
    new: dict[tuple[int, bytes], int] = {}
    again: list[int] = []
    for place, one in enumerate(signings):
        try:
            ensure_open(*locked[one.key[0]], one.support.now.astimezone(LOCAL).date())
        except refusals.NotOpen as refusal:
            outcomes[place] = refusal
            continue
        if one.key in known or one.key in new:
            again.append(place)
        else:
            new[one.key] = place
    for place, signed in zip(new.values(), insert_rows([signings[n] for n in new.values()]), strict=True):
        outcomes[place] = signed
    for place in sorted(again, key=lambda number: signings[number].key):
        outcomes[place] = _answer_again(signings[place].support)
    for place in sorted(outcomes, key=lambda number: signings[number].key):
        if isinstance(outcomes[place], Signed):
            one = signings[place]
            withdraw_of_address(one.support.petition, one.account_id, one.replacing)
    return [outcomes[place] for place in range(len(signings))]


def insert_support(support: Support, account_id: int | None, email_signer_id: int | None) -> Signed:
    """Write one signature in the caller's transaction, where an IntegrityError says that it is known.

    Raises NotOpen.
    """
    ensure_open(*lock_for_signing(support.petition.id), support.now.astimezone(LOCAL).date())
    return insert_rows([Signing(support, account_id, email_signer_id)])[0]


def insert_rows(signings: Sequence[Signing]) -> list[Signed]:
    """The rows and entries of new signatures, by one statement each."""
    if not signings:
        return []
    acts = [Pending(_entry(one.support), one.support.release_at, one.support.pseudonym) for one in signings]
    entries = ledger.append_many(acts)
    rows = [_row(one, entry.id) for one, entry in zip(signings, entries, strict=True)]
    db.session.connection().execute(_INSERT, rows)
    return [
        Signed(entry.leaf_hash, one.support.pseudonym) for one, entry in zip(signings, entries, strict=True)
    ]


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


def _row(signing: Signing, entry_id: int) -> dict[str, object]:
    support = signing.support
    return {
        "petition_id": support.petition.id,
        "pseudonym": support.pseudonym,
        "proof": support.proof,
        "account_id": signing.account_id,
        "email_signer_id": signing.email_signer_id,
        "level": support.level,
        "place": support.place,
        "district": support.district,
        "signed_on": support.now.astimezone(LOCAL).date(),
        "signed_at": support.now,
        "state": SignatureState.COUNTED,
        "network": support.network,
        "folded": False,
        "in_totals": False,
        "ledger_entry_id": entry_id,
    }


def _find_known(signings: Sequence[Signing]) -> set[tuple[int, bytes]]:
    """Which of them have signed before, whatever became of it."""
    wanted: dict[int, list[bytes]] = {}
    for one in signings:
        wanted.setdefault(one.support.petition.id, []).append(one.support.pseudonym)
    connection = db.session.connection()
    return {
        (number, pseudonym)
        for number, pseudonyms in wanted.items()
        for pseudonym in connection.scalars(_KNOWN, {"petition_id": number, "pseudonyms": pseudonyms})
    }


def _answer_again(support: Support) -> Signed | Exception:
    """A signature that was taken back counts again, under its first entry's level, place and day."""
    known = lock_signature(
        Signature.petition_id == support.petition.id, Signature.pseudonym == support.pseudonym
    )
    if known is None or known.state == SignatureState.COUNTED:
        return refusals.AlreadySigned()
    if known.state == SignatureState.INVALIDATED:
        return refusals.SignatureInvalid()
    change_signature(support.petition, known, SignatureState.COUNTED, {"by": "signer"})
    return Signed(known.leaf_hash, support.pseudonym)
