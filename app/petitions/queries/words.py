"""Names of what the tables hold as codes."""

from flask_babel import lazy_gettext as _l

from app.petitions.rules.switches import Switch

_SWITCHES = {
    Switch.SIGNING: _l("Signing petitions"),
    Switch.CREATING: _l("Starting petitions"),
    Switch.TRENDING: _l("The list of trending petitions"),
}


def name_switch(code: Switch | str) -> str:
    """What a switch switches."""
    return str(_SWITCHES[Switch(code)])
