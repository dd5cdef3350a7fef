"""What a desk can do with an account: the room's own entries of `DESK_ACTS` in app/rooms.py."""

from collections.abc import Mapping

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from app.accounts import queries
from app.accounts.forms import AccountLinkForm, BirthYearForm, DistrictForm, LanguageForm
from app.accounts.queries import Served
from app.accounts.services import birth_years, desk_registration, settings
from app.accounts.services.desk import ATTEST, OPEN, REGISTER, DeskAct
from app.platform.language import current_language
from app.platform.navigation import LANGUAGE_NAMES


def _district_form(served: Served) -> DistrictForm:
    form = DistrictForm(district=served.district)
    form.offer_districts()
    return form


def _birth_year_form(served: Served) -> BirthYearForm:
    return BirthYearForm(birth_year=served.person.birth_year)


def _language_form(served: Served) -> LanguageForm:
    return LanguageForm(language=served.holder.language)


def _link_form(_served: Served) -> AccountLinkForm:
    return AccountLinkForm()


def _describe_district(details: Mapping[str, str]) -> str:
    district = queries.find_district(details.get("district"))
    if district is None:
        return gettext("District: elsewhere")
    name = district.name_ko if current_language() == "ko" else district.name
    return gettext("District: %(name)s", name=name)


def _describe_birth_year(details: Mapping[str, str]) -> str:
    return gettext("Year of birth: %(year)s", year=details["birth_year"])


def _describe_card(details: Mapping[str, str]) -> str:
    """What the desk took down from the card."""
    told = [_describe_district(details)]
    return ". ".join([*told, _describe_birth_year(details)] if "birth_year" in details else told)


def _describe_language(details: Mapping[str, str]) -> str:
    return gettext("Language: %(name)s", name=LANGUAGE_NAMES[details["language"]])


def _describe_opening(_details: Mapping[str, str]) -> str:
    return gettext("The desk saw your name, your district, and this list.")


def _has_no_account(served: Served) -> bool:
    return served.account is None


ACTS = (
    DeskAct(kind=OPEN, name=_l("Visit to the desk"), describe=_describe_opening),
    DeskAct(
        kind=REGISTER,
        name=_l("Registration"),
        describe=_describe_card,
        undo=desk_registration.undo_registration,
    ),
    DeskAct(
        kind=ATTEST,
        name=_l("Attestation of an account"),
        describe=_describe_card,
        form=_link_form,
        carry_out=desk_registration.link_account,
        undo=desk_registration.undo_attestation,
        is_offered=_has_no_account,
    ),
    DeskAct(
        kind="accounts:district:correct",
        name=_l("Correction of the district"),
        describe=_describe_district,
        form=_district_form,
        carry_out=settings.correct_district,
        undo=settings.restore_setting,
    ),
    DeskAct(
        kind="accounts:birth-year:correct",
        name=_l("Year of birth"),
        describe=_describe_birth_year,
        form=_birth_year_form,
        carry_out=birth_years.correct_birth_year,
        undo=birth_years.restore_birth_year,
    ),
    DeskAct(
        kind="accounts:language:choose",
        name=_l("Language of mail"),
        describe=_describe_language,
        form=_language_form,
        carry_out=settings.choose_language_at_desk,
        undo=settings.restore_setting,
    ),
)
