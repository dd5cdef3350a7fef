"""What agencies may share about a person, and the person's say in it."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from app.access_records.queries import consents as queries
from app.access_records.queries.terms import name_category, name_purpose
from app.access_records.routes.blueprint import blueprint
from app.access_records.rules.consents import Basis, ConsentAct
from app.access_records.services.consents import choose_consent
from app.platform.access import login_required


@blueprint.get("/data/consents")
@login_required
def consents() -> str:
    """Which agency may pass what on to whom and why: with my consent, and by law."""
    person_id = current_user.person_id
    if person_id is None:
        return render_template("access_records/timeline_level.html")
    return render_template(
        "access_records/consents.html",
        optional=queries.list_own_sharings(person_id, Basis.CONSENT),
        statutory=queries.list_own_sharings(person_id, Basis.STATUTE),
        acts=ConsentAct,
        name_category=name_category,
        name_purpose=name_purpose,
    )


@blueprint.post("/data/consents/<code>")
@login_required
def choose_sharing(code: str) -> AnyResponse:
    """Agree to the kinds of data that are ticked, and to no others."""
    is_withdrawn = request.form.get("act") == ConsentAct.WITHDRAW
    chosen = [] if is_withdrawn else request.form.getlist("categories")
    done = choose_consent(current_user, code, chosen)
    texts = {
        None: gettext("Nothing has changed."),
        ConsentAct.GIVE: gettext("Your consent is recorded. You can change it at any time."),
        ConsentAct.NARROW: gettext("Your consent is narrower now. What you took out is no longer passed on."),
        ConsentAct.WITHDRAW: gettext("Your consent is withdrawn. From now on nothing is passed on under it."),
    }
    flash(texts[done], "done" if done else "info")
    return redirect(url_for("access_records.consents", _anchor=code), 303)
