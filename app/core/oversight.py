"""What the oversight body examines: an epoch with all leaves opened, an earlier one, and the public ledger.

No citizen can see by themselves whether a record stands under no label or somebody else's, or whether a
sealed access vanished. Nothing here believes the service: the map is computed again from the leaves, and the
leaves are compared with entries of the ledger, which the reader has mirrored and verified.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from app.core.access_chain import chain_head
from app.core.access_proofs import ACCESS_SEAL, LABEL_ENROL, EpochLeaf, commit_to_sealed
from app.core.checkpoints import VerifierKey
from app.core.commitments import commit_to
from app.core.ledger_errors import LedgerError
from app.core.merkle import leaf_hash
from app.core.opened_epochs import OpenedEpoch, OpenedLeaf
from app.core.prefix_map import PrefixMap

ACCESS_RECORD = "access-records:access:record"
ACCESS_OPEN = "access-records:access:open"
EPOCH_CLOSE = "access-records:epoch:close"
ORDERED_BY = "oversight"
# What was recorded so shortly before an epoch was closed may stand in the next one.
SETTLING_SECONDS = 60


class OversightCheck(StrEnum):
    """What an epoch is examined for, in the order in which a report lists it."""

    MAP_ROOT = "oversight:map-root"
    CHAINS = "oversight:chains"
    SEALED_COMMITMENTS = "oversight:sealed-commitments"
    EPOCH_LEAF = "oversight:epoch-leaf"
    GROWTH = "oversight:growth"
    SEALS_KEPT = "oversight:seals-kept"
    EPOCH_ENTRY = "oversight:epoch-entry"
    LABELS = "oversight:labels"
    ACCESSES = "oversight:accesses"
    SEALS = "oversight:seals"


@dataclass(frozen=True)
class Finding:
    """Something that does not agree; `label` is whose leaf it is about, where it is about one."""

    check: OversightCheck
    text: str
    label: bytes | None = None

    def __str__(self) -> str:
        return f"label {self.label.hex()}: {self.text}" if self.label else self.text


@dataclass
class LedgerView:
    """What the ledger says about accesses: commitments with the times of their entries."""

    size: int = 0
    # Epoch -> root and number of labels.
    epochs: dict[int, tuple[str, int]] = field(default_factory=dict)
    enrolments: dict[str, int] = field(default_factory=dict)
    accesses: Counter[str] = field(default_factory=Counter)
    recorded_at: dict[str, int] = field(default_factory=dict)
    seals: dict[str, int] = field(default_factory=dict)
    openings: dict[str, tuple[int, bool]] = field(default_factory=dict)

    def opens_rightly(self, commitment: str, expiry: int) -> bool:
        """Whether a sealed access was opened after its expiry, or because the oversight body ordered it."""
        at, ordered = self.openings.get(commitment, (0, False))
        return ordered or at >= expiry


@dataclass(frozen=True)
class Sources:
    """What the reader has beside the epoch's file; a check that needs what is missing is not made."""

    earlier: OpenedEpoch | None = None
    ledger: LedgerView | None = None
    map_keys: Sequence[VerifierKey] = ()


@dataclass
class OversightReport:
    """What was examined, and everything that does not agree."""

    made: list[OversightCheck] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def agrees(self) -> bool:
        """Whether everything that was looked at agrees."""
        return not self.findings


def read_ledger(entries: Iterable[bytes]) -> LedgerView:
    """Gather what a mirrored ledger says about accesses. Raises LedgerError for what is no entry."""
    view = LedgerView()
    for leaf in entries:
        view.size += 1
        try:
            _gather(view, json.loads(leaf))
        except (LookupError, TypeError, ValueError, AttributeError) as problem:
            raise LedgerError(f"entry {view.size - 1} is not an entry of a ledger") from problem
    return view


