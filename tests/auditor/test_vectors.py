"""Archives that other programs made: in scope, they verify with their result; otherwise refused by name."""

import json
from pathlib import Path

import pytest

from tests.auditor.conftest import Command
from tests.peers import NEEDS_SHARED, VECTORS

OUT_OF_SCOPE = {
    "threshold": "Pedersen",
    "shuffled": "NonHomomorphic",
    "majority-judgment": "NonHomomorphic",
    "stv": "NonHomomorphic",
    "lists": "Lists",
}
FOLDERS = sorted(path.parent for path in VECTORS.glob("*/expected.json"))


@pytest.mark.skipif(not FOLDERS, reason=NEEDS_SHARED.format("vectors/belenios"))
@pytest.mark.parametrize("folder", FOLDERS or [VECTORS], ids=lambda folder: folder.name)
def test_an_archive_of_another_program_is_answered_as_expected(command: Command, folder: Path) -> None:
    expected = json.loads((folder / "expected.json").read_text())
    answer = command("election", folder / expected["file"], "--json")
    refusal = next((word for kind, word in OUT_OF_SCOPE.items() if folder.name.endswith(kind)), None)
    if refusal is not None:
        assert (answer.code, answer.out) == (2, "")
        assert refusal in answer.err
        return
    report = json.loads(answer.out)
    assert (answer.code, report["valid"], report["failure"]) == (0, True, None)
    assert (report["group"], report["ballots"]) == (expected["group"], expected["ballot_events"])
    assert (report["num_tallied"], report["result"]) == (expected["num_tallied"], expected["result"])
