"""What an access must say, and what is refused in which words. Pure."""

from enum import StrEnum


class Action(StrEnum):
    """What was done with a person's data."""

    VIEW = "view"
    QUERY = "query"
    MASS_QUERY = "mass-query"
    SHARE = "share"
    DOWNLOAD = "download"
    CHANGE = "change"


class Disclosure(StrEnum):
    """How a purpose is shown to the person: as it is, in neutral words, or after a delay."""

    FULL = "full"
    NEUTRAL = "neutral"
    DELAYED = "delayed"
