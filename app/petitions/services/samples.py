"""An appointed auditor's random samples: asked for, drawn by the ledger, opened one by one on the record."""

from dataclasses import dataclass

from sqlalchemy import select

from app.access_records.queries.systems import get_system
from app.access_records.rules import Action, SystemNotFound
from app.access_records.services.records import Access, record_accesses
from app.accounts.models import Account
from app.core.petition_samples import draw_sample, make_seed
from app.extensions import db
from app.ledger import services as ledger
from app.ledger.entry_types import EntryType
from app.ledger.models import LedgerCheckpoint, LedgerEntry
from app.ledger.rules import Log
from app.ledger.services import Entry, Personal
from app.notifications import services as notifications
from app.petitions.models import EmailSigner, Petition, Sample, SampledSignature, Signature
from app.petitions.queries.petitions import get_public_petition
from app.petitions.rules import refusals
from app.petitions.rules.email import EMAIL_SIGNER
from app.petitions.rules.samples import SampleFinding, ensure_sample_size
from app.petitions.rules.signing import SignatureState
from app.platform import clock
from app.platform.errors import PermissionDenied
from app.platform.permissions import Permission
from app.platform.transaction import transaction

# The registered system under which each opening is recorded.
SYSTEM, PURPOSE, CATEGORY = "petitions", "signature-audit", "name"
LEGAL_BASIS = "appointed auditor of petitions"


@dataclass(frozen=True)
class Opened:
    """Who signed, as the service knows it; empty where it keeps nothing, as of lines on paper."""

    name: str = ""
    email: str = ""


def request_sample(auditor: Account, reference: str, size: int) -> Sample:
    """Ask for a sample of the signatures that count; what it will hold nobody knows yet.

    Raises PermissionDenied, PetitionNotFound, NeverOpened, SampleTooLarge.
    """
    _demand(auditor)
    ensure_sample_size(size)
    petition = get_public_petition(reference)
    if petition.public_key is None:
        raise refusals.NeverOpened
    with transaction():
        sample = Sample(petition_id=petition.id, auditor_id=auditor.id, size=size, requested_at=clock.now())
        public = {"petition": petition.reference, "size": size}
        sample.request_entry_id = _record(EntryType.SAMPLE_REQUEST, public, auditor)
        db.session.add(sample)
    return sample


def draw(auditor: Account, sample_id: int) -> Sample:
    """Draw a sample that one has asked for, once a checkpoint covers the request; idempotent.

    Raises PermissionDenied, SampleNotFound for another auditor's, SampleNotReady.
    """
    _demand(auditor)
    with transaction():
        sample = _lock(auditor, sample_id)
        if sample.ledger_size is not None:
            return sample
        checkpoint = _find_first_checkpoint(sample.request_entry)
        if checkpoint is None:
            raise refusals.SampleNotReady
        reference = sample.petition.reference
        seed = make_seed(reference, sample.request_entry.leaf, checkpoint.root)
        known = _list_counted(sample.petition, checkpoint.size)
        drawn = draw_sample(seed, known, sample.size)
        sample.ledger_size = checkpoint.size
        db.session.add_all(
            SampledSignature(sample_id=sample.id, signature_id=known[pseudonym], note="")
            for pseudonym in drawn
        )
        public = {
            "petition": reference,
            "sample": sample.id,
            "ledger_size": checkpoint.size,
            "pseudonyms": [pseudonym.hex() for pseudonym in drawn],
        }
        _record(EntryType.SAMPLE_DRAW, public, auditor)
    return sample


def open_signature(auditor: Account, sampled_id: int) -> Opened:
    """Who gave one signature of one's own sample; recorded for the person before it is shown.

    Whoever is not known as a person has no list of accesses, and gets a mail. Of a line on paper nobody does.
    Raises PermissionDenied, SampleNotFound, SampleSystemMissing.
    """
    _demand(auditor)
    with transaction():
        sampled = _lock_sampled(auditor, sampled_id)
        signature = sampled.signature
        account = db.session.get(Account, signature.account_id) if signature.account_id else None
        if account is not None and account.person_id is not None:
            record_accesses([_access(auditor, account.person_id, sampled.sample)])
        else:
            _tell(auditor, sampled.sample.petition, signature)
        sampled.opened_at = clock.now()
        _record(EntryType.SAMPLE_OPEN, _public(sampled), auditor)
        return _read(signature, account)


