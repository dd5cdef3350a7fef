"""The pages of the second factor: entering it, setting it up, passkeys, recovery codes."""

import segno
from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from app.accounts import queries, rules
from app.accounts.forms import CodeForm, NewFactorForm, ProofForm
from app.accounts.routes.blueprint import blueprint, present_session
from app.accounts.rules import PasskeyRefused, WrongCode, WrongPassword
from app.accounts.services import passkeys, sessions
from app.accounts.services import second_factor as service
from app.platform.access import login_required, requires_recent
from app.platform.redirects import local_path


@blueprint.route("/account/second-factor", methods=["GET", "POST"])
@login_required
def second_factor() -> tuple[str, int] | AnyResponse:
    """Enter a code; whoever has no authenticator yet sets one up first."""
    target = local_path(request.args.get("next", ""), url_for("accounts.profile"))
    session = present_session()
    if not queries.has_totp(session.account_id):
        return redirect(url_for("accounts.set_up_factor", next=target), 303)
    form = CodeForm()
    if form.validate_on_submit():
        try:
            service.pass_by_code(session, form.code.data or "")
        except WrongCode as refusal:
            form.code.errors = [f"{refusal.title}. {refusal.advice}"]
        else:
            return redirect(target, 303)
    return _code_page(form, target), 422 if form.is_submitted() else 200


@blueprint.route("/account/second-factor/set-up", methods=["GET", "POST"])
@login_required
@requires_recent
def set_up_factor() -> tuple[str, int]:
    """Show the secret once, take the first code, and show the recovery codes once."""
    session = present_session()
    form = NewFactorForm()
    secret = service.pending_secret(session)
    if form.validate_on_submit():
        try:
            codes = service.set_up_totp(session, form.code.data or "")
        except WrongCode as refusal:
            form.code.errors = [f"{refusal.title}. {refusal.advice}"]
        else:
            target = local_path(request.args.get("next", ""), url_for("accounts.profile"))
            return render_template("accounts/recovery_codes.html", codes=codes, next=target), 200
    picture = draw(rules.totp_address(secret, current_user.email))
    page = render_template(
        "accounts/set_up_factor.html", form=form, secret=service.write_secret(secret), picture=picture
    )
    return page, 422 if form.is_submitted() else 200


@blueprint.post("/account/second-factor/recovery-codes")
@login_required
@requires_recent
def recovery_codes() -> str:
    """New recovery codes, shown once."""
    codes = service.replace_recovery_codes(current_user)
    return render_template("accounts/recovery_codes.html", codes=codes, next=url_for("accounts.security"))


@blueprint.post("/account/second-factor/passkey/challenge")
@login_required
def passkey_challenge() -> Response:
    """What a passkey must sign."""
    return _json(passkeys.begin_assertion(present_session()))


@blueprint.post("/account/second-factor/passkey")
@login_required
def pass_passkey() -> Response:
    """Pass by a passkey."""
    passkeys.pass_by_passkey(present_session(), _answer())
    return _json("{}")


@blueprint.post("/account/passkeys/challenge")
@login_required
@requires_recent
def new_passkey_challenge() -> Response:
    """What a browser needs to make a passkey."""
    return _json(passkeys.begin_registration(present_session()))


@blueprint.post("/account/passkeys")
@login_required
@requires_recent
def add_passkey() -> Response:
    """Keep a passkey that the browser has made."""
    passkeys.register(present_session(), _answer())
    flash(gettext("The passkey is kept. You can use it instead of a code."), "done")
    return _json("{}")


@blueprint.post("/account/passkeys/<int:passkey_id>/removal")
@login_required
@requires_recent
def remove_passkey(passkey_id: int) -> AnyResponse:
    """Forget a passkey."""
    passkeys.remove(present_session(), passkey_id)
    flash(gettext("The passkey is removed."), "done")
    return redirect(url_for("accounts.security"), 303)


@blueprint.route("/account/proof", methods=["GET", "POST"])
@login_required
def prove() -> tuple[str, int] | AnyResponse:
    """Show once more who is there, before a sensitive act."""
    form = ProofForm()
    if form.validate_on_submit():
        try:
            sessions.prove_again(present_session(), form.proof.data or "")
        except WrongPassword as refusal:
            form.proof.errors = [f"{refusal.title}. {refusal.advice}"]
        else:
            return redirect(local_path(request.args.get("next", ""), url_for("accounts.profile")), 303)
    code = _demo_code()
    return render_template(
        "accounts/prove.html", form=form, demo_code=code
    ), 422 if form.is_submitted() else 200


def draw(text: str) -> str:
    """A QR code as an address that a picture can show."""
    return segno.make(text, error="m").svg_data_uri(scale=5, border=2)


def _code_page(form: CodeForm, target: str) -> str:
    has_passkeys = bool(queries.list_passkeys(current_user.id))
    return render_template(
        "accounts/second_factor.html",
        form=form,
        target=target,
        has_passkeys=has_passkeys,
        demo_code=_demo_code(),
    )


def _demo_code() -> str | None:
    return service.present_code(current_user) if queries.is_played(current_user.email) else None


def _answer() -> dict[str, object]:
    answer = request.get_json(silent=True)
    if not isinstance(answer, dict):
        raise PasskeyRefused
    return answer


def _json(text: str) -> Response:
    return Response(text, mimetype="application/json")
