"""What everybody sees."""

from flask import Response, jsonify, make_response, render_template
from flask_login import current_user

from app.petitions.queries import petitions
from app.petitions.routes.blueprint import blueprint
from app.platform.access import public

# Seconds that a page without anything personal may be kept, and shown while it is fetched anew.
MAX_AGE, STALE = 10, 60


@blueprint.get("/petitions/<reference>")
@public
def show(reference: str) -> Response:
    """One petition."""
    petition = petitions.get_public_petition(reference)
    return cacheable(make_response(render_template("petitions/show.html", petition=petition)))


@blueprint.get("/petitions/<reference>/count.json")
@public
def count(reference: str) -> Response:
    """What the page asks for every few seconds: as small as it can be."""
    petition = petitions.get_public_petition(reference)
    at = petition.counted_at
    return cacheable(jsonify(count=petition.signature_count, at=int(at.timestamp()) if at else None))


def cacheable(response: Response) -> Response:
    """Let caches keep what strangers see; what a signed-in person sees is kept by nobody."""
    if current_user.is_authenticated:
        response.headers["Cache-Control"] = "private, no-store"
    else:
        response.headers["Cache-Control"] = f"public, max-age={MAX_AGE}, stale-while-revalidate={STALE}"
    return response
