"""What a person can take home: the proof that the list of accesses to their data is complete."""

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from sqlalchemy import select

from app.access_records.models import AccessLabel, AccessRecord, PurposeCode
from app.access_records.models.epochs import AccessPreference, Epoch, EpochLeaf
from app.access_records.models.sealed import SealedAccess
from app.access_records.queries.seals import list_opened
from app.access_records.queries.timeline import Shown, how_shown
from app.core import access_proofs
from app.core.access_chain import AccessContent, make_label
from app.core.access_proofs import (
    ACCESS_SEAL,
    ERASED,
    AccessProof,
    Consistency,
    LedgerProof,
    ProvedEntry,
    enrolment_of,
    map_value,
)
from app.core.checkpoints import ProofFile, parse_checkpoint, parse_proof_file, without_cosignatures
from app.core.prefix_map import PrefixMap
from app.extensions import db
from app.ledger import queries as ledger
from app.ledger.queries.receipts import Receipt
from app.ledger.rules import Log
from app.ledger.services.witnesses import load_witnesses


def find_proof(person_id: int, since: int | None = None) -> AccessProof | None:
    """The proof for the newest epoch that a checkpoint covers; None before the person's first one.

    `since`: a size of the log of maps in an earlier file, from which growth shall be shown.
    """
    found = _newest_proved(person_id)
    label = db.session.get(AccessLabel, person_id)
    if found is None or label is None:
        return None
    epoch, leaf, map_proof = found
    built = _map_of(epoch.number, epoch.root)
    return AccessProof(
        enrolment=_enrolment(label),
        count=leaf.count,
        head=leaf.head,
        entries=tuple(_entries(person_id, leaf.count)),
        sealed_commitment=leaf.sealed_commitment,
        epoch=access_proofs.EpochLeaf(epoch.number, epoch.root, int(epoch.at.timestamp()), epoch.labels),
        siblings=built.prove(make_label(label.label_key)).siblings,
        map_proof=map_proof,
        consistency=_consistency(person_id, map_proof, since),
        opened=tuple(map(_opened, list_opened(person_id))),
    )


def count_outside_witnesses(proof: AccessProof) -> int:
    """How many witnesses that the operator does not run have cosigned the proof's checkpoint."""
    outside = {(witness.key.name, witness.key.id) for witness in load_witnesses() if witness.is_outside}
    return len({(line.name, line.key_id) for line in proof.map_proof.checkpoint.signatures} & outside)


def _newest_proved(person_id: int) -> tuple[Epoch, EpochLeaf, ProofFile] | None:
    for epoch in db.session.scalars(select(Epoch).order_by(Epoch.number.desc()).limit(2)):
        leaf = db.session.get(EpochLeaf, (epoch.number, person_id))
        map_proof = ledger.get_map_proof(epoch.number)
        if leaf is not None and map_proof is not None:
            return epoch, leaf, map_proof
    return None


@lru_cache(maxsize=2)
def _map_of(number: int, root: bytes) -> PrefixMap:  # noqa: ARG001 - the root is part of the cache's key
    """The map of an epoch, built once: an epoch and its root do not change."""
    wanted = (
        select(AccessLabel.label_key, EpochLeaf.count, EpochLeaf.head, EpochLeaf.sealed_commitment)
        .join(EpochLeaf, EpochLeaf.person_id == AccessLabel.person_id)
        .where(EpochLeaf.epoch == number)
    )
    rows = db.session.execute(wanted)
    return PrefixMap({make_label(key): map_value(count, head, sealed) for key, count, head, sealed in rows})


def _enrolment(label: AccessLabel) -> LedgerProof:
    receipt = ledger.get_receipt(label.enrolment_leaf_hash)
    at = int(receipt.entry.at.timestamp())
    return enrolment_of(label.label_key, label.enrolment_nonce, at, _ledger_proof(receipt))


def _ledger_proof(receipt: Receipt) -> ProofFile | None:
    """Where the ledger has it; who cosigned the ledger is asked of a mirror of it, not of this file."""
    if receipt.index is None or not receipt.size:
        return None
    proof = parse_proof_file(receipt.text)
    return replace(proof, checkpoint=without_cosignatures(proof.checkpoint))


def _entries(person_id: int, count: int) -> Iterable[ProvedEntry]:
    wanted = (
        select(AccessRecord, PurposeCode)
        .outerjoin(PurposeCode, PurposeCode.code == AccessRecord.purpose_code)
        .where(AccessRecord.person_id == person_id, AccessRecord.number <= count)
        .order_by(AccessRecord.number)
    )
    for record, purpose in db.session.execute(wanted):
        shown = how_shown(record, purpose)
        if shown is Shown.ERASED:
            yield ProvedEntry(None, None, ERASED, record.commitment)
        elif shown is Shown.FULL:
            yield ProvedEntry(content_of(record).content(), record.nonce)
        else:
            yield ProvedEntry(None, None, shown.value, record.commitment)


def content_of(record: AccessRecord) -> AccessContent:
    """What the record's commitment was made from."""
    return AccessContent(
        number=record.number,
        system=record.system.code,
        agency=record.system.agency.name,
        unit=record.unit,
        official=record.official_tag,
        purpose=record.purpose_code or "",
        legal_basis=record.legal_basis,
        case=record.case_number,
        categories=record.categories,
        action=record.action,
        accessed_at=int(record.accessed_at.timestamp()),
        recorded_at=int(record.recorded_at.timestamp()),
        break_glass=record.break_glass,
    )


def _opened(sealed: SealedAccess) -> LedgerProof:
    receipt = ledger.get_receipt(sealed.ledger_entry.leaf_hash)
    at, public = int(receipt.entry.at.timestamp()), {"agency": sealed.agency.name}
    return LedgerProof(ACCESS_SEAL, at, public, sealed.content, sealed.nonce, _ledger_proof(receipt))


def _consistency(person_id: int, map_proof: ProofFile, since: int | None) -> tuple[Consistency, ...]:
    size = parse_checkpoint(map_proof.checkpoint.text).size
    preference = db.session.get(AccessPreference, person_id)
    earlier = {*(preference.proof_sizes if preference else ()), *((since,) if since else ())}
    tree = ledger.Tree(Log.MAP, size)
    return tuple(
        Consistency(old, tuple(tree.prove_consistency(old))) for old in sorted(earlier) if 0 < old < size
    )
