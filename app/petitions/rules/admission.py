"""Who may start or sign a petition of a type. Pure."""

from dataclasses import dataclass
from datetime import date

from app.petitions.rules.life import PetitionState
from app.petitions.rules.refusals import LevelTooLow, NotOpen, OtherDistrict, TooYoung
from app.petitions.rules.types import Admission


@dataclass(frozen=True)
class Applicant:
    """What is known of whoever wants to start or sign."""

    level: int
    district: str | None
    birth_year: int | None


def ensure_admitted(admission: Admission, applicant: Applicant, today: date) -> None:
    """Raises LevelTooLow, TooYoung, OtherDistrict.

    The age is that which the person reaches in this calendar year, since only the year of birth is kept.
    """
    if applicant.level < admission.level:
        raise LevelTooLow
    if admission.minimum_age and not _is_old_enough(admission, applicant, today):
        raise TooYoung
    if admission.districts and applicant.district not in admission.districts:
        raise OtherDistrict


def ensure_open(state: PetitionState | str, closes_on: date | None, today: date) -> None:
    """Demand an open petition whose last day has not passed. Raises NotOpen."""
    if PetitionState(state) is not PetitionState.OPEN or (closes_on is not None and today > closes_on):
        raise NotOpen


def _is_old_enough(admission: Admission, applicant: Applicant, today: date) -> bool:
    return applicant.birth_year is not None and today.year - applicant.birth_year >= admission.minimum_age
