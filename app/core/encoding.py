"""Canonical bytes: compact JSON, decimal numbers, base64 without padding.

Belenios specification, "Basic types" and "Compact JSON". No input or output here.
"""

import base64
import json
import re
from typing import Any

from app.core.errors import InvalidError, NotCanonicalError

# Above this, belenios-tool writes a JSON string (OCaml's 31-bit safe integers).
LARGEST_JSON_INT = 1_073_741_823
# The longest honest number is a 2048-bit one: 617 digits.
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,699}")
BASE58_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def to_compact_json(value: Any) -> bytes:
    """Serialise without spaces, in insertion order, non-ASCII text as UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _refuse_duplicate_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return result


def _refuse_number(text: str) -> Any:
    raise ValueError(f"{text} is not an integer")


def parse_json(raw: bytes, refusal: type[InvalidError] = NotCanonicalError) -> Any:
    """Read JSON strictly: UTF-8, integers only, no name twice in an object.

    Raises `refusal` where it cannot be read.
    """
    try:
        return json.loads(
            raw.decode(),
            object_pairs_hook=_refuse_duplicate_names,
            parse_float=_refuse_number,
            parse_constant=_refuse_number,
        )
    except (ValueError, RecursionError) as problem:
        raise refusal(f"not readable as JSON: {problem}") from problem


def parse_canonical_json(raw: bytes, refusal: type[InvalidError] = NotCanonicalError) -> Any:
    """Read JSON and demand that writing it compactly gives the same bytes. Raises `refusal`."""
    value = parse_json(raw, refusal)
    try:
        same = to_compact_json(value) == raw
    except (UnicodeEncodeError, RecursionError) as problem:
        raise refusal("text that is not valid Unicode, or nested too deeply") from problem
    if not same:
        raise refusal("not in compact canonical form")
    return value


def expect_object(value: Any, names: tuple[str, ...], optional: tuple[str, ...] = ()) -> dict[str, Any]:
    """Demand an object with exactly `names`, in that order, then some of `optional`, in order.

    Raises NotCanonicalError.
    """
    if not isinstance(value, dict):
        raise NotCanonicalError("an object was expected")
    present = names + tuple(name for name in optional if name in value)
    if tuple(value) != present:
        raise NotCanonicalError(f"fields {', '.join(value)[:80]} where {', '.join(names)} were expected")
    return value


def expect_list(value: Any, length: int | None = None) -> list[Any]:
    """Demand a list, of `length` entries if given. Raises NotCanonicalError."""
    if not isinstance(value, list) or (length is not None and len(value) != length):
        raise NotCanonicalError(f"a list of {'any' if length is None else length} entries was expected")
    return value


def expect_text(value: Any) -> str:
    """Demand a string. Raises NotCanonicalError."""
    if not isinstance(value, str):
        raise NotCanonicalError("a string was expected")
    return value


def parse_decimal(value: Any) -> int:
    """Read a natural number written in decimal without leading zeros. Raises NotCanonicalError."""
    if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
        raise NotCanonicalError("not a decimal number without leading zeros")
    return int(value)


def to_json_number(value: int) -> int | str:
    """A number as belenios-tool writes it: a JSON integer while small, else a string."""
    return value if value <= LARGEST_JSON_INT else str(value)


def parse_json_number(value: Any) -> int:
    """Read a natural number in the form of `to_json_number`. Raises NotCanonicalError."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST_JSON_INT:
        return value
    number = parse_decimal(value)
    if number <= LARGEST_JSON_INT:
        raise NotCanonicalError("a small number was written as a string")
    return number


def to_unpadded_base64(raw: bytes) -> str:
    """Standard base64 without the trailing '='."""
    return base64.b64encode(raw).decode().rstrip("=")
