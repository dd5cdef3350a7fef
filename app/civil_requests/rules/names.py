"""Whether a text that is to be published still says who asked. Pure."""

import re
from collections.abc import Iterable

from app.civil_requests.rules.refusals import NamesLeft

_SHORTEST_NAME = 2
_PATTERNS = (
    re.compile(r"[\w.+-]+@[\w-]+\.\w+"),
    # Telephone numbers, and resident registration numbers.
    re.compile(r"\b0\d{1,2}[- .]?\d{3,4}[- .]?\d{4}\b"),
    re.compile(r"\b\d{6}-?[1-8]\d{6}\b"),
)


def ensure_nameless(text: str, names: Iterable[str]) -> None:
    """Demand that neither a name nor an address or number of a person stands in the text.

    Each part of a name counts by itself: a display name may hold it in two scripts. Raises NamesLeft.
    """
    folded = text.casefold()
    parts = {part.casefold() for name in names for part in name.split() if len(part) > _SHORTEST_NAME}
    if any(re.search(rf"(?<!\w){re.escape(part)}", folded) for part in parts):
        raise NamesLeft
    if any(pattern.search(text) for pattern in _PATTERNS):
        raise NamesLeft
