"""verify_election: everything that one archive can show about an election, and the first thing that fails.

Rules of this file: it does no input or output; it believes nothing that it can recompute; it never
skips a ballot; an archive of an election that still runs is examined as far as it goes. Every failure
is an InvalidError that carries its check and its event.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from app.core.archive import ArchiveReader, Entry, EventType, ensure_extends, ensure_order
from app.core.ballots import skim_ballot
from app.core.credentials import PublicCredential, credentials_fingerprint, read_public_credentials
from app.core.election import Election, parse_election
from app.core.encoding import expect_object, parse_canonical_json, parse_json_number
from app.core.errors import (
    Check,
    CredentialFingerprintError,
    DecryptionIncompleteError,
    DecryptionProofError,
    DuplicateBallotError,
    InvalidError,
    NotCanonicalError,
    PossessionProofError,
    PublicKeyMismatchError,
    RepeatedCiphertextError,
    TallyMismatchError,
    TallySizeError,
)
from app.core.tally import (
    EncryptedTally,
    PartialDecryption,
    add_tallies,
    empty_tally,
    last_ballots,
    parse_partial_decryption,
    parse_result,
    verify_partial_decryption,
    verify_result,
    write_sized_tally,
    write_tally,
)
from app.core.trustees import Trustee, combine_keys, parse_trustees, verify_trustee
from app.core.verify.batches import (
    BallotBatch,
    BatchRunner,
    CredentialBatch,
    run_here,
    verify_batch,
    verify_credentials,
)
from app.core.verify.report import CheckResult, Report

BATCH_SIZE = 16
CREDENTIAL_BATCH_SIZE = 64
SMALL_TALLY = 10

_ARCHIVE_CHECKS = (Check.ARCHIVE_FORMAT, Check.ARCHIVE_HASHES, Check.EVENT_CHAIN, Check.EVENT_ORDER)
_SETUP_CHECKS = (
    Check.ELECTION_PARAMETERS,
    Check.TRUSTEE_POSSESSION,
    Check.ELECTION_PUBLIC_KEY,
    Check.CREDENTIAL_LIST,
)
_BALLOT_CHECKS = (
    Check.BALLOT_CANONICAL,
    Check.BALLOT_ELECTION,
    Check.BALLOT_CREDENTIAL,
    Check.BALLOT_SIGNATURE,
    Check.BALLOT_PROOFS,
    Check.BALLOT_UNIQUE,
    Check.CIPHERTEXT_UNIQUE,
)
_GROUP_CHECKS = (Check.GROUP_MEMBERSHIP, Check.SCALAR_RANGE)


ProgressCallback = Callable[[int, int], None]


def verify_election(
    raw: bytes,
    *,
    earlier: bytes | None = None,
    expected_credentials: str | None = None,
    run: BatchRunner = run_here,
    progress: ProgressCallback = lambda _done, _total: None,
) -> Report:
    """Verify an archive and report.

    earlier: an older archive of the same election. expected_credentials: the fingerprint that the
    credential authority published. run: how batches of ballots are mapped (to processes, machines).
    progress: called with ballots done and in all. Raises UnsupportedError.
    """
    verification = _Verification(raw, earlier, expected_credentials, run, progress)
    try:
        verification.perform()
    except InvalidError as problem:
        verification.report.failure = problem
    verification.finish()
    return verification.report


@contextmanager
def _at(entry: Entry) -> Iterator[None]:
    """Name the event in whatever its examination raises."""
    try:
        yield
    except InvalidError as problem:
        problem.event = f"event {entry.event.height} ({entry.event.type})"
        raise


@contextmanager
def _reading_as(refusal: type[InvalidError]) -> Iterator[None]:
    """Outside ballots, a document that is not in its one form fails the check of its place."""
    try:
        yield
    except NotCanonicalError as problem:
        raise refusal(str(problem)) from problem


class _Verification:
    """One run of verify_election: the phases in order, and what each leaves for the next."""

    def __init__(
        self,
        raw: bytes,
        earlier: bytes | None,
        expected_credentials: str | None,
        run: BatchRunner,
        progress: ProgressCallback,
    ) -> None:
        self.raw, self.earlier, self.expected_credentials = raw, earlier, expected_credentials
        self.run, self.progress = run, progress
        self.report = Report()
        self.passed: list[Check] = []
        self.election: Election
        self.trustees: tuple[Trustee, ...]
        self.credentials: dict[str, PublicCredential]
        self.tally: EncryptedTally

    def perform(self) -> None:
        """All phases. What the archive itself breaks is raised after the entries before it passed."""
        if self.earlier is not None:
            ensure_extends(self.raw, self.earlier)
            self.passed.append(Check.EARLIER_ARCHIVE)
        entries, broken = self._read()
        kinds: dict[EventType, list[Entry]] = {kind: [] for kind in EventType}
        for entry in entries:
            kinds[entry.event.type].append(entry)
        for setup in kinds[EventType.SETUP]:
            with _at(setup):
                self._verify_setup(setup)
            self._verify_ballots(kinds[EventType.BALLOT])
        for entry in kinds[EventType.ENCRYPTED_TALLY]:
            with _at(entry):
                self._verify_tally(entry)
            decryptions = self._verify_decryptions(kinds[EventType.PARTIAL_DECRYPTION])
            for result in kinds[EventType.RESULT]:
                with _at(result):
                    self._verify_result(result, decryptions)
        if broken is not None:
            raise broken
        if not entries:
            raise _named(InvalidError("the archive holds no election"), 0)
        self.passed.extend(_ARCHIVE_CHECKS + _GROUP_CHECKS)

    def _read(self) -> tuple[list[Entry], InvalidError | None]:
        """The entries up to the first that is broken or out of order, and what is wrong with that one."""
        entries: list[Entry] = []
        try:
            reader = ArchiveReader(self.raw)
            if not reader.timestamp_is_text:
                self.report.warnings.append("the header's timestamp is an integer, as older tools refuse")
            for entry in reader:
                with _at(entry):
                    ensure_order(entries[-1].event.type if entries else None, entry.event)
                entries.append(entry)
        except InvalidError as problem:
            return entries, _named(problem, len(entries))
        return entries, None

    def _verify_setup(self, entry: Entry) -> None:
        election_raw, trustees_raw, credentials_raw = entry.data[:3]
        self.election = election = parse_election(election_raw)
        report = self.report
        report.group, report.uuid, report.name = election.group.name, election.uuid, election.name
        report.fingerprint = election.fingerprint
        report.questions = tuple(question.text for question in election.questions)
        report.answers = tuple(
            (("",) if question.blank else ()) + question.answers for question in election.questions
        )
        with _reading_as(PossessionProofError):
            self.trustees = parse_trustees(election.group, trustees_raw)
        for trustee in self.trustees:
            verify_trustee(election.group, trustee)
        if combine_keys(election.group, self.trustees).element != election.key.element:
            raise PublicKeyMismatchError("the public key is not the product of the trustees' keys")
        self.credentials = read_public_credentials(election.group, credentials_raw)
        listed = tuple(self.credentials.values())
        batches = [
            CredentialBatch(election.group.name, listed[start : start + CREDENTIAL_BATCH_SIZE])
            for start in range(0, len(listed), CREDENTIAL_BATCH_SIZE)
        ]
        for problem in self.run(verify_credentials, batches):
            if problem is not None:
                raise problem
        self.passed.extend(_SETUP_CHECKS)
        self._compare_credentials(credentials_raw)

    def _compare_credentials(self, credentials_raw: bytes) -> None:
        found = self.report.credentials_fingerprint = credentials_fingerprint(credentials_raw)
        if self.expected_credentials is None:
            return
        if found != self.expected_credentials:
            raise CredentialFingerprintError(f"the fingerprint of the public credentials is {found}")
        self.passed.append(Check.CREDENTIAL_FINGERPRINT)

    def _verify_ballots(self, entries: list[Entry]) -> None:
        self.report.ballots = len(entries)
        names, failed = self._scan(entries)
        self.last = last_ballots(names)
        batches = self._batches([entry.data[0] for entry in entries[: len(names)]], names)
        tally, done = empty_tally(self.election), 0
        for batch, outcome in zip(batches, self.run(verify_batch, batches), strict=True):
            if outcome.failure is not None:
                with _at(entries[done + outcome.failure[0]]):
                    raise outcome.failure[1]
            tally = add_tallies(self.election.group, tally, outcome.tally)
            done += len(batch.ballots)
            self.progress(done, len(entries))
        if failed is not None:
            with _at(entries[failed[0]]):
                raise failed[1]
        self.tally = tally
        self.passed.extend(_BALLOT_CHECKS)

    def _scan(self, entries: list[Entry]) -> tuple[list[str], tuple[int, InvalidError] | None]:
        """Each ballot's credential, up to the first ballot that repeats something or cannot be read."""
        names: list[str] = []
        trackers: set[bytes] = set()
        alphas: set[str] = set()
        for position, entry in enumerate(entries):
            raw = entry.data[0]
            try:
                name, fresh = skim_ballot(raw)
            except InvalidError as problem:
                return names, (position, problem)
            names.append(name)
            if raw in trackers:
                return names, (position, DuplicateBallotError("the same ballot stands here again"))
            if len(set(fresh)) != len(fresh) or not alphas.isdisjoint(fresh):
                return names, (position, RepeatedCiphertextError("a ciphertext's alpha was used before"))
            trackers.add(raw)
            alphas.update(fresh)
        return names, None

    def _batches(self, ballots: list[bytes], names: list[str]) -> list[BallotBatch]:
        batches = []
        for start in range(0, len(ballots), BATCH_SIZE):
            window = range(start, min(start + BATCH_SIZE, len(ballots)))
            known = frozenset(names[i] for i in window if names[i] in self.credentials)
            weights = tuple(
                self.credentials[names[i]].weight if names[i] in known and self.last[names[i]] == i else 0
                for i in window
            )
            batches.append(BallotBatch(self.election.raw, tuple(ballots[i] for i in window), weights, known))
        return batches

    def _verify_tally(self, entry: Entry) -> None:
        tally_raw, sized_raw = entry.data
        total_weight = self._total_weight()
        fields = expect_object(
            parse_canonical_json(sized_raw, TallySizeError),
            ("num_tallied", "total_weight", "encrypted_tally"),
        )
        with _reading_as(TallySizeError):
            claimed = parse_json_number(fields["num_tallied"]), parse_json_number(fields["total_weight"])
        if claimed != (len(self.last), total_weight):
            raise TallySizeError(f"{claimed} where {(len(self.last), total_weight)} ballots and weight count")
        if tally_raw != write_tally(self.election.group, self.tally):
            raise TallyMismatchError("the encrypted tally is not the product of the last ballots")
        if sized_raw != write_sized_tally(tally_raw, *claimed):
            raise TallySizeError("the tally's size is not in its one form")
        self.report.num_tallied = len(self.last)
        self.passed.extend((Check.TALLY_SIZE, Check.TALLY_RECOMPUTED))

    def _total_weight(self) -> int:
        return sum(self.credentials[name].weight for name in self.last)

    def _verify_decryptions(self, entries: list[Entry]) -> list[PartialDecryption]:
        owners: list[int] = []
        decryptions = []
        for entry in entries:
            with _at(entry):
                owner = _owner(entry)
                if owner in owners or not 1 <= owner <= len(self.trustees):
                    raise DecryptionIncompleteError(f"owner {owner} decrypts twice or is no trustee")
                with _reading_as(DecryptionProofError):
                    decryption = parse_partial_decryption(self.election.group, entry.data[0])
                verify_partial_decryption(self.election, self.tally, self.trustees[owner - 1], decryption)
            owners.append(owner)
            decryptions.append(decryption)
        if owners != sorted(owners):
            self.report.warnings.append("the partial decryptions do not stand in the trustees' order")
        if len(owners) == len(self.trustees):
            self.passed.extend((Check.DECRYPTION_PROOFS, Check.DECRYPTION_COMPLETE))
        return decryptions

    def _verify_result(self, entry: Entry, decryptions: list[PartialDecryption]) -> None:
        if len(decryptions) != len(self.trustees):
            raise DecryptionIncompleteError(
                f"{len(decryptions)} of {len(self.trustees)} trustees have decrypted"
            )
        result = parse_result(entry.data[0])
        verify_result(self.election, self.tally, decryptions, result, self._total_weight())
        self.report.result = result
        self.passed.append(Check.RESULT)

    def finish(self) -> None:
        """List every check with its outcome, and say what could not be examined."""
        report, failure = self.report, self.report.failure
        for check in Check:
            if failure is not None and check is failure.check:
                where = f"{failure.event}: " if failure.event else ""
                report.checks.append(CheckResult(check, "failed", f"{where}{failure}"))
            else:
                report.checks.append(CheckResult(check, self._outcome(check)))
        if failure is None:
            report.warnings.extend(self._limits())

    def _outcome(self, check: Check) -> str:
        if check in self.passed:
            return "passed"
        if check is Check.EARLIER_ARCHIVE and self.earlier is None:
            return "not asked for"
        if check is Check.CREDENTIAL_FINGERPRINT and self.expected_credentials is None:
            return "not asked for"
        return "not reached"

    def _limits(self) -> Iterator[str]:
        if self.expected_credentials is None:
            yield "no credentials fingerprint was given: an added public credential would not be seen"
        if self.earlier is None:
            yield "no earlier archive was given: ballots dropped before the tally would not be seen"
        if self.report.result is None:
            yield "the archive holds no result: the election is not finished, and was checked so far"
        weights = [credential.weight for credential in self.credentials.values()]
        if any(weights.count(weight) == 1 for weight in set(weights) if weight != 1):
            yield "a weight that only one voter has can show how they voted"
        if self.report.num_tallied is not None and self.report.num_tallied < SMALL_TALLY:
            yield f"only {self.report.num_tallied} ballots count: the result can show how people voted"
        if list(self.credentials) != self._sorted_credentials():
            yield "the public credentials are not sorted: their order could show who holds them"

    def _sorted_credentials(self) -> list[str]:
        key = self.election.group.sort_key
        return [c.text for c in sorted(self.credentials.values(), key=lambda c: key(c.element))]


def _owner(entry: Entry) -> int:
    fields: dict[str, Any] = parse_canonical_json(entry.data[1], DecryptionProofError)
    owner = fields["owner"]
    if not isinstance(owner, int) or isinstance(owner, bool):
        raise DecryptionIncompleteError("the owner of a partial decryption is not a number")
    return owner


def _named(problem: InvalidError, height: int) -> InvalidError:
    problem.event = problem.event or f"event {height}"
    return problem
