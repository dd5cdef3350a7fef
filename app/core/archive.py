"""The .bel archive, byte for byte (specification, "Public data"; digest section 2.12).

Records: a header, then for each event its data records followed by the event record. Every record is
named by the SHA-256 of its content, so an archive has exactly one sequence of bytes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.core.encoding import expect_object, parse_canonical_json, parse_json, to_compact_json
from app.core.errors import (
    BrokenChainError,
    EventOrderError,
    HashMismatchError,
    MalformedArchiveError,
    NotAnExtensionError,
    NotCanonicalError,
    UnsupportedError,
)
from app.core.hashing import sha256_hex

BLOCK = 512
HEADER_NAME = "BELENIOS"
_DATA, _EVENT = ".data.json", ".event.json"
_SETUP_FIELDS = ("election", "trustees", "credentials")
_CERTIFICATE = "credentials_certificate"


class EventType(StrEnum):
    """The closed vocabulary of events."""

    SETUP = "Setup"
    BALLOT = "Ballot"
    END_BALLOTS = "EndBallots"
    ENCRYPTED_TALLY = "EncryptedTally"
    SHUFFLE = "Shuffle"
    END_SHUFFLES = "EndShuffles"
    PARTIAL_DECRYPTION = "PartialDecryption"
    RESULT = "Result"


@dataclass(frozen=True)
class Event:
    """One link of the chain; `payload` names the last of its data records."""

    type: EventType
    height: int
    parent: str | None
    payload: str | None

    def to_bytes(self) -> bytes:
        """The event's JSON: parent and payload are left out where there is none."""
        parent = {} if self.parent is None else {"parent": self.parent}
        payload = {} if self.payload is None else {"payload": self.payload}
        return to_compact_json({**parent, "height": self.height, "type": str(self.type), **payload})


@dataclass(frozen=True)
class Entry:
    """An event with its data records, in the order in which they are written."""

    event: Event
    data: tuple[bytes, ...]


@dataclass(frozen=True)
class Archive:
    """A whole archive. `timestamp` is in seconds; 3.x also reads it written as an integer."""

    timestamp: int
    entries: tuple[Entry, ...]
    timestamp_is_text: bool = True


def next_entry(previous: Event | None, event_type: EventType, data: Sequence[bytes]) -> Entry:
    """The entry that follows `previous` in the chain, for data already in order."""
    parent = None if previous is None else sha256_hex(previous.to_bytes())
    height = 0 if previous is None else previous.height + 1
    payload = sha256_hex(data[-1]) if data else None
    return Entry(Event(event_type, height, parent, payload), tuple(data))


def write_setup(election: bytes, trustees: bytes, credentials: bytes) -> tuple[bytes, ...]:
    """The data records of a Setup event."""
    parts = (election, trustees, credentials)
    names = to_compact_json(dict(zip(_SETUP_FIELDS, map(sha256_hex, parts), strict=True)))
    return (*parts, names)


def write_owned(owner: int, payload: bytes) -> tuple[bytes, ...]:
    """The data records of a PartialDecryption event of trustee number `owner` (from 1)."""
    return (payload, to_compact_json({"owner": owner, "payload": sha256_hex(payload)}))


def write_record(name: str, body: bytes, timestamp: int) -> bytes:
    """One tar record: header block, body, padding."""
    header = bytearray(BLOCK)
    fields = {0: name, 100: "0000644", 108: "0000000", 116: "0000000"}
    fields |= {124: f"{len(body):011o}", 136: f"{timestamp:011o}", 148: " " * 8, 156: "0"}
    for at, text in fields.items():
        header[at : at + len(text)] = text.encode()
    header[148:156] = f"{sum(header):06o}\0 ".encode()
    return bytes(header) + body + bytes(-len(body) % BLOCK)


def write_entry(entry: Entry, timestamp: int) -> bytes:
    """The records of one entry: its data, then its event."""
    event = entry.event.to_bytes()
    records = [write_record(sha256_hex(body) + _DATA, body, timestamp) for body in entry.data]
    return b"".join(records) + write_record(sha256_hex(event) + _EVENT, event, timestamp)


