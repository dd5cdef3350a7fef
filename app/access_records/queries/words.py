"""What the rules of supervision and the figures of its reports are called, in the reader's language."""

from flask_babel import gettext as _

from app.access_records.queries.terms import name_purpose
from app.access_records.rules import FEWER, WITHHELD, AlertRule, AlertState
from app.platform.language import current_language


def name_rule(rule: str) -> str:
    """What a rule noticed, in words."""
    texts = {
        AlertRule.MANY_PEOPLE: _("Many people in an hour"),
        AlertRule.UNLIKE_PEERS: _("Far more people than colleagues looked at"),
        AlertRule.ONESELF: _("The official's own data"),
        AlertRule.COLLEAGUE: _("Somebody of the same agency"),
        AlertRule.NEIGHBOUR: _("A neighbour of the official"),
        AlertRule.NO_OPEN_CASE: _("No open case"),
        AlertRule.OUT_OF_HOURS: _("Out of hours"),
        AlertRule.REPEATED: _("The same person again and again"),
        AlertRule.EMERGENCIES: _("Many emergency look-ups"),
    }
    return texts[AlertRule(rule)]


def name_state(state: str) -> str:
    """Where an alert stands, in words."""
    texts = {
        AlertState.OPEN: _("Waits for an explanation"),
        AlertState.EXPLAINED: _("Explained"),
        AlertState.JUSTIFIED: _("Found justified"),
        AlertState.WRONG: _("Found wrong"),
    }
    return texts[AlertState(state)]


def name_figure(name: str) -> str:
    """One line of a report in words; what has no word of its own (a unit, a code) stands for itself."""
    rule, slash, state = name.partition("/")
    if slash:
        return f"{name_rule(rule)}: {name_state(state)}"
    texts = {
        "total": _("All"),
        "by_purpose": _("By purpose"),
        "by_unit": _("By unit"),
        "by_system": _("By system"),
        "by_action": _("By what was done"),
        "waiting": _("Not reviewed yet"),
        "justified": _("Found justified"),
        "wrong": _("Found wrong"),
        "open": _("Waits for an answer"),
        "appealed": _("Before the privacy officer"),
        "decided-justified": _("Found justified on appeal"),
        "decided-wrong": _("Found wrong on appeal"),
        "sealed": _("Sealed in this month"),
        "opened": _("Opened in this month"),
        "still_sealed": _("Still sealed"),
        "overdue": _("Overdue"),
        "recorded_by_this_agency_only": _("Recorded by this agency only"),
        "recorded_by_others_only": _("Recorded by the other agency only"),
        "view": _("Viewed"),
        "query": _("Searched"),
        "mass-query": _("Searched for many people"),
        "share": _("Shared"),
        "download": _("Downloaded"),
        "change": _("Changed"),
        "look_ups": _("Look-ups"),
        "downloads": _("Downloads"),
        "emergencies": _("Emergency look-ups"),
        "alerts": _("Alerts"),
        "questions": _("Questions of citizens"),
        "seals": _("Sealed accesses"),
        "refusals": _("Refused requests"),
        "sharing": _("Differences of sharing"),
        FEWER: _("fewer than 5"),
        WITHHELD: _("not shown"),
    }
    return texts.get(name) or name_purpose(name, current_language() == "ko")
