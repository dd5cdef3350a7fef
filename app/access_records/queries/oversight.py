"""Readers for the oversight body: its keys, and an epoch with all leaves opened."""

from collections import defaultdict

from sqlalchemy import select
from sqlalchemy.orm import undefer

from app.access_records.models import AccessLabel, AccessRecord, Epoch, EpochLeaf, OversightKey
from app.access_records.queries.epochs import leaf_of
from app.core.checkpoints import VerifierKey, parse_verifier_key
from app.core.opened_epochs import OpenedEpoch, OpenedLeaf
from app.extensions import db
from app.ledger.queries import get_map_proof


def list_keys() -> list[VerifierKey]:
    """Every key that the oversight body has or had, newest first."""
    wanted = select(OversightKey.verifier_key).order_by(OversightKey.id.desc())
    return [parse_verifier_key(text) for text in db.session.scalars(wanted)]


def open_leaves(number: int) -> OpenedEpoch | None:
    """An epoch with everything that its leaves were made from; None where that is not kept any more."""
    epoch = db.session.get(Epoch, number)
    wanted = (
        select(EpochLeaf, AccessLabel)
        .join(AccessLabel, AccessLabel.person_id == EpochLeaf.person_id)
        .where(EpochLeaf.epoch == number)
        .options(undefer(EpochLeaf.sealed), undefer(EpochLeaf.sealed_nonce))
        # By label key, which is random: the order says nothing about who is who.
        .order_by(AccessLabel.label_key)
    )
    rows = db.session.execute(wanted).all()
    if epoch is None or not rows:
        return None
    chains = _list_chains()
    leaves = tuple(_open(leaf, label, chains[leaf.person_id]) for leaf, label in rows)
    return OpenedEpoch(leaf_of(epoch), leaves, get_map_proof(number))


def _list_chains() -> defaultdict[int, list[str]]:
    chains: defaultdict[int, list[str]] = defaultdict(list)
    wanted = select(AccessRecord.person_id, AccessRecord.commitment)
    for person_id, commitment in db.session.execute(
        wanted.order_by(AccessRecord.person_id, AccessRecord.number)
    ):
        chains[person_id].append(commitment)
    return chains


def _open(leaf: EpochLeaf, label: AccessLabel, chain: list[str]) -> OpenedLeaf:
    return OpenedLeaf(
        label_key=label.label_key,
        enrolment_nonce=label.enrolment_nonce,
        count=leaf.count,
        head=leaf.head,
        commitments=tuple(chain[: leaf.count]),
        sealed_commitment=leaf.sealed_commitment,
        sealed_nonce=leaf.sealed_nonce,
        sealed=leaf.sealed,
    )