def write_header(timestamp: int, *, as_text: bool = True) -> bytes:
    """The first record, which carries the time that all records repeat."""
    value: Any = str(timestamp) if as_text else timestamp
    return write_record(HEADER_NAME, to_compact_json({"version": 1, "timestamp": value}), timestamp)


def write_archive(archive: Archive) -> bytes:
    """The bytes of a .bel file. No end-of-archive blocks follow."""
    header = write_header(archive.timestamp, as_text=archive.timestamp_is_text)
    return header + b"".join(write_entry(entry, archive.timestamp) for entry in archive.entries)


def looks_like_archive(raw: bytes) -> bool:
    """Whether the bytes begin as a .bel file does."""
    return raw.startswith(HEADER_NAME.encode() + b"\0")


def _read_records(raw: bytes) -> Iterator[tuple[str, bytes, bytes]]:
    """(name, body, whole record) for each record; sizes are believed, contents are examined by the caller."""
    at = 0
    while at < len(raw):
        header = raw[at : at + BLOCK]
        try:
            name, size = header[:100].rstrip(b"\0").decode("ascii"), int(header[124:135].decode("ascii"), 8)
        except ValueError as problem:
            raise MalformedArchiveError(f"unreadable record header at byte {at}") from problem
        end = at + BLOCK + size + -size % BLOCK
        if end > len(raw) or size < 0:
            raise MalformedArchiveError(f"the archive is cut short in the record at byte {at}")
        yield name, raw[at + BLOCK : at + BLOCK + size], raw[at:end]
        at = end


def _read_header(record: tuple[str, bytes, bytes]) -> tuple[int, bool]:
    name, body, whole = record
    fields = parse_json(body, MalformedArchiveError)
    if name != HEADER_NAME or not isinstance(fields, dict) or list(fields) != ["version", "timestamp"]:
        raise MalformedArchiveError("the first record is not the header of a Belenios archive")
    if fields["version"] != 1:
        raise UnsupportedError(f"archive version {str(fields['version'])[:20]} is not read; 1 is")
    value = fields["timestamp"]
    as_text = isinstance(value, str)
    digits = str(value)
    if isinstance(value, bool) or not (digits.isascii() and digits.isdigit() and len(digits) < 11):
        raise MalformedArchiveError("the header's timestamp is not a number of seconds")
    if write_header(int(digits), as_text=as_text) != whole:
        raise MalformedArchiveError("the header record is not in its one form")
    return int(digits), as_text


def _parse_event(raw: bytes) -> Event:
    optional = {"parent", "payload"}
    fields = parse_canonical_json(raw, MalformedArchiveError)
    known = isinstance(fields, dict) and set(fields) | optional == {"height", "type"} | optional
    height = fields.get("height") if known else None
    if not isinstance(height, int) or isinstance(height, bool) or fields["type"] not in list(EventType):
        raise MalformedArchiveError("not an event of a Belenios archive")
    texts = [fields[name] for name in optional if name in fields]
    event = Event(EventType(fields["type"]), height, fields.get("parent"), fields.get("payload"))
    if not all(isinstance(text, str) for text in texts) or event.to_bytes() != raw:
        raise MalformedArchiveError("an event is not in its one form")
    return event


def _expected_data(event: Event, data: Sequence[bytes]) -> list[str | None]:
    """The names of the data records that the event, through its payload, asks for."""
    if event.payload is None:
        return []
    if event.type is EventType.BALLOT or event.type is EventType.RESULT or not data:
        return [event.payload]
    try:
        document = parse_canonical_json(data[-1], MalformedArchiveError)
        if event.type is EventType.SETUP:
            fields = expect_object(document, _SETUP_FIELDS, (_CERTIFICATE,))
            return [*fields.values(), event.payload]
        if event.type is EventType.ENCRYPTED_TALLY:
            fields = expect_object(document, ("num_tallied", "total_weight", "encrypted_tally"))
            return [fields["encrypted_tally"], event.payload]
        return [expect_object(document, ("owner", "payload"))["payload"], event.payload]
    except NotCanonicalError as problem:
        raise MalformedArchiveError(str(problem)) from problem


