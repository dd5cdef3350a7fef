"""Text that is being written: kept, given back, and forgotten once its form was accepted."""

from flask import Response, g, jsonify, request
from flask_babel import gettext
from flask_login import current_user

from app.accounts import queries
from app.accounts.routes.blueprint import blueprint
from app.accounts.services import saved_texts
from app.platform.access import login_required
from app.platform.presentation import long_moment


@blueprint.get("/account/saved-text")
@login_required
def saved_text() -> Response:
    """What the reader was writing in a form, and the sentence that tells them."""
    row = queries.find_saved_text(current_user.id, request.args.get("form", ""))
    if row is None:
        return jsonify({"fields": None})
    notice = gettext(
        "What you were writing was kept on %(moment)s and is back in the form.",
        moment=long_moment(row.saved_at),
    )
    return jsonify({"fields": row.fields, "notice": notice})


@blueprint.post("/account/saved-text")
@login_required
def save_text() -> tuple[str, int]:
    """Keep what is being written."""
    sent = request.get_json(silent=True)
    sent = sent if isinstance(sent, dict) else {}
    saved_texts.save_text(current_user.id, sent.get("form"), sent.get("fields"))
    return "", 204


@blueprint.after_app_request
def forget_sent_text(response: Response) -> Response:
    """A form that was accepted leads on; what was kept of it goes."""
    is_accepted = request.method == "POST" and response.status_code in (302, 303)
    if is_accepted and "autosave" in request.form and "asked" not in g and current_user.is_authenticated:
        saved_texts.forget_text(current_user.id, request.form["autosave"])
    return response
