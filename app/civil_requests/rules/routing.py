"""Which agency a request is for, as far as its words say. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# What an answered request that resembles this one counts, in keywords.
SIMILAR_WEIGHT = 2


@dataclass(frozen=True)
class Suggestion:
    """An agency, and the words of the text that point to it."""

    agency_id: int
    words: tuple[str, ...]
    similar_count: int

    @property
    def weight(self) -> int:
        """How much speaks for the agency."""
        return len(self.words) + SIMILAR_WEIGHT * self.similar_count


def suggest_agency(
    text: str, keywords: Mapping[int, Sequence[str]], similar_agencies: Sequence[int] = ()
) -> Suggestion | None:
    """The agency for which most speaks: its keywords in the text, and what similar requests went to.

    A keyword is looked for inside words, since Korean words carry endings. None where nothing speaks for any.
    """
    folded, similar = text.casefold(), Counter(similar_agencies)
    found = [
        Suggestion(agency_id, tuple(word for word in words if word.casefold() in folded), similar[agency_id])
        for agency_id, words in sorted({**dict.fromkeys(similar, ()), **keywords}.items())
    ]
    best = max(found, key=lambda suggestion: suggestion.weight, default=None)
    return best if best is not None and best.weight else None