class ArchiveReader:
    """Reads an archive entry by entry, so that a refusal can name the first entry that fails."""

    def __init__(self, raw: bytes) -> None:
        self._records = _read_records(raw)
        first = next(self._records, None)
        if first is None:
            raise MalformedArchiveError("the archive is empty")
        self.timestamp, self.timestamp_is_text = _read_header(first)

    def __iter__(self) -> Iterator[Entry]:
        """Yield entries whose bytes, names and links are examined.

        Raises MalformedArchiveError, HashMismatchError, BrokenChainError.
        """
        previous: Event | None = None
        data: list[bytes] = []
        for name, body, whole in self._records:
            if write_record(name, body, self.timestamp) != whole:
                raise MalformedArchiveError("a record is not in its one form")
            digest, _, kind = name.partition(".")
            if f".{kind}" not in (_DATA, _EVENT):
                raise MalformedArchiveError(f"a record is named {name[:80]!r}")
            if sha256_hex(body) != digest:
                raise HashMismatchError(f"record {digest[:16]}… does not hold what its name says")
            if f".{kind}" == _DATA:
                data.append(body)
                continue
            event = _parse_event(body)
            yield _link(previous, event, data)
            previous, data = event, []
        if data:
            raise MalformedArchiveError("data records stand at the end without an event")


def _link(previous: Event | None, event: Event, data: list[bytes]) -> Entry:
    height, parent = (0, None) if previous is None else (previous.height + 1, sha256_hex(previous.to_bytes()))
    if event.height != height:
        raise BrokenChainError(f"height {event.height} where {height} follows")
    if event.parent != parent:
        raise BrokenChainError("the parent is not the event before it")
    if _expected_data(event, data) != [sha256_hex(body) for body in data]:
        raise MalformedArchiveError("the data records are not those that the event names")
    return Entry(event, tuple(data))


def read_archive(raw: bytes) -> Archive:
    """Read a whole archive. Raises InvalidError's archive and event kinds, UnsupportedError."""
    reader = ArchiveReader(raw)
    return Archive(reader.timestamp, tuple(reader), reader.timestamp_is_text)


_FOLLOWERS: dict[EventType | None, tuple[EventType, ...]] = {
    None: (EventType.SETUP,),
    EventType.SETUP: (EventType.BALLOT, EventType.END_BALLOTS),
    EventType.BALLOT: (EventType.BALLOT, EventType.END_BALLOTS),
    EventType.END_BALLOTS: (EventType.ENCRYPTED_TALLY,),
    EventType.ENCRYPTED_TALLY: (EventType.PARTIAL_DECRYPTION,),
    EventType.PARTIAL_DECRYPTION: (EventType.PARTIAL_DECRYPTION, EventType.RESULT),
    EventType.RESULT: (),
}
_WITHOUT_PAYLOAD = (EventType.END_BALLOTS,)


def ensure_order(previous: EventType | None, event: Event) -> None:
    """Demand that the event may follow; elections with shuffles are not among these.

    Raises EventOrderError.
    """
    if event.type not in _FOLLOWERS.get(previous, ()):
        raise EventOrderError(f"{event.type} must not follow {previous or 'nothing'}")
    if (event.payload is None) != (event.type in _WITHOUT_PAYLOAD):
        raise EventOrderError(f"{event.type} has {'no' if event.payload is None else 'a'} payload")


def ensure_extends(raw: bytes, earlier: bytes) -> None:
    """Demand that an earlier archive is a prefix of this one. Raises NotAnExtensionError."""
    if not raw.startswith(earlier):
        raise NotAnExtensionError("the earlier archive is not the beginning of this one")
