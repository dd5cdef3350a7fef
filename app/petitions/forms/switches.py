"""Switching off and on."""

from flask_babel import lazy_gettext as _l

from app.platform.forms import HwabaekForm, Length, Required, SubmitField, TextField


class SwitchForm(HwabaekForm):
    """Why."""

    reason = TextField(
        _l("Why?"),
        [Required(_l("Write the reason")), Length(max=300)],
        description=_l("Everybody will read this, and it stays in the ledger."),
    )
    submit = SubmitField(_l("Switch"))
