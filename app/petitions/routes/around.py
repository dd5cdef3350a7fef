"""What stands around petitions: feeds, and the badge for other sites."""

from flask import Response, render_template

from app.petitions.queries import around as queries
from app.petitions.queries import life
from app.petitions.queries.admission import name_place
from app.petitions.queries.petitions import get_shown_petition
from app.petitions.routes.blueprint import blueprint
from app.petitions.routes.public import KEPT, STALE
from app.petitions.rules.life import COUNTED_STATES
from app.petitions.rules.refusals import PetitionNotFound
from app.platform.access import public
from app.platform.page_cache import remembered

# For how long other sites may keep a badge.
BADGE_SECONDS = 60
# The only page that other sites may embed: a picture without links or scripts.
BADGE_HEADERS = {
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "Cache-Control": f"public, max-age={BADGE_SECONDS}",
}

blueprint.add_app_template_global(queries.list_trending, "petitions_trending")
blueprint.add_app_template_global(name_place, "name_petition_place")


@blueprint.get("/petitions/feed.atom")
@public
@remembered(KEPT, STALE)
def feed() -> Response:
    """The newest petitions."""
    found = queries.list_newest()
    return _atom(render_template("petitions/feed.xml", petitions=found))


@blueprint.get("/petitions/<reference>/feed.atom")
@public
@remembered(KEPT, STALE)
def petition_feed(reference: str) -> Response:
    """What happened to one petition."""
    petition = get_shown_petition(reference)
    events = life.list_events(petition.id)
    return _atom(render_template("petitions/petition_feed.xml", petition=petition, events=events))


@blueprint.get("/petitions/<reference>/badge.svg")
@public
def badge(reference: str) -> Response:
    """A picture with title and count, for other sites."""
    petition = get_shown_petition(reference)
    if petition.state not in COUNTED_STATES:
        raise PetitionNotFound
    response = Response(render_template("petitions/badge.svg", petition=petition), mimetype="image/svg+xml")
    response.headers.update(BADGE_HEADERS)
    return response


def _atom(text: str) -> Response:
    return Response(text, mimetype="application/atom+xml")
