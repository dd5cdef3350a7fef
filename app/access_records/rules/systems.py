"""What a connected system must be like. Pure."""

import re

from flask_babel import lazy_gettext as _l

from app.platform.errors import HwabaekError

# Years for which records are kept, by the sensitivity of what a system holds.
RETENTION_YEARS = (1, 2, 5)
CODE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class SystemNotFound(HwabaekError):
    """No system is registered under this code."""

    status = 404
    code = "system-not-found"
    title = _l("There is no such information system")
    advice = _l("Pick one from the register of connected systems.")


class SystemInvalid(HwabaekError):
    """What was entered about a system cannot be registered."""

    status = 422
    code = "system-invalid"
    title = _l("This system cannot be registered like this")
    advice = _l("Correct what is named and send the form again. Nothing has been registered.")
