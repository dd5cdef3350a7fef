"""What a proof of access records proves, step by step, without a network or the service that made it.

Known to the reader beforehand: the keys of the two logs, the keys of witnesses, an earlier file. Without one
of them the check that needs it is reported as not asked for.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from app.core.access_chain import chain_head, make_label
from app.core.access_errors import (
    AccessCheck,
    AccessProofError,
    ChainHeadError,
    CosignatureError,
    EntryCountError,
    EntryOrderError,
    EpochLeafError,
    GrowthError,
    LabelEnrolmentError,
    LogSignatureError,
    MapInclusionError,
    OpenedSealError,
    SplitMapError,
)
from app.core.access_proofs import (
    ERASED,
    AccessProof,
    LedgerProof,
    ProvedEntry,
    map_value,
    parse_access_proof,
)
from app.core.checkpoints import (
    Checkpoint,
    ProofFile,
    VerifierKey,
    list_cosignatures,
    open_checkpoint,
    parse_checkpoint,
)
from app.core.commitments import ContentNotCommittable
from app.core.ledger_errors import LedgerError
from app.core.merkle import leaf_hash, verify_consistency, verify_inclusion
from app.core.prefix_map import MapProof, verify_lookup

# A year in seconds, less the days by which the epoch of a file may be older than its entries' state.
SHORTEST_RETENTION = 360 * 24 * 60 * 60
PASSED, FAILED, NOT_ASKED, NOT_REACHED = "passed", "failed", "not asked for", "not reached"


@dataclass(frozen=True)
class Trust:
    """The keys that the reader got by a way of their own."""

    ledger_keys: Sequence[VerifierKey] = ()
    map_keys: Sequence[VerifierKey] = ()
    witnesses: Sequence[VerifierKey] = ()


@dataclass(frozen=True)
class CheckOutcome:
    """One line of the report."""

    check: AccessCheck
    outcome: str
    detail: str = ""


@dataclass
class AccessReport:
    """What was found; `failure` is the first thing that does not hold."""

    checks: list[CheckOutcome] = field(default_factory=list)
    failure: AccessProofError | None = None
    proof: AccessProof | None = None
    checkpoint: Checkpoint | None = None
    cosigned_by: tuple[str, ...] = ()
    warnings: list[str] = field(default_factory=list)

    @property
    def valid(self) -> bool:
        """Whether everything that was looked at holds."""
        return self.failure is None


# A step returns the detail for the report, or None where the reader gave nothing to check against.
Step = Callable[[], str | None]


def verify_access_proof(raw: bytes, trust: Trust | None = None, earlier: bytes | None = None) -> AccessReport:
    """Examine a proof file, against an earlier one of the same person if there is one, and report.

    The steps stop at the first failure; nothing is raised for whatever bytes are given.
    """
    report = AccessReport()
    done: set[AccessCheck] = set()
    for check, step in _steps(raw, trust or Trust(), earlier, report):
        try:
            detail = step()
        except AccessProofError as problem:
            report.failure = problem
            report.checks.append(CheckOutcome(problem.check, FAILED, str(problem)))
            done.add(problem.check)
            break
        report.checks.append(CheckOutcome(check, NOT_ASKED if detail is None else PASSED, detail or ""))
        done.add(check)
    report.checks += [CheckOutcome(check, NOT_REACHED) for check in AccessCheck if check not in done]
    return report


def _steps(
    raw: bytes, trust: Trust, earlier: bytes | None, report: AccessReport
) -> Iterator[tuple[AccessCheck, Step]]:
    def parse() -> str:
        report.proof = parse_access_proof(raw)
        return f"{len(raw)} bytes"

    def open_seals() -> str:
        for opened in proof.opened:
            verify_opened(opened)
        return f"{len(proof.opened)} opened"

    def look_up_witnesses() -> str | None:
        report.cosigned_by = verify_cosignatures(proof, trust.witnesses)
        return ", ".join(report.cosigned_by) if trust.witnesses else None

    yield AccessCheck.FILE_FORMAT, parse
    assert report.proof is not None  # noqa: S101 - parse() has raised otherwise
    proof = report.proof
    yield AccessCheck.ENTRY_COUNT, lambda: verify_count(proof)
    yield AccessCheck.ENTRY_ORDER, lambda: verify_order(proof)
    yield AccessCheck.CHAIN_HEAD, lambda: verify_chain(proof)
    yield AccessCheck.LABEL_ENROLMENT, lambda: verify_enrolment(proof)
    yield AccessCheck.MAP_INCLUSION, lambda: verify_map(proof)
    yield AccessCheck.EPOCH_LEAF, lambda: verify_epoch(proof)
    report.checkpoint = parse_checkpoint(proof.map_proof.checkpoint.text)
    yield AccessCheck.OPENED_SEALS, open_seals
    yield AccessCheck.LOG_SIGNATURES, lambda: verify_signatures(proof, trust)
    yield AccessCheck.COSIGNATURES, look_up_witnesses
    if earlier is None:
        yield AccessCheck.ONE_ROOT, lambda: None
        yield AccessCheck.GROWTH, lambda: None
    else:
        older = _earlier(earlier)
        yield AccessCheck.ONE_ROOT, lambda: verify_one_root(older(), proof)
        yield AccessCheck.GROWTH, lambda: verify_growth(older(), proof)
    if proof.enrolment.proof is None:
        report.warnings.append("the enrolment is not in the tree yet: get the file again in some minutes")


def verify_count(proof: AccessProof) -> str:
    """Verify that the file holds as many entries as it counts. Raises EntryCountError."""
    if proof.count != len(proof.entries):
        raise EntryCountError(f"the file counts {proof.count} entries and holds {len(proof.entries)}")
    return f"{proof.count} entries"


def verify_order(proof: AccessProof) -> str:
    """Verify that the entries are numbered from 1 on, in order. Raises EntryOrderError."""
    for number, entry in enumerate(proof.entries, 1):
        if entry.content is not None and entry.content.get("number") != number:
            raise EntryOrderError(f"entry {number} says that it is number {entry.content.get('number')}")
    withheld = Counter(entry.withheld for entry in proof.entries if entry.content is None)
    reasons = ", ".join(f"{count} {reason}" for reason, count in sorted(withheld.items()))
    shown = f", {withheld.total()} as a commitment only ({reasons})" if withheld else ""
    return f"numbered 1 to {proof.count}{shown}"


def verify_chain(proof: AccessProof) -> str:
    """Verify that the entries lead to the head. Raises ChainHeadError."""
    if head_after(proof, proof.count) != proof.head:
        raise ChainHeadError("an entry was changed, exchanged or moved: the chain leads to another head")
    return proof.head.hex()


def head_after(proof: AccessProof, count: int) -> bytes:
    """The head after the first `count` entries. Raises ChainHeadError for what nothing commits to."""
    try:
        return chain_head(entry.commitment for entry in proof.entries[:count])
    except (ContentNotCommittable, ValueError) as problem:
        raise ChainHeadError(f"an entry is not one that can be committed to: {problem}") from problem


def verify_enrolment(proof: AccessProof) -> str:
    """Verify that the ledger holds the commitment to the label's key. Raises LabelEnrolmentError."""
    problem = _why_not_in_ledger(proof.enrolment)
    if problem:
        raise LabelEnrolmentError(problem)
    if proof.enrolment.proof is None:
        return "committed to, not yet in the tree"
    return f"entry {proof.enrolment.proof.index} of the ledger"


