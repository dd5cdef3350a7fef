"""What everybody sees."""

from flask import Response, jsonify, render_template

from app.petitions.queries import petitions
from app.petitions.routes.blueprint import blueprint
from app.platform.access import public
from app.platform.page_cache import remembered

# Seconds that a stranger's page is kept, and may be shown while it is fetched anew.
KEPT, STALE = 5, 30


@blueprint.get("/petitions/<reference>")
@public
@remembered(KEPT, STALE)
def show(reference: str) -> str:
    """One petition."""
    petition = petitions.get_public_petition(reference)
    return render_template("petitions/show.html", petition=petition)


@blueprint.get("/petitions/<reference>/count.json")
@public
@remembered(KEPT, STALE)
def count(reference: str) -> Response:
    """What the page asks for every few seconds: as small as it can be."""
    petition = petitions.get_public_petition(reference)
    at = petition.counted_at
    return jsonify(count=petition.signature_count, at=int(at.timestamp()) if at else None)
