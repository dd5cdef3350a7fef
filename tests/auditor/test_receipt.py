"""`receipt` and `witness` on the command line."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.core.checkpoints import COSIGNATURE_TYPE, generate_signing_key
from app.ledger.services.sequencer import sequence_batch
from tests.auditor.conftest import Command
from tests.ledger.conftest import append_many, append_one

ROOT = Path(__file__).parents[2]


@pytest.fixture
def files(client: FlaskClient, db: Any, tmp_path: Path) -> dict[str, Any]:
    append_many(300)
    row = append_one(n=1)
    address = f"/ledger/receipts/{row.leaf_hash}.txt"
    found = {"vkey": client.get("/ledger/vkey").text.strip()}
    for name in ("promise", "proof"):
        (tmp_path / name).write_bytes(client.get(address).data)
        found[name] = tmp_path / name
        sequence_batch()
    (tmp_path / "entry").write_bytes(row.leaf)
    return {**found, "entry": tmp_path / "entry"}


@pytest.mark.parametrize("kind", ["promise", "proof"])
def test_a_receipt_is_checked_offline(files: dict[str, Any], command: Command, kind: str) -> None:
    for entry in ([], ["--entry", files["entry"]]):
        answer = command("receipt", files[kind], "--vkey", files["vkey"], *entry)
        assert answer.code == 0, answer.out
        assert answer.out.startswith("valid:")


@pytest.mark.parametrize("kind", ["promise", "proof"])
def test_an_altered_receipt_is_refused(files: dict[str, Any], command: Command, kind: str) -> None:
    raw = files[kind].read_bytes()
    stranger = generate_signing_key("127.0.0.1/ledger").verifier
    assert command("receipt", files[kind], "--vkey", stranger).code == 1
    other = files["entry"].with_name("other")
    other.write_bytes(b"{}")
    assert command("receipt", files[kind], "--vkey", files["vkey"], "--entry", other).code == 1
    for at in range(0, len(raw), 17):
        altered = bytearray(raw)
        altered[at] ^= 4
        files[kind].write_bytes(bytes(altered))
        assert command("receipt", files[kind], "--vkey", files["vkey"]).code == 1, at


def test_a_witness_that_is_named_must_have_cosigned(files: dict[str, Any], command: Command) -> None:
    key = generate_signing_key("w", COSIGNATURE_TYPE).verifier
    answer = command("receipt", files["proof"], "--vkey", files["vkey"], "--witness-key", key)
    assert (answer.code, "w has not cosigned" in answer.out) == (1, True)


def test_no_file_or_key_is_refused(files: dict[str, Any], command: Command, tmp_path: Path) -> None:
    assert command("receipt", tmp_path / "nothing", "--vkey", files["vkey"]).code == 2
    assert command("receipt", files["proof"], "--vkey", "x").code == 2


def test_a_witness_needs_a_key_of_its_kind(command: Command, tmp_path: Path) -> None:
    log = generate_signing_key("log.example")
    words = ["--log", log.verifier, "--state", tmp_path / "state", "--port", "0"]
    assert "--name" in command("witness", "--key", tmp_path / "none", *words).err
    (tmp_path / "wrong").write_text(log.to_text())
    assert command("witness", "--key", tmp_path / "wrong", *words).code == 2
    (tmp_path / "broken").write_text("x")
    assert command("witness", "--key", tmp_path / "broken", *words).code == 2


@pytest.mark.parametrize("command", ["receipt", "petition", "access"])
def test_a_missing_package_is_named_and_nothing_is_traced(command: str) -> None:
    code = "import sys; sys.modules['rfc8785'] = None; from app.auditor.cli import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", code, command, "x"], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 2
    assert done.stderr == "refused: a package is missing; install it with: pip install rfc8785\n"
