"""What a signer keeps."""

from flask import Response, jsonify
from flask_login import current_user

from app.core.signature_receipts import SignatureReceipt
from app.petitions.queries.receipts import get_signature_receipt
from app.petitions.routes.blueprint import blueprint
from app.platform.access import login_required


@blueprint.get("/petitions/<reference>/signature.json")
@login_required
def receipt(reference: str) -> Response:
    """The receipt of one's own signature, to verify without a network."""
    return download_receipt(get_signature_receipt(current_user, reference))


def download_receipt(receipt: SignatureReceipt) -> Response:
    """A receipt as a file that nobody else keeps."""
    response = jsonify(receipt.to_json())
    response.headers["Cache-Control"] = "private, no-store"
    name = f"signature-{receipt.petition}.json"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
