"""Forms of questions about accesses."""

from flask_babel import lazy_gettext as _l

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


class QuestionForm(HwabaekForm):
    """What a person wants to know."""

    text = TextAreaField(
        _l("What do you want to know?"), [Required(_l("Write your question")), Length(max=LONGEST_TEXT)]
    )
    submit = SubmitField(_l("Send"))


class AnswerForm(HwabaekForm):
    """An answer, or a decision."""

    justified = RadioField(
        _l("Was the access right?"),
        [Required(_l("Choose an answer"))],
        choices=[
            SelectChoice("yes", _l("Yes, it was needed for the case")),
            SelectChoice("no", _l("No, it should not have happened")),
        ],
    )
    text = TextAreaField(
        _l("The answer to the person"), [Required(_l("Write the answer")), Length(max=LONGEST_TEXT)]
    )
    submit = SubmitField(_l("Send"))


class ExtensionForm(HwabaekForm):
    """More time, once."""

    days = IntegerField(
        _l("How many more working days?"),
        [Required(_l("Enter a number")), NumberRange(min=1, max=10, message=_l("Enter 1 to 10"))],
        width=3,
    )
    text = TextAreaField(
        _l("Reason, for the person"), [Required(_l("Give the reason")), Length(max=LONGEST_TEXT)]
    )
    submit = SubmitField(_l("Extend"))
