"""What filers fill in."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l

from app.accounts.models import Agency
from app.civil_requests.queries.words import name_kind
from app.civil_requests.rules.kinds import RequestKind, days_of
from app.platform.forms import (
    CheckboxField,
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
from app.platform.language import current_language

LONGEST_TITLE, LONGEST_TEXT = 120, 5_000


class SendForm(HwabaekForm):
    """A request that is about to be sent."""

    title = TextField(
        _l("In one line"), [Required(_l("Say in one line what it is about")), Length(max=LONGEST_TITLE)]
    )
    text = TextAreaField(
        _l("What do you ask for?"), [Required(_l("Write what you ask for")), Length(max=LONGEST_TEXT)]
    )
    agency = SelectField(_l("Which agency?"), [Required(_l("Choose an agency"))], coerce=int)
    kind = RadioField(_l("What is it?"), [Required(_l("Choose what it is"))])
    address = TextField(
        _l("Your address, if the answer needs it"), [Length(max=200)], autocomplete="street-address"
    )
    publishable = CheckboxField(
        _l("Question and answer may be published without my name"),
        description=_l("Others with the same question find the answer. An official takes out who you are."),
    )
    submit = SubmitField(_l("Send the request"))

    def offer(self, agencies: Iterable[Agency]) -> None:
        """Fill the lists of agencies and kinds."""
        offer_agencies(self.agency, agencies)
        self.kind.choices = [
            SelectChoice(kind.value, name_kind(kind), hint=_l("%(count)s working days", count=days_of(kind)))
            for kind in (
                RequestKind.GRIEVANCE,
                RequestKind.PROCEDURE,
                RequestKind.LAW,
                RequestKind.SUGGESTION,
            )
        ]


class ReplyForm(HwabaekForm):
    """A reply to what the agency asked."""

    text = TextAreaField(_l("Your reply"), [Required(_l("Write your reply")), Length(max=LONGEST_TEXT)])
    submit = SubmitField(_l("Send"))


class AppealForm(HwabaekForm):
    """Why the closing is wrong."""

    text = TextAreaField(
        _l("Why is the closing wrong?"), [Required(_l("Give your reason")), Length(max=LONGEST_TEXT)]
    )
    submit = SubmitField(_l("Send"))


class RateForm(HwabaekForm):
    """How content the filer is."""

    score = RadioField(
        _l("How content are you with the answer?"),
        [Required(_l("Choose a number from 1 to 5"))],
        choices=[
            SelectChoice("5", _l("5, very content")),
            SelectChoice("4", "4"),
            SelectChoice("3", "3"),
            SelectChoice("2", "2"),
            SelectChoice("1", _l("1, not at all")),
        ],
    )
    note = TextField(_l("In one line, why? (optional)"), [Length(max=200)])
    submit = SubmitField(_l("Send"))


def offer_agencies(field: SelectField, agencies: Iterable[Agency]) -> None:
    """Fill a list of agencies."""
    korean = current_language() == "ko"
    field.choices = [SelectChoice(a.id, a.name_ko if korean else a.name) for a in agencies]
