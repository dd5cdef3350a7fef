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

from app.civil_requests.queries.knowledge import find_similar
from app.civil_requests.services.filing import RequestText, draft_request
from app.elections import queries as elections_queries
from app.elections.rules import ElectionState
from app.pages.forms import AskForm
from app.petitions.forms.drafting import LONGEST_TEXT, LONGEST_TITLE, PetitionForm
from app.petitions.queries import life, petitions
from app.petitions.queries import words as petition_words
from app.petitions.rules.refusals import PetitionRefusal
from app.petitions.services.drafts import PetitionText, ensure_may_start, start_petition
from app.platform.access import public, requires
from app.platform.incoming import ZERO_BYTE
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
    """One window: what one asks alone goes to an agency, what others should sign becomes a petition.

    One line comes first, so that answers to it are seen before the whole is written.
    """
    subject = (request.values.get("title") or "").replace(ZERO_BYTE, "").strip()[:LONGEST_TITLE]
    form = AskForm(data={"title": subject})
    if form.validate_on_submit():
        title, text = form.title.data or "", form.text.data or ""
        if form.shared.data == "yes":
            return _offer_kinds(PetitionText(title, text, "")), 200
        reference = draft_request(current_user, RequestText(title, text))
        return redirect(url_for("civil_requests.send", reference=reference), 303)
    page = render_template(
        "pages/ask.html",
        subject=subject,
        form=form if subject or form.is_submitted() else None,
        answered=find_similar(subject) if subject else [],
        petitions=petitions.find_similar_petitions(subject) if subject else [],
    )
    return page, 422 if form.errors else 200


@blueprint.post("/ask/petition")
@requires(Permission.PETITION_START)
def ask_petition() -> AnyResponse | tuple[str, int]:
    """Go on with what was written as the draft of a petition of one kind, by the rules of its own form."""
    form, type_code = PetitionForm(), request.form.get("type", "")
    try:
        ensure_may_start(current_user, type_code)
        if form.validate_on_submit():
            reference = start_petition(current_user, type_code, form.read_text())
            return redirect(url_for("petitions.draft", reference=reference), 303)
    except PetitionRefusal as refusal:
        return _offer_kinds(form.read_text(), refusal), refusal.status
    return render_template("pages/ask_draft.html", form=form, type_code=type_code), 422


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


def _offer_kinds(text: PetitionText, refusal: PetitionRefusal | None = None) -> str:
    """The kinds of petition that a text can become; after a refusal of one kind, with what was written."""
    return render_template(
        "pages/ask_petition.html",
        text=text,
        refusal=refusal,
        types=petitions.list_types(),
        similar=petitions.find_similar_petitions(text.title[:LONGEST_TITLE]),
        elsewhere=list_elsewhere("petitions", f"{text.title} {text.demand}"[:LONGEST_TEXT]),
        words=petition_words,
    )


@blueprint.get("/language/<language>")
@public
def choose_language(language: str) -> Response:
    """Remember the language in a cookie and go back to the page that asked."""
    if language not in LANGUAGES:
        abort(404)
    response = make_response(redirect(local_path(request.args.get("next", ""), url_for("pages.home"))))
    return remember_language(response, language)
