"""Where a person reports a new address, once for all agencies that they choose."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext, ngettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from app.access_records.forms.address import AddressForm
from app.access_records.queries.address import get_residents_system, list_address_sharings
from app.access_records.queries.held import find_held
from app.access_records.routes.blueprint import blueprint
from app.access_records.routes.corrections import unstored
from app.access_records.rules import NoPersonYet
from app.access_records.rules.consents import ADDRESS
from app.access_records.services.address import change_address
from app.platform.access import login_required


@blueprint.get("/data/address")
@login_required
def address() -> str | AnyResponse:
    """Where I live as the residents' office has it, and who else has it."""
    if current_user.person_id is None:
        return render_template("access_records/timeline_level.html")
    return _page(AddressForm(), current_user.person_id)


@blueprint.post("/data/address")
@login_required
def report_address() -> AnyResponse:
    """Report a new address, and pass it on to the agencies that are ticked."""
    if current_user.person_id is None:
        raise NoPersonYet
    form = AddressForm()
    form.offer(list_address_sharings(current_user.person_id))
    if not form.validate_on_submit():
        return _page(form, current_user.person_id)
    count = change_address(current_user, (form.address.data or "").strip(), form.sharings.data or [])
    passed = ngettext(
        "%(num)d other agency got it through the gateway.",
        "%(num)d other agencies got it through the gateway.",
        count,
    )
    text = gettext("Your new address is recorded. You entered it once.")
    flash(f"{text} {passed}" if count else text, "done")
    return redirect(url_for("access_records.address"), 303)


def _page(form: AddressForm, person_id: int) -> AnyResponse:
    system, sharings = get_residents_system(), list_address_sharings(person_id)
    form.offer(sharings)
    held = [(own, find_held(person_id, own.agreement.receiving_system_id, ADDRESS)) for own in sharings]
    page = render_template(
        "access_records/address.html",
        form=form,
        system=system,
        current=find_held(person_id, system.id, ADDRESS),
        held=held,
    )
    return unstored(page, 422 if form.errors else 200)
