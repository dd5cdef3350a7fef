"""Two programs that we did not write agree with us: belenios-tool 2.0 and 3.3.0."""

import json
from pathlib import Path

import pytest

from app.core.credentials import credentials_fingerprint, derive_public, write_public_credentials
from app.core.groups import BELENIOS_2048, ED25519, Group
from app.core.verify import verify_election
from tests.core.kit import Sample, fresh_uuid, make_sample
from tests.peers import accept_by_peer, ask, belenios_2, put_archive, shared_tool

pytestmark = pytest.mark.peer


def _verify_with_2(folder: Path) -> None:
    ask(belenios_2(), "election", "verify", "--dir", str(folder))


def test_belenios_tool_3_accepts_our_archive(sample: Sample, tmp_path: Path) -> None:
    path = put_archive(tmp_path, sample.election.uuid, sample.raw)
    accept_by_peer(path)


def test_belenios_tool_2_accepts_our_field_archive(tmp_path: Path) -> None:
    belenios_2()
    sample = make_sample(BELENIOS_2048)
    put_archive(tmp_path, sample.election.uuid, sample.raw)
    _verify_with_2(tmp_path)


def test_an_election_without_ballots_is_valid_for_all(group: Group, tmp_path: Path) -> None:
    empty = make_sample(group, votes=())
    report = verify_election(empty.raw)
    assert report.failure is None
    assert report.result == ((0, 0, 0), (0, 0, 0))
    path = put_archive(tmp_path, empty.election.uuid, empty.raw)
    accept_by_peer(path)


def test_an_election_without_ballots_is_valid_for_belenios_tool_2(tmp_path: Path) -> None:
    belenios_2()
    empty = make_sample(BELENIOS_2048, votes=())
    put_archive(tmp_path, empty.election.uuid, empty.raw)
    _verify_with_2(tmp_path)


def test_an_archive_that_belenios_tool_2_made_in_the_largest_group_verifies(tmp_path: Path) -> None:
    tool, group, uuid = belenios_2(), "RFC-3526-2048", fresh_uuid()

    def run(*words: str, given: bytes = b"") -> str:
        return ask(tool, *words, cwd=tmp_path, given=given)

    run("setup", "generate-credentials", "--uuid", uuid, "--group", group, "--count", "3")
    run("setup", "generate-trustee-key", "--group", group)
    (public,), (private,) = list(tmp_path.glob("*.pubkey")), list(tmp_path.glob("*.privkey"))
    (tmp_path / "public_keys.jsons").write_bytes(public.read_bytes())
    question = {"answers": ["A", "B"], "blank": True, "min": 1, "max": 1, "question": "?"}
    template = {"description": "d", "name": "n", "questions": [question]}
    (tmp_path / "template.json").write_text(json.dumps(template, separators=(",", ":")))
    run("setup", "make-trustees")
    run("setup", "make-election", "--uuid", uuid, "--group", group, "--template", "template.json")
    next(tmp_path.glob("*.pubcreds")).rename(tmp_path / "public_creds.json")
    run("archive", "init")
    credentials = next(tmp_path.glob("*.privcreds")).read_text().split()[1::2]
    for credential, marks in zip(credentials, ([0, 1, 0], [1, 0, 0], [0, 1, 0]), strict=True):
        (tmp_path / "credential").write_text(credential)
        (tmp_path / "choice").write_text(json.dumps([marks]))
        files = ("--dir", ".", "--privcred", "credential", "--ballot", "choice")
        ballot = run("election", "generate-ballot", *files)
        run("archive", "add-event", "--type", "Ballot", given=ballot.encode())
    run("archive", "add-event", "--type", "EndBallots")
    for event, command in (
        ("EncryptedTally", ["compute-encrypted-tally"]),
        ("PartialDecryption", ["decrypt", "--privkey", private.name, "--trustee-id", "1"]),
        ("Result", ["compute-result"]),
    ):
        run("archive", "add-event", "--type", event, given=run("election", *command).encode())
    report = verify_election((tmp_path / f"{uuid}.bel").read_bytes())
    assert report.failure is None
    assert (report.group, report.ballots, report.result) == (group, 3, ((1, 2, 0),))


@pytest.mark.parametrize("group", [ED25519, BELENIOS_2048], ids=lambda group: group.name)
def test_credentials_are_derived_as_belenios_tool_3_does(group: Group, tmp_path: Path) -> None:
    uuid, tool = fresh_uuid(), shared_tool("belenios-tool")
    said = ask(
        tool,
        *("setup", "generate-credentials", "--uuid", uuid, "--group", group.name, "--count", "5"),
        cwd=tmp_path,
    )
    private = json.loads(next(tmp_path.glob("*.privcreds")).read_text())
    listed = json.loads(next(tmp_path.glob("*.pubcreds")).read_text())
    derived = {derive_public(group, uuid, credential): voter for voter, credential in private.items()}
    assert [f"{public},,{derived[public]}" for public in (line.split(",")[0] for line in listed)] == listed
    ours = write_public_credentials(group, [(public, 1) for public in derived])
    assert json.loads(ours) == [line.split(",")[0] for line in listed]
    assert credentials_fingerprint(ours) in said
