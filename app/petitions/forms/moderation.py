"""Forms of moderators: one for each decision."""

from typing import Any

from flask_babel import lazy_gettext as _l

from app.petitions.forms.drafting import LONGEST_TEXT, PetitionForm
from app.petitions.rules.reasons import REJECTIONS, STOPS
from app.platform.forms import (
    HwabaekForm,
    Length,
    RadioField,
    Required,
    SelectChoice,
    SelectField,
    SubmitField,
    TextAreaField,
    TextField,
)


class PublishForm(HwabaekForm):
    """Who will have to answer."""

    agency = SelectField(
        _l("Which agency is responsible?"),
        choices=[],
        description=_l("It answers when a threshold is reached."),
    )
    submit = SubmitField(_l("Publish"))


class EditForm(PetitionForm):
    """The text, and why it is changed."""

    reason = TextField(
        _l("Why is it changed?"),
        [Required(_l("Say why the text is changed")), Length(max=500)],
        description=_l("Everybody sees the reason and both versions."),
    )
    submit = SubmitField(_l("Change the text"))


class ChangesForm(HwabaekForm):
    """What the creator should change."""

    note = TextAreaField(
        _l("What should be changed?"), [Required(_l("Say what should be changed")), Length(max=LONGEST_TEXT)]
    )
    submit = SubmitField(_l("Give it back"))


class RefuseForm(HwabaekForm):
    """A coded reason, and words to go with it."""

    reason = RadioField(
        _l("Why is it refused?"),
        [Required(_l("Choose a reason"))],
        choices=[
            SelectChoice(code, reason.text, hint=_l("The text is hidden.") if reason.hides else None)
            for code, reason in REJECTIONS.items()
        ],
    )
    note = TextAreaField(
        _l("More for its creator and for everybody (optional)"),
        [Length(max=LONGEST_TEXT)],
        description=_l("Stands on the public page, unless the text is hidden."),
    )
    submit = SubmitField(_l("Refuse"))


class JoinForm(HwabaekForm):
    """Which other one."""

    other = TextField(
        _l("The other petition"),
        [Required(_l("Enter the address or the reference of the other petition"))],
        description=_l("Its address, or the reference at the end of it. It must be open."),
    )
    submit = SubmitField(_l("Join them"))

    def read_reference(self) -> str:
        """The reference in what was entered."""
        return str(self.other.data or "").rstrip("/").rpartition("/")[2]


class RouteForm(HwabaekForm):
    """Who has to answer, and why."""

    agency = SelectField(_l("Which agency is responsible?"), [Required(_l("Choose an agency"))], choices=[])
    reason = TextField(_l("Reason, for everybody"), [Required(_l("Give the reason")), Length(max=500)])
    submit = SubmitField(_l("Give it to this agency"))


class StopForm(HwabaekForm):
    """Why an open petition ends early."""

    reason = RadioField(
        _l("Why is it stopped?"),
        [Required(_l("Choose a reason"))],
        choices=[SelectChoice(code, reason.text) for code, reason in STOPS.items()],
    )
    note = TextAreaField(_l("More for everybody (optional)"), [Length(max=LONGEST_TEXT)])
    submit = SubmitField(_l("Stop the petition"))


def offer_agencies(field: Any, agencies: list[tuple[int, str]], chosen: int | None, nobody: Any) -> None:
    """Fill the list of agencies; `nobody` is the words for none of them."""
    field.choices = [SelectChoice("", nobody)] if nobody else []
    field.choices += [SelectChoice(str(number), name) for number, name in agencies]
    if field.data is None and chosen is not None:
        field.data = str(chosen)
