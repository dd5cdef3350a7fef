"""What officials fill in."""

from flask_babel import lazy_gettext as _l

from app.civil_requests.forms.filing import LONGEST_TEXT, LONGEST_TITLE
from app.civil_requests.rules.reasons import CLOSINGS
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
)

LONGEST_EXTENSION = 14
TEXT = [Length(max=LONGEST_TEXT)]


class AnswerForm(HwabaekForm):
    """The agency's answer."""

    text = TextAreaField(_l("The answer"), [Required(_l("Write the answer")), *TEXT])
    submit = SubmitField(_l("Send the answer"))


class ExtendForm(HwabaekForm):
    """More time."""

    days = IntegerField(
        _l("How many more working days?"),
        [
            Required(_l("Enter a number")),
            NumberRange(min=1, max=LONGEST_EXTENSION, message=_l("Enter 1 to 14")),
        ],
        width=3,
    )
    text = TextAreaField(_l("Reason, for the person"), [Required(_l("Give the reason")), *TEXT])
    submit = SubmitField(_l("Extend"))


class TransferForm(HwabaekForm):
    """Another agency is responsible."""

    agency = SelectField(_l("Which agency is responsible?"), coerce=int)
    text = TextAreaField(_l("Reason, for the person"), [Required(_l("Give the reason")), *TEXT])
    submit = SubmitField(_l("Pass it on"))


class SplitForm(HwabaekForm):
    """Another agency answers a part."""

    agency = SelectField(_l("Which agency answers a part?"), coerce=int)
    text = TextAreaField(_l("Which part, and why?"), [Required(_l("Say which part")), *TEXT])
    submit = SubmitField(_l("Split the request"))


class AskForm(HwabaekForm):
    """Something is missing."""

    text = TextAreaField(
        _l("What do you need to know?"),
        [Required(_l("Write your question")), *TEXT],
        description=_l("The clock stops until the reply, unless the last day has passed."),
    )
    submit = SubmitField(_l("Ask"))


class MergeForm(HwabaekForm):
    """The same request was sent before."""

    other = SelectField(
        _l("With which request is it answered?"),
        [Required(_l("Choose a request"))],
        description=_l("Everybody who sent one of them gets the answer; nobody sees the other's text."),
    )
    submit = SubmitField(_l("Merge"))


class CloseForm(HwabaekForm):
    """It ends without an answer."""

    reason = RadioField(
        _l("Why is it closed?"),
        [Required(_l("Choose a reason"))],
        choices=[SelectChoice(code, text) for code, text in CLOSINGS.items()],
    )
    text = TextAreaField(_l("Reason, for the person"), [Required(_l("Give the reason")), *TEXT])
    submit = SubmitField(_l("Close the request"))


class DecideForm(HwabaekForm):
    """An appeal."""

    upheld = RadioField(
        _l("Does the closing stand?"),
        [Required(_l("Choose yes or no"))],
        choices=[
            SelectChoice("yes", _l("Yes"), hint=_l("The request stays closed.")),
            SelectChoice("no", _l("No"), hint=_l("The request is open again, and its term goes on.")),
        ],
    )
    text = TextAreaField(_l("Reason, for the person"), [Required(_l("Give the reason")), *TEXT])
    submit = SubmitField(_l("Decide"))


class PublishForm(HwabaekForm):
    """Question and answer, in words that name nobody."""

    title = TextField(
        _l("In one line"), [Required(_l("Say in one line what it is about")), Length(max=LONGEST_TITLE)]
    )
    question = TextAreaField(
        _l("What was asked"),
        [Required(_l("Write the question")), *TEXT],
        description=_l("Take out whatever says who asked."),
    )
    answer = TextAreaField(_l("The answer"), [Required(_l("Write the answer")), *TEXT])
    submit = SubmitField(_l("Publish"))
