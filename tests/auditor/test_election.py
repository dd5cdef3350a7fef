"""`python -m app.auditor election`: exit codes, the report in both forms, processes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from app.core.archive import EventType
from app.core.credentials import credentials_fingerprint
from tests.auditor.conftest import Command
from tests.core.alterations import ALTERATIONS
from tests.core.kit import Sample, chain, fresh_uuid, write_setup
from tests.peers import put_archive

ROOT = Path(__file__).resolve().parents[2]


def test_a_valid_archive_is_0_with_a_table_and_the_result(command: Command, archive: Path) -> None:
    answer = command("election", archive, "--workers", 1)
    assert answer.code == 0
    assert "valid: every check" in answer.out
    assert "passed" in answer.out
    assert "North" in answer.out
    assert "(blank)" in answer.out
    assert answer.err == ""


def test_the_json_report_says_everything(command: Command, archive: Path, sample: Sample) -> None:
    report = json.loads(command("election", archive, "--json").out)
    assert list(report) == [
        *("valid", "group", "ballots", "num_tallied", "result", "checks", "warnings"),
        *("failure", "uuid", "fingerprint", "credentials_fingerprint"),
    ]
    assert report["valid"] is True
    assert report["failure"] is None
    assert (report["group"], report["ballots"], report["num_tallied"]) == ("Ed25519", 4, 3)
    assert report["result"] == json.loads(sample.documents[-1][1][0])["result"]
    assert (report["uuid"], report["fingerprint"]) == (sample.election.uuid, sample.election.fingerprint)
    outcomes = {item["check"]: item["outcome"] for item in report["checks"]}
    assert outcomes["ballot:proofs"] == outcomes["result:value"] == "passed"
    assert outcomes["archive:extends-earlier"] == "not asked for"


@pytest.mark.parametrize("name", ["c01 a byte flipped in a ballot", "c09 two crosses where one is allowed"])
def test_an_invalid_archive_is_1_and_names_event_and_check(
    command: Command, sample: Sample, tmp_path: Path, name: str
) -> None:
    check, make = ALTERATIONS[name]
    path = put_archive(tmp_path, sample.election.uuid, make(sample))
    answer = command("election", path)
    assert answer.code == 1
    assert f"{check}" in answer.out
    assert "INVALID at event" in answer.out
    stated = json.loads(command("election", path, "--json").out)
    assert stated["valid"] is False
    assert stated["failure"]["check"] == check
    assert stated["failure"]["event"].startswith("event ")
    assert [item["check"] for item in stated["checks"] if item["outcome"] == "failed"] == [check]


@pytest.mark.parametrize("content", [b"", b"PK\3\4", b"BELENIOSX"])
def test_what_is_no_archive_is_2(command: Command, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "some.bel"
    path.write_bytes(content)
    answer = command("election", path)
    assert answer.code == 2
    assert "does not begin" in answer.err
    assert answer.out == ""


def test_a_missing_file_is_2(command: Command, tmp_path: Path) -> None:
    answer = command("election", tmp_path / "absent.bel")
    assert answer.code == 2
    assert "absent.bel" in answer.err


def test_a_kind_of_question_that_is_not_read_is_2_by_name(
    command: Command, sample: Sample, tmp_path: Path
) -> None:
    fields = json.loads(sample.election.raw)
    fields["questions"] = [{"type": "NonHomomorphic", "value": {}}]
    parts = sample.documents[0][1]
    documents = [(EventType.SETUP, write_setup(json.dumps(fields).encode(), *parts[1:3]))]
    answer = command("election", put_archive(tmp_path, sample.election.uuid, chain(documents)))
    assert answer.code == 2
    assert "NonHomomorphic" in answer.err


@pytest.mark.parametrize("words", [["--workers", "0"], ["--workers", "x"], ["--nonsense"]])
def test_wrong_words_are_2(command: Command, archive: Path, words: list[str]) -> None:
    assert command("election", archive, *words).code == 2


def test_the_number_of_workers_changes_nothing(
    command: Command, sample: Sample, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.core.verify.election.BATCH_SIZE", 1)
    monkeypatch.setattr("app.core.verify.election.CREDENTIAL_BATCH_SIZE", 1)
    one, three = (command("election", archive, "--json", "--workers", n) for n in (1, 3))
    assert one.code == 0
    assert one.out == three.out
    _, make = ALTERATIONS["c04 an individual proof's response + 1"]
    archive.write_bytes(make(sample))
    one, three = (command("election", archive, "--json", "--workers", n) for n in (1, 3))
    assert one.code == 1
    assert one.out == three.out


def test_earlier_and_fingerprint_are_compared(command: Command, sample: Sample, archive: Path) -> None:
    earlier = archive.parent / "earlier.bel"
    earlier.write_bytes(chain(sample.documents[:3]))
    fingerprint = credentials_fingerprint(sample.documents[0][1][2])
    options = ("--earlier", earlier, "--credentials-fingerprint", fingerprint)
    answer = command("election", archive, *options)
    assert answer.code == 0
    assert "not asked for" not in answer.out
    assert command("election", archive, "--credentials-fingerprint", "A" * 43).code == 1
    assert command("election", earlier, "--earlier", archive).code == 1
    earlier.write_bytes(b"")
    assert command("election", archive, "--earlier", earlier).code == 2


def test_a_file_with_another_name_is_said(command: Command, sample: Sample, tmp_path: Path) -> None:
    path = put_archive(tmp_path, fresh_uuid(), sample.raw)
    report = json.loads(command("election", path, "--json").out)
    assert report["valid"] is True
    assert any(path.name in warning for warning in report["warnings"])


def test_texts_of_an_archive_cannot_command_the_terminal(
    command: Command, sample: Sample, tmp_path: Path
) -> None:
    fields = json.loads(sample.election.raw)
    fields["name"] = "\x1b[2J[red]evil[/]\u202e\ud800\n"
    parts = sample.documents[0][1]
    documents = [(EventType.SETUP, write_setup(json.dumps(fields).encode(), *parts[1:3]))]
    answer = command("election", put_archive(tmp_path, sample.election.uuid, chain(documents)))
    assert answer.code == 0
    assert "\x1b" not in answer.out
    assert "\u202e" not in answer.out
    assert "[red]evil[/]" in answer.out


def test_it_runs_as_a_program_without_the_web_application(archive: Path) -> None:
    """In a fresh process with everything but the four packages hidden."""
    script = (
        "import sys\n"
        "for name in ('flask', 'sqlalchemy', 'huey', 'babel', 'pyrage', 'rfc8785', 'jinja2', 'argon2'):\n"
        "    sys.modules[name] = None\n"
        "from app.auditor.cli import main\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script, "election", str(archive), "--workers", "2"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "valid: every check" in done.stdout
