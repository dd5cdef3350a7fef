"""From an address to an account, and to a new password when the old one is lost."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from app.accounts import queries
from app.accounts.forms import ConfirmForm, NewPasswordForm, RegistrationForm, ResetRequestForm
from app.accounts.routes.blueprint import blueprint
from app.accounts.rules import TokenPurpose, WeakPasswordError
from app.accounts.services import passwords, registration
from app.accounts.services.registration import Registration
from app.platform.access import public
from app.platform.language import current_language


@blueprint.route("/account/register", methods=["GET", "POST"])
@public
def register() -> tuple[str, int] | AnyResponse:
    """Ask for an account; what happens next is in the mail, whoever the address belongs to."""
    form = RegistrationForm()
    form.offer_districts()
    if form.validate_on_submit():
        wanted = Registration(
            email=form.email.data or "",
            display_name=form.display_name.data or "",
            password=form.password.data or "",
            language=current_language(),
            district=form.district.data or "",
        )
        try:
            registration.register(wanted)
        except WeakPasswordError as refusal:
            form.password.errors = [str(refusal.detail)]
        else:
            return redirect(url_for("accounts.mail_sent"), 303)
    return render_template("accounts/register.html", form=form), 422 if form.is_submitted() else 200


@blueprint.get("/account/mail-sent")
@public
def mail_sent() -> str:
    """Look into your mailbox."""
    return render_template("accounts/mail_sent.html")


@blueprint.route("/account/confirm/<token>", methods=["GET", "POST"])
@public
def confirm(token: str) -> str | AnyResponse:
    """Confirm an address; by POST, since mail scanners follow every link."""
    form = ConfirmForm()
    if form.validate_on_submit():
        registration.confirm(token)
        flash(gettext("Your address is confirmed. You can sign in now."), "done")
        return redirect(url_for("accounts.sign_in"), 303)
    account = queries.get_token(token, TokenPurpose.CONFIRM).account
    return render_template("accounts/confirm.html", form=form, account=account)


@blueprint.route("/account/reset", methods=["GET", "POST"])
@public
def request_reset() -> tuple[str, int] | AnyResponse:
    """Ask for a link for a new password."""
    form = ResetRequestForm()
    if form.validate_on_submit():
        passwords.request_reset(form.email.data or "")
        return redirect(url_for("accounts.mail_sent"), 303)
    return render_template("accounts/request_reset.html", form=form), 422 if form.is_submitted() else 200


@blueprint.route("/account/reset/<token>", methods=["GET", "POST"])
@public
def reset(token: str) -> tuple[str, int] | AnyResponse:
    """Set a new password by the link."""
    form = NewPasswordForm()
    if form.validate_on_submit():
        try:
            passwords.reset_password(token, form.password.data or "")
        except WeakPasswordError as refusal:
            form.password.errors = [str(refusal.detail)]
        else:
            flash(gettext("Your new password is set. Sign in with it."), "done")
            return redirect(url_for("accounts.sign_in"), 303)
    queries.get_token(token, TokenPurpose.RESET)
    return render_template("accounts/reset.html", form=form), 422 if form.is_submitted() else 200