def verify_map(proof: AccessProof) -> str:
    """Verify that the epoch's map holds this count, head and sealed commitment. Raises MapInclusionError."""
    value = map_value(proof.count, proof.head, proof.sealed_commitment)
    try:
        verify_lookup(proof.epoch.root, make_label(proof.label_key), value, MapProof(proof.siblings))
    except LedgerError as problem:
        raise MapInclusionError(
            f"not what the map of epoch {proof.epoch.number} holds: {problem}"
        ) from problem
    return f"epoch {proof.epoch.number}, {proof.epoch.labels} people"


def verify_epoch(proof: AccessProof) -> str:
    """Verify that the epoch's root stands at its own place in the log of maps. Raises EpochLeafError."""
    if proof.map_proof.index != proof.epoch.number:
        raise EpochLeafError(f"epoch {proof.epoch.number} is proved at place {proof.map_proof.index}")
    try:
        checkpoint = _included(proof.map_proof, proof.epoch.to_bytes())
    except LedgerError as problem:
        raise EpochLeafError(f"epoch {proof.epoch.number} is not in the log of maps: {problem}") from problem
    return f"{checkpoint.origin}, {checkpoint.size} epochs"


def verify_opened(opened: LedgerProof) -> None:
    """Verify that an access which was sealed is the one that the ledger has. Raises OpenedSealError."""
    problem = _why_not_in_ledger(opened)
    if problem:
        raise OpenedSealError(problem)


