"""Where officials ask another agency's system for data, by a sharing."""

from flask import make_response, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from app.access_records.forms.sharings import AskAgencyForm, name_sharing
from app.access_records.models import SharingAgreement
from app.access_records.queries.consents import list_agreements
from app.access_records.queries.terms import name_category
from app.access_records.routes.blueprint import blueprint
from app.access_records.rules import LookUpRefused
from app.access_records.services.gateway import fetch_datum
from app.access_records.services.look_up import Released
from app.accounts.rules import ClaimNotUsable
from app.platform.access import requires
from app.platform.permissions import Permission


@blueprint.route("/data/look-up/shared", methods=["GET", "POST"])
@requires(Permission.PERSON_LOOK_UP)
def ask_agency() -> AnyResponse | tuple[str, int]:
    """Ask by a sharing; a refusal stands beside its field."""
    agreements = list_agreements(current_user.agency_id) if current_user.agency_id else []
    form = AskAgencyForm()
    chosen = _offer(form, agreements)
    released = _fetch(form, chosen) if chosen is not None and form.validate_on_submit() else None
    if chosen is not None and released is not None:
        return _show(released, chosen)
    status = 422 if form.errors else 200
    page = render_template(
        "access_records/ask_agency.html",
        form=form,
        agreements=agreements,
        chosen=chosen,
        sharing_name=name_sharing,
    )
    return page, status


def _fetch(form: AskAgencyForm, chosen: SharingAgreement) -> Released | None:
    """The data, or None with the refusal beside its field."""
    claim, case_number = form.claim.data or "", form.case_number.data or ""
    try:
        return fetch_datum(current_user, chosen.code, claim, form.categories.data or [], case_number)
    except (LookUpRefused, ClaimNotUsable) as refusal:
        form[getattr(refusal, "field", "claim")].errors = [f"{refusal.title}. {refusal.advice}"]
    return None


def _offer(form: AskAgencyForm, agreements: list[SharingAgreement]) -> SharingAgreement | None:
    """Fill the form for the chosen sharing; without scripts, `?sharing=` changes it."""
    code = form.sharing.data or request.args.get("sharing", "")
    chosen = next((a for a in agreements if a.code == code), agreements[0] if agreements else None)
    if chosen is None:
        form.sharing.choices, form.categories.choices = [], []
        return None
    form.offer(agreements, chosen)
    if request.method == "GET":
        form.sharing.data = chosen.code
    return chosen


def _show(released: Released, chosen: SharingAgreement) -> AnyResponse:
    page = render_template(
        "access_records/shown.html",
        released=released,
        system=chosen.system,
        name_category=name_category,
        back_url=url_for("access_records.ask_agency", sharing=chosen.code),
    )
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response
