"""Signing with an account, and taking it back."""

from flask import jsonify, redirect, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from app.petitions.routes.blueprint import blueprint
from app.petitions.services.signing import sign_petition, withdraw_signature
from app.platform.access import requires
from app.platform.error_pages import wants_json
from app.platform.permissions import Permission


@blueprint.post("/petitions/<reference>/signatures")
@requires(Permission.SIGNATURE_SIGN)
def sign(reference: str) -> AnyResponse | tuple[AnyResponse, int]:
    """Sign with the account that is signed in."""
    signed = sign_petition(current_user, reference)
    if wants_json():
        return jsonify(pseudonym=signed.pseudonym.hex(), leaf_hash=signed.leaf_hash), 201
    return redirect(url_for("petitions.show", reference=reference), 303)


@blueprint.post("/petitions/<reference>/signatures/withdraw")
@requires(Permission.SIGNATURE_SIGN)
def withdraw(reference: str) -> AnyResponse:
    """Take one's signature back."""
    withdraw_signature(current_user, reference)
    return redirect(url_for("petitions.show", reference=reference), 303)
