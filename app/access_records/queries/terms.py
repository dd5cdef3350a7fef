"""Purposes and categories of personal data: the room's data file, read once."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

TERMS = Path(__file__).parents[1] / "terms.json"

Term = Mapping[str, str | int]


@cache
def list_purposes() -> tuple[Term, ...]:
    """Every purpose code: code, dpv, text, text_ko, disclosure, delay_days."""
    return tuple(json.loads(TERMS.read_text("utf-8"))["purposes"])


@cache
def list_categories() -> tuple[Term, ...]:
    """Every category of personal data: code, text, text_ko."""
    return tuple(json.loads(TERMS.read_text("utf-8"))["categories"])


def name_purpose(code: str, korean: bool = False) -> str:
    """A purpose in words; a code that is not in the file stands for itself."""
    return _name(list_purposes(), code, korean)


def name_category(code: str, korean: bool = False) -> str:
    """A category in words; a code that is not in the file stands for itself."""
    return _name(list_categories(), code, korean)


def _name(terms: tuple[Term, ...], code: str, korean: bool) -> str:
    found = next((term for term in terms if term["code"] == code), None)
    return code if found is None else str(found["text_ko" if korean else "text"])
