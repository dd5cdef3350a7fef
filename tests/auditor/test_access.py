"""`python -m app.auditor access`: what it says, and its exit codes."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from app.auditor.cli import main
from app.core.access_proofs import write_access_proof
from tests.core.access_kit import LEDGER_KEY, MAP_KEY, WITNESS, Town, make_entry

KEYS = [
    *("--vkey", str(LEDGER_KEY.verifier)),
    *("--map-vkey", str(MAP_KEY.verifier)),
    *("--witness-key", str(WITNESS.verifier)),
]


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    """An earlier proof file and a later one."""
    town = Town()
    earlier, later = tmp_path / "earlier.json.gz", tmp_path / "later.json.gz"
    earlier.write_bytes(write_access_proof(town.close_epoch()))
    town.entries = (*town.entries, make_entry(6))
    later.write_bytes(write_access_proof(town.close_epoch()))
    return str(earlier), str(later)


def test_a_proof_that_holds(files, capsys) -> None:
    earlier, later = files
    assert main(["access", later, "--earlier", earlier, *KEYS]) == 0
    shown = capsys.readouterr().out
    assert "valid: 6 accesses until" in shown
    assert "failed" not in shown
    assert "not asked for" not in shown


def test_json_names_each_check(files, capsys) -> None:
    assert main(["access", files[0], "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["valid"], report["count"], report["epoch"]) == (True, 5, 0)
    assert report["checkpoint"]["origin"] == MAP_KEY.name
    assert {"check": "access:growth", "outcome": "not asked for", "detail": ""} in report["checks"]


def test_a_proof_that_does_not_hold(files, tmp_path, capsys) -> None:
    earlier, later = files
    assert main(["access", earlier, "--earlier", later]) == 1
    assert "INVALID: access:growth" in capsys.readouterr().out
    town = Town()
    proof = town.close_epoch()
    altered = tmp_path / "altered.json"
    altered.write_bytes(write_access_proof(replace(proof, entries=proof.entries[1:])))
    assert main(["access", str(altered), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["failure"]["check"] == "access:entry-count"
    altered.write_bytes(b"\x00")
    assert main(["access", str(altered)]) == 1


def test_what_cannot_be_read_is_refused(files, tmp_path, capsys) -> None:
    assert main(["access", str(tmp_path / "absent.json")]) == 2
    assert main(["access", files[0], "--vkey", "nonsense"]) == 2
    assert main(["access", files[0], "--witness-key", str(MAP_KEY.verifier)]) == 2
    assert "not a witness's key" in capsys.readouterr().err
