"""The one blueprint of the room, and how a request finds its account: a random identifier in the signed
cookie that must exist in account_session."""

from flask import Blueprint, Request, session
from flask_login import AnonymousUserMixin

from app.accounts import queries
from app.accounts.models import Account
from app.extensions import login_manager
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
    return queries.find_signed_in(identifier) if isinstance(identifier, str) else None


login_manager.anonymous_user = Visitor
# Where pages send a visitor who must sign in first.
login_manager.login_view = "accounts.sign_in"
# The session table decides; Flask-Login's own binding to address and browser would only break phones.
login_manager.session_protection = None
