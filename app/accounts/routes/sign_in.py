"""Signing in and out, and what scripts may ask about the session."""

from flask import Response, flash, jsonify, redirect, render_template, request, session, url_for
from flask_babel import gettext
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response as AnyResponse

from app.accounts import queries
from app.accounts.forms import SignInForm
from app.accounts.routes.blueprint import SESSION_KEY, blueprint
from app.accounts.rules import AddressNotConfirmed, SignInFailed
from app.accounts.services import sign_in as service
from app.platform.access import public
from app.platform.redirects import local_path


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> tuple[str, int] | AnyResponse:
    """Sign in and go on to where the visitor wanted to go."""
    form = SignInForm()
    if request.method == "GET":
        form.next.data = request.args.get("next", "")
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        try:
            identifier = service.sign_in(form.email.data or "", form.password.data or "")
        except (SignInFailed, AddressNotConfirmed) as refusal:
            form.form_errors.append(f"{refusal.title}. {refusal.advice}")
            status = refusal.status
        else:
            renew_session(identifier)
            return redirect(way_on(identifier, form.next.data or ""), 303)
    return render_template("accounts/sign_in.html", form=form), status


@blueprint.post("/sign-out")
@public
def sign_out() -> AnyResponse:
    """End the session, here and in the table."""
    identifier = session.get(SESSION_KEY)
    if isinstance(identifier, str):
        service.sign_out(identifier)
    session.clear()
    flash(gettext("You are signed out."), "done")
    return redirect(url_for("accounts.sign_in"), 303)


@blueprint.get("/account/session.json")
@public
def session_state() -> Response:
    """Who is signed in, and the CSRF token that goes with it: a page left open asks, then sends its form."""
    signed_in = bool(current_user.is_authenticated)
    name = current_user.display_name if signed_in else None
    response = jsonify({"signed_in": signed_in, "display_name": name, "csrf_token": generate_csrf()})
    response.headers["Cache-Control"] = "no-store"
    return response


def way_on(identifier: str, wanted: str) -> str:
    """Where a new session goes: on, or first to the second factor."""
    target = local_path(wanted, url_for("accounts.profile"))
    began = queries.find_session(identifier)
    if began is not None and began.needs_factor():
        return url_for("accounts.second_factor", next=target)
    return target


def renew_session(identifier: str) -> None:
    """Nothing of the visitor's session survives: neither its identifier nor its CSRF token."""
    session.clear()
    session[SESSION_KEY] = identifier
