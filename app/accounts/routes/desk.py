"""The desk: a clerk attests who holds an account."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from app.accounts.forms import AttestationForm
from app.accounts.routes.blueprint import blueprint
from app.accounts.services.persons import attest_person
from app.platform.access import requires, requires_recent
from app.platform.errors import HwabaekError
from app.platform.permissions import Permission


@blueprint.route("/desk/attestation", methods=["GET", "POST"])
@requires(Permission.PERSON_ATTEST)
@requires_recent
def attest() -> tuple[str, int] | AnyResponse:
    """Attest that the person who is present holds an account."""
    form = AttestationForm(email=request.args.get("email", ""))
    form.offer_districts()
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        district = form.district.data or None
        try:
            account = attest_person(current_user, form.email.data or "", form.claim.data or "", district)
        except HwabaekError as refusal:
            form.form_errors.append(f"{refusal.title}. {refusal.advice}")
            status = refusal.status
        else:
            flash(
                gettext("%(name)s is verified, and the act is in the ledger.", name=account.display_name),
                "done",
            )
            return redirect(url_for("accounts.attest"), 303)
    return render_template("accounts/attest.html", form=form), status
