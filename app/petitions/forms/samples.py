"""An auditor's samples."""

from flask_babel import lazy_gettext as _l

from app.petitions.rules.samples import LARGEST_SAMPLE, SampleFinding
from app.platform.forms import (
    HwabaekForm,
    Length,
    RadioField,
    Required,
    SelectChoice,
    SubmitField,
    TextAreaField,
    TextField,
)


class SampleForm(HwabaekForm):
    """Of which petition, and how many."""

    petition = TextField(
        _l("Which petition?"),
        [Required(_l("Enter the petition's address")), Length(max=200)],
        description=_l("Its address, or the last part of it."),
    )
    size = TextField(
        _l("How many signatures?"),
        [Required(_l("Enter a number"))],
        description=_l("From 1 to %(count)s", count=LARGEST_SAMPLE),
    )
    submit = SubmitField(_l("Ask for a sample"))

    def read_reference(self) -> str:
        """The reference in what was entered."""
        return (self.petition.data or "").strip().rstrip("/").rpartition("/")[2]


class FindingForm(HwabaekForm):
    """What the signer said."""

    finding = RadioField(
        _l("What did the signer say?"),
        [Required(_l("Choose what the signer said"))],
        choices=[
            SelectChoice(SampleFinding.CONFIRMED.value, _l("The signer confirms it")),
            SelectChoice(SampleFinding.DENIED.value, _l("The signer says they did not sign")),
            SelectChoice(SampleFinding.UNREACHABLE.value, _l("Nobody could be reached")),
        ],
    )
    note = TextAreaField(
        _l("Your note (optional)"), [Length(max=1000)], description=_l("Only auditors read it.")
    )
    submit = SubmitField(_l("Note this"))
