"""The year of birth: all that is kept of a date of birth, for rules about age. Pure."""

import re
from datetime import date

from flask_babel import lazy_gettext as _l

from app.platform.errors import HwabaekError

LONGEST_LIFE = 130
# OpenID Connect's `birthdate`: a day, or a year alone. A year 0000 is left out on purpose.
_BIRTHDATE = re.compile(r"(\d{4})(?:-\d{2}-\d{2})?", re.ASCII)


class BirthYearImpossible(HwabaekError):
    """The year lies ahead, or longer ago than anybody lives."""

    status = 422
    code = "birth-year-impossible"
    title = _l("Nobody was born in this year")
    advice = _l("Enter the four digits of the year of birth as they stand on the card, such as 1985.")


def is_birth_year(year: int, today: date) -> bool:
    """Whether somebody who lives today can have been born in this year."""
    return today.year - LONGEST_LIFE <= year <= today.year


def ensure_birth_year(year: int, today: date) -> None:
    """Demand a year that somebody can be born in. Raises BirthYearImpossible."""
    if not is_birth_year(year, today):
        raise BirthYearImpossible


def read_birthdate(birthdate: object, today: date) -> int | None:
    """The year of an identity provider's `birthdate`; None where it says none, or an impossible one."""
    found = _BIRTHDATE.fullmatch(str(birthdate))
    year = int(found[1]) if found else 0
    return year if is_birth_year(year, today) else None
