"""Where investigators look people up under seal, and where the oversight body watches what is sealed."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from app.access_records.forms.officials import OpeningForm, SealForm
from app.access_records.queries import seals
from app.access_records.queries.systems import list_agency_systems
from app.access_records.queries.terms import name_purpose
from app.access_records.routes.blueprint import blueprint
from app.access_records.routes.look_up import shown_once
from app.access_records.rules import LookUpRefused, SealGround
from app.access_records.services.look_up import look_up_sealed
from app.access_records.services.sealed import order_opening
from app.accounts.rules import ClaimNotUsable
from app.platform import clock
from app.platform.access import requires, requires_recent
from app.platform.permissions import Permission


@blueprint.route("/data/look-up/sealed", methods=["GET", "POST"])
@requires(Permission.ACCESS_SEAL)
@requires_recent
def seal() -> AnyResponse | tuple[str, int]:
    """Seal the look-up, then show the data; what is missing stands beside its field."""
    systems = list_agency_systems(current_user.agency_id)
    form = SealForm()
    form.choose(systems)
    chosen = next((system for system in systems if system.code == form.system.data), None)
    if chosen is not None and form.validate_on_submit():
        claim, grounds, terms = form.claim.data or "", form.as_grounds(), form.as_terms()
        try:
            return shown_once(look_up_sealed(current_user, chosen, claim, grounds, terms), chosen)
        except (LookUpRefused, ClaimNotUsable) as refusal:
            field = getattr(refusal, "field", "claim")
            form[field].errors = [f"{refusal.title}. {refusal.advice}"]
    page = render_template("access_records/seal.html", form=form, systems=systems)
    return page, 422 if form.is_submitted() else 200


@blueprint.get("/data/oversight/seals")
@requires(Permission.OVERSIGHT_OPEN)
def closed_seals() -> str:
    """Everything that is sealed now, without the persons."""
    return render_template(
        "access_records/closed_seals.html",
        seals=seals.list_closed(),
        now=clock.now(),
        grounds=SealGround,
        name_purpose=name_purpose,
    )


@blueprint.route("/data/oversight/seals/<int:seal_id>/open", methods=["GET", "POST"])
@requires(Permission.OVERSIGHT_OPEN)
@requires_recent
def open_seal(seal_id: int) -> AnyResponse | tuple[str, int]:
    """Order that a sealed access opens before its time."""
    found, form = seals.get_closed(seal_id), OpeningForm()
    if form.validate_on_submit():
        order_opening(current_user, seal_id, form.reason.data or "")
        flash(gettext("The access is open, and its person is told."), "done")
        return redirect(url_for("access_records.closed_seals"), 303)
    page = render_template("access_records/open_seal.html", form=form, seal=found, now=clock.now())
    return page, 422 if form.errors else 200
