"""The one blueprint of the room, and what its pages share."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from app.civil_requests.queries import words
from app.civil_requests.queries.requests import get_seen
from app.platform.forms import HwabaekForm

blueprint = Blueprint("civil_requests", __name__, template_folder="../templates")


def show_form(reference: str, title: str, form: HwabaekForm) -> tuple[str, int]:
    """The page of one act on a request."""
    seen = get_seen(current_user, reference)
    page = render_template("civil_requests/act.html", form=form, seen=seen, heading=title)
    return page, 422 if form.errors else 200


def go_back(reference: str, done: str) -> AnyResponse:
    """To the request, saying what has been done."""
    flash(done, "done")
    return redirect(url_for("civil_requests.show", reference=reference), 303)


@blueprint.context_processor
def name_things() -> dict[str, Any]:
    """What kinds, states and steps are called."""
    return {
        "name_kind": words.name_kind,
        "name_state": words.name_state,
        "name_reason": words.name_reason,
        "describe_event": words.describe_event,
        "detail_event": words.detail_event,
        "explain_step": words.explain_step,
    }
