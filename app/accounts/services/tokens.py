"""Links sent by mail: issued, used once, replaced by the next. Always in the caller's transaction."""

import secrets
from collections.abc import Mapping

from sqlalchemy import delete

from app.accounts import queries
from app.accounts.models import AccountToken
from app.accounts.rules import TOKEN_LIFETIMES, TokenPurpose
from app.extensions import db
from app.platform import clock

TOKEN_BYTES = 24


def issue_token(
    account_id: int, purpose: TokenPurpose, content: Mapping[str, object] | None = None, *, code: str = ""
) -> str:
    """Make a link's secret part; `content` is what using it will set. Earlier links for this die.

    `code` is a second part that travels another way: the link works only with it appended.
    """
    forget_tokens(account_id, purpose)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    db.session.add(
        AccountToken(
            token_hash=queries.hash_identifier(token + code),
            purpose=purpose.value,
            account_id=account_id,
            content=dict(content or {}),
            expires_at=clock.now() + TOKEN_LIFETIMES[purpose],
        )
    )
    return token


def use_token(token: str, purpose: TokenPurpose) -> AccountToken:
    """Take the link out of circulation and return its row. Raises LinkExpired."""
    row = queries.get_token(token, purpose)
    db.session.delete(row)
    return row


def forget_tokens(account_id: int, purpose: TokenPurpose) -> None:
    """Delete the account's links for one purpose."""
    db.session.execute(
        delete(AccountToken).where(
            AccountToken.account_id == account_id, AccountToken.purpose == purpose.value
        )
    )
