"""The public register of connected systems, its administration, and what pairs of agencies recorded."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from app.access_records.forms.officials import SystemForm
from app.access_records.models import InformationSystem
from app.access_records.queries import systems as queries
from app.access_records.queries.terms import list_purposes, name_category, name_purpose
from app.access_records.routes.blueprint import blueprint
from app.access_records.rules import SystemInvalid
from app.access_records.services.systems import register_system, set_active
from app.platform.access import public, requires
from app.platform.permissions import Permission


@blueprint.get("/data/systems")
@public
def systems() -> str:
    """Every system that holds personal data and reports who looks at it."""
    return render_template("access_records/systems.html", systems=queries.list_systems())


@blueprint.get("/data/systems/<code>")
@public
def system(code: str) -> str:
    """One system: what it holds, on what grounds, for how long; to its agency also what was refused."""
    found = queries.get_system(code)
    return render_template(
        "access_records/system.html",
        system=found,
        access_count=queries.count_accesses(found.id),
        refusals=queries.list_refusals(found.id) if _may_inspect(found) else None,
        purposes={str(term["code"]): term for term in list_purposes()},
        name_category=name_category,
        name_purpose=name_purpose,
    )


@blueprint.route("/admin/systems/new", methods=["GET", "POST"])
@requires(Permission.SYSTEM_REGISTER)
def register() -> AnyResponse | tuple[str, int]:
    """Register a system."""
    form = SystemForm()
    form.offer()
    if form.validate_on_submit():
        try:
            found = register_system(current_user, form.as_system())
        except SystemInvalid as refusal:
            form.code.errors = [str(refusal.detail)]
        else:
            flash(gettext("The system is registered, and this stands in the ledger."), "done")
            return redirect(url_for("access_records.system", code=found.code), 303)
    return render_template("access_records/register.html", form=form), 422 if form.errors else 200


@blueprint.post("/admin/systems/<code>/<act>")
@requires(Permission.SYSTEM_REGISTER)
def switch_system(code: str, act: str) -> AnyResponse:
    """Stop a system, or let it report again."""
    set_active(current_user, code, act == "start")
    flash(gettext("The change is in the ledger."), "done")
    return redirect(url_for("access_records.system", code=code), 303)


@blueprint.get("/data/sharing")
@public
def sharing() -> str:
    """Where two agencies recorded different things about the same sharing."""
    return render_template("access_records/sharing.html", differences=queries.list_sharing_differences())


def _may_inspect(found: InformationSystem) -> bool:
    if not current_user.is_authenticated:
        return False
    is_own = current_user.agency_id == found.agency_id
    inspects = is_own and (
        current_user.has_permission(Permission.SYSTEM_INSPECT)
        or current_user.has_permission(Permission.PERSON_LOOK_UP)
    )
    return inspects or current_user.has_permission(Permission.SYSTEM_REGISTER)