def _gather(view: LedgerView, entry: Mapping[str, Any]) -> None:
    kind, at, commitments = entry["type"], int(entry["at"]), entry.get("commitments", ())
    if kind == EPOCH_CLOSE:
        public = entry["public"]
        view.epochs[int(public["epoch"])] = str(public["root"]), int(public["labels"])
    elif kind == LABEL_ENROL:
        view.enrolments[commitments[0]] = at
    elif kind == ACCESS_RECORD:
        view.accesses[commitments[0]] += 1
        view.recorded_at[commitments[0]] = at
    elif kind == ACCESS_SEAL:
        view.seals[commitments[0]] = at
    elif kind == ACCESS_OPEN:
        public = entry["public"]
        view.openings[public["commitment"]] = at, public.get("ordered_by") == ORDERED_BY


def examine_epoch(opened: OpenedEpoch, sources: Sources) -> OversightReport:
    """Examine an epoch with everything that the reader has; nothing is raised for what does not agree."""
    report = OversightReport()

    def note(check: OversightCheck, findings: Iterable[Finding]) -> None:
        report.made.append(check)
        report.findings += findings

    note(OversightCheck.MAP_ROOT, _examine_map(opened))
    note(OversightCheck.CHAINS, _examine_chains(opened))
    note(OversightCheck.SEALED_COMMITMENTS, _examine_commitments(opened))
    if sources.map_keys:
        note(OversightCheck.EPOCH_LEAF, _examine_epoch_leaf(opened, sources.map_keys))
    if sources.earlier is not None:
        note(OversightCheck.GROWTH, _examine_growth(opened, sources.earlier))
        note(OversightCheck.SEALS_KEPT, _examine_kept(opened, sources.earlier, sources.ledger))
    if sources.ledger is not None:
        note(OversightCheck.EPOCH_ENTRY, _examine_entry(opened.epoch, sources.ledger))
        note(OversightCheck.LABELS, _examine_labels(opened, sources.ledger))
        note(OversightCheck.ACCESSES, _examine_accesses(opened, sources.ledger))
        note(OversightCheck.SEALS, _examine_seals(opened, sources.ledger))
    return report


def _examine_map(opened: OpenedEpoch) -> Iterator[Finding]:
    values = {leaf.label: leaf.value for leaf in opened.leaves}
    check = OversightCheck.MAP_ROOT
    if len(values) != len(opened.leaves) or len(values) != opened.epoch.labels:
        text = f"{len(opened.leaves)} leaves have {len(values)} labels, the epoch says {opened.epoch.labels}"
        yield Finding(check, text)
    if PrefixMap(values).root != opened.epoch.root:
        yield Finding(check, "the leaves do not give the root of the epoch")


def _examine_chains(opened: OpenedEpoch) -> Iterator[Finding]:
    for leaf in opened.leaves:
        if len(leaf.commitments) != leaf.count:
            text = f"the leaf counts {leaf.count} accesses, there are {len(leaf.commitments)}"
            yield Finding(OversightCheck.CHAINS, text, leaf.label)
        elif chain_head(leaf.commitments) != leaf.head:
            text = "the accesses do not lead to the head of the leaf"
            yield Finding(OversightCheck.CHAINS, text, leaf.label)


def _examine_commitments(opened: OpenedEpoch) -> Iterator[Finding]:
    for leaf in opened.leaves:
        if commit_to_sealed(leaf.sealed, leaf.sealed_nonce) != leaf.sealed_commitment:
            text = "the sealed commitment does not open to what is sealed"
            yield Finding(OversightCheck.SEALED_COMMITMENTS, text, leaf.label)


def _examine_epoch_leaf(opened: OpenedEpoch, keys: Sequence[VerifierKey]) -> Iterator[Finding]:
    check, proof = OversightCheck.EPOCH_LEAF, opened.map_proof
    if proof is None:
        yield Finding(check, "no checkpoint of the log of maps covers the epoch yet")
        return
    if proof.index != opened.epoch.number:
        yield Finding(check, f"the proof is about epoch {proof.index}")
    try:
        proof.verify(leaf_hash(opened.epoch.to_bytes()), keys)
    except LedgerError as problem:
        yield Finding(check, f"the log of maps does not have this epoch: {problem}")


