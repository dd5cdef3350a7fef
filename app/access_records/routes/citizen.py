"""What a person sees: who looked at their data, the proof that this is all, the downloads."""

import json
import math
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Response, current_app, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from app.access_records.queries import proofs, seals, terms, timeline
from app.access_records.queries.timeline import Filters
from app.access_records.routes.blueprint import blueprint
from app.access_records.rules import NoPersonYet, NoProofYet, NoticeChoice
from app.access_records.services.notices import choose_notices, remember_proof
from app.core.access_proofs import AccessProof, write_access_proof
from app.core.checkpoints import parse_checkpoint
from app.platform.access import login_required, public
from app.platform.forms import DateField, HwabaekForm, Optional, SelectChoice, SelectField, SubmitField
from app.platform.incoming import read_number
from app.platform.language import current_language
from app.platform.pagination import requested_page
from app.platform.tables import answer_csv

# The endpoint of the button on an entry, once disputes are there.
DISPUTE_ENDPOINT = "access_records.dispute"


class FilterForm(HwabaekForm):
    """Which part of the list to show; an address, so that it can be kept."""

    class Meta(HwabaekForm.Meta):
        """Nothing is changed by it."""

        csrf = False

    agency = SelectField(_l("Agency"), coerce=int, default=0, validators=[Optional()])
    system = SelectField(_l("System"), coerce=int, default=0, validators=[Optional()])
    first_on = DateField(_l("From"), validators=[Optional()])
    last_on = DateField(_l("Until"), validators=[Optional()])
    submit = SubmitField(_l("Show"))


@blueprint.get("/data/")
@login_required
def show_timeline() -> str:
    """Who looked at my data."""
    person_id = current_user.person_id
    if person_id is None:
        return render_template("access_records/timeline_level.html")
    form, page = _filter_form(person_id), requested_page()
    entries, count = timeline.list_entries(person_id, _filters(form), page)
    return render_template(
        "access_records/timeline.html",
        entries=entries,
        count=count,
        page=page,
        page_count=max(1, math.ceil(count / timeline.PAGE_SIZE)),
        form=form,
        chosen={name: value for name, value in request.args.items() if name != "page" and value},
        **_about(person_id),
    )


@blueprint.get("/data/proof.json.gz")
@login_required
def proof_file() -> Response:
    """The completeness proof; `?since=SIZE` asks for growth from an earlier file's log size."""
    person_id = _person_id()
    proof = proofs.find_proof(person_id, read_number("since"))
    if proof is None:
        raise NoProofYet
    remember_proof(person_id, _size(proof))
    name = f"access-proof-{proof.epoch.number}.json.gz"
    return _download(write_access_proof(proof), "application/gzip", name)


@blueprint.get("/data/export.json")
@login_required
def export_json() -> Response:
    """The whole list as JSON."""
    body = json.dumps(_rows(), ensure_ascii=False, indent=1)
    return _download(body.encode(), "application/json", "who-looked-at-my-data.json")


@blueprint.get("/data/export.csv")
@login_required
def export_csv() -> Response:
    """The whole list for a spreadsheet."""
    rows = _rows()
    names = list(rows[0]) if rows else ["number", "accessed_at"]
    response = answer_csv(names, rows, "who-looked-at-my-data")
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/data/notifications")
@login_required
def choose_notifications() -> AnyResponse:
    """Keep when to send mail about accesses."""
    choice = request.form.get("notify", "")
    if choice in set(NoticeChoice):
        choose_notices(_person_id(), NoticeChoice(choice))
    return redirect(url_for("access_records.show_timeline"), 303)


@blueprint.get("/data/sealed")
@public
def sealed() -> str:
    """How many accesses each agency keeps sealed, which of them are overdue, and what oversight signed."""
    return render_template(
        "access_records/sealed.html", counts=seals.count_by_agency(), statements=seals.list_statements()
    )


def _about(person_id: int) -> dict[str, Any]:
    """What stands around the list: counts, proof, opened seals, choices."""
    proof = proofs.find_proof(person_id)
    return {
        "recent": timeline.count_recent(person_id),
        "months": timeline.count_by_month(person_id),
        "proof": proof,
        "proof_day": datetime.fromtimestamp(proof.epoch.at, UTC) if proof else None,
        "witness_count": proofs.count_outside_witnesses(proof) if proof else 0,
        "opened": seals.list_opened(person_id),
        "notify": timeline.get_notification_choice(person_id),
        "category_name": lambda code: terms.name_category(code, _is_korean()),
        "has_disputes": DISPUTE_ENDPOINT in current_app.view_functions,
    }


def _person_id() -> int:
    if current_user.person_id is None:
        raise NoPersonYet
    return int(current_user.person_id)


def _is_korean() -> bool:
    return current_language() == "ko"


def _rows() -> list[Mapping[str, Any]]:
    return [timeline.entry_as_row(entry) for entry in timeline.list_all_entries(_person_id())]


def _size(proof: AccessProof) -> int:
    return parse_checkpoint(proof.map_proof.checkpoint.text).size


def _filter_form(person_id: int) -> FilterForm:
    form = FilterForm(request.args)
    agencies, systems = timeline.list_choices(person_id)
    form.agency.choices = _choices(_l("All agencies"), agencies)
    form.system.choices = _choices(_l("All systems"), systems)
    return form


def _choices(everything: Any, things: Iterable[Any]) -> list[SelectChoice]:
    named = [SelectChoice(thing.id, thing.name_ko if _is_korean() else thing.name) for thing in things]
    return [SelectChoice(0, everything), *named]


def _filters(form: FilterForm) -> Filters:
    if not request.args or not form.validate():
        return Filters()
    return Filters(form.agency.data, form.system.data, form.first_on.data, form.last_on.data)


def _download(body: bytes, mimetype: str, name: str) -> Response:
    response = Response(body, mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
