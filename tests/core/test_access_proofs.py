"""The completeness proof: what holds is accepted, and whatever is left out, changed or split is named."""

import gzip
import json
import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from app.core import checkpoints as c
from app.core.access_chain import chain_head
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
    MalformedAccessProofError,
    MapInclusionError,
    OpenedSealError,
    SplitMapError,
)
from app.core.access_proofs import (
    SMALL_DOCUMENT,
    AccessProof,
    ProvedEntry,
    parse_access_proof,
    write_access_proof,
)
from app.core.access_verification import NOT_ASKED, PASSED, AccessReport, Trust, verify_access_proof
from app.core.commitments import canonical_json
from tests.core.access_kit import LEDGER_KEY, MAP_KEY, START, WITNESS, Town, digest, make_entry

TRUST = Trust([LEDGER_KEY.verifier], [MAP_KEY.verifier], [WITNESS.verifier])
PROOF = Town().close_epoch()


def examine(proof: AccessProof, earlier: AccessProof | None = None) -> AccessReport:
    """Write, read again, verify with every key."""
    return verify_access_proof(
        write_access_proof(proof), TRUST, write_access_proof(earlier) if earlier else None
    )


def failure(proof: AccessProof, earlier: AccessProof | None = None) -> type[AccessProofError]:
    """The kind of the refusal."""
    found = examine(proof, earlier).failure
    assert found is not None
    return type(found)


def with_head(proof: AccessProof, entries: tuple[ProvedEntry, ...]) -> AccessProof:
    """A forger recomputes what can be recomputed: count and head."""
    head = chain_head(entry.commitment for entry in entries)
    return replace(proof, entries=entries, count=len(entries), head=head)


def test_a_proof_holds_and_survives_writing_and_reading() -> None:
    report = examine(PROOF)
    assert report.failure is None
    assert parse_access_proof(write_access_proof(PROOF)) == PROOF
    outcomes = {item.check: item.outcome for item in report.checks}
    assert list(outcomes) == list(AccessCheck)
    assert {check for check, outcome in outcomes.items() if outcome != PASSED} == {
        AccessCheck.ONE_ROOT,
        AccessCheck.GROWTH,
    }
    assert report.cosigned_by == ("witness.test/w1",)


def test_without_keys_nothing_is_claimed_about_signatures() -> None:
    report = verify_access_proof(write_access_proof(PROOF))
    assert report.valid
    outcomes = {item.check: item.outcome for item in report.checks}
    assert outcomes[AccessCheck.LOG_SIGNATURES] == outcomes[AccessCheck.COSIGNATURES] == NOT_ASKED


def test_that_nobody_looked_is_provable() -> None:
    proof = Town(entries=0).close_epoch()
    assert proof.count == 0
    assert examine(proof).valid
    assert failure(with_head(proof, (make_entry(1),))) is MapInclusionError


ENTRIES = PROOF.entries
CHANGED = ProvedEntry({**(ENTRIES[2].content or {}), "purpose": "other"}, ENTRIES[2].nonce)


@pytest.mark.parametrize(
    ("entries", "error"),
    [
        (ENTRIES[:-1], EntryCountError),
        (ENTRIES[1:], EntryCountError),
        ((*ENTRIES, make_entry(6)), EntryCountError),
        ((*ENTRIES[:2], CHANGED, *ENTRIES[3:]), ChainHeadError),
        ((ENTRIES[1], ENTRIES[0], *ENTRIES[2:]), EntryOrderError),
        ((*ENTRIES[:2], make_entry(7), *ENTRIES[3:]), EntryOrderError),
        ((*ENTRIES[:4], make_entry(5, official="0b92aa11")), ChainHeadError),
    ],
    ids=["dropped last", "dropped first", "added", "changed", "reordered", "exchanged", "another official"],
)
def test_altered_entries_are_refused(entries: tuple[ProvedEntry, ...], error: type[AccessProofError]) -> None:
    assert failure(replace(PROOF, entries=entries)) is error
    # And a file whose count and head were made to fit is refused by the map.
    renumbered = tuple(
        replace(entry, content={**(entry.content or {}), "number": number})
        for number, entry in enumerate(entries, 1)
    )
    assert failure(with_head(PROOF, renumbered)) is MapInclusionError


