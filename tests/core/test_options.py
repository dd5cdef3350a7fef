"""What one archive alone cannot show, and what is accepted but said."""

from dataclasses import replace

from app.core.archive import EventType
from app.core.ballots import encrypt_ballot
from app.core.credentials import credentials_fingerprint
from app.core.errors import Check
from app.core.verify import Report, verify_election
from tests.core.kit import Sample, chain, finish, make_voters


def _failed(report: Report) -> Check | None:
    return report.failure and report.failure.check


def _outcome(report: Report, check: Check) -> str:
    return next(item.outcome for item in report.checks if item.check is check)


def test_c24_dropped_last_ballots_show_against_an_earlier_archive(sample: Sample) -> None:
    end = sample.positions(EventType.END_BALLOTS)[0]
    earlier = chain(sample.documents[:end])
    dropped = finish(sample, sample.ballots[:-1]).raw
    alone = verify_election(dropped)
    assert alone.valid
    assert any("earlier" in warning for warning in alone.warnings)
    assert _outcome(alone, Check.EARLIER_ARCHIVE) == "not asked for"
    assert _failed(verify_election(dropped, earlier=earlier)) is Check.EARLIER_ARCHIVE
    honest = verify_election(sample.raw, earlier=earlier)
    assert honest.valid
    assert _outcome(honest, Check.EARLIER_ARCHIVE) == "passed"


def test_c26_an_added_credential_shows_against_the_published_fingerprint(sample: Sample) -> None:
    published = credentials_fingerprint(sample.documents[0][1][2])
    stuffed = replace(sample, voters=sample.voters + make_voters(sample.group, sample.election.uuid, [1]))
    ballot = encrypt_ballot(sample.election, stuffed.voters[-1].private, ((1, 0, 0), (1, 0, 0)))
    raw = finish(stuffed, [*sample.ballots, ballot]).raw
    alone = verify_election(raw)
    assert alone.valid
    assert any("fingerprint" in warning for warning in alone.warnings)
    assert _failed(verify_election(raw, expected_credentials=published)) is Check.CREDENTIAL_FINGERPRINT
    honest = verify_election(sample.raw, expected_credentials=published)
    assert honest.valid
    assert _outcome(honest, Check.CREDENTIAL_FINGERPRINT) == "passed"
    assert honest.credentials_fingerprint == published


def test_v21_partial_decryptions_in_another_order_are_accepted_and_said(sample: Sample) -> None:
    first, second = sample.positions(EventType.PARTIAL_DECRYPTION)
    documents = list(sample.documents)
    documents[first], documents[second] = documents[second], documents[first]
    report = verify_election(chain(documents))
    assert report.valid
    assert report.result == verify_election(sample.raw).result
    assert any("order" in warning for warning in report.warnings)


def test_c34_a_timestamp_that_is_an_integer_is_accepted_and_said(sample: Sample) -> None:
    report = verify_election(chain(sample.documents, timestamp_is_text=False))
    assert report.valid
    assert any("timestamp" in warning for warning in report.warnings)


def test_an_archive_is_valid_after_every_event(sample: Sample) -> None:
    for length in range(1, len(sample.documents) + 1):
        report = verify_election(chain(sample.documents[:length]))
        assert report.valid
        assert (report.result is None) == (length < len(sample.documents))
        assert any("not finished" in warning for warning in report.warnings) == (report.result is None)


def test_the_report_does_not_depend_on_how_batches_are_run(sample: Sample) -> None:
    backwards = verify_election(
        sample.raw, run=lambda function, tasks: reversed([function(task) for task in reversed(tasks)])
    )
    assert backwards == verify_election(sample.raw)


def test_warnings_name_what_a_small_or_weighted_tally_shows(sample: Sample) -> None:
    warnings = " ".join(verify_election(sample.raw).warnings)
    assert "only 3 ballots count" in warnings
    assert "weight that only one voter has" in warnings
