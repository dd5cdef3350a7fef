"""What moderators do: the queue, one petition, a decision."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from app.petitions.forms import moderation as forms
from app.petitions.models import Petition
from app.petitions.queries import life, petitions, words
from app.petitions.routes.blueprint import blueprint
from app.petitions.rules.life import PetitionState
from app.petitions.rules.refusals import PetitionNotFound
from app.petitions.services import moderation, obligations
from app.platform.access import requires
from app.platform.forms import HwabaekForm
from app.platform.permissions import Permission

MODERATED = (PetitionState.MODERATION, PetitionState.OPEN, PetitionState.CLOSED)


@dataclass(frozen=True)
class Decision:
    """One thing a moderator can do: its form, its name, in which states, and the service."""

    form: type[HwabaekForm]
    title: Any
    states: tuple[PetitionState, ...]
    carry_out: Callable[[str, Any], None]


_CHECKED, _OPEN = PetitionState.MODERATION, PetitionState.OPEN
DECISIONS = {
    "publish": Decision(
        forms.PublishForm,
        _l("Publish"),
        (_CHECKED,),
        lambda reference, form: moderation.publish_petition(
            current_user, reference, int(form.agency.data) if form.agency.data else None
        ),
    ),
    "ask-changes": Decision(
        forms.ChangesForm,
        _l("Give it back for changes"),
        (_CHECKED,),
        lambda reference, form: moderation.ask_changes(current_user, reference, form.note.data),
    ),
    "edit": Decision(
        forms.EditForm,
        _l("Change its text"),
        (_CHECKED, _OPEN),
        lambda reference, form: moderation.edit_text(
            current_user, reference, form.read_text(), form.reason.data
        ),
    ),
    "refuse": Decision(
        forms.RefuseForm,
        _l("Refuse it"),
        (_CHECKED,),
        lambda reference, form: moderation.refuse_petition(
            current_user, reference, form.reason.data, form.note.data or ""
        ),
    ),
    "join": Decision(
        forms.JoinForm,
        _l("Join it to another"),
        (_CHECKED, _OPEN),
        lambda reference, form: moderation.join_petition(current_user, reference, form.read_reference()),
    ),
    "route": Decision(
        forms.RouteForm,
        _l("Say which agency is responsible"),
        (_OPEN, PetitionState.CLOSED),
        lambda reference, form: obligations.route_petition(
            current_user, reference, int(form.agency.data), form.reason.data
        ),
    ),
    "stop": Decision(
        forms.StopForm,
        _l("Stop it"),
        (_OPEN,),
        lambda reference, form: moderation.stop_petition(
            current_user, reference, form.reason.data, form.note.data or ""
        ),
    ),
}


@blueprint.get("/petitions/moderation")
@requires(Permission.PETITION_MODERATE)
def moderation_queue() -> str:
    """What waits, oldest first."""
    return render_template("petitions/moderation.html", waiting=life.list_waiting())


@blueprint.get("/petitions/<reference>/moderate")
@requires(Permission.PETITION_MODERATE)
def moderate(reference: str) -> str:
    """One petition, and what can be decided about it."""
    petition = _get_moderated(reference)
    return render_template(
        "petitions/moderate.html",
        petition=petition,
        decisions={name: one.title for name, one in DECISIONS.items() if petition.state in one.states},
        similar=petitions.find_similar_petitions(f"{petition.title} {petition.demand}", reference),
        waiting=life.get_waiting(petition),
        why=life.explain_moderation(petition),
        events=life.list_events(petition.id),
        sponsors=life.count_sponsors(petition.id),
    )


@blueprint.route("/petitions/<reference>/moderate/<decision>", methods=["GET", "POST"])
@requires(Permission.PETITION_MODERATE)
def decide(reference: str, decision: str) -> AnyResponse | tuple[str, int]:
    """The form of one decision."""
    petition, wanted = _get_moderated(reference), DECISIONS.get(decision)
    if wanted is None:
        abort(404)
    form = wanted.form(obj=petition)
    if hasattr(form, "agency"):
        agencies = [(agency.id, words.name_agency(agency)) for agency in petitions.list_agencies()]
        forms.offer_agencies(form.agency, agencies, petition.agency_id, gettext("Not known yet"))
    if form.validate_on_submit():
        try:
            wanted.carry_out(reference, form)
        except PetitionNotFound:
            # Only joining names another petition.
            if not isinstance(form, forms.JoinForm):
                raise
            form.other.errors = [gettext("No other open petition has this address. Copy it from its page")]
        else:
            flash(gettext("Done. Its page and the ledger show it."), "done")
            return redirect(url_for("petitions.moderation_queue"), 303)
    page = render_template("petitions/decide.html", petition=petition, form=form, title=wanted.title)
    return page, 422 if form.errors else 200


def _get_moderated(reference: str) -> Petition:
    petition = petitions.get_petition(reference)
    if petition.state not in MODERATED:
        raise PetitionNotFound
    return petition