def test_another_count_head_or_sealed_commitment_is_refused() -> None:
    assert failure(replace(PROOF, count=6)) is EntryCountError
    assert failure(replace(PROOF, head=digest("other"))) is ChainHeadError
    assert failure(replace(PROOF, sealed_commitment=digest("other").hex())) is MapInclusionError


def test_another_label_is_refused() -> None:
    other = replace(PROOF.enrolment, content={"label_key": digest("second label").hex()})
    assert failure(replace(PROOF, enrolment=other)) is LabelEnrolmentError
    elsewhere = replace(PROOF.enrolment, at=START + 1)
    assert failure(replace(PROOF, enrolment=elsewhere)) is LabelEnrolmentError
    assert PROOF.enrolment.proof is not None
    moved = replace(PROOF.enrolment, proof=replace(PROOF.enrolment.proof, index=3))
    assert failure(replace(PROOF, enrolment=moved)) is LabelEnrolmentError


def test_an_enrolment_that_waits_for_the_sequencer_is_said_to_wait() -> None:
    report = examine(replace(PROOF, enrolment=replace(PROOF.enrolment, proof=None)))
    assert report.valid
    assert report.warnings


def test_an_epoch_at_another_place_of_the_log_is_refused() -> None:
    town = Town()
    town.close_epoch()
    proof = town.close_epoch()
    assert examine(proof).valid
    town.maps.append(proof.epoch.to_bytes())
    assert failure(replace(proof, map_proof=town.maps.prove(2))) is EpochLeafError
    assert failure(replace(proof, epoch=replace(proof.epoch, at=1))) is EpochLeafError


def test_one_epoch_cannot_have_two_roots() -> None:
    earlier = Town().close_epoch()
    other = Town().close_epoch(shuffle=1)
    assert earlier.epoch.number == other.epoch.number == 0
    assert examine(earlier).valid
    assert examine(other).valid
    assert failure(other, earlier) is SplitMapError
    # The same epoch, but the logs part after it.
    town, elsewhere = Town(), Town()
    first, second = town.close_epoch(), elsewhere.close_epoch()
    town.close_epoch(shuffle=1)
    elsewhere.close_epoch(shuffle=2)
    parted = [
        replace(proof, map_proof=log.maps.prove(0)) for proof, log in ((first, town), (second, elsewhere))
    ]
    assert failure(parted[1], parted[0]) is SplitMapError
    # A later log that does not continue the earlier one.
    rewritten = Town()
    rewritten.close_epoch(shuffle=3)
    assert failure(rewritten.close_epoch(), first) is SplitMapError


def test_history_only_grows() -> None:
    town = Town()
    earlier = town.close_epoch()
    town.entries = (*town.entries, make_entry(6))
    later = town.close_epoch()
    assert examine(later, earlier).valid
    assert failure(earlier, later) is GrowthError
    assert failure(replace(later, consistency=()), earlier) is GrowthError
    town.entries = (*town.entries[:-1], make_entry(6, case="another"))
    assert failure(town.close_epoch(), later) is GrowthError
    town.entries = town.entries[:-2]
    assert failure(replace(town.close_epoch(), consistency=(town.maps.consistency(2),)), later) is GrowthError


def test_an_earlier_file_that_does_not_hold_proves_nothing() -> None:
    assert failure(PROOF, replace(PROOF, count=6)) is GrowthError


def test_signatures_and_cosignatures_are_those_of_the_keys() -> None:
    stranger = c.SigningKey(MAP_KEY.name, bytes(32))
    file = write_access_proof(PROOF)
    wrong = verify_access_proof(file, replace(TRUST, map_keys=[stranger.verifier]))
    assert type(wrong.failure) is LogSignatureError
    nobody = c.SigningKey("witness.test/w2", bytes(32), c.COSIGNATURE_TYPE)
    missing = verify_access_proof(file, replace(TRUST, witnesses=[WITNESS.verifier, nobody.verifier]))
    assert type(missing.failure) is CosignatureError
    assert "w2" in str(missing.failure)


