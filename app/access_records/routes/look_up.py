"""Where officials look people up, and where emergencies are reviewed."""

from flask import flash, make_response, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from app.access_records.forms.officials import LookUpForm, ReviewForm
from app.access_records.models import InformationSystem
from app.access_records.queries import records as queries
from app.access_records.queries.systems import list_agency_systems
from app.access_records.queries.terms import name_category, name_purpose
from app.access_records.routes.blueprint import blueprint
from app.access_records.rules import LookUpRefused
from app.access_records.services.look_up import (
    Released,
    ReleasedUnderSeal,
    look_up,
    review_break_glass,
)
from app.accounts.rules import ClaimNotUsable
from app.platform.access import requires
from app.platform.permissions import Permission


def shown_once(released: Released | ReleasedUnderSeal, system: InformationSystem) -> AnyResponse:
    """A person's data, in a page that no browser keeps."""
    page = render_template(
        "access_records/shown.html", released=released, system=system, name_category=name_category
    )
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/data/look-up")
@requires(Permission.PERSON_LOOK_UP)
def look_up_form() -> str:
    """Ask whom and why."""
    systems = list_agency_systems(current_user.agency_id)
    form = LookUpForm()
    form.choose(systems)
    return render_template("access_records/look_up.html", form=form, systems=systems)


@blueprint.post("/data/look-up")
@requires(Permission.PERSON_LOOK_UP)
def look_up_person() -> AnyResponse | tuple[str, int]:
    """Record the look-up, then show the data; what is missing stands beside its field."""
    systems = list_agency_systems(current_user.agency_id)
    form = LookUpForm()
    form.choose(systems)
    chosen = next((s for s in systems if s.code == form.system.data), None)
    if chosen is not None and form.validate_on_submit():
        try:
            released = look_up(current_user, chosen, form.claim.data or "", form.as_grounds())
        except (LookUpRefused, ClaimNotUsable) as refusal:
            field = getattr(refusal, "field", "claim")
            form[field].errors = [f"{refusal.title}. {refusal.advice}"]
        else:
            return shown_once(released, chosen)
    return render_template("access_records/look_up.html", form=form, systems=systems), 422


@blueprint.get("/data/look-up/reviews")
@requires(Permission.BREAK_GLASS_REVIEW)
def reviews() -> str:
    """The emergencies of the agency that wait for a second person."""
    waiting = queries.list_waiting_reviews(current_user.agency_id)
    return render_template("access_records/reviews.html", reviews=waiting, name_purpose=name_purpose)


@blueprint.route("/data/look-up/reviews/<int:record_id>", methods=["GET", "POST"])
@requires(Permission.BREAK_GLASS_REVIEW)
def review(record_id: int) -> AnyResponse | tuple[str, int]:
    """Review one emergency."""
    form = ReviewForm()
    waiting = queries.get_waiting_review(current_user.agency_id, record_id)
    if form.validate_on_submit():
        is_justified = form.justified.data == "yes"
        review_break_glass(current_user, record_id, justified=is_justified, note=form.note.data or "")
        flash(gettext("The review is recorded."), "done")
        return redirect(url_for("access_records.reviews"), 303)
    page = render_template("access_records/review.html", form=form, review=waiting, name_purpose=name_purpose)
    return page, 422 if form.errors else 200
