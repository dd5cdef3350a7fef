"""Every alteration that one archive can show is refused, under the check that it breaks."""

import pytest

from app.core.verify import verify_election
from tests.core.alterations import ALTERATIONS
from tests.core.kit import VOTES, Sample, plain_count


def test_the_sample_is_valid(sample: Sample) -> None:
    report = verify_election(sample.raw)
    assert report.failure is None
    assert report.valid
    assert report.result == plain_count(sample, VOTES)
    assert (report.ballots, report.num_tallied, report.group) == (4, 3, sample.group.name)


@pytest.mark.parametrize("name", ALTERATIONS)
def test_an_alteration_is_refused_under_its_check(sample: Sample, name: str) -> None:
    check, make = ALTERATIONS[name]
    report = verify_election(make(sample))
    assert report.failure is not None, "accepted"
    assert report.failure.check is check, report.failure
    assert report.failure.event is not None
    assert [item.check for item in report.checks if item.outcome == "failed"] == [check]
