"""Forms of elections."""

from typing import Any

from flask_babel import lazy_gettext as _l

from app.core.groups import BELENIOS_2048, ED25519
from app.elections.services.drafts import DraftText, QuestionText
from app.platform.forms import (
    CheckboxField,
    DateTimeField,
    EmailField,
    FileField,
    HiddenField,
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
from app.platform.incoming import ZERO_BYTE

MAXIMUM_ANSWERS = 50


class DraftForm(HwabaekForm):
    """Name, explanation, schedule and group of an election."""

    name = TextField(
        _l("Name of the election"),
        [Required(_l("Enter a name, such as: Where should the new library go?")), Length(max=200)],
    )
    description = TextAreaField(
        _l("What is it about?"),
        [Length(max=4000)],
        description=_l("Plain text or Markdown. It is part of what voters' ballots are bound to."),
    )
    opens_at = DateTimeField(
        _l("Voting opens"), description=_l("Leave empty to open by hand."), validators=[]
    )
    closes_at = DateTimeField(
        _l("Voting closes"), description=_l("Leave empty to close by hand."), validators=[]
    )
    group_name = RadioField(
        _l("Mathematical group"),
        choices=[
            SelectChoice(ED25519.name, "Ed25519", hint=_l("Fast, small ballots. Take this one.")),
            SelectChoice(
                BELENIOS_2048.name,
                "BELENIOS-2048",
                hint=_l("For auditors whose tools are older than Ed25519."),
            ),
        ],
        default=ED25519.name,
    )
    submit = SubmitField(_l("Save"))

    def validate_closes_at(self, field: Any) -> None:
        """Closing comes after opening."""
        if field.data and self.opens_at.data and field.data <= self.opens_at.data:
            raise ValidationError(_l("Voting must close after it opens"))

    def as_draft(self) -> DraftText:
        """What the official wrote."""
        return DraftText(
            self.name.data or "",
            # Browsers send CRLF; the text becomes part of election.json.
            (self.description.data or "").replace("\r\n", "\n").strip(),
            self.group_name.data,
            self.opens_at.data,
            self.closes_at.data,
        )


class QuestionForm(HwabaekForm):
    """One question, its answers a line each."""

    text = TextField(_l("Question"), [Required(_l("Enter the question")), Length(max=500)])
    answers = TextAreaField(
        _l("Answers"),
        [Required(_l("Enter the answers, one a line"))],
        description=_l("One answer a line."),
        rows=5,
    )
    minimum = IntegerField(
        _l("Choose at least"), [NumberRange(min=0, max=MAXIMUM_ANSWERS)], default=1, width=3
    )
    maximum = IntegerField(
        _l("Choose at most"), [NumberRange(min=1, max=MAXIMUM_ANSWERS)], default=1, width=3
    )
    blank = CheckboxField(_l("Offer a blank vote: none of these"))
    submit = SubmitField(_l("Add this question"))

    def validate_answers(self, _field: Any) -> None:
        """Answers differ from each other, and are few enough to read."""
        answers = self._list_answers()
        if len(set(answers)) != len(answers):
            raise ValidationError(_l("Each answer may stand only once"))
        if len(answers) > MAXIMUM_ANSWERS:
            raise ValidationError(_l("Enter at most %(count)s answers", count=MAXIMUM_ANSWERS))

    def validate_maximum(self, field: Any) -> None:
        """The largest number of choices fits the smallest one and the answers."""
        if field.data is None:
            return
        if field.data < (self.minimum.data or 0):
            raise ValidationError(_l("The largest number of choices must not be below the smallest"))
        answers = self._list_answers()
        if answers and field.data > len(answers):
            raise ValidationError(_l("Nobody can choose more answers than there are"))

    def as_question(self) -> QuestionText:
        """What the official wrote."""
        minimum, maximum = self.minimum.data, self.maximum.data
        return QuestionText(
            self.text.data or "", self._list_answers(), minimum or 0, maximum or 0, bool(self.blank.data)
        )

    def _list_answers(self) -> list[str]:
        return [line.strip() for line in (self.answers.data or "").splitlines() if line.strip()]


class RollRuleForm(HwabaekForm):
    """A roll made of the verified citizens of a district."""

    district = SelectField(_l("Who may vote?"), choices=[])
    submit = SubmitField(_l("Make the roll"))


class UploadForm(HwabaekForm):
    """One file, sent by a page that says which."""

    document = FileField(_l("File"), [Required(_l("Choose the file"))])
    submit = SubmitField(_l("Upload"))


class RollListForm(HwabaekForm):
    """A roll made of an uploaded list."""

    document = FileField(
        _l("List of voters"),
        [Required(_l("Choose the file with the list of voters"))],
        description=_l("A CSV file in UTF-8 with the columns email, name and, if you like, weight."),
    )
    submit = SubmitField(_l("Make the roll from this list"))
    text = ""

    def validate_document(self, field: Any) -> None:
        """Names in another encoding would come out garbled, so it is refused."""
        try:
            self.text = field.data.read().decode("utf-8") if field.data else ""
        except UnicodeDecodeError:
            self.text = ZERO_BYTE
        if ZERO_BYTE in self.text:
            raise ValidationError(_l("Save the list as CSV in UTF-8 and choose it again"))


class CredentialsForm(HwabaekForm):
    """The credential authority's public list."""

    document = FileField(
        _l("Public credentials"),
        [Required(_l("Choose the file public_credentials.json"))],
        description=_l("The file public_credentials.json that the command wrote. Never a letter."),
    )
    submit = SubmitField(_l("Upload the public credentials"))


class TrusteeForm(HwabaekForm):
    """Name a trustee by address."""

    email = EmailField(_l("The trustee's e-mail address"), [Required(_l("Enter an e-mail address"))])
    submit = SubmitField(_l("Add this trustee"))


class ReasonForm(HwabaekForm):
    """An act by hand, with its reason, which is published."""

    reason = TextField(
        _l("Reason"),
        [Required(_l("Say why; the reason is published")), Length(max=500)],
        description=_l("The reason is published on the election's page and in the ledger."),
    )
    submit = SubmitField(_l("Confirm"))


class ConfirmForm(HwabaekForm):
    """A button."""

    position = HiddenField()
    submit = SubmitField(_l("Confirm"))
