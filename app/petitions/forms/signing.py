"""The form of somebody without an account."""

import re
from typing import Any

from flask_babel import lazy_gettext as _l

from app.platform.forms import (
    CheckboxField,
    Email,
    EmailField,
    HwabaekForm,
    Length,
    Required,
    SubmitField,
    TextField,
    ValidationError,
)

_POSTCODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z -]{1,8}")


def _a_postcode(_form: Any, field: Any) -> None:
    if not _POSTCODE.fullmatch((field.data or "").strip()):
        raise ValidationError(str(_l("Enter a postcode, such as 10123")))


class EmailSigningForm(HwabaekForm):
    """Name, postcode, address."""

    name = TextField(_l("Your name"), [Required(_l("Enter your name")), Length(max=100)], autocomplete="name")
    postcode = TextField(
        _l("Postcode"),
        [
            Required(_l("Enter your postcode")),
            _a_postcode,
        ],
        description=_l("It says in which part of the town your signature counts."),
        autocomplete="postal-code",
    )
    email = EmailField(
        _l("E-mail address"),
        [Required(_l("Enter your e-mail address")), Length(max=254), Email()],
        description=_l("We send a link to this address. Your signature counts once you have opened it."),
        autocomplete="email",
    )
    follow = CheckboxField(_l("Tell me by e-mail what happens"))
    submit = SubmitField(_l("Send me the link"))
