"""What officials see and do."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from app.civil_requests import forms
from app.civil_requests.forms.filing import offer_agencies
from app.civil_requests.queries import requests
from app.civil_requests.routes.blueprint import blueprint, go_back, show_form
from app.civil_requests.rules.life import RequestState
from app.civil_requests.services import closing, handling, publishing
from app.platform.access import requires
from app.platform.forms import SelectChoice, SelectField
from app.platform.permissions import Permission

Answer = AnyResponse | tuple[str, int]


@blueprint.get("/civil-requests/waiting")
@requires(Permission.CIVIL_REQUEST_ANSWER)
def waiting() -> str:
    """What waits for the official's agency, and what it has answered lately."""
    agency_id = current_user.agency_id or 0
    return render_template(
        "civil_requests/waiting.html",
        parts=requests.list_waiting(agency_id),
        answered=requests.list_answered(agency_id),
    )


@blueprint.route("/civil-requests/<reference>/answer", methods=["GET", "POST"])
@requires(Permission.CIVIL_REQUEST_ANSWER)
def answer(reference: str) -> Answer:
    """Answer for the agency."""
    form = forms.AnswerForm()
    if form.validate_on_submit():
        handling.answer_request(current_user, reference, form.text.data or "")
        return go_back(reference, gettext("The answer is on its way."))
    return show_form(reference, gettext("Answer it"), form)


@blueprint.route("/civil-requests/<reference>/extend", methods=["GET", "POST"])
@requires(Permission.CIVIL_REQUEST_ANSWER)
def extend(reference: str) -> Answer:
    """Take more time."""
    form = forms.ExtendForm()
    if form.validate_on_submit():
        handling.extend_term(current_user, reference, form.days.data or 0, form.text.data or "")
        return go_back(reference, gettext("The term is extended."))
    return show_form(reference, gettext("Take more time"), form)


@blueprint.route("/civil-requests/<reference>/transfer", methods=["GET", "POST"])
@requires(Permission.CIVIL_REQUEST_ANSWER)
def transfer(reference: str) -> Answer:
    """Pass the part on; the request is then out of sight."""
    form = forms.TransferForm()
    _offer_others(form.agency, reference)
    if form.validate_on_submit():
        handling.transfer_request(current_user, reference, form.agency.data, form.text.data or "")
        return _go_to_list(gettext("The other agency has the request now."))
    return show_form(reference, gettext("Pass it on"), form)


@blueprint.route("/civil-requests/<reference>/split", methods=["GET", "POST"])
@requires(Permission.CIVIL_REQUEST_ANSWER)
def split(reference: str) -> Answer:
    """Let another agency answer a part."""
    form = forms.SplitForm()
    _offer_others(form.agency, reference)
    if form.validate_on_submit():
        handling.split_request(current_user, reference, form.agency.data, form.text.data or "")
        return go_back(reference, gettext("The other agency answers its part."))
    return show_form(reference, gettext("Split the request"), form)


@blueprint.route("/civil-requests/<reference>/ask", methods=["GET", "POST"])
@requires(Permission.CIVIL_REQUEST_ANSWER)
def ask(reference: str) -> Answer:
    """Ask the filer something."""
    form = forms.AskForm()
    if form.validate_on_submit():
        handling.ask_filer(current_user, reference, form.text.data or "")
        return go_back(reference, gettext("The question is on its way; the clock is stopped."))
    return show_form(reference, gettext("Ask back"), form)


@blueprint.post("/civil-requests/<reference>/resume")
@requires(Permission.CIVIL_REQUEST_ANSWER)
def resume(reference: str) -> AnyResponse:
    """Go on without a reply."""
    handling.resume_term(current_user, reference)
    return go_back(reference, gettext("The clock goes on."))


@blueprint.route("/civil-requests/<reference>/merge", methods=["GET", "POST"])
@requires(Permission.CIVIL_REQUEST_ANSWER)
def merge(reference: str) -> Answer:
    """Answer it together with another one."""
    form = forms.MergeForm()
    form.other.choices = [
        SelectChoice(part.request.reference, part.request.title)
        for part in requests.list_waiting(current_user.agency_id or 0)
        if part.request.reference != reference and part.request.state == RequestState.OPEN
    ]
    if form.validate_on_submit():
        closing.merge_request(current_user, reference, form.other.data)
        return go_back(form.other.data, gettext("The requests are merged; everybody gets the answer."))
    return show_form(reference, gettext("Merge with another request"), form)


@blueprint.route("/civil-requests/<reference>/close", methods=["GET", "POST"])
@requires(Permission.CIVIL_REQUEST_ANSWER)
def close(reference: str) -> Answer:
    """End it without an answer."""
    form = forms.CloseForm()
    if form.validate_on_submit():
        closing.close_request(current_user, reference, form.reason.data, form.text.data or "")
        return go_back(reference, gettext("The request is closed; its sender can appeal."))
    return show_form(reference, gettext("Close without an answer"), form)


@blueprint.route("/civil-requests/<reference>/decide", methods=["GET", "POST"])
@requires(Permission.CIVIL_REQUEST_ANSWER)
def decide(reference: str) -> Answer:
    """Decide an appeal."""
    form = forms.DecideForm()
    if form.validate_on_submit():
        is_upheld, decision = form.upheld.data == "yes", form.text.data or ""
        closing.decide_appeal(current_user, reference, upheld=is_upheld, decision=decision)
        return go_back(reference, gettext("The decision is recorded."))
    return show_form(reference, gettext("Decide the appeal"), form)


@blueprint.route("/civil-requests/<reference>/publish", methods=["GET", "POST"])
@requires(Permission.CIVIL_REQUEST_ANSWER)
def publish(reference: str) -> Answer:
    """Publish question and answer without names."""
    form, seen = forms.PublishForm(), requests.get_seen(current_user, reference)
    if form.validate_on_submit():
        words = (form.title.data or "", form.question.data or "", form.answer.data or "")
        publishing.publish_answer(current_user, reference, *words)
        return go_back(reference, gettext("Question and answer are published."))
    if not form.is_submitted():
        form.title.data, form.question.data = seen.request.title, seen.request.text
        form.answer.data = "\n\n".join(part.answer for part in seen.parts)
    return show_form(reference, gettext("Publish without names"), form)


@blueprint.post("/civil-requests/<reference>/unpublish")
@requires(Permission.CIVIL_REQUEST_ANSWER)
def unpublish(reference: str) -> AnyResponse:
    """Take an answer out of the knowledge base."""
    publishing.unpublish_answer(current_user, reference)
    return go_back(reference, gettext("The answer is no longer published."))


def _offer_others(field: SelectField, reference: str) -> None:
    """Fill a list with the agencies that have no part of the request yet."""
    has_part = {part.agency_id for part in requests.get_seen(current_user, reference).parts}
    offer_agencies(field, [agency for agency in requests.list_agencies() if agency.id not in has_part])


def _go_to_list(done: str) -> AnyResponse:
    flash(done, "done")
    return redirect(url_for("civil_requests.waiting"), 303)
