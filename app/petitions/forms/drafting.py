"""Forms of whoever starts a petition."""

from flask_babel import lazy_gettext as _l

from app.petitions.services.drafts import PetitionText
from app.platform.forms import HwabaekForm, Length, Required, SubmitField, TextAreaField, TextField

LONGEST_TITLE = 120
LONGEST_TEXT = 10_000


class PetitionForm(HwabaekForm):
    """What should be done, and why."""

    title = TextField(
        _l("What should be done, in one sentence?"),
        [Required(_l("Write what should be done")), Length(max=LONGEST_TITLE)],
        description=_l("At most 120 characters. This is what people see in the list."),
    )
    demand = TextAreaField(
        _l("What exactly should be done?"),
        [Required(_l("Write what exactly should be done")), Length(max=LONGEST_TEXT)],
        description=_l("Name no private persons. You can use **bold** and lists."),
        rows=6,
    )
    reasons = TextAreaField(_l("Why? (optional)"), [Length(max=LONGEST_TEXT)], rows=6)
    submit = SubmitField(_l("Save the draft"))

    def read_text(self) -> PetitionText:
        """What was written."""
        return PetitionText(self.title.data or "", self.demand.data or "", self.reasons.data or "")
