"""What the ledger promises, and what it refuses; pure."""

import re
from datetime import datetime, timedelta
from enum import StrEnum

from flask_babel import lazy_gettext as _l

from app.core.merkle import TILE_WIDTH
from app.platform.errors import HwabaekError

# From the release of an entry until a signed checkpoint covers it.
PROMISED_WITHIN = timedelta(seconds=60)
# C2SP tlog-tiles writes an entry's length in two bytes.
LARGEST_LEAF = 2**16 - 1
LEAF_HASH = re.compile(r"[0-9a-f]{64}")
TILE_NUMBER = re.compile(r"((?:x\d{3}/)*\d{3})(?:\.p/([1-9]\d{0,2}))?")


class Log(StrEnum):
    """The logs: every act, and the roots of the map of labels, whose leaf index is the epoch."""

    LEDGER = "ledger"
    MAP = "map"


class EntryTooLarge(Exception):
    """A leaf is longer than an entry bundle can hold."""


class EpochOutOfTurn(Exception):
    """The map's log takes epochs in order, each once."""


class LogAltered(Exception):
    """What is stored no longer gives the root that was signed: nothing more is signed."""


class ReceiptNotFound(HwabaekError):
    """No entry has this leaf hash."""

    status = 404
    code = "entry-not-found"
    title = _l("There is no entry with this hash")
    advice = _l("Compare the hash with the one on your receipt, letter by letter.")


class TileNotFound(HwabaekError):
    """The tree has no such tile, or not yet."""

    status = 404
    code = "tile-not-found"
    title = _l("The tree has no such tile")
    advice = _l("Read the newest checkpoint: it says how large the tree is.")


def promise_deadline(release_at: datetime) -> datetime:
    """By when a signed checkpoint covers an entry that is released at `release_at`."""
    return release_at + PROMISED_WITHIN


def parse_tile_number(text: str) -> tuple[int, int]:
    """(number, width) of `<N>[.p/<W>]`. Raises TileNotFound."""
    match = TILE_NUMBER.fullmatch(text)
    width = int(match[2] or TILE_WIDTH) if match else 0
    if match is None or width > TILE_WIDTH or (match[2] and width == TILE_WIDTH):
        raise TileNotFound
    return int(match[1].replace("x", "").replace("/", "")), width
