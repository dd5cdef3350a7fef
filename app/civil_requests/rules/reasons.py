"""Why a request is ended without an answer: a closed list. Pure."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

CLOSINGS: Mapping[str, Any] = {
    "repeated": _l("The same request was answered before, and says nothing new."),
    "insulting": _l("It insults or threatens people, and asks for nothing besides."),
    "advertising": _l("It is advertising, or was sent by a machine."),
    "in-court": _l("A court is deciding about it, or has decided."),
}
