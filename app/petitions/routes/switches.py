"""What is switched off: the public list, and the administrator's switches."""

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from app.petitions.forms.switches import SwitchForm
from app.petitions.queries import switches as queries
from app.petitions.queries.words import name_switch
from app.petitions.routes.blueprint import blueprint
from app.petitions.rules.switches import Switch
from app.petitions.services.switches import switch_off, switch_on
from app.platform.access import public, requires, requires_recent
from app.platform.permissions import Permission


@blueprint.get("/petitions/switches")
@public
def switches() -> str:
    """What is on and off since when, and what was off before."""
    return render_template(
        "petitions/switches.html",
        switches=queries.list_switches(),
        past=queries.list_past_periods(),
        name_switch=name_switch,
        may_set=current_user.is_authenticated and current_user.has_permission(Permission.SWITCH_SET),
    )


@blueprint.route("/petitions/switches/<switch>", methods=["GET", "POST"])
@requires(Permission.SWITCH_SET)
@requires_recent
def set_switch(switch: str) -> AnyResponse | tuple[str, int]:
    """Switch off what is on, or on what is off; the page says which."""
    if switch not in set(Switch):
        abort(404)
    form, chosen = SwitchForm(), Switch(switch)
    lasting = queries.list_switches()[chosen]
    if form.validate_on_submit():
        (switch_on if lasting else switch_off)(current_user, chosen, form.reason.data or "")
        flash(gettext("The change is in the ledger."), "done")
        return redirect(url_for("petitions.switches"), 303)
    form.submit.label.text = gettext("Switch on again") if lasting else gettext("Switch off")
    page = render_template(
        "petitions/set_switch.html", form=form, switch=chosen, lasting=lasting, name_switch=name_switch
    )
    return page, 422 if form.errors else 200
