"""What kinds, states, steps and deadlines are called, in the reader's language."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from app.civil_requests.models import RequestEvent
from app.civil_requests.rules.kinds import WAS_CLOSED, WAS_ELSEWHERE, RequestKind
from app.civil_requests.rules.life import Act, RequestState
from app.civil_requests.rules.reasons import CLOSINGS
from app.platform.deadlines import Step, StepKind
from app.platform.language import current_language


def name_kind(kind: str) -> str:
    """A kind of request."""
    return {
        RequestKind.GRIEVANCE: _("Something is broken or was done wrongly"),
        RequestKind.PROCEDURE: _("A question about a service or procedure"),
        RequestKind.LAW: _("A question about what a law means"),
        RequestKind.SUGGESTION: _("A suggestion"),
    }[RequestKind(kind)]


def name_state(state: str) -> tuple[str, str]:
    """A request's state as (kind of tag, word)."""
    return {
        RequestState.DRAFT: ("draft", _("Not sent yet")),
        RequestState.OPEN: ("pending", _("Being handled")),
        RequestState.ANSWERED: ("done", _("Answered")),
        RequestState.MERGED: ("pending", _("Answered with another one")),
        RequestState.CLOSED: ("refused", _("Closed without an answer")),
        RequestState.APPEALED: ("due", _("Appeal")),
        RequestState.UPHELD: ("closed", _("Closing confirmed")),
        RequestState.WITHDRAWN: ("closed", _("Taken back")),
    }[RequestState(state)]


def name_reason(code: str) -> str:
    """Why a request was closed."""
    return str(CLOSINGS[code])


def describe_event(event: RequestEvent) -> str:
    """What happened, in a sentence."""
    facts = event.facts
    agency = facts.get("agency_ko" if current_language() == "ko" else "agency", "")
    return {
        Act.FILE: _("Sent to %(agency)s", agency=agency),
        Act.TRANSFER: _("Given back to %(agency)s; its term goes on", agency=agency)
        if facts.get("back")
        else _("Passed on to %(agency)s; the term begins again there", agency=agency),
        Act.SPLIT: _("%(agency)s answers a part of it too", agency=agency),
        Act.EXTEND: _("%(agency)s takes more time", agency=agency),
        Act.ASK: _("%(agency)s asks something, and is late all the same", agency=agency)
        if facts.get("late")
        else _("%(agency)s asks something; its clock is stopped", agency=agency),
        Act.REPLY: _("Reply sent; the clock of %(agency)s goes on", agency=agency),
        Act.RESUME: _("%(agency)s goes on without a reply", agency=agency),
        Act.LATE: _("%(agency)s is late", agency=agency),
        Act.ANSWER: _("%(agency)s has answered", agency=agency),
        Act.MERGE: _("Merged with another request about the same"),
        Act.GATHER: _("Another request about the same was merged into this one"),
        Act.CLOSE: _("Closed without an answer"),
        Act.APPEAL: _("Appealed: a second person decides"),
        Act.UPHOLD: _("A second person confirmed the closing"),
        Act.REOPEN: _("A second person opened the request again"),
        Act.WITHDRAW: _("Taken back"),
        Act.RATE: _("The answer was rated"),
        Act.PUBLISH: _("Question and answer published without names"),
        Act.UNPUBLISH: _("Taken out of the published answers"),
    }[Act(event.act)]


def detail_event(event: RequestEvent) -> str:
    """What was said at that step, and until when; an answer stands elsewhere on the page."""
    facts: dict[str, Any] = event.facts
    if event.act == Act.ANSWER:
        return ""
    code = str(facts.get("reason", ""))
    said = facts.get("text") or facts.get("note") or (name_reason(code) if code in CLOSINGS else code)
    if event.act == Act.EXTEND:
        days = ngettext("%(num)d more working day", "%(num)d more working days", facts["days"])
        return f"{days}: {said}"
    return str(said)


def explain_step(step: Step) -> str:
    """One line of why a part is due on its day."""
    reason = {
        WAS_CLOSED: _("closed until a second person decided"),
        WAS_ELSEWHERE: _("another agency has it, or had it"),
    }.get(step.text, step.text)
    return {
        StepKind.RECEIVED: _("Received; this day counts if it is a working day."),
        StepKind.RESTARTED: _("The term began again: %(reason)s", reason=step.text),
        StepKind.TRANSFERRED: _("Passed on to another agency: %(reason)s", reason=step.text),
        StepKind.TERM: _("%(count)s working days by law (%(source)s).", count=step.count, source=step.text),
        StepKind.EXTENSION: _("%(count)s more working days: %(reason)s", count=step.count, reason=step.text),
        StepKind.PAUSE: _("Stopped for %(count)s days: %(reason)s", count=step.count, reason=reason),
        StepKind.HOLIDAY: _("Not counted: %(name)s.", name=step.text),
        StepKind.MOVED: _("Moved to the next working day."),
        StepKind.DUE: _("The answer is due."),
        StepKind.STOPPED: _("The clock is stopped: %(reason)s", reason=reason),
        StepKind.TOO_LATE: _("This came after the last day, and stopped nothing: %(reason)s", reason=reason),
    }[step.kind]
