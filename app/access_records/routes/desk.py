"""What a desk can do with a person's access records: the room's entries of `DESK_ACTS` in app/rooms.py."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from app.access_records.forms.consents import ConsentForm
from app.access_records.forms.corrections import DeskCorrectionForm
from app.access_records.forms.notices import NOTICE_NAMES, NoticesForm
from app.access_records.models import SharingAgreement
from app.access_records.queries import consents
from app.access_records.queries.systems import list_systems, list_systems_by_code
from app.access_records.queries.terms import name_category, name_purpose
from app.access_records.queries.timeline import get_notification_choice
from app.access_records.rules import NoticeChoice
from app.access_records.rules.consents import Basis, ConsentAct
from app.access_records.rules.corrections import CorrectionKind
from app.access_records.services import desk_acts, notices
from app.accounts.queries import Served
from app.accounts.services.desk import DeskAct
from app.platform.forms import SelectChoice
from app.platform.language import current_language


def _form(served: Served) -> NoticesForm:
    return NoticesForm(notify=get_notification_choice(served.person.id))


def _describe(details: Mapping[str, str]) -> str:
    name = NOTICE_NAMES[NoticeChoice(details["notify"])]
    return gettext("When mail comes: %(when)s", when=name)


def _gets_mail(served: Served) -> bool:
    return served.account is not None


CHOOSE_NOTICES = DeskAct(
    kind="access-records:notice:choose",
    name=_l("Mail about accesses"),
    describe=_describe,
    form=_form,
    carry_out=notices.choose_at_desk,
    undo=notices.restore_choice,
    is_offered=_gets_mail,
)


def _consent_form(_served: Served) -> ConsentForm:
    form = ConsentForm()
    form.sharing.choices = [
        SelectChoice(agreement.code, _name_sharing(agreement), hint=_tell_sharing(agreement))
        for agreement in _list_optional()
    ]
    return form


def _list_optional() -> list[SharingAgreement]:
    return [agreement for agreement in consents.list_agreements() if agreement.basis == Basis.CONSENT]


def _name_sharing(agreement: SharingAgreement) -> str:
    giver, taker = agreement.system.agency, agreement.agency
    return f"{_in_language(giver)} → {_in_language(taker)}"


def _tell_sharing(agreement: SharingAgreement) -> str:
    korean = current_language() == "ko"
    kinds = ", ".join(name_category(category, korean) for category in agreement.categories)
    return f"{name_purpose(agreement.purpose_code, korean)}: {kinds}"


def _in_language(named: Any) -> str:
    name: str = named.name_ko if current_language() == "ko" else named.name
    return name


def _describe_consent(details: Mapping[str, str]) -> str:
    agreement = consents.find_sharing(details["sharing"])
    name = _name_sharing(agreement) if agreement else details["sharing"]
    if details["act"] == ConsentAct.WITHDRAW:
        return gettext("Consent withdrawn: %(sharing)s", sharing=name)
    return gettext("Consent given: %(sharing)s", sharing=name)


def _has_sharings(_served: Served) -> bool:
    return bool(_list_optional())


def _correction_form(_served: Served) -> DeskCorrectionForm:
    """Every kind of data that a system may hold: what it does hold the desk need not know."""
    form, korean = DeskCorrectionForm(), current_language() == "ko"
    form.datum.choices = [SelectChoice("", gettext("Choose a datum"))] + [
        SelectChoice(f"{system.id}:{category}", f"{_in_language(system)}: {name_category(category, korean)}")
        for system in list_systems()
        if system.active
        for category in system.categories
    ]
    return form


def _describe_correction(details: Mapping[str, str]) -> str:
    system = list_systems_by_code([details["system"]]).get(details["system"])
    named = {
        "system": _in_language(system) if system else details["system"],
        "category": name_category(details["category"], current_language() == "ko"),
    }
    if details["kind"] == CorrectionKind.DELETION:
        return gettext("Request to delete: %(system)s, %(category)s", **named)
    return gettext("Request to correct: %(system)s, %(category)s", **named)


CHOOSE_CONSENT = DeskAct(
    kind="access-records:consent:choose",
    name=_l("Consent to what agencies may share"),
    describe=_describe_consent,
    form=_consent_form,
    carry_out=desk_acts.choose_consent_at_desk,
    undo=desk_acts.restore_consent,
    is_offered=_has_sharings,
)

# The agency's answer goes to an account, so somebody without one makes it first.
ASK_CORRECTION = DeskAct(
    kind="access-records:correction:request",
    name=_l("Request for correction or deletion"),
    describe=_describe_correction,
    form=_correction_form,
    carry_out=desk_acts.request_correction_at_desk,
    undo=desk_acts.withdraw_correction_at_desk,
    is_offered=_gets_mail,
)
