"""What filers see and do."""

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from app.civil_requests.forms import AppealForm, RateForm, ReplyForm, SendForm
from app.civil_requests.queries import knowledge, requests
from app.civil_requests.queries.held import list_held_offers
from app.civil_requests.routes.blueprint import blueprint, go_back, show_form
from app.civil_requests.routes.similar import ROOM
from app.civil_requests.rules.kinds import RequestKind
from app.civil_requests.rules.life import RequestState
from app.civil_requests.rules.refusals import RequestNotFound
from app.civil_requests.services import filing
from app.platform.access import login_required, requires
from app.platform.permissions import Permission
from app.platform.similar import list_elsewhere


@blueprint.get("/civil-requests/mine")
@login_required
def mine() -> str:
    """What I have asked for."""
    return render_template("civil_requests/mine.html", requests=requests.list_own(current_user.id))


@blueprint.route("/civil-requests/<reference>/send", methods=["GET", "POST"])
@requires(Permission.CIVIL_REQUEST_FILE)
def send(reference: str) -> AnyResponse | tuple[str, int]:
    """Look at what others asked, choose the agency, send."""
    seen = _get_own(reference)
    if seen.request.state != RequestState.DRAFT:
        # Sent already: whoever comes back here, or reloads, wants to see what became of it.
        return redirect(url_for("civil_requests.show", reference=reference), 303)
    form = SendForm(obj=seen.request)
    form.offer(requests.list_agencies())
    text = f"{seen.request.title} {seen.request.text}"
    similar = knowledge.find_similar(text)
    suggested = knowledge.suggest_for(text, similar)
    if form.validate_on_submit():
        filing.file_request(current_user, reference, _text_of(form), _filing_of(form))
        return go_back(reference, gettext("Your request is on its way to the agency."))
    if not form.is_submitted() and suggested is not None:
        form.agency.data = suggested.agency_id
    page = render_template(
        "civil_requests/send.html",
        form=form,
        seen=seen,
        similar=similar,
        elsewhere=list_elsewhere(ROOM, text),
        suggested=suggested,
        offers=list_held_offers(current_user, current_app.config["RESIDENTS_SYSTEM"]),
        agreed=request.form.get("use_held"),
    )
    return page, 422 if form.errors else 200


@blueprint.post("/civil-requests/<reference>/discard")
@requires(Permission.CIVIL_REQUEST_FILE)
def discard(reference: str) -> AnyResponse:
    """Delete a draft."""
    filing.discard_draft(current_user, reference)
    flash(gettext("The draft is deleted."), "done")
    return redirect(url_for("civil_requests.mine"), 303)


@blueprint.get("/civil-requests/<reference>")
@login_required
def show(reference: str) -> str | AnyResponse:
    """One request: where it stands, when each part is due and why, what has happened."""
    seen = requests.get_seen(current_user, reference)
    if seen.request.state == RequestState.DRAFT:
        return redirect(url_for("civil_requests.send", reference=reference))
    is_official = seen.filer is None and current_user.has_permission(Permission.CIVIL_REQUEST_ANSWER)
    return render_template("civil_requests/show.html", seen=seen, is_official=is_official)


@blueprint.route("/civil-requests/<reference>/reply/<int:agency_id>", methods=["GET", "POST"])
@login_required
def reply(reference: str, agency_id: int) -> AnyResponse | tuple[str, int]:
    """Reply to what an agency has asked."""
    form = ReplyForm()
    if form.validate_on_submit():
        filing.reply(current_user, reference, agency_id, form.text.data or "")
        return go_back(reference, gettext("Your reply is with the agency; its clock goes on."))
    return show_form(reference, gettext("Reply to the agency"), form)


@blueprint.route("/civil-requests/<reference>/appeal", methods=["GET", "POST"])
@login_required
def appeal(reference: str) -> AnyResponse | tuple[str, int]:
    """Appeal a closing."""
    form = AppealForm()
    if form.validate_on_submit():
        filing.appeal(current_user, reference, form.text.data or "")
        return go_back(reference, gettext("A second person at the agency will decide."))
    return show_form(reference, gettext("Appeal"), form)


@blueprint.route("/civil-requests/<reference>/rate", methods=["GET", "POST"])
@login_required
def rate(reference: str) -> AnyResponse | tuple[str, int]:
    """Say how content I am."""
    form = RateForm()
    if form.validate_on_submit():
        filing.rate(current_user, reference, int(form.score.data), form.note.data or "")
        return go_back(reference, gettext("Thank you. It counts in the agency's public figures."))
    return show_form(reference, gettext("Rate the answer"), form)


@blueprint.post("/civil-requests/<reference>/withdraw")
@login_required
def withdraw(reference: str) -> AnyResponse:
    """Take a request back."""
    filing.withdraw_request(current_user, reference)
    return go_back(reference, gettext("You have taken the request back."))


def _get_own(reference: str) -> requests.SeenRequest:
    seen = requests.get_seen(current_user, reference)
    if seen.filer is None:
        raise RequestNotFound
    return seen


def _text_of(form: SendForm) -> filing.RequestText:
    return filing.RequestText(form.title.data or "", form.text.data or "")


def _filing_of(form: SendForm) -> filing.Filing:
    return filing.Filing(
        RequestKind(form.kind.data),
        form.agency.data,
        address=(form.address.data or "").strip(),
        # The tick names the agency it was offered for: chosen another one, it is no consent.
        use_held=request.form.get("use_held") == str(form.agency.data),
        publishable=bool(form.publishable.data),
    )
