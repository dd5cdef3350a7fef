"""What everybody sees: the list, what was refused, one petition, its count."""

from typing import Any

from flask import Response, current_app, jsonify, render_template, request
from flask_login import current_user

from app.petitions.models import Petition
from app.petitions.queries import life, petitions, signatures, words
from app.petitions.queries.around import describe_around
from app.petitions.queries.petitions import Order, Shown
from app.petitions.routes.blueprint import blueprint
from app.petitions.rules.life import COUNTED_STATES, PetitionState
from app.petitions.rules.types import parse_rules
from app.platform import clock
from app.platform.access import public
from app.platform.page_cache import remembered
from app.platform.pagination import requested_page

# Seconds that a stranger's page is kept, and may be shown while it is fetched anew.
KEPT, STALE = 5, 30


@blueprint.app_context_processor
def give_words() -> dict[str, Any]:
    """The words of this room, for its own pages and the front page."""
    return {"petition_words": words, "has_page": has_page}


def has_page(endpoint: str) -> bool:
    """Whether a page is there to link to."""
    return endpoint in current_app.view_functions


@blueprint.get("/petitions/")
@public
@remembered(KEPT, STALE)
def index() -> str:
    """The list: searched, filtered, ordered."""
    query = request.args.get("q", "")
    shown = _choice(Shown, request.args.get("show"), Shown.ALL if query else Shown.OPEN)
    order = _choice(Order, request.args.get("order"), Order.NEWEST)
    found = petitions.list_petitions(shown, query, order, requested_page())
    return render_template(
        "petitions/index.html",
        found=found,
        query=query,
        shown=shown,
        order=order,
        filters=Shown,
        orders=Order,
        owed={petition.id: life.list_owed(petition) for petition in found.items},
        next_threshold=life.find_next_threshold,
        late=[waiting for waiting in life.list_waiting() if waiting.is_late],
    )


@blueprint.get("/petitions/refused")
@public
@remembered(KEPT, STALE)
def refused() -> str:
    """What moderators refused, and why; some texts are hidden."""
    found = petitions.list_refused(requested_page())
    return render_template("petitions/refused.html", found=found, hidden=PetitionState.HIDDEN)


@blueprint.get("/petitions/<reference>")
@public
@remembered(KEPT, STALE)
def show(reference: str) -> str:
    """One petition."""
    petition = petitions.get_public_petition(reference)
    if petition.state == PetitionState.HIDDEN:
        return render_template("petitions/hidden.html", petition=petition)
    return render_template("petitions/show.html", petition=petition, **_describe(petition))


@blueprint.get("/petitions/<reference>/count.json")
@public
@remembered(KEPT, STALE)
def count(reference: str) -> Response:
    """What the page asks for every few seconds: as small as it can be."""
    petition = petitions.get_public_petition(reference)
    at = petition.counted_at
    return jsonify(count=petition.signature_count, at=int(at.timestamp()) if at else None)


def _describe(petition: Petition) -> dict[str, Any]:
    reader = current_user.id if current_user.is_authenticated else None
    is_counted = petition.state in COUNTED_STATES
    return {
        "rules": parse_rules(petition.rules),
        "owed": life.list_owed(petition),
        "events": life.list_events(petition.id),
        "edits": life.list_edits(petition.id),
        "next_threshold": life.find_next_threshold(petition),
        "closing": life.explain_closing(petition),
        "around": describe_around(petition.id) if is_counted else None,
        "is_counted": is_counted,
        "mine": signatures.find_signature_of(current_user, petition.id) if reader is not None else None,
        "is_follower": reader is not None and petitions.is_follower(reader, petition.id),
        "today": life.town_today(),
        "now": clock.now(),
    }


def _choice(kind: Any, value: str | None, default: Any) -> Any:
    return kind(value) if value in {member.value for member in kind} else default
