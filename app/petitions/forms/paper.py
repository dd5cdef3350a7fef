"""Forms of clerks."""

import re
from typing import Any

from flask_babel import lazy_gettext as _l

from app.petitions.queries.paper import list_open_petitions
from app.platform.forms import (
    HwabaekForm,
    Length,
    Optional,
    Required,
    SelectChoice,
    SelectField,
    SubmitField,
    TextAreaField,
    TextField,
    ValidationError,
)

_DIGEST = re.compile(r"[0-9a-f]{64}")


def _a_digest(_form: Any, field: Any) -> None:
    if not _DIGEST.fullmatch(field.data or ""):
        raise ValidationError(str(_l("Enter 64 digits and letters from a to f")))


class SheetForm(HwabaekForm):
    """One sheet of paper."""

    number = TextField(
        _l("Number of the sheet"),
        [Required(_l("Enter the number that is written on the sheet")), Length(max=20)],
        description=_l("Write one on the sheet if it has none, so that an auditor finds it again."),
    )
    lines = TextAreaField(
        _l("Lines of the sheet"),
        [Required(_l("Enter at least one line")), Length(max=40_000)],
        description=_l(
            "One a row, as on the sheet: name, comma, postcode. Leave a row empty for an empty line."
        ),
        rows=12,
    )
    scan = TextField(
        _l("SHA-256 of the scan (if there is one)"),
        [Optional(), _a_digest],
    )
    submit = SubmitField(_l("Enter the sheet"))


class DeskSigningForm(HwabaekForm):
    """Which petition the person at the desk wants to sign."""

    petition = SelectField(_l("Petition"), [Required(_l("Choose a petition"))])
    submit = SubmitField(_l("Sign for this person"))

    def offer_petitions(self) -> None:
        """List the petitions that take signatures now."""
        self.petition.choices = [SelectChoice(row.reference, row.title) for row in list_open_petitions()]
