"""What the states, acts, clocks and kinds of petitions are called, in the reader's language."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.petitions.queries.life import Why
from app.petitions.rules.life import Act, PetitionState
from app.petitions.rules.reasons import INVALIDATIONS, REJECTIONS, STOPS
from app.petitions.rules.refusals import find_refusal
from app.petitions.rules.switches import Switch
from app.petitions.rules.types import ObligationKind, PetitionRules, Span, parse_rules
from app.platform.deadlines import Step, StepKind, Unit
from app.platform.language import current_language
from app.platform.presentation import long_date, long_moment, number

# Which shape and colour a state is drawn in.
KINDS = {
    PetitionState.DRAFT: "draft",
    PetitionState.SPONSORING: "pending",
    PetitionState.MODERATION: "pending",
    PetitionState.OPEN: "open",
    PetitionState.CLOSED: "closed",
    PetitionState.ARCHIVED: "closed",
    PetitionState.REJECTED: "refused",
    PetitionState.HIDDEN: "refused",
    PetitionState.LAPSED: "closed",
    PetitionState.WITHDRAWN: "closed",
    PetitionState.JOINED: "closed",
    PetitionState.STOPPED: "refused",
}

_SWITCHES = {
    Switch.SIGNING: _l("Signing petitions"),
    Switch.CREATING: _l("Starting petitions"),
    Switch.TRENDING: _l("The list of trending petitions"),
}


def name_switch(code: Switch | str) -> str:
    """What a switch switches."""
    return str(_SWITCHES[Switch(code)])


def name_state(state: str) -> str:
    """Where a petition stands, in a word or two."""
    texts = {
        PetitionState.DRAFT: _("Draft"),
        PetitionState.SPONSORING: _("Looking for sponsors"),
        PetitionState.MODERATION: _("Being checked"),
        PetitionState.OPEN: _("Open for signatures"),
        PetitionState.CLOSED: _("Closed"),
        PetitionState.ARCHIVED: _("Archived"),
        PetitionState.REJECTED: _("Refused"),
        PetitionState.HIDDEN: _("Refused"),
        PetitionState.LAPSED: _("Too few sponsors in time"),
        PetitionState.WITHDRAWN: _("Taken back"),
        PetitionState.JOINED: _("Joined to another"),
        PetitionState.STOPPED: _("Stopped"),
    }
    return texts[PetitionState(state)]


def name_obligation(kind: str) -> str:
    """What an agency owes, as a noun."""
    texts = {
        ObligationKind.RESPONSE: _("The answer"),
        ObligationKind.DEBATE: _("Debate"),
        ObligationKind.COMMITTEE: _("Decision of a committee"),
    }
    return texts[ObligationKind(kind)]


def tell_next(kind: str, missing: int) -> str:
    """How far it is to the next threshold."""
    count = number(missing)
    texts = {
        ObligationKind.RESPONSE: ngettext(
            "%(count)s more signature for an answer", "%(count)s more signatures for an answer",
            missing, count=count,
        ),
        ObligationKind.DEBATE: ngettext(
            "%(count)s more signature for a debate", "%(count)s more signatures for a debate",
            missing, count=count,
        ),
        ObligationKind.COMMITTEE: ngettext(
            "%(count)s more signature to reach a committee", "%(count)s more signatures to reach a committee",
            missing, count=count,
        ),
    }  # fmt: skip
    return texts[ObligationKind(kind)]


def tell_threshold(kind: str, count: int) -> str:
    """What a number of signatures leads to."""
    texts = {
        ObligationKind.RESPONSE: _("%(count)s signatures: an answer", count=number(count)),
        ObligationKind.DEBATE: _("%(count)s signatures: a debate", count=number(count)),
        ObligationKind.COMMITTEE: _("%(count)s signatures: a committee decides", count=number(count)),
    }
    return texts[ObligationKind(kind)]


def name_reason(code: str | None) -> str:
    """A coded reason in words."""
    if code == "duplicate" or code in REJECTIONS:
        return str(REJECTIONS[code].text)
    return str(STOPS[code].text) if code in STOPS else ""


def tell_refusal(code: str) -> tuple[str, str]:
    """Why something was refused, and what to do about it."""
    refusal = find_refusal(code)
    return str(refusal.title), str(refusal.advice)


def name_type(rules: PetitionRules | Mapping[str, Any]) -> str:
    """A kind of petition."""
    read = rules if isinstance(rules, PetitionRules) else parse_rules(rules)
    return read.name[current_language()]


def describe_type(rules: PetitionRules) -> str:
    """What a kind of petition leads to."""
    return rules.about[current_language()]


def name_agency(agency: Any) -> str:
    """An agency."""
    return agency.name_ko if current_language() == "ko" else agency.name


def name_office(office: str, office_ko: str, unit: str) -> str:
    """The office that an official acts for, as a mail keeps it; empty where none is known."""
    name = office_ko if current_language() == "ko" else office
    return ", ".join(part for part in (name, unit) if part)


def tell_moment(written: str) -> str:
    """A moment that a mail keeps as text."""
    return long_moment(datetime.fromisoformat(written))


def write_span(span: Span) -> str:
    """A length of time."""
    return _write_count(span.count, span.unit)


def explain(why: Why) -> list[tuple[date, str]]:
    """Why something is due on its day: each step with its own day."""
    lines = [(step.on, _explain_step(step, why.span.unit)) for step in why.steps]
    if why.added_days:
        text = ngettext(
            "One day was added, for the day on which signing was switched off.",
            "%(num)d days were added, for the days on which signing was switched off.",
            why.added_days,
        )
        lines.append((why.steps[-1].on, text))
    return lines


def tell_event(act: str, facts: Mapping[str, Any]) -> str:
    """What happened, in one sentence."""
    if act == Act.REACH:
        return _("%(count)s signatures reached", count=number(facts["threshold"]))
    if act == Act.ROUTE:
        agency = facts.get("agency_ko") if current_language() == "ko" else facts["agency"]
        return _("Given to %(agency)s", agency=agency)
    if act == Act.SPONSOR:
        number_of = int(facts.get("count", 1))
        return ngettext("%(num)d sponsor stands by it", "%(num)d sponsors stand by it", number_of)
    texts = {
        Act.SUBMIT: _("Sent in"),
        Act.LAPSE: _("Ended: too few sponsors in time"),
        Act.WITHDRAW: _("Taken back by its creator"),
        Act.EDIT: _("Text changed by a moderator"),
        Act.ASK_CHANGES: _("Given back to its creator for changes"),
        Act.PUBLISH: _("Published"),
        Act.REJECT: _("Refused"),
        Act.HIDE: _("Refused"),
        Act.JOIN: _("Joined to another petition"),
        Act.RESPOND: _("The agency answered"),
        Act.SCHEDULE: _("A date was set"),
        Act.HOLD: _("Debated"),
        Act.DECLINE: _("Declined, with a reason"),
        Act.EXTEND: _("Term extended"),
        Act.PAUSE: _("Clock stopped"),
        Act.RESUME: _("Clock goes on"),
        Act.RECORD_OUTCOME: _("Outcome recorded"),
        Act.STOP: _("Stopped by a moderator"),
        Act.CLOSE: _("Closed for signatures"),
        Act.PROLONG: _("One day added"),
        Act.INVALIDATE: _("Signatures declared invalid by two moderators"),
        Act.RESTORE: _("Invalid signatures count again, by two moderators"),
        Act.ARCHIVE: _("Archived; its key was destroyed"),
        "delay": _("The moderators are late"),
    }
    return texts.get(act, act)


def tell_step(act: str) -> str:
    """What happened, for a mail that leads to the page."""
    if act == Act.REACH:
        return _("Enough signatures for the next step")
    return _("Given to an agency") if act == Act.ROUTE else tell_event(act, {})


def detail_event(act: str, facts: Mapping[str, Any]) -> str:
    """What stands beside that sentence: a reason, a date, what follows."""
    if act in (Act.REJECT, Act.HIDE, Act.STOP):
        return name_reason(facts.get("reason"))
    if act == Act.REACH:
        return _("Now due: %(what)s", what=name_obligation(facts["kind"]))
    if act == Act.SCHEDULE:
        return f"{long_date(date.fromisoformat(facts['on']))}, {facts['place']}"
    if act in (Act.RESPOND, Act.HOLD, Act.DECLINE):
        return name_obligation(facts["kind"])
    if act in (Act.EDIT, Act.ROUTE, Act.EXTEND, Act.PAUSE, Act.RESUME):
        return str(facts.get("reason", ""))
    if act in (Act.INVALIDATE, Act.RESTORE):
        reason = str(INVALIDATIONS[facts["reason"]].text)
        return _("%(count)s signatures: %(reason)s", count=number(facts["count"]), reason=reason)
    if act == Act.PROLONG:
        return _("Signing was switched off on %(day)s.", day=long_date(date.fromisoformat(facts["day"])))
    return str(facts.get("title", "")) if act == Act.JOIN else ""


def _write_count(count: int, unit: Unit) -> str:
    texts = {
        Unit.WORKING_DAYS: ngettext("%(num)d working day", "%(num)d working days", count),
        Unit.DAYS: ngettext("%(num)d day", "%(num)d days", count),
        Unit.MONTHS: ngettext("%(num)d month", "%(num)d months", count),
    }
    return texts[unit]


def _explain_step(step: Step, unit: Unit) -> str:
    span, reason = _write_count(step.count, unit), step.text
    agency = step.agency.get(current_language(), "")
    texts = {
        StepKind.RECEIVED: _("It began; this day does not count."),
        StepKind.RESTARTED: _("It began again: %(reason)s", reason=reason),
        StepKind.TRANSFERRED: _(
            "Given to %(agency)s, which changes nothing about the date: %(reason)s",
            agency=agency,
            reason=reason,
        ),
        StepKind.TERM: _("%(span)s, by the rules of this kind of petition.", span=span),
        StepKind.EXTENSION: _("Extended by %(span)s: %(reason)s", span=span, reason=reason),
        StepKind.PAUSE: _("Stopped for %(count)s days: %(reason)s", count=step.count, reason=reason),
        StepKind.HOLIDAY: _("Not counted: %(name)s.", name=reason),
        StepKind.MOVED: _("Moved to the next working day."),
        StepKind.DUE: _("The last day."),
        StepKind.STOPPED: _("The clock is stopped: %(reason)s", reason=reason),
        StepKind.TOO_LATE: _("This came after the last day, and stopped nothing: %(reason)s", reason=reason),
    }
    return texts[step.kind]
