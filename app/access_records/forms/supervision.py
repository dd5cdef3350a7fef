"""Forms of inspectors, and of those who answer them."""

from flask_babel import lazy_gettext as _l

from app.access_records.rules import HIGHEST_THRESHOLD, Thresholds
from app.platform.forms import (
    HwabaekForm,
    IntegerField,
    Length,
    NumberRange,
    RadioField,
    Required,
    SelectChoice,
    SubmitField,
    TextAreaField,
)

LONGEST_TEXT = 4_000


def _count(label: object, description: object = None) -> IntegerField:
    """A threshold for a count."""
    range_ = NumberRange(min=1, max=HIGHEST_THRESHOLD, message=_l("Enter a number from 1 to 1,000"))
    return IntegerField(label, [Required(_l("Enter a number")), range_], width=4, description=description)


def _hour(label: object, first: int, last: int, description: object = None) -> IntegerField:
    """An hour of the day; 0 and 24 are both midnight."""
    range_ = NumberRange(min=first, max=last, message=_l("Enter a whole hour of the day"))
    return IntegerField(label, [Required(_l("Enter a number")), range_], width=2, description=description)


class ExplanationForm(HwabaekForm):
    """Why the look-up was made."""

    text = TextAreaField(
        _l("Why was this look-up needed?"),
        [Required(_l("Write the reason")), Length(max=LONGEST_TEXT)],
        description=_l("The inspector reads it. Name the case and the task, not the person."),
    )
    submit = SubmitField(_l("Send to the inspector"))


class JudgementForm(HwabaekForm):
    """What the inspector found."""

    justified = RadioField(
        _l("What did you find?"),
        [Required(_l("Choose what you found"))],
        choices=[
            SelectChoice("yes", _l("The look-up was justified")),
            SelectChoice("no", _l("The look-up was wrong"), hint=_l("The person concerned is told.")),
        ],
    )
    text = TextAreaField(_l("Reasons"), [Required(_l("Write your reasons")), Length(max=LONGEST_TEXT)])
    submit = SubmitField(_l("Record the finding"))


class SignForm(HwabaekForm):
    """What the inspector found in the month."""

    text = TextAreaField(
        _l("Findings"),
        [Required(_l("Write what you found, or that you found nothing")), Length(max=LONGEST_TEXT)],
        description=_l("Everybody will read this. Name no person, citizen or official."),
        rows=8,
    )
    submit = SubmitField(_l("Sign the report off"))


class ThresholdsForm(HwabaekForm):
    """From when on look-ups raise alerts."""

    persons_an_hour = _count(_l("More people in an hour than"), _l("Looked at by one official."))
    repeats_a_month = _count(
        _l("Look-ups of one person in 30 days, from"),
        _l("By one official, without a case or under changing cases."),
    )
    emergencies_a_month = _count(_l("Emergency look-ups of one official in 30 days, from"))
    opening_hour = _hour(
        _l("Office hours begin at"), 0, 23, _l("Weekends and public holidays are always out of hours.")
    )
    closing_hour = _hour(_l("Office hours end at"), 1, 24)
    submit = SubmitField(_l("Save"))

    def as_thresholds(self) -> Thresholds:
        """What was entered."""
        return Thresholds(**{name: int(self[name].data) for name in vars(Thresholds())})
