"""Asking about an access, answering, appealing, deciding."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from app.access_records.forms.disputes import AnswerForm, ExtensionForm, QuestionForm
from app.access_records.models import Dispute
from app.access_records.queries import disputes as queries
from app.access_records.routes.blueprint import blueprint
from app.access_records.rules import DisputeState
from app.access_records.services import disputes as services
from app.platform.access import login_required, requires
from app.platform.forms import HwabaekForm
from app.platform.permissions import Permission


def _shown(reference: str, text: str) -> AnyResponse:
    flash(text, "done")
    return redirect(url_for("access_records.show_dispute", reference=reference), 303)


def _form_page(form: HwabaekForm, dispute: Dispute) -> tuple[str, int]:
    page = render_template("access_records/dispute_answer.html", form=form, dispute=dispute)
    return page, 422 if form.errors else 200


@blueprint.route("/data/records/<int:record_id>/dispute", methods=["GET", "POST"])
@login_required
def dispute(record_id: int) -> AnyResponse | tuple[str, int]:
    """Ask the agency why it looked."""
    asked = queries.find_dispute_of(record_id, current_user.id)
    if asked is not None:
        return redirect(url_for("access_records.show_dispute", reference=asked.reference), 303)
    form = QuestionForm()
    if form.validate_on_submit():
        reference = services.raise_dispute(current_user, record_id, form.text.data or "")
        return _shown(reference, gettext("Your question is on its way to the agency."))
    return render_template("access_records/dispute_new.html", form=form), 422 if form.errors else 200


@blueprint.get("/data/disputes/<reference>")
@login_required
def show_dispute(reference: str) -> str:
    """One question: where it stands, when its answer is due and why on that day."""
    found = queries.get_dispute(current_user, reference)
    is_own = found.account_id == current_user.id
    return render_template(
        "access_records/dispute.html",
        dispute=found,
        is_own=is_own,
        can_answer=not is_own and current_user.has_permission(Permission.DISPUTE_ANSWER),
        can_decide=not is_own and current_user.has_permission(Permission.DISPUTE_DECIDE),
        deadline=queries.get_deadline(found),
        explain=queries.explain,
        states=DisputeState,
    )


@blueprint.get("/data/disputes/waiting")
@login_required
def waiting_disputes() -> str:
    """The questions that wait for the official's agency."""
    found = queries.list_waiting_disputes(current_user)
    due = {dispute.id: queries.get_deadline(dispute).due_on for dispute in found}
    return render_template("access_records/disputes.html", disputes=found, due=due)


@blueprint.route("/data/disputes/<reference>/answer", methods=["GET", "POST"])
@requires(Permission.DISPUTE_ANSWER)
def answer(reference: str) -> AnyResponse | tuple[str, int]:
    """Answer for the agency."""
    form, found = AnswerForm(), queries.get_dispute(current_user, reference)
    if form.validate_on_submit():
        services.answer_dispute(
            current_user, reference, justified=form.justified.data == "yes", answer=form.text.data or ""
        )
        return _shown(reference, gettext("The answer is on its way."))
    return _form_page(form, found)


@blueprint.route("/data/disputes/<reference>/extend", methods=["GET", "POST"])
@requires(Permission.DISPUTE_ANSWER)
def extend(reference: str) -> AnyResponse | tuple[str, int]:
    """Take more time, with a reason."""
    form, found = ExtensionForm(), queries.get_dispute(current_user, reference)
    if form.validate_on_submit():
        services.extend_dispute(current_user, reference, form.days.data or 0, form.text.data or "")
        return _shown(reference, gettext("The term is extended."))
    return _form_page(form, found)


@blueprint.route("/data/disputes/<reference>/appeal", methods=["GET", "POST"])
@login_required
def appeal(reference: str) -> AnyResponse | tuple[str, int]:
    """Take the answer to the privacy officer."""
    form, found = QuestionForm(), queries.get_dispute(current_user, reference)
    if form.validate_on_submit():
        services.appeal_dispute(current_user, reference, form.text.data or "")
        return _shown(reference, gettext("The privacy officer will decide."))
    return _form_page(form, found)


@blueprint.route("/data/disputes/<reference>/decide", methods=["GET", "POST"])
@requires(Permission.DISPUTE_DECIDE)
def decide(reference: str) -> AnyResponse | tuple[str, int]:
    """Decide an appeal."""
    form, found = AnswerForm(), queries.get_dispute(current_user, reference)
    if form.validate_on_submit():
        services.decide_dispute(
            current_user, reference, justified=form.justified.data == "yes", decision=form.text.data or ""
        )
        return _shown(reference, gettext("The decision is recorded."))
    return _form_page(form, found)
