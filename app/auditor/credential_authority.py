"""The credential authority's work, without files: voters in, public list and sealed letters out.

Whoever holds the answer of `issue_credentials` can vote for everybody; it must stay with the authority.
The public list is sorted by element, and nothing here joins a voter to a public credential.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from app.core.credentials import (
    credentials_fingerprint,
    derive_public,
    generate_credential,
    write_public_credentials,
)
from app.core.encoding import LARGEST_JSON_INT
from app.core.groups import Group

LANGUAGES = ("en", "ko")
_REQUIRED, _OPTIONAL = ("id", "email", "name"), ("weight", "language")
# Ids become file names.
_ID = re.compile(r"\w[\w.@+-]{0,63}")
_EMAIL = re.compile(r"[^\s@<>,;:\"]+@[^\s@<>,;:\"]+")


class VoterListError(ValueError):
    """A row of the list of voters cannot be used; the message names its line."""


@dataclass(frozen=True)
class Voter:
    """One person entitled to vote. `weight` is the number of votes that their ballot counts as."""

    id: str
    email: str
    name: str
    weight: int = 1
    language: str = "en"


@dataclass(frozen=True)
class IssuedCredentials:
    """What the authority made: the bytes to publish, and each voter's private credential."""

    public: bytes
    private: tuple[tuple[Voter, str], ...]

    @property
    def fingerprint(self) -> str:
        """What the authority publishes beside the list, by another way."""
        return credentials_fingerprint(self.public)


def parse_voters(text: str) -> list[Voter]:
    """Read CSV with the columns id, email, name and, if wanted, weight and language.

    Raises VoterListError for a bad row or an id that stands twice.
    """
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff")), strict=True)
    rows = _rows(reader)
    _, columns = next(rows, (1, []))
    if tuple(columns[:3]) != _REQUIRED or not set(columns[3:]) <= set(_OPTIONAL):
        raise VoterListError(f"line 1: the columns are {','.join(_REQUIRED)}[,weight][,language]")
    voters: list[Voter] = []
    seen: dict[str, int] = {}
    for line, row in rows:
        voter = _parse_voter(line, columns, row)
        earlier = seen.setdefault(voter.id.casefold(), line)
        if earlier != line:
            raise VoterListError(f"line {line}: id {voter.id} stands on line {earlier} already")
        voters.append(voter)
    if not voters:
        raise VoterListError("the list names no voter")
    return voters


def _rows(reader: "Iterator[list[str]]") -> Iterator[tuple[int, list[str]]]:
    """(line number, cells) for each row that is not empty."""
    while True:
        line = reader.line_num + 1  # type: ignore[attr-defined]  # csv.reader's own type is not public
        try:
            row = next(reader, None)
        except csv.Error as problem:
            raise VoterListError(f"line {line}: {problem}") from problem
        if row is None:
            return
        if row:
            yield line, [cell.strip() for cell in row]


def _parse_voter(line: int, columns: Sequence[str], row: Sequence[str]) -> Voter:
    if len(row) != len(columns):
        raise VoterListError(f"line {line}: {len(row)} cells where there are {len(columns)} columns")
    cells = dict(zip(columns, row, strict=True))
    if not _ID.fullmatch(cells["id"]):
        raise VoterListError(f"line {line}: an id has up to 64 letters, digits and . @ + - _")
    if not _EMAIL.fullmatch(cells["email"]) or not cells["email"].isascii():
        raise VoterListError(f"line {line}: {cells['email']!r} is no e-mail address")
    if not cells["name"] or not cells["name"].isprintable():
        raise VoterListError(f"line {line}: the name is missing or holds control characters")
    language = cells.get("language") or LANGUAGES[0]
    if language not in LANGUAGES:
        raise VoterListError(f"line {line}: language {language!r} is not one of {', '.join(LANGUAGES)}")
    weight = _parse_weight(line, cells.get("weight") or "1")
    return Voter(cells["id"], cells["email"], cells["name"], weight, language)


def _parse_weight(line: int, text: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,9}", text) or int(text) > LARGEST_JSON_INT:
        raise VoterListError(f"line {line}: weight {text!r} is not a number from 1 to {LARGEST_JSON_INT}")
    return int(text)


def issue_credentials(group: Group, uuid: str, voters: Iterable[Voter]) -> IssuedCredentials:
    """Make a fresh private credential for each voter, and the public list of all."""
    private = tuple((voter, generate_credential()) for voter in voters)
    weighted = [(derive_public(group, uuid, credential), voter.weight) for voter, credential in private]
    return IssuedCredentials(write_public_credentials(group, weighted), private)


def voting_link(base_url: str, uuid: str, credential: str) -> str:
    """The booth's address with the credential in the fragment, which browsers do not send."""
    return f"{base_url.rstrip('/')}/elections/{uuid}/vote#credential={credential}"


_SUBJECT = {"en": "Your voting code", "ko": "투표 코드 안내"}
_TEXT = {
    "en": """\
Dear {name},

you may vote in election {uuid}.

Your voting code:

    {credential}

{where_en}

Keep this letter to yourself: whoever has the code can vote in your place. You may vote again while
the election is open; your last ballot counts. Nobody will ever ask you for this code by telephone
or e-mail. It was made by the credential authority, and the voting service does not know it.
""",
    "ko": """\
{name} 님께

귀하는 선거 {uuid}에 투표하실 수 있습니다.

귀하의 투표 코드:

    {credential}

{where_ko}

이 편지를 다른 사람에게 보여 주지 마십시오. 투표 코드를 가진 사람은 귀하를 대신하여 투표할 수 있습니다.
투표 기간에는 다시 투표할 수 있으며 마지막 투표만 집계됩니다. 전화나 전자우편으로 이 코드를 묻는 일은
없습니다. 이 코드는 투표 코드 발급자가 만들었으며 투표 서비스는 이를 알지 못합니다.
""",
}
_RULE = "\n" + "-" * 72 + "\n\n"
_WHERE_LINK = {"where_en": "Vote here:\n\n    {link}", "where_ko": "투표하는 곳:\n\n    {link}"}
_WHERE_PAGE = {
    "where_en": "Type it on the election's voting page.",
    "where_ko": "선거의 투표 화면에서 이 코드를 입력하십시오.",
}


def write_letter(voter: Voter, credential: str, uuid: str, base_url: str | None = None) -> bytes:
    """A voter's sealed letter as an e-mail, in their language first and then in the other."""
    where = _WHERE_PAGE
    if base_url:
        link = voting_link(base_url, uuid, credential)
        where = {name: text.format(link=link) for name, text in _WHERE_LINK.items()}
    languages = sorted(LANGUAGES, key=lambda language: language != voter.language)
    values = {"name": voter.name, "uuid": uuid, "credential": credential, **where}
    message = EmailMessage(policy=SMTP.clone(cte_type="8bit"))
    message["To"] = Address(voter.name, addr_spec=voter.email)
    message["Subject"] = " / ".join(_SUBJECT[language] for language in languages)
    message["Auto-Submitted"] = "auto-generated"
    texts = [_TEXT[language].format(**values) for language in languages]
    message.set_content(_RULE.join(texts), cte="8bit")
    return message.as_bytes()
