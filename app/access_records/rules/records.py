"""What a record may say, and how much of it its person is shown. Pure."""

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from app.platform.errors import HwabaekError


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


class NoticeChoice(StrEnum):
    """When a person is told by mail that somebody looked at their data."""

    AT_ONCE = "at-once"
    DAILY = "daily"
    NEVER = "never"


class NoPersonYet(HwabaekError):
    """The account is not a verified person's, so there is nothing to show about one."""

    status = 409
    code = "no-person-yet"
    title = _l("We do not know yet who you are")
    advice = _l("Show your identity card at a desk of the town hall; then you see who looked at your data.")
