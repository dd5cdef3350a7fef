"""The public pages and the language switch."""

from flask import (
    Blueprint,
    Response,
    abort,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from app.civil_requests.services.filing import RequestText, draft_request
from app.elections import queries as elections_queries
from app.elections.rules import ElectionState
from app.pages.forms import AskForm
from app.petitions.queries import life, petitions
from app.petitions.queries import words as petition_words
from app.petitions.services.drafts import PetitionText, start_petition
from app.platform.access import public, requires
from app.platform.language import LANGUAGES, remember_language
from app.platform.permissions import Permission
from app.platform.redirects import local_path
from app.platform.similar import list_elsewhere

LATEST_RESULTS = 3
NEWEST_PETITIONS = 3

blueprint = Blueprint("pages", __name__, template_folder="templates")


@blueprint.get("/")
@public
def home() -> str:
    """The front page: what is open to vote on and to sign, what comes, and the latest results."""
    listed = elections_queries.list_public_elections()
    by_state = {state: [e for e in listed if e.state == state] for state in ElectionState}
    return render_template(
        "pages/home.html",
        open_elections=by_state[ElectionState.OPEN],
        coming_elections=by_state[ElectionState.READY],
        open_petitions=petitions.list_newest_open(NEWEST_PETITIONS),
        next_threshold=life.find_next_threshold,
        finished_elections=by_state[ElectionState.FINISHED][:LATEST_RESULTS],
    )


@blueprint.route("/ask", methods=["GET", "POST"])
@requires(Permission.CIVIL_REQUEST_FILE)
def ask() -> AnyResponse | tuple[str, int]:
    """One window: what one asks alone goes to an agency, what others should sign becomes a petition."""
    form = AskForm()
    if form.validate_on_submit():
        title, text = form.title.data or "", form.text.data or ""
        if form.shared.data == "yes":
            types, similar = petitions.list_types(), petitions.find_similar_petitions(title)
            page = render_template(
                "pages/ask_petition.html",
                title=title,
                text=text,
                types=types,
                similar=similar,
                elsewhere=list_elsewhere("petitions", f"{title} {text}"),
                words=petition_words,
            )
            return page, 200
        reference = draft_request(current_user, RequestText(title, text))
        return redirect(url_for("civil_requests.send", reference=reference), 303)
    return render_template("pages/ask.html", form=form), 422 if form.errors else 200


@blueprint.post("/ask/petition")
@requires(Permission.PETITION_START)
def ask_petition() -> AnyResponse:
    """Go on with what was written as the draft of a petition of one kind."""
    text = PetitionText(request.form.get("title", ""), request.form.get("text", ""), "")
    reference = start_petition(current_user, request.form.get("type", ""), text)
    return redirect(url_for("petitions.draft", reference=reference), 303)


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