def _examine_growth(opened: OpenedEpoch, earlier: OpenedEpoch) -> Iterator[Finding]:
    """Each label of the earlier epoch is there, and its accesses are the first of the present ones."""
    here = {leaf.label: leaf for leaf in opened.leaves}
    for old in earlier.leaves:
        new = here.get(old.label)
        if new is None:
            yield Finding(OversightCheck.GROWTH, "stood in the earlier epoch and is gone", old.label)
        elif new.commitments[: old.count] != old.commitments:
            text = f"the {old.count} accesses of the earlier epoch are not the first ones any more"
            yield Finding(OversightCheck.GROWTH, text, old.label)


def _examine_kept(opened: OpenedEpoch, earlier: OpenedEpoch, ledger: LedgerView | None) -> Iterator[Finding]:
    """What was sealed in the earlier epoch is so still, or was opened; until when is as it was."""
    here: dict[bytes, OpenedLeaf] = {leaf.label: leaf for leaf in opened.leaves}
    for old in earlier.leaves:
        sealed = here[old.label].sealed if old.label in here else {}
        for commitment, expiry in old.sealed.items():
            text = ""
            if sealed.get(commitment, expiry) != expiry:
                text = f"the sealed access {commitment} has another expiry than before"
            elif commitment not in sealed and not _is_open(commitment, expiry, opened.epoch, ledger):
                text = f"the sealed access {commitment} vanished"
            if text:
                yield Finding(OversightCheck.SEALS_KEPT, text, old.label)


def _is_open(commitment: str, expiry: int, epoch: EpochLeaf, ledger: LedgerView | None) -> bool:
    """Without the ledger, an access whose time is over counts as open."""
    return ledger.opens_rightly(commitment, expiry) if ledger else expiry <= epoch.at


def _examine_entry(epoch: EpochLeaf, ledger: LedgerView) -> Iterator[Finding]:
    if ledger.epochs.get(epoch.number) != (epoch.root.hex(), epoch.labels):
        yield Finding(OversightCheck.EPOCH_ENTRY, "the ledger has another root or number of labels")


def _examine_labels(opened: OpenedEpoch, ledger: LedgerView) -> Iterator[Finding]:
    """Each label is one that the ledger has, each one that the ledger has is there."""
    check = OversightCheck.LABELS
    found = set()
    for leaf in opened.leaves:
        commitment = commit_to({"label_key": leaf.label_key.hex()}, leaf.enrolment_nonce)
        found.add(commitment)
        if commitment not in ledger.enrolments:
            yield Finding(check, "the ledger has no enrolment of this label", leaf.label)
    settled = _settled(opened.epoch, ledger.enrolments)
    if missing := len(settled - found):
        yield Finding(check, f"{missing} labels that the ledger enrolled are not in the map")


def _examine_accesses(opened: OpenedEpoch, ledger: LedgerView) -> Iterator[Finding]:
    """Each access of the ledger stands under one label, and each access under a label is in the ledger."""
    check = OversightCheck.ACCESSES
    placed: Counter[str] = Counter()
    for leaf in opened.leaves:
        placed.update(leaf.commitments)
        if missing := sum(commitment not in ledger.accesses for commitment in leaf.commitments):
            yield Finding(check, f"{missing} accesses are not in the ledger", leaf.label)
    for commitment, times in (placed | ledger.accesses).items():
        if times > 1:
            yield Finding(check, f"the access {commitment} stands there {times} times")
    for commitment in sorted(_settled(opened.epoch, ledger.recorded_at) - set(placed)):
        yield Finding(check, f"the access {commitment} of the ledger stands under no label")


def _examine_seals(opened: OpenedEpoch, ledger: LedgerView) -> Iterator[Finding]:
    """Each access that the ledger has as sealed is sealed under a label, unless the ledger opened it."""
    check = OversightCheck.SEALS
    here: set[str] = set()
    for leaf in opened.leaves:
        here.update(leaf.sealed)
        if missing := sum(commitment not in ledger.seals for commitment in leaf.sealed):
            yield Finding(check, f"{missing} sealed accesses are not in the ledger", leaf.label)
    for commitment in sorted(_settled(opened.epoch, ledger.seals) - here - set(ledger.openings)):
        yield Finding(check, f"the sealed access {commitment} of the ledger stands under no label")


def _settled(epoch: EpochLeaf, times: Mapping[str, int]) -> set[str]:
    return {commitment for commitment, at in times.items() if at < epoch.at - SETTLING_SECONDS}
