"""What agencies hold about a person, and the requests to correct or delete it."""

from flask import flash, make_response, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from app.access_records.forms.corrections import (
    CorrectionAnswerForm,
    CorrectionAppealForm,
    CorrectionExtensionForm,
    CorrectionForm,
)
from app.access_records.models import CorrectionRequest
from app.access_records.queries import corrections as queries
from app.access_records.queries.held import get_held, list_held
from app.access_records.queries.terms import name_category
from app.access_records.routes.blueprint import blueprint
from app.access_records.rules import NoPersonYet
from app.access_records.rules.corrections import WAITING_CORRECTIONS, CorrectionKind, CorrectionState
from app.access_records.services import corrections as services
from app.platform.access import login_required, requires
from app.platform.forms import HwabaekForm
from app.platform.permissions import Permission


def _shown(reference: str, text: str) -> AnyResponse:
    flash(text, "done")
    return redirect(url_for("access_records.show_correction", correction=reference), 303)


def _form_page(form: HwabaekForm, correction: CorrectionRequest) -> tuple[str, int]:
    page = render_template(
        "access_records/correction_answer.html",
        form=form,
        correction=correction,
        kinds=CorrectionKind,
        name_category=name_category,
    )
    return page, 422 if form.errors else 200


def unstored(page: str, status: int = 200) -> AnyResponse:
    """A page with somebody's data, of which no browser keeps a copy."""
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/data/held")
@login_required
def held() -> str | AnyResponse:
    """What each system holds about me, and what I have asked for."""
    person_id = current_user.person_id
    if person_id is None:
        return render_template("access_records/timeline_level.html")
    corrections = queries.list_own_corrections(current_user.id)
    page = render_template(
        "access_records/held.html",
        systems=list_held(person_id),
        corrections=corrections,
        due={c.id: queries.get_correction_deadline(c).due_on for c in corrections},
        waiting=WAITING_CORRECTIONS,
        name_category=name_category,
    )
    return unstored(page)


@blueprint.route("/data/held/<int:datum_id>", methods=["GET", "POST"])
@login_required
def ask_correction(datum_id: int) -> AnyResponse:
    """Ask for one datum to be corrected or deleted."""
    if current_user.person_id is None:
        raise NoPersonYet
    form, datum = CorrectionForm(), get_held(current_user.person_id, datum_id)
    if form.validate_on_submit():
        reference = services.request_correction(
            current_user,
            datum_id,
            CorrectionKind(form.kind.data),
            form.text.data or "",
            (form.wanted_value.data or "").strip(),
        )
        return _shown(reference, gettext("Your request is on its way to the agency."))
    page = render_template(
        "access_records/correction_new.html", form=form, datum=datum, name_category=name_category
    )
    return unstored(page, 422 if form.errors else 200)


@blueprint.get("/data/corrections/<correction>")
@login_required
def show_correction(correction: str) -> str:
    """One request: where it stands, when its answer is due and why on that day."""
    found = queries.get_correction(current_user, correction)
    is_own = found.account_id == current_user.id
    return render_template(
        "access_records/correction.html",
        correction=found,
        is_own=is_own,
        can_answer=not is_own and current_user.has_permission(Permission.CORRECTION_ANSWER),
        can_decide=not is_own and current_user.has_permission(Permission.CORRECTION_DECIDE),
        deadline=queries.get_correction_deadline(found),
        explain=queries.explain_correction,
        states=CorrectionState,
        kinds=CorrectionKind,
        name_category=name_category,
    )


@blueprint.get("/data/corrections/waiting")
@login_required
def waiting_corrections() -> str:
    """The requests that wait for the official's agency."""
    found = queries.list_waiting_corrections(current_user)
    return render_template(
        "access_records/corrections.html",
        corrections=found,
        due={c.id: queries.get_correction_deadline(c).due_on for c in found},
        states=CorrectionState,
        kinds=CorrectionKind,
        name_category=name_category,
    )


@blueprint.post("/data/corrections/<correction>/held")
@requires(Permission.CORRECTION_ANSWER)
def show_held(correction: str) -> AnyResponse:
    """Record that the official looks at the datum in question, then show it."""
    found = queries.get_correction(current_user, correction)
    released = services.show_held_datum(current_user, correction)
    page = render_template(
        "access_records/shown.html",
        released=released,
        system=found.system,
        name_category=name_category,
        back_url=url_for("access_records.show_correction", correction=correction),
        back_text=gettext("Back to the request"),
    )
    return unstored(page)


@blueprint.route("/data/corrections/<correction>/answer", methods=["GET", "POST"])
@requires(Permission.CORRECTION_ANSWER)
def answer_correction(correction: str) -> AnyResponse | tuple[str, int]:
    """Answer for the agency."""
    form, found = CorrectionAnswerForm(), queries.get_correction(current_user, correction)
    if form.validate_on_submit():
        is_granted, answer = form.granted.data == "yes", form.text.data or ""
        services.answer_correction(current_user, correction, granted=is_granted, answer=answer)
        return _shown(correction, gettext("The answer is on its way."))
    return _form_page(form, found)


@blueprint.route("/data/corrections/<correction>/extend", methods=["GET", "POST"])
@requires(Permission.CORRECTION_ANSWER)
def extend_correction(correction: str) -> AnyResponse | tuple[str, int]:
    """Take more time, with a reason."""
    form, found = CorrectionExtensionForm(), queries.get_correction(current_user, correction)
    if form.validate_on_submit():
        services.extend_correction(current_user, correction, form.days.data or 0, form.text.data or "")
        return _shown(correction, gettext("The term is extended."))
    return _form_page(form, found)


@blueprint.route("/data/corrections/<correction>/appeal", methods=["GET", "POST"])
@login_required
def appeal_correction(correction: str) -> AnyResponse | tuple[str, int]:
    """Take a refusal to the privacy officer."""
    form, found = CorrectionAppealForm(), queries.get_correction(current_user, correction)
    if form.validate_on_submit():
        services.appeal_correction(current_user, correction, form.text.data or "")
        return _shown(correction, gettext("The privacy officer will decide."))
    return _form_page(form, found)


@blueprint.route("/data/corrections/<correction>/decide", methods=["GET", "POST"])
@requires(Permission.CORRECTION_DECIDE)
def decide_correction(correction: str) -> AnyResponse | tuple[str, int]:
    """Decide an appeal."""
    form, found = CorrectionAnswerForm(), queries.get_correction(current_user, correction)
    if form.validate_on_submit():
        is_granted, decision = form.granted.data == "yes", form.text.data or ""
        services.decide_correction(current_user, correction, granted=is_granted, decision=decision)
        return _shown(correction, gettext("The decision is recorded."))
    return _form_page(form, found)
