"""The public pages and the language switch."""

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for

from app.elections import queries as elections_queries
from app.elections.rules import ElectionState
from app.platform.access import public
from app.platform.language import LANGUAGES, remember_language
from app.platform.redirects import local_path

LATEST_RESULTS = 3

blueprint = Blueprint("pages", __name__, template_folder="templates")


@blueprint.get("/")
@public
def home() -> str:
    """The front page: what is open to vote on, what comes, and the latest results."""
    listed = elections_queries.list_public_elections()
    by_state = {state: [e for e in listed if e.state == state] for state in ElectionState}
    return render_template(
        "pages/home.html",
        open_elections=by_state[ElectionState.OPEN],
        coming_elections=by_state[ElectionState.READY],
        finished_elections=by_state[ElectionState.FINISHED][:LATEST_RESULTS],
    )


@blueprint.get("/how-it-works")
@public
def how_it_works() -> str:
    """How a vote stays secret and can still be checked."""
    return render_template("pages/how_it_works.html")


@blueprint.get("/accessibility")
@public
def accessibility() -> str:
    """What is done so that everyone can take part, and where it falls short."""
    return render_template("pages/accessibility.html")


@blueprint.get("/privacy")
@public
def privacy() -> str:
    """What is kept about a person, why and for how long."""
    return render_template("pages/privacy.html")


@blueprint.get("/language/<language>")
@public
def choose_language(language: str) -> Response:
    """Remember the language in a cookie and go back to the page that asked."""
    if language not in LANGUAGES:
        abort(404)
    response = make_response(redirect(local_path(request.args.get("next", ""), url_for("pages.home"))))
    return remember_language(response, language)
