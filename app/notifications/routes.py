"""Where somebody asks for a proof by mail; `RECEIPT_OFFERS` in app/rooms.py shows the button."""

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from app.notifications.services import ask_for_proof
from app.platform.access import login_required

blueprint = Blueprint("notifications", __name__, template_folder="templates")


@blueprint.post("/ledger/receipts/<leaf_hash>/mail")
@login_required
def mail_proof(leaf_hash: str) -> AnyResponse:
    """Mail the proof of an entry to whoever asks, as soon as there is one."""
    ask_for_proof(current_user.id, leaf_hash)
    flash(gettext("We will send you the proof by e-mail, as soon as the ledger covers the entry."), "done")
    return redirect(url_for("ledger.receipt", leaf_hash=leaf_hash), 303)
