"""What an official must name before seeing a person's data. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from app.platform.errors import HwabaekError


class LookUpRefused(HwabaekError):
    """Base of what is missing before a person's data may be shown; `field` is where it belongs."""

    status = 422
    field = "claim"


class PurposeMissing(LookUpRefused):
    """No purpose was given."""

    code = "purpose-missing"
    field = "purpose"
    title = _l("No data without a purpose")
    advice = _l("Choose the purpose for which you need the data.")


class LegalBasisMissing(LookUpRefused):
    """No legal basis was given."""

    code = "legal-basis-missing"
    field = "legal_basis"
    title = _l("No data without a legal basis")
    advice = _l("Name the law and the article that let you see the data.")


class CaseNumberMissing(LookUpRefused):
    """No case number was given."""

    code = "case-number-missing"
    field = "case_number"
    title = _l("No data without a case")
    advice = _l("Enter the number of the case you are working on.")


class CategoriesMissing(LookUpRefused):
    """Nothing was asked for."""

    code = "categories-missing"
    field = "categories"
    title = _l("No kind of data was chosen")
    advice = _l("Choose the kinds of data that your case needs.")


class ReasonMissing(LookUpRefused):
    """An emergency look-up without a reason."""

    code = "break-glass-reason-missing"
    field = "reason"
    title = _l("An emergency needs a reason")
    advice = _l("Say in a sentence why you cannot wait for a case number.")


class PersonNotFound(LookUpRefused):
    """Nobody is known under this identity claim."""

    status = 404
    code = "person-not-found"
    title = _l("Nobody is known under this number")
    advice = _l("Check the resident registration number.")


class PurposeNotAllowed(LookUpRefused):
    """The purpose is not one for which this system may be read."""

    code = "purpose-not-allowed"
    field = "purpose"
    title = _l("This system may not be read for this purpose")
    advice = _l("Choose a purpose that the register names for the system.")


class CategoryNotHeld(LookUpRefused):
    """The system does not hold this kind of data."""

    code = "category-not-held"
    field = "categories"
    title = _l("The system does not hold this kind of data")
    advice = _l("Choose among the kinds of data that the register names for the system.")


class NotYourSystem(LookUpRefused):
    """The system belongs to another agency."""

    status = 403
    code = "not-your-system"
    field = "system"
    title = _l("This system belongs to another agency")
    advice = _l("Choose a system of your own agency.")


class OwnLookUp(HwabaekError):
    """Nobody reviews their own emergency look-up."""

    status = 403
    code = "own-look-up"
    title = _l("You cannot review your own look-up")
    advice = _l("A second person of your agency reviews it.")


class ReviewNotFound(HwabaekError):
    """No such emergency look-up waits for this agency."""

    status = 404
    code = "review-not-found"
    title = _l("There is no such look-up to review")
    advice = _l("Somebody may have reviewed it already.")


@dataclass(frozen=True)
class Grounds:
    """Why an official looks a person up."""

    purpose_code: str
    legal_basis: str
    case_number: str
    categories: tuple[str, ...]
    break_glass: bool = False
    reason: str = ""


def ensure_grounds(grounds: Grounds, purposes: Iterable[str], held: Iterable[str]) -> None:
    """Demand everything that a look-up must name, in a system with these purposes and categories.

    Raises PurposeMissing, LegalBasisMissing, CaseNumberMissing, ReasonMissing, CategoriesMissing,
    PurposeNotAllowed, CategoryNotHeld. In an emergency a reason stands for the case number.
    """
    if not grounds.purpose_code.strip():
        raise PurposeMissing
    if not grounds.legal_basis.strip():
        raise LegalBasisMissing
    if grounds.break_glass and not grounds.reason.strip():
        raise ReasonMissing
    if not grounds.break_glass and not grounds.case_number.strip():
        raise CaseNumberMissing
    if not grounds.categories:
        raise CategoriesMissing
    if grounds.purpose_code not in set(purposes):
        raise PurposeNotAllowed
    if not set(grounds.categories) <= set(held):
        raise CategoryNotHeld
