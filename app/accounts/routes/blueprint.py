"""The one blueprint of the room, and how a request finds its account: a random identifier in the signed
cookie that must exist in account_session."""

from flask import Blueprint, Request, g, session
from flask_login import AnonymousUserMixin, current_user

from app.accounts import queries
from app.accounts.models import Account, AccountSession
from app.extensions import login_manager
from app.platform.errors import SignInNeeded
from app.platform.permissions import Permission

SESSION_KEY = "sid"

blueprint = Blueprint("accounts", __name__, template_folder="../templates")


class Visitor(AnonymousUserMixin):
    """Somebody who is not signed in."""

    language = None

    def has_permission(self, _permission: Permission) -> bool:
        """Never."""
        return False


@login_manager.request_loader
def load_account(_request: Request) -> Account | None:
    """The account behind the session cookie, or None."""
    identifier = session.get(SESSION_KEY)
    row = queries.find_session(identifier) if isinstance(identifier, str) else None
    g.account_session = row
    return row.account if row is not None else None


def present_session() -> AccountSession:
    """The session of the signed-in person."""
    if not current_user.is_authenticated:
        raise SignInNeeded
    return g.account_session


login_manager.anonymous_user = Visitor
# Where pages send a visitor who must sign in first.
login_manager.login_view = "accounts.sign_in"
# The session table decides; Flask-Login's own binding to address and browser would only break phones.
login_manager.session_protection = None
