"""Starting a petition: its kind, its text, its sponsors, sending it in."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from app.petitions.forms.drafting import PetitionForm
from app.petitions.models import Petition
from app.petitions.queries import life, petitions
from app.petitions.routes.blueprint import blueprint
from app.petitions.routes.similar import ROOM
from app.petitions.rules.life import PUBLIC_STATES, PetitionState
from app.petitions.rules.refusals import PetitionNotFound
from app.petitions.rules.types import parse_rules
from app.petitions.services import drafts
from app.petitions.services.sponsors import sponsor_petition
from app.platform.access import login_required, public, requires
from app.platform.permissions import Permission
from app.platform.similar import list_elsewhere

SPONSORED = (PetitionState.SPONSORING, PetitionState.MODERATION)


@blueprint.get("/petitions/new")
@public
def choose_type() -> str:
    """What kinds there are, what each needs and what it leads to."""
    return render_template("petitions/choose_type.html", types=petitions.list_types())


@blueprint.route("/petitions/new/<type_code>", methods=["GET", "POST"])
@requires(Permission.PETITION_START)
def write(type_code: str) -> AnyResponse | tuple[str, int]:
    """First one sentence, so that similar petitions can be shown; then the whole text."""
    rules, title = petitions.get_type(type_code), request.args.get("title", "").strip()
    drafts.ensure_may_start(current_user, type_code)
    form = PetitionForm(data={"title": title})
    if form.validate_on_submit():
        reference = drafts.start_petition(current_user, type_code, form.read_text())
        flash(gettext("The draft is saved. Nobody but you can see it."), "done")
        return redirect(url_for("petitions.draft", reference=reference), 303)
    page = render_template(
        "petitions/write.html",
        form=form if title or request.method == "POST" else None,
        rules=rules,
        similar=petitions.find_similar_petitions(form.title.data or ""),
        elsewhere=list_elsewhere(ROOM, form.title.data or ""),
    )
    return page, 422 if form.errors else 200


@blueprint.get("/petitions/own")
@login_required
def own() -> str:
    """What the reader has started."""
    return render_template("petitions/own.html", found=petitions.list_own_petitions(current_user.id))


@blueprint.get("/petitions/<reference>/draft")
@login_required
def draft(reference: str) -> str:
    """The creator's page: where it stands before it is published, and what to do next."""
    petition = petitions.get_own_petition(current_user, reference)
    is_draft = petition.state == PetitionState.DRAFT
    text = f"{petition.title} {petition.demand}"
    return render_template(
        "petitions/draft.html",
        petition=petition,
        rules=parse_rules(petition.rules),
        sponsors=life.count_sponsors(petition.id),
        sponsoring=life.find_sponsoring_deadline(petition),
        waiting=life.get_waiting(petition),
        similar=petitions.find_similar_petitions(text, reference) if is_draft else [],
        elsewhere=list_elsewhere(ROOM, text) if is_draft else [],
        events=life.list_events(petition.id),
        is_public=petition.state in PUBLIC_STATES,
    )


@blueprint.route("/petitions/<reference>/draft/edit", methods=["GET", "POST"])
@login_required
def edit_draft(reference: str) -> AnyResponse | tuple[str, int]:
    """Change a draft."""
    petition = petitions.get_own_petition(current_user, reference)
    form = PetitionForm(obj=petition)
    if form.validate_on_submit():
        drafts.edit_draft(current_user, reference, form.read_text())
        flash(gettext("The draft is saved. Nobody but you can see it."), "done")
        return redirect(url_for("petitions.draft", reference=reference), 303)
    return render_template("petitions/edit_draft.html", form=form, petition=petition), (
        422 if form.errors else 200
    )


@blueprint.post("/petitions/<reference>/submit")
@login_required
def submit(reference: str) -> AnyResponse:
    """Send it in: to its sponsors, or to the moderators."""
    drafts.submit_petition(current_user, reference)
    flash(gettext("Your petition is sent in."), "done")
    return redirect(url_for("petitions.draft", reference=reference), 303)


@blueprint.post("/petitions/<reference>/take-back")
@login_required
def take_back(reference: str) -> AnyResponse:
    """Give it up before it is published."""
    drafts.withdraw_petition(current_user, reference)
    flash(gettext("Your petition is taken back."), "done")
    return redirect(url_for("petitions.draft", reference=reference), 303)


@blueprint.get("/petitions/<reference>/sponsor")
@public
def sponsor(reference: str) -> str | AnyResponse:
    """The page that the creator's link leads to."""
    petition = _get_sponsored(reference)
    if petition.state not in SPONSORED:
        return redirect(url_for("petitions.show", reference=reference))
    reader = current_user.id if current_user.is_authenticated else None
    return render_template(
        "petitions/sponsor.html",
        petition=petition,
        rules=parse_rules(petition.rules),
        sponsors=life.count_sponsors(petition.id),
        sponsoring=life.find_sponsoring_deadline(petition),
        is_own=reader is not None and petition.creator_id == reader,
        is_over=life.is_too_late_to_sponsor(petition),
        is_sponsor=reader is not None and life.is_sponsor(reader, petition.id),
    )


@blueprint.post("/petitions/<reference>/sponsors")
@requires(Permission.SIGNATURE_SIGN)
def add_sponsor(reference: str) -> AnyResponse:
    """Stand by it."""
    sponsor_petition(current_user, reference)
    flash(gettext("You are a sponsor now. You get a mail when it is published."), "done")
    return redirect(url_for("petitions.sponsor", reference=reference), 303)


def _get_sponsored(reference: str) -> Petition:
    petition = petitions.get_petition(reference)
    if petition.state not in SPONSORED and petition.state not in PUBLIC_STATES:
        raise PetitionNotFound
    return petition
