"""Which account a request belongs to: a random identifier in the signed cookie that must exist in account_session."""

from flask import Flask, Request, session
from flask_login import AnonymousUserMixin

from app.accounts import queries
from app.accounts.models import Account
from app.extensions import login_manager
from app.platform.permissions import Permission

SESSION_KEY = "sid"


class Visitor(AnonymousUserMixin):
    """Somebody who is not signed in."""

    language = None

    def has_permission(self, permission: Permission) -> bool:
        """Never."""
        return False


def init_app(app: Flask) -> None:
    """Tell Flask-Login how to find out who is asking."""
    login_manager.session_protection = None
    login_manager.anonymous_user = Visitor
    login_manager.request_loader(load_account)


def load_account(_: Request) -> Account | None:
    """The account behind the session cookie, or None."""
    identifier = session.get(SESSION_KEY)
    return queries.find_signed_in(identifier) if isinstance(identifier, str) else None
