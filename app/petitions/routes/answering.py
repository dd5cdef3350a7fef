"""What agencies do about the petitions that they are responsible for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from app.petitions.forms import answering as forms
from app.petitions.forms.moderation import offer_agencies
from app.petitions.models import Petition
from app.petitions.queries import life, petitions, words
from app.petitions.queries.life import Owed
from app.petitions.routes.blueprint import blueprint
from app.petitions.rules.refusals import OtherAgency
from app.petitions.rules.types import ObligationKind
from app.petitions.services import obligations
from app.petitions.services.obligations import Record
from app.platform.access import requires
from app.platform.deadlines import Event, EventKind
from app.platform.forms import HwabaekForm, SelectChoice
from app.platform.permissions import Permission

_RESPONSE, _DEBATE, _COMMITTEE = ObligationKind
_ALL = frozenset(ObligationKind)


@dataclass(frozen=True)
class Step:
    """One thing an agency can do: its form, its name, for which open obligations (none: always)."""

    form: type[HwabaekForm]
    title: Any
    kinds: frozenset[ObligationKind]
    carry_out: Callable[[str, Any], None]


def _change_clock(kind: EventKind) -> Callable[[str, Any], None]:
    def change(reference: str, form: Any) -> None:
        count = form.count.data if kind is EventKind.EXTENDED else 0
        event = Event(kind, life.town_today(), form.reason.data, count)
        obligations.change_clock(current_user, reference, ObligationKind(form.kind.data), event)

    return change


STEPS = {
    "respond": Step(
        forms.RespondForm,
        _l("Publish the answer"),
        frozenset({_RESPONSE, _COMMITTEE}),
        lambda reference, form: obligations.respond(current_user, reference, form.text.data),
    ),
    "schedule": Step(
        forms.ScheduleForm,
        _l("Set a date"),
        frozenset({_DEBATE, _COMMITTEE}),
        lambda reference, form: obligations.schedule_debate(
            current_user, reference, form.on.data, form.place.data
        ),
    ),
    "hold": Step(
        forms.HoldForm,
        _l("Record a debate"),
        frozenset({_DEBATE, _COMMITTEE}),
        lambda reference, form: obligations.hold_debate(
            current_user, reference, Record(form.text.data, form.record_url.data or "")
        ),
    ),
    "decline": Step(
        forms.DeclineForm,
        _l("Decline"),
        _ALL,
        lambda reference, form: obligations.decline(
            current_user, reference, ObligationKind(form.kind.data), form.text.data
        ),
    ),
    "extend": Step(forms.ExtendForm, _l("Take more time"), _ALL, _change_clock(EventKind.EXTENDED)),
    "pause": Step(forms.ClockForm, _l("Stop the clock"), _ALL, _change_clock(EventKind.PAUSED)),
    "resume": Step(forms.ClockForm, _l("Let the clock go on"), _ALL, _change_clock(EventKind.RESUMED)),
    "transfer": Step(
        forms.TransferForm,
        _l("Give it to another agency"),
        frozenset(),
        lambda reference, form: obligations.route_petition(
            current_user, reference, int(form.agency.data), form.reason.data
        ),
    ),
    "outcome": Step(
        forms.OutcomeForm,
        _l("Say what became of it"),
        frozenset(),
        lambda reference, form: obligations.record_outcome(current_user, reference, form.text.data),
    ),
}


@blueprint.get("/petitions/owed")
@requires(Permission.PETITION_ANSWER)
def owed() -> str:
    """What the agency owes, the most urgent first; then what may still come."""
    found = petitions.list_of_agency(current_user.agency_id) if current_user.agency_id else []
    due = [(petition, _list_open(petition)) for petition in found]
    urgent = sorted(
        ((petition, one) for petition, waiting in due for one in waiting),
        key=lambda pair: (pair[1].due_on is None, pair[1].due_on, pair[0].id),
    )
    quiet = [petition for petition, waiting in due if not waiting]
    return render_template(
        "petitions/owed.html", urgent=urgent, quiet=quiet, next_threshold=life.find_next_threshold
    )


@blueprint.get("/petitions/<reference>/answer")
@requires(Permission.PETITION_ANSWER)
def answer(reference: str) -> str:
    """One petition, and what the agency can do now."""
    petition = _get_ours(reference)
    waiting = _list_open(petition)
    kinds = {one.obligation.kind for one in waiting}
    steps = {name: one.title for name, one in STEPS.items() if not one.kinds or one.kinds & kinds}
    # A clock that runs cannot go on, and one that stands cannot be stopped.
    if all(one.due_on is not None for one in waiting):
        steps.pop("resume", None)
    if all(one.due_on is None for one in waiting):
        steps.pop("pause", None)
    return render_template(
        "petitions/answer.html", petition=petition, owed=life.list_owed(petition), steps=steps
    )


@blueprint.route("/petitions/<reference>/answer/<step>", methods=["GET", "POST"])
@requires(Permission.PETITION_ANSWER)
def take_step(reference: str, step: str) -> AnyResponse | tuple[str, int]:
    """The form of one step."""
    petition, wanted = _get_ours(reference), STEPS.get(step)
    if wanted is None:
        abort(404)
    form = wanted.form()
    _offer(form, petition)
    if form.validate_on_submit():
        wanted.carry_out(reference, form)
        flash(gettext("Done. The petition's page shows it, and its followers get a mail."), "done")
        return redirect(url_for("petitions.owed"), 303)
    page = render_template("petitions/take_step.html", petition=petition, form=form, title=wanted.title)
    return page, 422 if form.errors else 200


def _offer(form: Any, petition: Petition) -> None:
    """Fill in what can be chosen."""
    if hasattr(form, "kind"):
        form.kind.choices = [
            SelectChoice(one.obligation.kind, words.name_obligation(one.obligation.kind))
            for one in _list_open(petition)
        ]
    if hasattr(form, "agency"):
        others = [agency for agency in petitions.list_agencies() if agency.id != petition.agency_id]
        offer_agencies(form.agency, [(agency.id, words.name_agency(agency)) for agency in others], None, None)


def _list_open(petition: Petition) -> list[Owed]:
    return [one for one in life.list_owed(petition) if one.obligation.met_at is None]


def _get_ours(reference: str) -> Petition:
    petition = petitions.get_shown_petition(reference)
    if current_user.agency_id is None or petition.agency_id != current_user.agency_id:
        raise OtherAgency
    return petition
