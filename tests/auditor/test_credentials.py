"""The credential authority: what it writes, and what it must not."""

import json
import re
import stat
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from app.auditor.credential_authority import VoterListError, issue_credentials, parse_voters, write_letter
from app.core.credentials import credentials_fingerprint, derive_public, parse_public_credentials
from app.core.groups import BELENIOS_2048, ED25519, Group
from tests.auditor.conftest import Answer, Command
from tests.core.kit import fresh_uuid

VOTERS = """\
id,email,name,weight,language
v1,haneul@example.kr,김하늘,1,ko
v2,bob@example.kr,"Bob, ""the"" Builder",2,en

v3,carol@example.kr,Carol,,
"""


def issue(command: Command, folder: Path, text: str = VOTERS, **more: str) -> tuple[Answer, Path, str]:
    voters, out, uuid = folder / "voters.csv", folder / "out", fresh_uuid()
    voters.write_text(text, encoding="utf-8")
    words = ["--uuid", uuid, "--group", more.get("group", "Ed25519"), "--voters", voters, "--out", out]
    if "url" in more:
        words += ["--url", more["url"]]
    return command("credentials", *words), out, uuid


@pytest.mark.parametrize("group", [ED25519, BELENIOS_2048], ids=lambda group: group.name)
def test_letters_and_public_list_fit_together(command: Command, tmp_path: Path, group: Group) -> None:
    answer, out, uuid = issue(command, tmp_path, group=group.name, url="https://vote.example/")
    assert answer.code == 0
    raw = (out / "public_credentials.json").read_bytes()
    listed = parse_public_credentials(group, raw)
    assert "3 credentials" in answer.out
    assert f"fingerprint {credentials_fingerprint(raw)}" in answer.out
    weights = {}
    for path in (out / "letters").iterdir():
        letter = message_from_bytes(path.read_bytes(), policy=default)
        text = letter.get_content()
        (found,) = set(re.findall(rf"https://vote.example/elections/{uuid}/vote#credential=(\S+)", text))
        assert text.count(found) == 4
        public = derive_public(group, uuid, found)
        assert not any(public.encode() in other.read_bytes() for other in (out / "letters").iterdir())
        weights[path.stem] = listed[public].weight
    assert weights == {"v1": 1, "v2": 2, "v3": 1}
    assert not any(name.encode() in raw for name in ("v1", "Bob", "example"))


def test_a_letter_is_bilingual_and_begins_in_the_voters_language(command: Command, tmp_path: Path) -> None:
    _, out, _ = issue(command, tmp_path)
    korean, english = (
        message_from_bytes((out / "letters" / name).read_bytes(), policy=default)
        for name in ("v1.eml", "v2.eml")
    )
    assert korean["To"].addresses[0].display_name == "김하늘"
    assert english["To"].addresses[0].display_name == 'Bob, "the" Builder'
    assert english["To"].addresses[0].addr_spec == "bob@example.kr"
    assert korean.get_content().startswith("김하늘 님께")
    assert "Dear 김하늘" in korean.get_content()
    assert english.get_content().startswith("Dear Bob")
    assert "http" not in english.get_content()


def test_letters_are_for_their_owner_only(command: Command, tmp_path: Path) -> None:
    _, out, _ = issue(command, tmp_path)
    assert stat.S_IMODE((out / "letters").stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in (out / "letters").iterdir()} == {0o600}


def test_a_folder_that_holds_something_is_refused(command: Command, tmp_path: Path) -> None:
    assert issue(command, tmp_path)[0].code == 0
    before = sorted(path.read_bytes() for path in (tmp_path / "out").rglob("*.*") if path.is_file())
    again, _, _ = issue(command, tmp_path)
    assert again.code == 2
    assert "not an empty folder" in again.err
    assert sorted(path.read_bytes() for path in (tmp_path / "out").rglob("*.*") if path.is_file()) == before


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("id,name,email\n", 1),
        ("id,email,name,phone\n", 1),
        ("id,email,name\nv1,a@b.kr,A\nV1,c@d.kr,C\n", 3),
        ("id,email,name\nv1,a@b.kr\n", 2),
        ("id,email,name\nv1,a@b.kr,A,extra\n", 2),
        ("id,email,name\n../v1,a@b.kr,A\n", 2),
        ("id,email,name\n,a@b.kr,A\n", 2),
        ("id,email,name\nv1,nobody,A\n", 2),
        ("id,email,name\nv1,a@b.kr,\n", 2),
        ('id,email,name\nv1,a@b.kr,"A\nBcc: x@y.kr"\n', 2),
        ("id,email,name,weight\nv1,a@b.kr,A,0\n", 2),
        ("id,email,name,weight\nv1,a@b.kr,A,-1\n", 2),
        ("id,email,name,weight\nv1,a@b.kr,A,1.5\n", 2),
        ("id,email,name,weight\nv1,a@b.kr,A,99999999999\n", 2),
        ("id,email,name,language\nv1,a@b.kr,A,fr\n", 2),
        ('id,email,name\nv1,a@b.kr,A\nv2,b@b.kr,"B\n', 3),
    ],
)
def test_a_bad_list_is_refused_naming_the_line(
    command: Command, tmp_path: Path, text: str, line: int
) -> None:
    answer, out, _ = issue(command, tmp_path, text)
    assert answer.code == 2
    assert f"line {line}:" in answer.err
    assert not out.exists()


def test_a_list_without_voters_is_refused() -> None:
    with pytest.raises(VoterListError, match="no voter"):
        parse_voters("id,email,name\n")


def test_the_list_hides_the_order_of_the_voters() -> None:
    voters = parse_voters("id,email,name\n" + "".join(f"v{n},v{n}@b.kr,V{n}\n" for n in range(30)))
    uuid = fresh_uuid()
    issued = issue_credentials(ED25519, uuid, voters)
    by_voter = [derive_public(ED25519, uuid, credential) for _, credential in issued.private]
    listed = json.loads(issued.public)
    assert sorted(listed) == sorted(by_voter)
    assert listed != by_voter
    assert listed == sorted(listed, key=lambda text: bytes.fromhex(text)[::-1])
    assert len({credential for _, credential in issued.private}) == 30


def test_braces_in_a_name_stay_what_they_are() -> None:
    (voter,) = parse_voters("id,email,name\nv1,a@b.kr,{credential}\n")
    text = message_from_bytes(write_letter(voter, "SECRET", "U"), policy=default).get_content()
    assert "Dear {credential}," in text
