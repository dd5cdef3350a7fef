"""Who acted for me: what desks did for a person, its receipts, and the way back. And home from the desk."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from app.accounts import queries
from app.accounts.forms import CompletionForm
from app.accounts.routes.blueprint import blueprint
from app.accounts.routes.desk import render_receipt
from app.accounts.rules import LinkExpired, WeakPasswordError
from app.accounts.services.desk import undo_own_act
from app.accounts.services.desk_registration import complete_account
from app.platform.access import login_required, public


@blueprint.get("/data/acted")
@login_required
def acted() -> str:
    """Who acted for me."""
    records = queries.list_desk_acts(current_user.person_id, current_user.id)
    return render_template("accounts/acted.html", records=records)


@blueprint.get("/data/acted/<int:record_id>")
@login_required
def acted_receipt(record_id: int) -> str:
    """The receipt of one act."""
    record = queries.get_desk_act(record_id, current_user.person_id, current_user.id)
    return render_receipt(record, url_for("accounts.acted"))


@blueprint.post("/data/acted/<int:record_id>/undo")
@login_required
def undo_acted(record_id: int) -> AnyResponse:
    """Undo one act."""
    undo_own_act(current_user, record_id)
    flash(gettext("It is undone, and the desk's agency sees that you undid it."), "done")
    return redirect(url_for("accounts.acted"), 303)


@blueprint.route("/account/desk/<token>", methods=["GET", "POST"])
@public
def complete(token: str) -> tuple[str, int] | AnyResponse:
    """Make the account of a person whom a desk has registered: mailed link and code on paper together."""
    form = CompletionForm()
    if form.validate_on_submit():
        code = "".join((form.code.data or "").split())
        try:
            complete_account(token, code, form.password.data or "")
        except WeakPasswordError as refusal:
            form.password.errors = [str(refusal.detail)]
        except LinkExpired:
            form.code.errors = [gettext("Link and code do not go together, or their week is over.")]
        else:
            flash(gettext("Your account is ready. Sign in with your e-mail address."), "done")
            return redirect(url_for("accounts.sign_in"), 303)
    return render_template("accounts/complete.html", form=form), 422 if form.is_submitted() else 200
