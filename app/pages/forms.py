"""The form of the one window."""

from flask_babel import lazy_gettext as _l

from app.platform.forms import (
    HiddenField,
    HwabaekForm,
    Length,
    RadioField,
    Required,
    SelectChoice,
    SubmitField,
    TextAreaField,
    TextField,
)

ALONE = SelectChoice(
    "no",
    _l("No, it is my own matter"),
    hint=_l("A request: one agency answers you within 7 or 14 working days. Only you and it can see it."),
)
TOGETHER = SelectChoice(
    "yes",
    _l("Yes, it concerns many"),
    hint=_l("A petition: it is published, and with enough signatures it is answered or debated."),
)


class AskForm(HwabaekForm):
    """What somebody wants of the town, and whether others shall sign it."""

    title = TextField(_l("In one line"), [Required(_l("Say in one line what it is about")), Length(max=120)])
    text = TextAreaField(
        _l("What do you ask for?"), [Required(_l("Write what you ask for")), Length(max=5_000)]
    )
    shared = RadioField(
        _l("Do you want others to sign?"), [Required(_l("Choose yes or no"))], choices=[ALONE, TOGETHER]
    )
    submit = SubmitField(_l("Go on"))


class PetitionChoiceForm(AskForm):
    """The same, sent on by the button of one kind of petition."""

    type = HiddenField()
