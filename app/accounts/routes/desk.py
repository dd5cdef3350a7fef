"""The desk: a clerk attests who holds an account, registers people, and acts for a person who is present."""

from typing import Any

from flask import flash, g, redirect, render_template, request, session, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from app.accounts import queries
from app.accounts.forms import AttestationForm, IdentifyForm, NewcomerForm
from app.accounts.models import DeskActRecord
from app.accounts.routes.blueprint import blueprint, present_session
from app.accounts.routes.second_factor import draw
from app.accounts.services import desk as services
from app.accounts.services.desk_registration import Newcomer, attest_at_desk, register_newcomer
from app.notifications.mail import mail_url
from app.platform.access import requires, requires_recent
from app.platform.errors import HwabaekError
from app.platform.language import current_language
from app.platform.permissions import Permission

# (record, code): the code for the paper receipt, until the desk has finished with the person.
CODE_KEY = "desk_code"


@blueprint.route("/desk/attestation", methods=["GET", "POST"])
@requires(Permission.PERSON_ATTEST)
@requires_recent
def attest() -> tuple[str, int] | AnyResponse:
    """Attest that the person who is present holds an account."""
    form = AttestationForm(email=request.args.get("email", ""))
    form.offer_districts()
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        values = (form.email.data or "", form.claim.data or "", form.district.data or None)
        try:
            attest_at_desk(current_user, *values, birth_year=form.birth_year.data)
        except HwabaekError as refusal:
            status = _show(form, refusal)
        else:
            flash(gettext("The person is verified, and the act is in the ledger."), "done")
            return redirect(url_for("accounts.attest"), 303)
    return render_template("accounts/attest.html", form=form), status


@blueprint.route("/desk/", methods=["GET", "POST"])
@requires(Permission.DESK_SERVE)
@requires_recent
def desk() -> tuple[str, int] | AnyResponse:
    """Whom do you serve?"""
    form, status = IdentifyForm(), 200
    if form.validate_on_submit():
        try:
            served = services.open_desk_session(present_session(), form.claim.data or "")
        except HwabaekError as refusal:
            status = _show(form, refusal)
        else:
            if served is not None:
                return redirect(url_for("accounts.desk_person"), 303)
            g.served = None
            return render_template("accounts/desk_register.html", form=_newcomer_form(), is_new=True), 200
    elif form.is_submitted():
        status = 422
    undone = queries.list_undone_acts(current_user.agency_id)
    return render_template("accounts/desk.html", form=form, undone=undone), status


@blueprint.route("/desk/registration", methods=["GET", "POST"])
@requires(Permission.DESK_SERVE)
@requires_recent
def desk_register() -> tuple[str, int] | AnyResponse:
    """Register a person who has no account, with an e-mail address or without."""
    form, status = _newcomer_form(), 422 if request.method == "POST" else 200
    if form.validate_on_submit():
        wanted = Newcomer(
            claim=form.claim.data or "",
            name=form.display_name.data or "",
            district=form.district.data or "",
            language=form.language.data,
            email=form.email.data or "",
            birth_year=form.birth_year.data,
        )
        try:
            record, code = register_newcomer(present_session(), wanted)
        except HwabaekError as refusal:
            status = _show(form, refusal)
        else:
            session[CODE_KEY] = [record.id, code]
            return redirect(url_for("accounts.desk_receipt", record_id=record.id), 303)
    return render_template("accounts/desk_register.html", form=form, is_new=False), status


@blueprint.get("/desk/person")
@requires(Permission.DESK_SERVE)
def desk_person() -> str:
    """What the desk can do for the person who is served, and what was done for them."""
    served = queries.get_served(present_session())
    return render_template(
        "accounts/desk_person.html",
        serving=served,
        district=queries.find_district(served.district),
        offered=services.list_offered(served) if served.is_registered else [],
        records=queries.list_desk_acts(served.person.id, None),
    )


@blueprint.route("/desk/person/acts/<kind>", methods=["GET", "POST"])
@requires(Permission.DESK_SERVE)
def desk_act(kind: str) -> tuple[str, int] | AnyResponse:
    """Do one act for the person who is served."""
    served = queries.get_served(present_session())
    act = services.get_offered(served, kind)
    form = act.make_form(served)
    status = 422 if request.method == "POST" else 200
    if form.validate_on_submit():
        try:
            record = services.act_for(present_session(), kind, form.data)
        except HwabaekError as refusal:
            status = _show(form, refusal)
        else:
            return redirect(url_for("accounts.desk_receipt", record_id=record.id), 303)
    return render_template("accounts/desk_act.html", form=form, act=act, serving=served), status


@blueprint.get("/desk/person/receipts/<int:record_id>")
@requires(Permission.DESK_SERVE)
def desk_receipt(record_id: int) -> str:
    """The receipt to print and hand over."""
    served = queries.get_served(present_session())
    record = queries.get_desk_act(record_id, served.person.id, None)
    known_id, code = session.get(CODE_KEY, (0, ""))
    back = url_for("accounts.desk_person")
    return render_receipt(record, back, code=code if known_id == record.id else "")


@blueprint.post("/desk/person/receipts/<int:record_id>/undo")
@requires(Permission.DESK_SERVE)
def desk_undo(record_id: int) -> AnyResponse:
    """Undo an act for the person who is served."""
    services.undo_at_desk(present_session(), record_id)
    flash(gettext("It is undone."), "done")
    return redirect(url_for("accounts.desk_person"), 303)


@blueprint.post("/desk/finish")
@requires(Permission.DESK_SERVE)
def desk_finish() -> AnyResponse:
    """Serve nobody any more."""
    services.finish_desk_session(present_session())
    session.pop(CODE_KEY, None)
    flash(gettext("The desk session is over."), "done")
    return redirect(url_for("accounts.desk"), 303)


def render_receipt(record: DeskActRecord, back: str, code: str = "") -> str:
    """The page of a receipt, for the desk and for the person."""
    address = mail_url("ledger.receipt", leaf_hash=record.ledger_entry.leaf_hash)
    return render_template(
        "accounts/desk_receipt.html",
        record=record,
        address=address,
        picture=draw(address),
        back=back,
        code=code,
    )


@blueprint.app_template_global()
def desk_act_name(kind: str) -> Any:
    """What an act is called, in the reader's language."""
    act = services.find_act(kind)
    return act.name if act else kind


@blueprint.app_template_global()
def describe_desk_act(record: DeskActRecord) -> str:
    """One line about what an act did."""
    act = services.find_act(record.kind)
    return act.describe(record.details) if act else ""


blueprint.add_app_template_global(services.can_undo, "can_undo_desk_act")


def _newcomer_form() -> NewcomerForm:
    """The form to register with; the claim just typed stands in it."""
    form = NewcomerForm()
    form.offer_districts()
    if not form.language.data:
        form.language.data = current_language()
    return form


def _show(form: Any, refusal: HwabaekError) -> int:
    """Say beside the form why it was refused; nothing that was typed is lost."""
    form.form_errors.append(f"{refusal.title}. {refusal.advice}")
    return refusal.status
