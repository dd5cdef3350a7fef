"""Text that is being written, kept every few seconds so that nothing is lost when a session ends."""

import json

from sqlalchemy import delete

from app.accounts.models import SavedText
from app.accounts.rules import (
    FORM_KEY_MAXIMUM,
    NEVER_SAVED,
    SAVED_TEXT_LIFETIME,
    SAVED_TEXT_MAXIMUM,
    TextNotSaved,
)
from app.extensions import db
from app.platform import clock
from app.platform.incoming import is_readable
from app.platform.transaction import transaction


def save_text(account_id: int, form_key: object, fields: object) -> None:
    """Keep the fields of a form ({name: [texts]}) in place of what was kept before. Raises TextNotSaved."""
    if not isinstance(form_key, str) or not form_key.startswith("/") or len(form_key) > FORM_KEY_MAXIMUM:
        raise TextNotSaved
    if not is_readable([form_key, fields]):
        raise TextNotSaved
    kept = _checked(fields)
    with transaction():
        row = db.session.get(SavedText, (account_id, form_key))
        if row is None:
            row = SavedText(account_id=account_id, form_key=form_key, fields=kept, saved_at=clock.now())
            db.session.add(row)
        row.fields, row.saved_at = kept, clock.now()


def forget_text(account_id: int, form_key: str) -> None:
    """Delete what was kept of a form: it has been sent."""
    if not is_readable(form_key):
        return
    with transaction():
        db.session.execute(
            delete(SavedText).where(SavedText.account_id == account_id, SavedText.form_key == form_key)
        )


def forget_old_texts() -> None:
    """Delete what nobody came back for."""
    with transaction():
        db.session.execute(delete(SavedText).where(SavedText.saved_at < clock.now() - SAVED_TEXT_LIFETIME))


def _checked(fields: object) -> dict[str, list[str]]:
    if not isinstance(fields, dict) or len(json.dumps(fields)) > SAVED_TEXT_MAXIMUM:
        raise TextNotSaved
    kept = {name: texts for name, texts in fields.items() if name not in NEVER_SAVED}
    if not all(
        isinstance(texts, list) and all(isinstance(text, str) for text in texts) for texts in kept.values()
    ):
        raise TextNotSaved
    return kept
