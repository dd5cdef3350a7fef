"""Archives that other programs made: in scope, they verify with their result; otherwise refused by name."""

import json
from pathlib import Path

import pytest

from app.core.errors import UnsupportedError
from app.core.verify import verify_election
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
def test_an_archive_of_another_program_is_answered_as_expected(folder: Path) -> None:
    expected = json.loads((folder / "expected.json").read_text())
    raw = (folder / expected["file"]).read_bytes()
    refusal = next((word for kind, word in OUT_OF_SCOPE.items() if folder.name.endswith(kind)), None)
    if refusal is not None:
        with pytest.raises(UnsupportedError, match=refusal):
            verify_election(raw)
        return
    report = verify_election(raw)
    assert report.failure is None
    assert report.result is not None
    assert (report.group, report.ballots) == (expected["group"], expected["ballot_events"])
    assert report.num_tallied == expected["num_tallied"]
    assert [list(row) for row in report.result] == [[int(n) for n in row] for row in expected["result"]]
