"""The one place that keeps a session closed until it has passed the second factor, and asks again before
sensitive acts."""

from flask import current_app, flash, g, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from app.accounts import queries
from app.accounts.models import AccountSession
from app.accounts.routes.blueprint import blueprint, present_session
from app.accounts.rules import RECENT, DeskSessionOpen, ProofNeeded, SecondFactorNeeded
from app.accounts.services import sessions
from app.platform import access, clock
from app.platform.error_pages import wants_json
from app.platform.permissions import Permission
from app.platform.redirects import local_path

# These need no account, and never ask for one.
STRANGERS = {"static", "healthz"}
# All that opens before the second factor.
BEFORE_FACTOR = {
    "accounts.language",
    "accounts.passkey_challenge",
    "accounts.pass_passkey",
    "accounts.profile",
    "accounts.provider_answer",
    "accounts.provider_sign_in",
    "accounts.second_factor",
    "accounts.session_state",
    "accounts.sign_in",
    "accounts.sign_out",
    "pages.choose_language",
}
# All that changes anything while a clerk serves somebody: the desk's own acts, and what keeps a session.
AT_THE_DESK = BEFORE_FACTOR | {
    "accounts.attest",
    "accounts.desk",
    "accounts.desk_act",
    "accounts.desk_finish",
    "accounts.desk_register",
    "accounts.desk_undo",
    "accounts.prove",
    "accounts.save_text",
}
READING = ("GET", "HEAD", "OPTIONS")
# Scripts ask by themselves; that is no sign of life.
NO_SIGN_OF_LIFE = {"accounts.session_state"}


@blueprint.before_app_request
def guard() -> AnyResponse | None:
    """Check the present session before anything runs."""
    endpoint = request.endpoint
    if endpoint is None or endpoint in STRANGERS or not current_user.is_authenticated:
        return None
    session = present_session()
    if session.needs_factor() and not _is_open(endpoint):
        return _ask(SecondFactorNeeded(), "accounts.second_factor")
    if access.wants_recent(current_app.view_functions[endpoint]) and clock.now() - session.proved_at > RECENT:
        return _ask(ProofNeeded(), "accounts.prove")
    _guard_desk(session, endpoint)
    if endpoint not in NO_SIGN_OF_LIFE:
        sessions.keep_alive(session)
    return None


def _guard_desk(session: AccountSession, endpoint: str) -> None:
    """Whoever serves somebody changes nothing else meanwhile: no ballot is cast from a desk."""
    if not session.account.has_permission(Permission.DESK_SERVE):
        return
    # The page's banner reads this; it must not ask the database once more while an error is shown.
    g.served = queries.find_served(session)
    if g.served is not None and request.method not in READING and endpoint not in AT_THE_DESK:
        raise DeskSessionOpen


def _is_open(endpoint: str) -> bool:
    """Setting up an authenticator opens for those who have none."""
    if endpoint == "accounts.set_up_factor":
        return not queries.has_totp(present_session().account_id)
    return endpoint in BEFORE_FACTOR


def _ask(refusal: SecondFactorNeeded | ProofNeeded, endpoint: str) -> AnyResponse:
    """Lead a reader to the page that asks, and back; a program gets the refusal."""
    g.asked = True
    if wants_json():
        raise refusal
    if request.method in ("GET", "HEAD"):
        return redirect(url_for(endpoint, next=request.full_path.rstrip("?")), 303)
    flash(f"{refusal.title}. {refusal.advice}", "due")
    back = local_path((request.referrer or "").removeprefix(request.host_url.rstrip("/")), "/account/")
    return redirect(url_for(endpoint, next=back), 303)
