"""A person's own settings; exempt from the ledger."""

from sqlalchemy import update

from app.accounts.models import Account
from app.extensions import db
from app.platform.transaction import transaction


def choose_language(account_id: int, language: str) -> None:
    """Keep the language that pages and mail are written in for an account."""
    with transaction():
        db.session.execute(update(Account).where(Account.id == account_id).values(language=language))
