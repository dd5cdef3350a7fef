"""For random elections, encrypting, adding up, decrypting and verifying give the plain count."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.credentials import generate_credential, normalise_credential
from app.core.encoding import parse_json_number, to_json_number
from app.core.groups import BELENIOS_2048, ED25519, Group
from app.core.tally import find_logarithms
from app.core.verify import verify_election
from tests.core.kit import make_sample, plain_count
from tests.strategies import PlannedElection, planned_elections

QUIET = settings(
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)


def _assert_counted(group: Group, plan: PlannedElection) -> None:
    sample = make_sample(group, plan.questions, plan.votes, plan.weights, trustee_count=1)
    report = verify_election(sample.raw)
    assert report.failure is None
    assert report.result == plain_count(sample, plan.votes)
    assert report.ballots == len(plan.votes)
    assert report.num_tallied == len({voter for voter, _ in plan.votes})


@settings(QUIET, max_examples=60)
@given(planned_elections())
def test_an_election_gives_the_plain_count(plan: PlannedElection) -> None:
    _assert_counted(ED25519, plan)


@settings(QUIET, max_examples=6)
@given(planned_elections(most_questions=2))
def test_an_election_in_the_field_group_gives_the_plain_count(plan: PlannedElection) -> None:
    _assert_counted(BELENIOS_2048, plan)


@settings(QUIET, max_examples=20)
@given(st.integers(0, 500_000_000))
def test_large_counts_are_found(count: int) -> None:
    element = ED25519.power(ED25519.generator, count) if count else ED25519.identity
    assert find_logarithms(BELENIOS_2048, [BELENIOS_2048.identity], 0) == {BELENIOS_2048.identity: 0}
    if count < 4_000_000:
        assert find_logarithms(ED25519, [element], count) == {element: count}


@given(st.integers(0, 2**80))
def test_json_numbers_are_read_back(number: int) -> None:
    assert parse_json_number(to_json_number(number)) == number


@pytest.mark.parametrize("change", [str, lambda text: f" {text}\n", lambda text: text.replace("-", " ")])
def test_a_credential_is_read_however_it_is_typed(change: "type[str]") -> None:
    credential = generate_credential()
    assert normalise_credential(change(credential)) == credential
