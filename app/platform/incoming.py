"""What no database can keep, refused at the door: zero bytes, halves of characters, numbers beyond a column.

SQLite takes a zero byte and PostgreSQL does not; here both refuse it. Forms take it out and say so
(`platform/forms`); addresses and questions are refused before anything else looks at them.
"""

from collections.abc import Iterator
from typing import Any

from flask import Flask, request
from flask_babel import lazy_gettext as _l
from werkzeug.routing import IntegerConverter, Map

from app.platform.errors import HwabaekError, NotFound

ZERO_BYTE = "\0"
# The largest number of an integer column.
LARGEST_NUMBER = 2**31 - 1


class UnreadableAddress(HwabaekError):
    """The question of an address (what stands behind the ?) has a zero byte."""

    status = 400
    code = "unreadable-address"
    title = _l("This address cannot be read")
    advice = _l("It contains a character that does not belong in an address. Go back and try again.")


class NumberConverter(IntegerConverter):
    """A number in an address, as large as a column can hold; anything larger is at no address."""

    regex = r"[0-9]{1,10}"

    def __init__(self, of: Map, *args: Any, **options: Any) -> None:
        super().__init__(of, *args, **{"max": LARGEST_NUMBER, **options})


def init_app(app: Flask) -> None:
    """Guard every address; call before anything else is done before a request."""
    app.url_map.converters["int"] = NumberConverter
    app.before_request(refuse_unreadable)


def refuse_unreadable() -> None:
    """Raise NotFound for a zero byte in the path, UnreadableAddress for one in the question."""
    if ZERO_BYTE in request.path:
        raise NotFound
    if any(ZERO_BYTE in text for pair in request.args.items(multi=True) for text in pair):
        raise UnreadableAddress


def read_number(name: str, default: int | None = None) -> int | None:
    """A number of the address's question; `default` where there is none that a column could hold."""
    number = request.args.get(name, default, type=int)
    return number if number is None or abs(number) <= LARGEST_NUMBER else default


def is_readable(document: object) -> bool:
    """Whether every text of a JSON document can be kept: no zero byte, no half of a surrogate pair."""
    return all(ZERO_BYTE not in text and _is_whole(text) for text in _list_texts(document))


def _list_texts(document: object) -> Iterator[str]:
    """Every text, names too; without recursion, since a document may be nested deeply."""
    waiting = [document]
    while waiting:
        found = waiting.pop()
        if isinstance(found, str):
            yield found
        elif isinstance(found, dict):
            waiting += [*found, *found.values()]
        elif isinstance(found, list):
            waiting += found


def _is_whole(text: str) -> bool:
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)