def test_an_opened_access_is_the_sealed_one() -> None:
    town = Town()
    sealed = town.seal({"agency": "Prosecution", "accessed_at": START, "expires_at": START + 60})
    proof = replace(town.close_epoch(), opened=(sealed,))
    assert examine(proof).valid
    later = replace(sealed, content={**sealed.content, "accessed_at": START + 5})
    assert failure(replace(proof, opened=(later,))) is OpenedSealError


def test_entries_whose_content_is_withheld_or_erased_still_count() -> None:
    bare = ProvedEntry(None, None, "erased", ENTRIES[0].commitment)
    report = examine(replace(PROOF, entries=(bare, *ENTRIES[1:])))
    assert report.valid
    assert "1 as a commitment only" in " ".join(item.detail for item in report.checks)
    assert failure(replace(PROOF, entries=(bare, bare, *ENTRIES[2:]))) is ChainHeadError


@pytest.mark.parametrize("raw", [b"", b"{}", b"[]", b"\xff", b"[" * 100_000, b'{"format": 1}'])
def test_anything_else_is_no_proof_file(raw: bytes) -> None:
    assert type(verify_access_proof(raw).failure) is MalformedAccessProofError


def test_every_missing_or_mistyped_part_is_refused_by_name() -> None:
    document = json.loads(gzip.decompress(write_access_proof(PROOF)))
    for name in document:
        for wrong in (None, 1.5, "x", [1], {"a": 1}):
            report = verify_access_proof(json.dumps({**document, name: wrong}).encode(), TRUST)
            assert report.failure is not None, (name, wrong)
        rest = {key: value for key, value in document.items() if key != name}
        assert type(verify_access_proof(json.dumps(rest).encode()).failure) is MalformedAccessProofError


def test_a_file_that_a_browser_unpacked_is_as_good() -> None:
    assert parse_access_proof(gzip.decompress(write_access_proof(PROOF))) == PROOF


@pytest.mark.parametrize(
    "damage",
    [
        lambda file: file[:-1],
        lambda file: file + b"\n",
        lambda file: file + file,
        lambda file: file[:-8] + bytes(8),
        lambda file: file[:2] + bytes(len(file)),
    ],
    ids=["cut off", "longer", "twice", "wrong checksum", "no gzip"],
)
def test_a_damaged_file_is_refused(damage: Callable[[bytes], bytes]) -> None:
    report = verify_access_proof(damage(write_access_proof(PROOF)))
    assert type(report.failure) is MalformedAccessProofError


def test_a_file_that_unpacks_to_too_much_is_refused_before_it_has() -> None:
    document = gzip.decompress(write_access_proof(PROOF))
    assert parse_access_proof(gzip.compress(document + b" " * (SMALL_DOCUMENT // 2))) == PROOF
    with pytest.raises(MalformedAccessProofError, match="too large"):
        parse_access_proof(gzip.compress(document + b" " * SMALL_DOCUMENT))


@pytest.mark.parametrize(("ledger", "epochs"), [(20_000, 0), (100_000, 364)])
def test_a_proof_for_ten_thousand_people_is_small(ledger: int, epochs: int) -> None:
    """At the first epoch, and after a year with ten entries of the ledger for each person; one witness."""
    proof = replace(Town(10_000, ledger=ledger, epochs=epochs).close_epoch(), consistency=())
    assert examine(proof).valid
    bare = len(write_access_proof(replace(proof, count=0, entries=())))
    assert bare < 2048, f"{bare} bytes"
    entries = sum(len(canonical_json(entry.content or {})) for entry in proof.entries)
    assert len(write_access_proof(proof)) < bare + entries


def test_ten_thousand_entries_are_verified_at_once() -> None:
    proof = Town(people=100, entries=10_000).close_epoch()
    file = write_access_proof(proof)
    spent = []
    for _ in range(3):
        started = time.process_time()
        assert verify_access_proof(file, TRUST).valid
        spent.append(time.process_time() - started)
    # The quickest: the others tell of what else the machine does.
    assert min(spent) < 1, f"{min(spent)} s"