def note_finding(auditor: Account, sampled_id: int, finding: SampleFinding, note: str) -> None:
    """Write down what was found out about one signature that was opened.

    Raises PermissionDenied, SampleNotFound, SampleNotReady for one that was not opened.
    """
    _demand(auditor)
    with transaction():
        sampled = _lock_sampled(auditor, sampled_id)
        if sampled.opened_at is None:
            raise refusals.SampleNotReady
        sampled.finding, sampled.note = finding.value, note
        _record(EntryType.SAMPLE_NOTE, {**_public(sampled), "finding": finding.value}, auditor)


def _demand(auditor: Account) -> None:
    if not auditor.has_permission(Permission.SAMPLE_OPEN):
        raise PermissionDenied


def _record(kind: EntryType, public: dict[str, object], auditor: Account) -> int:
    personal = [Personal({"auditor": auditor.id}, auditor.id)]
    return ledger.append(Entry(kind, public=public, personal=personal)).id


def _public(sampled: SampledSignature) -> dict[str, object]:
    return {"sample": sampled.sample_id, "pseudonym": bytes(sampled.signature.pseudonym).hex()}


def _lock(auditor: Account, sample_id: int) -> Sample:
    wanted = select(Sample).where(Sample.id == sample_id, Sample.auditor_id == auditor.id)
    sample = db.session.scalar(wanted.with_for_update())
    if sample is None:
        raise refusals.SampleNotFound
    return sample


def _lock_sampled(auditor: Account, sampled_id: int) -> SampledSignature:
    wanted = (
        select(SampledSignature)
        .join(Sample, Sample.id == SampledSignature.sample_id)
        .where(SampledSignature.id == sampled_id, Sample.auditor_id == auditor.id)
    )
    sampled = db.session.scalar(wanted.with_for_update(of=SampledSignature))
    if sampled is None:
        raise refusals.SampleNotFound
    return sampled


def _find_first_checkpoint(entry: LedgerEntry) -> LedgerCheckpoint | None:
    """The first checkpoint that covers an entry."""
    if entry.index is None:
        return None
    wanted = select(LedgerCheckpoint).where(
        LedgerCheckpoint.log == Log.LEDGER.value, LedgerCheckpoint.size > entry.index
    )
    return db.session.scalar(wanted.order_by(LedgerCheckpoint.size).limit(1))


def _list_counted(petition: Petition, size: int) -> dict[bytes, int]:
    """Pseudonym -> number of the signatures that count and are in the ledger up to there."""
    wanted = (
        select(Signature.pseudonym, Signature.id)
        .join(LedgerEntry, LedgerEntry.id == Signature.ledger_entry_id)
        .where(
            Signature.petition_id == petition.id,
            Signature.state == SignatureState.COUNTED,
            LedgerEntry.index < size,
        )
    )
    return {bytes(pseudonym): number for pseudonym, number in db.session.execute(wanted)}


def _access(auditor: Account, person_id: int, sample: Sample) -> Access:
    try:
        system = get_system(SYSTEM)
    except SystemNotFound as problem:
        raise refusals.SampleSystemMissing from problem
    return Access(
        person_id=person_id,
        system=system,
        unit=auditor.unit or "",
        official=f"account:{auditor.id}",
        purpose_code=PURPOSE,
        legal_basis=LEGAL_BASIS,
        case_number=f"petition {sample.petition.reference}, sample {sample.id}",
        categories=[CATEGORY],
        action=Action.VIEW,
        official_account_id=auditor.id,
    )


def _tell(auditor: Account, petition: Petition, signature: Signature) -> None:
    """Write to whoever has an address and no list of accesses that their signature is being looked at."""
    context = {
        "title": petition.title,
        "reference": petition.reference,
        "office": auditor.agency.name if auditor.agency else "",
        "office_ko": auditor.agency.name_ko if auditor.agency else "",
        "unit": auditor.unit or "",
        "at": clock.now().isoformat(timespec="minutes"),
    }
    if signature.account_id is not None:
        notifications.queue(signature.account_id, "petitions/opened", context)
    elif signature.email_signer_id is not None:
        notifications.queue(signature.email_signer_id, "petitions/opened", context, kind=EMAIL_SIGNER)


def _read(signature: Signature, account: Account | None) -> Opened:
    if account is not None:
        return Opened(account.display_name, account.email)
    signer = db.session.get(EmailSigner, signature.email_signer_id) if signature.email_signer_id else None
    return Opened(signer.name, signer.email) if signer else Opened()
