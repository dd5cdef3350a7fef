"""The form by which an official asks another agency's system."""

from flask_babel import lazy_gettext as _l

from app.access_records.forms.officials import term_choices
from app.access_records.models import SharingAgreement
from app.access_records.queries.terms import list_categories, name_purpose
from app.platform.forms import (
    CheckboxesField,
    HwabaekForm,
    Length,
    Required,
    SelectChoice,
    SelectField,
    SubmitField,
    TextField,
)
from app.platform.language import current_language


def name_sharing(agreement: SharingAgreement) -> str:
    """From which system, and what for, in the reader's language."""
    is_korean = current_language() == "ko"
    system = agreement.system.name_ko if is_korean else agreement.system.name
    return f"{system}: {name_purpose(agreement.purpose_code, is_korean)}"


class AskAgencyForm(HwabaekForm):
    """About whom, by which sharing, for which case; purpose and legal basis are the sharing's."""

    sharing = SelectField(_l("Sharing"), choices=[])
    claim = TextField(
        _l("Resident registration number"),
        [Required(_l("Enter the number of the person")), Length(max=40)],
        autocomplete="off",
    )
    case_number = TextField(_l("Case number"), [Length(max=100)], width=20)
    categories = CheckboxesField(_l("Kinds of data"), choices=[], description=_l("Only what the case needs."))
    submit = SubmitField(_l("Record and show"))

    def offer(self, agreements: list[SharingAgreement], chosen: SharingAgreement) -> None:
        """Fill the lists for one of the agency's sharings."""
        self.sharing.choices = [SelectChoice(a.code, name_sharing(a)) for a in agreements]
        self.categories.choices = [
            choice for choice in term_choices(list_categories()) if choice.value in chosen.categories
        ]
