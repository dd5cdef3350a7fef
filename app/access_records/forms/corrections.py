"""Forms of requests to correct or delete a datum."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from app.access_records.forms.disputes import LONGEST_TEXT
from app.access_records.rules.corrections import CorrectionKind
from app.platform.forms import (
    HwabaekForm,
    IntegerField,
    Length,
    NumberRange,
    RadioField,
    Required,
    SelectChoice,
    SelectField,
    SubmitField,
    TextAreaField,
    TextField,
    ValidationError,
)

LONGEST_VALUE = 500


class DeskCorrectionForm(HwabaekForm):
    """What is wrong, and what shall be done; at a desk, where the person says which datum."""

    datum = SelectField(_l("Which datum?"), [Required(_l("Choose a datum"))])
    kind = RadioField(
        _l("What shall the agency do?"),
        [Required(_l("Choose what the agency shall do"))],
        choices=[
            SelectChoice(CorrectionKind.CORRECTION, _l("Correct it")),
            SelectChoice(
                CorrectionKind.DELETION,
                _l("Delete it"),
                hint=_l("What a law orders to be kept cannot be deleted; then the agency says which law."),
            ),
        ],
    )
    wanted_value = TextField(
        _l("What is right?"), [Length(max=LONGEST_VALUE)], description=_l("Only for a correction.")
    )
    text = TextAreaField(
        _l("Why?"),
        [Required(_l("Say what is wrong")), Length(max=LONGEST_TEXT)],
        description=_l("What is wrong, and how the agency can see it."),
    )
    submit = SubmitField(_l("Send the request"))

    def validate_wanted_value(self, field: Any) -> None:
        """A correction says what is right."""
        if self.kind.data == CorrectionKind.CORRECTION and not (field.data or "").strip():
            raise ValidationError(gettext("Enter what is right"))


class CorrectionForm(DeskCorrectionForm):
    """The same on the page of one datum."""

    # So WTForms takes a field out again.
    datum = None  # type: ignore[assignment]


class CorrectionAnswerForm(HwabaekForm):
    """An answer, or a decision."""

    granted = RadioField(
        _l("Is the request granted?"),
        [Required(_l("Choose yes or no"))],
        choices=[
            SelectChoice("yes", _l("Yes"), hint=_l("The datum is changed at once, as it was asked for.")),
            SelectChoice("no", _l("No"), hint=_l("The person can take the refusal to the privacy officer.")),
        ],
    )
    text = TextAreaField(
        _l("The answer to the person"), [Required(_l("Write the answer")), Length(max=LONGEST_TEXT)]
    )
    submit = SubmitField(_l("Send"))


class CorrectionAppealForm(HwabaekForm):
    """Why the refusal is wrong."""

    text = TextAreaField(
        _l("Why is the refusal wrong?"), [Required(_l("Give your reason")), Length(max=LONGEST_TEXT)]
    )
    submit = SubmitField(_l("Send"))


class CorrectionExtensionForm(HwabaekForm):
    """More time, once."""

    days = IntegerField(
        _l("How many more days?"),
        [Required(_l("Enter a number")), NumberRange(min=1, max=10, message=_l("Enter 1 to 10"))],
        width=3,
    )
    text = TextAreaField(
        _l("Reason, for the person"), [Required(_l("Give the reason")), Length(max=LONGEST_TEXT)]
    )
    submit = SubmitField(_l("Extend"))
