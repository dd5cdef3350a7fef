"""Python and the browser's code read each other's ballots and archives."""

import json
import re
import subprocess

import pytest

from app.core.ballots import encrypt_ballot, verify_ballot
from app.core.verify import verify_election
from tests.core.alterations import ALTERATIONS
from tests.core.kit import Sample
from tests.peers import ROOT, node

SCRIPT = ROOT / "tests" / "js" / "ballot_cli.mjs"
CHOICES = ([[0, 1, 0], [0, 1, 1]], [[0, 0, 1], [1, 0, 0]])
# A trustee's browser decrypts after its own verification alone, so it must miss none of these.
SEEN_BY_TRUSTEES = re.compile("c(04b?|05|06b|08|09|18|19b?|23b|25|27b|28) ")


def browser(command: str, given: bytes) -> str:
    done = subprocess.run([node(), str(SCRIPT), command], input=given, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr[-1000:]
    return done.stdout.decode().removesuffix("\n")


def verdict(command: str, given: bytes) -> dict[str, object]:
    return json.loads(browser(command, given))


@pytest.mark.parametrize("choices", CHOICES, ids=["chosen", "blank"])
def test_python_verifies_the_browsers_ballot(sample: Sample, choices: list[list[int]]) -> None:
    voter = sample.voters[3]
    asked = {"election": sample.election.raw.decode(), "credential": voter.private, "choices": choices}
    ballot = browser("encrypt", json.dumps(asked).encode()).encode()
    assert verify_ballot(sample.election, ballot, {voter.public}).credential == voter.public


@pytest.mark.parametrize("choices", CHOICES, ids=["chosen", "blank"])
def test_the_browser_verifies_pythons_ballot(sample: Sample, choices: list[list[int]]) -> None:
    ballot = encrypt_ballot(sample.election, sample.voters[3].private, choices).decode()
    asked = {"election": sample.election.raw.decode(), "ballot": ballot}
    assert verdict("verify", json.dumps(asked).encode())["valid"] is True
    bad = ballot.replace('"response":"', '"response":"1', 1)
    assert verdict("verify", json.dumps({**asked, "ballot": bad}).encode())["valid"] is False


def test_both_verify_the_same_archive_with_the_same_result(sample: Sample) -> None:
    ours, theirs = verify_election(sample.raw), verdict("archive", sample.raw)
    assert theirs["valid"] is True
    assert ours.result is not None
    assert theirs["result"] == [list(row) for row in ours.result]
    assert (theirs["ballots"], theirs["num_tallied"]) == (ours.ballots, ours.num_tallied)


@pytest.mark.parametrize("name", [name for name in ALTERATIONS if SEEN_BY_TRUSTEES.match(name)])
def test_the_browser_refuses_what_we_refuse(ed25519_sample: Sample, name: str) -> None:
    _, make = ALTERATIONS[name]
    assert verdict("archive", make(ed25519_sample))["valid"] is False
