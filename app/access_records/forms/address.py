"""The form of a change of address."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l

from app.access_records.models import SharingAgreement
from app.access_records.queries.consents import OwnSharing
from app.access_records.rules.consents import ADDRESS
from app.platform.forms import (
    CheckboxesField,
    HwabaekForm,
    Length,
    Required,
    SelectChoice,
    SubmitField,
    TextField,
)
from app.platform.language import current_language

LONGEST_ADDRESS = 200


class AddressForm(HwabaekForm):
    """The new address, once, and who else gets it."""

    address = TextField(
        _l("Your new address"),
        [Required(_l("Enter your new address")), Length(max=LONGEST_ADDRESS)],
        autocomplete="street-address",
    )
    sharings = CheckboxesField(
        _l("Who else shall get it?"),
        choices=[],
        description=_l("A tick is your consent. Without it the agency gets nothing and may ask you itself."),
    )
    submit = SubmitField(_l("Report the new address"))

    def offer(self, sharings: Iterable[OwnSharing]) -> None:
        """Fill the list of agencies; those that the person has agreed to before are ticked."""
        own = list(sharings)
        self.sharings.choices = [_as_choice(sharing.agreement) for sharing in own]
        if not self.is_submitted():
            self.sharings.data = [s.agreement.code for s in own if ADDRESS in s.agreed]


def _as_choice(agreement: SharingAgreement) -> SelectChoice:
    if current_language() == "ko":
        return SelectChoice(agreement.code, agreement.agency.name_ko, hint=agreement.reason_ko)
    return SelectChoice(agreement.code, agreement.agency.name, hint=agreement.reason)
