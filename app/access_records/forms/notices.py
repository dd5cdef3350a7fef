"""When a person wants mail about accesses; the form of the desk."""

from flask_babel import lazy_gettext as _l

from app.access_records.rules import NoticeChoice
from app.platform.forms import HwabaekForm, RadioField, Required, SelectChoice, SubmitField

NOTICE_NAMES = {
    NoticeChoice.AT_ONCE: _l("At once"),
    NoticeChoice.DAILY: _l("Once a day"),
    NoticeChoice.NEVER: _l("Never"),
}


class NoticesForm(HwabaekForm):
    """One of the choices."""

    notify = RadioField(
        _l("E-mail when somebody looks at the person's data"),
        [Required(_l("Choose one of them"))],
        choices=[SelectChoice(choice.value, name) for choice, name in NOTICE_NAMES.items()],
    )
    submit = SubmitField(_l("Save"))