def verify_signatures(proof: AccessProof, trust: Trust) -> str | None:
    """Verify the logs' signatures for the keys that the reader knows. Raises LogSignatureError."""
    noted = [
        (proof.map_proof, trust.map_keys),
        *((item.proof, trust.ledger_keys) for item in (proof.enrolment, *proof.opened)),
    ]
    asked = [(file, keys) for file, keys in noted if file is not None and keys]
    try:
        origins = [open_checkpoint(file.checkpoint, keys).origin for file, keys in asked]
    except LedgerError as problem:
        raise LogSignatureError(str(problem)) from problem
    return ", ".join(dict.fromkeys(origins)) if origins else None


def verify_cosignatures(proof: AccessProof, witnesses: Sequence[VerifierKey]) -> tuple[str, ...]:
    """Verify that every one of these witnesses has cosigned. Raises CosignatureError naming who has not."""
    try:
        found = list_cosignatures(proof.map_proof.checkpoint, witnesses)
    except LedgerError as problem:
        raise CosignatureError(str(problem)) from problem
    missing = [key.name for key in witnesses if key not in found]
    if missing:
        raise CosignatureError(f"no cosignature of {', '.join(missing)}")
    return tuple(key.name for key in found)


def verify_one_root(older: AccessProof, newer: AccessProof) -> str:
    """Verify that both files were made of one history of maps. Raises SplitMapError, GrowthError."""
    old, new = (parse_checkpoint(proof.map_proof.checkpoint.text) for proof in (older, newer))
    if old.origin != new.origin:
        raise GrowthError(f"the earlier file is of {old.origin}, this one of {new.origin}")
    if older.epoch.number == newer.epoch.number and older.epoch != newer.epoch:
        raise SplitMapError(f"epoch {newer.epoch.number} has two roots")
    if old.size == new.size and old.root != new.root:
        raise SplitMapError(f"the log of maps has two roots of size {new.size}")
    if new.size < old.size or newer.epoch.number < older.epoch.number:
        raise GrowthError("the file given as the earlier one is the later one")
    if old.size < new.size:
        _verify_consistent(old, new, newer)
    return f"{old.size} of {new.size} epochs were there before"


def verify_growth(older: AccessProof, newer: AccessProof) -> str:
    """Verify that the earlier entries are the beginning of these. Raises GrowthError."""
    if older.label_key != newer.label_key:
        raise GrowthError("the two files are of two labels: one person has one")
    if newer.count < older.count:
        raise GrowthError(f"the history has {newer.count} entries and had {older.count}")
    if head_after(newer, older.count) != older.head:
        raise GrowthError(f"the first {older.count} entries are not those of the earlier file")
    for number, (before, now) in enumerate(zip(older.entries, newer.entries, strict=False), 1):
        _ensure_kept_long_enough(number, before, now, newer.epoch.at)
    return f"{newer.count - older.count} new entries"


def _ensure_kept_long_enough(number: int, before: ProvedEntry, now: ProvedEntry, at: int) -> None:
    """What the earlier file shows with its content may be erased a year after it was recorded, not before."""
    recorded_at = before.content.get("recorded_at") if before.content else None
    if now.withheld == ERASED and isinstance(recorded_at, int) and at - recorded_at < SHORTEST_RETENTION:
        raise GrowthError(f"entry {number} was erased after less than a year")


def _verify_consistent(old: Checkpoint, new: Checkpoint, proof: AccessProof) -> None:
    paths = [item.path for item in proof.consistency if item.size == old.size]
    if not paths:
        raise GrowthError(f"nothing shows that the {old.size} epochs of the earlier file are still there")
    try:
        verify_consistency(old.size, new.size, paths[0], old.root, new.root)
    except LedgerError as problem:
        raise SplitMapError(f"the log of maps was rewritten below size {old.size}: {problem}") from problem


def _earlier(raw: bytes) -> Callable[[], AccessProof]:
    """The earlier file, which must hold by itself before anything is compared with it."""

    def read() -> AccessProof:
        report = verify_access_proof(raw)
        if report.failure is not None or report.proof is None:
            raise GrowthError(f"the earlier file does not hold by itself: {report.failure}")
        return report.proof

    return read


def _included(file: ProofFile, leaf: bytes) -> Checkpoint:
    checkpoint = parse_checkpoint(file.checkpoint.text)
    verify_inclusion(leaf_hash(leaf), file.index, checkpoint.size, file.path, checkpoint.root)
    return checkpoint


def _why_not_in_ledger(item: LedgerProof) -> str:
    """Why the ledger does not have this leaf; nothing where it has, or where the leaf still waits."""
    try:
        if item.proof is not None:
            _included(item.proof, item.leaf)
    except (ValueError, ContentNotCommittable) as problem:
        return f"nothing commits to such a content: {problem}"
    except LedgerError as problem:
        return f"the ledger does not have the entry: {problem}"
    return ""
