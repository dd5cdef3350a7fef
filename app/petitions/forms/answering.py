"""Forms of agencies: one for each thing that they can do about a petition."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from app.petitions.forms.drafting import LONGEST_TEXT
from app.platform.forms import (
    DateField,
    HwabaekForm,
    IntegerField,
    Length,
    NumberRange,
    Optional,
    RadioField,
    Required,
    SelectField,
    SubmitField,
    TextAreaField,
    TextField,
    ValidationError,
)

_TEXT = (Required(_l("Write the text")), Length(max=LONGEST_TEXT))
_REASON = (Required(_l("Give the reason")), Length(max=500))


class RespondForm(HwabaekForm):
    """The agency's answer."""

    text = TextAreaField(
        _l("The answer"), _TEXT, rows=12, description=_l("Everybody sees it, and all followers get a mail.")
    )
    submit = SubmitField(_l("Publish the answer"))


class ScheduleForm(HwabaekForm):
    """When and where."""

    on = DateField(_l("On which day?"), [Required(_l("Enter the day"))])
    place = TextField(_l("Where?"), [Required(_l("Enter the place")), Length(max=200)])
    submit = SubmitField(_l("Publish the date"))


class HoldForm(HwabaekForm):
    """How it went, and where the record is."""

    text = TextAreaField(_l("How did it go?"), _TEXT, rows=8)
    record_url = TextField(
        _l("Address of the record or film (optional)"),
        [Optional(), Length(max=500)],
    )
    submit = SubmitField(_l("Publish the record"))

    def validate_record_url(self, field: Any) -> None:
        """Only an address that a browser can open safely."""
        if not field.data.startswith(("https://", "http://")):
            raise ValidationError(gettext("Enter an address that begins with https://"))


class DeclineForm(HwabaekForm):
    """Why there will be none."""

    kind = RadioField(_l("What is declined?"), [Required(_l("Choose what is declined"))], choices=[])
    text = TextAreaField(
        _l("Why?"), _TEXT, rows=8, description=_l("Everybody sees it, and all followers get a mail.")
    )
    submit = SubmitField(_l("Decline in public"))


class ExtendForm(HwabaekForm):
    """More time."""

    kind = RadioField(_l("What needs more time?"), [Required(_l("Choose what needs more time"))], choices=[])
    count = IntegerField(
        _l("How much more?"),
        [Required(_l("Enter a number")), NumberRange(min=1, message=_l("Enter a number above 0"))],
        width=3,
        description=_l("In the unit of the term: working days, days or months."),
    )
    reason = TextField(_l("Reason, for everybody"), _REASON)
    submit = SubmitField(_l("Extend"))


class ClockForm(HwabaekForm):
    """Which clock is stopped, or goes on."""

    kind = RadioField(_l("Which clock?"), [Required(_l("Choose a clock"))], choices=[])
    reason = TextField(_l("Reason, for everybody"), _REASON)
    submit = SubmitField(_l("Save"))


class TransferForm(HwabaekForm):
    """Which agency instead."""

    agency = SelectField(_l("Which agency is responsible?"), choices=[])
    reason = TextField(_l("Reason, for everybody"), _REASON)
    submit = SubmitField(_l("Give it to this agency"))


class OutcomeForm(HwabaekForm):
    """What became of it."""

    text = TextAreaField(_l("What became of it?"), _TEXT, rows=8)
    submit = SubmitField(_l("Publish the outcome"))
