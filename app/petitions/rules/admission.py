"""Who may start or sign a petition of a type. Pure."""

from dataclasses import dataclass
from datetime import date

from app.petitions.rules.life import PetitionState
from app.petitions.rules.refusals import BirthYearUnknown, LevelTooLow, NotOpen, OtherDistrict, TooYoung
from app.petitions.rules.types import Admission


@dataclass(frozen=True)
class Applicant:
    """What is known of whoever wants to start or sign."""

    level: int
    district: str | None
    birth_year: int | None


def ensure_admitted(admission: Admission, applicant: Applicant, today: date) -> None:
    """Raises LevelTooLow, BirthYearUnknown, TooYoung, OtherDistrict.

    The age is that which the person reaches in this calendar year, since only the year of birth is kept.
    """
    if applicant.level < admission.level:
        raise LevelTooLow
    if admission.minimum_age:
        _ensure_old_enough(admission.minimum_age, applicant, today)
    if admission.districts and applicant.district not in admission.districts:
        raise OtherDistrict


def ensure_open(state: PetitionState | str, closes_on: date | None, today: date) -> None:
    """Demand an open petition whose last day has not passed. Raises NotOpen."""
    if PetitionState(state) is not PetitionState.OPEN or (closes_on is not None and today > closes_on):
        raise NotOpen


def _ensure_old_enough(minimum_age: int, applicant: Applicant, today: date) -> None:
    if applicant.birth_year is None:
        raise BirthYearUnknown
    if today.year - applicant.birth_year < minimum_age:
        raise TooYoung
