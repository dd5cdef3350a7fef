"""My page."""

from flask import flash, make_response, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from app.accounts import queries
from app.accounts.forms import ROLE_NAMES, LanguageForm, PasswordChangeForm
from app.accounts.routes.blueprint import blueprint, present_session
from app.accounts.rules import WeakPasswordError, WrongPassword
from app.accounts.services import passwords, sessions
from app.accounts.services.settings import choose_language
from app.platform.access import login_required
from app.platform.language import current_language, remember_language


@blueprint.get("/account/")
@login_required
def profile() -> str:
    """Who I am here, what I may do, and my settings."""
    district = queries.find_district(current_user.district)
    form = LanguageForm(language=current_language())
    roles = [ROLE_NAMES[role] for role in sorted(current_user.roles)]
    return render_template("accounts/profile.html", form=form, roles=roles, district=district)


@blueprint.get("/account/security")
@login_required
def security() -> str:
    """Where I am signed in, and what I sign in with."""
    return render_template(
        "accounts/security.html",
        sessions=queries.list_sessions(current_user.id),
        present=present_session().id_hash,
        has_totp=queries.has_totp(current_user.id),
        is_linked=queries.has_linked(current_user.id),
        passkeys=queries.list_passkeys(current_user.id),
        recovery_codes=queries.count_recovery_codes(current_user.id),
    )


@blueprint.post("/account/sessions/<handle>/end")
@login_required
def end_session(handle: str) -> AnyResponse:
    """Sign out a browser that is elsewhere."""
    sessions.end_session(current_user, handle)
    flash(gettext("The session is ended."), "done")
    return redirect(url_for("accounts.security"), 303)


@blueprint.route("/account/password", methods=["GET", "POST"])
@login_required
def change_password() -> tuple[str, int] | AnyResponse:
    """Set a new password by the present one."""
    form = PasswordChangeForm()
    if form.validate_on_submit():
        wanted = form.password.data or ""
        try:
            passwords.change_password(current_user, present_session(), form.present.data or "", wanted)
        except WrongPassword as refusal:
            form.present.errors = [str(refusal.title)]
        except WeakPasswordError as refusal:
            form.password.errors = [str(refusal.detail)]
        else:
            flash(gettext("Your new password is set. You are signed out everywhere else."), "done")
            return redirect(url_for("accounts.security"), 303)
    return render_template("accounts/password.html", form=form), 422 if form.is_submitted() else 200


@blueprint.post("/account/language")
@login_required
def language() -> AnyResponse:
    """Keep the language that pages and mail shall use."""
    form = LanguageForm()
    response = make_response(redirect(url_for("accounts.profile"), 303))
    if form.validate_on_submit():
        choose_language(current_user.id, form.language.data)
        remember_language(response, form.language.data)
    return response
