"""What a clerk enters about a consent; the form of the desk."""

from flask_babel import lazy_gettext as _l

from app.access_records.rules.consents import ConsentAct
from app.platform.forms import HwabaekForm, RadioField, Required, SelectChoice, SubmitField


class ConsentForm(HwabaekForm):
    """To which sharing the person agrees, or no longer. What they agree to now is not shown to the desk."""

    sharing = RadioField(_l("What may be passed on?"), [Required(_l("Choose a sharing"))])
    act = RadioField(
        _l("What does the person want?"),
        [Required(_l("Choose what the person wants"))],
        choices=[
            SelectChoice(
                ConsentAct.GIVE.value,
                _l("To agree to all of it"),
                hint=_l("To a part of it a person agrees on their own page."),
            ),
            SelectChoice(ConsentAct.WITHDRAW.value, _l("To withdraw the consent")),
        ],
    )
    submit = SubmitField(_l("Save"))
