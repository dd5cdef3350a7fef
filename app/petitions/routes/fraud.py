"""The moderators' desk against fraud: alerts, blocks, invalidations; and the signers' objections."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from app.petitions.forms.fraud import BlockForm, InvalidationForm, ObjectionForm, UndoForm
from app.petitions.queries import blocks as block_queries
from app.petitions.queries import fraud as queries
from app.petitions.queries import fraud_words as words
from app.petitions.queries.petitions import get_shown_petition
from app.petitions.routes.blueprint import blueprint
from app.petitions.rules.fraud import BlockKind
from app.petitions.rules.refusals import BlockInvalid, BlockUnchanged, NoCriteria, NothingMatches
from app.petitions.services import fraud, invalidation, objections
from app.platform.access import login_required, requires, requires_recent
from app.platform.permissions import Permission

blueprint.add_app_template_global(words.name_reason, "name_invalidation")


@blueprint.get("/petitions/fraud/")
@requires(Permission.SIGNATURE_INVALIDATE)
def fraud_desk() -> str:
    """What waits: alerts, and invalidations that need a second person."""
    return render_template(
        "petitions/fraud.html",
        alerts=queries.list_alerts(),
        invalidations=queries.list_invalidations(),
        name_subject=fraud.name_subject,
        words=words,
    )


@blueprint.post("/petitions/fraud/alerts/<int:number>")
@requires(Permission.SIGNATURE_INVALIDATE)
def close_alert(number: int) -> AnyResponse:
    """See to an alert."""
    fraud.close_alert(current_user, number)
    return redirect(url_for("petitions.fraud_desk"), 303)


@blueprint.post("/petitions/fraud/alerts/<int:number>/block")
@requires(Permission.SIGNATURE_INVALIDATE)
def block_noticed(number: int) -> AnyResponse:
    """Block what an alert has noticed."""
    fraud.block_noticed(current_user, number, gettext("Noticed by a trend alert"))
    flash(gettext("It is blocked, and this stands in the ledger."), "done")
    return redirect(url_for("petitions.blocks"), 303)


@blueprint.route("/petitions/fraud/blocks", methods=["GET", "POST"])
@requires(Permission.SIGNATURE_INVALIDATE)
def blocks() -> AnyResponse | tuple[str, int]:
    """From where nobody can sign unverified."""
    form = BlockForm()
    if form.validate_on_submit():
        try:
            fraud.add_block(
                current_user, BlockKind(form.kind.data), form.subject.data or "", form.reason.data or ""
            )
        except (BlockInvalid, BlockUnchanged) as refusal:
            form.subject.errors = [f"{refusal.title}. {refusal.advice}"]
        else:
            flash(gettext("It is blocked, and this stands in the ledger."), "done")
            return redirect(url_for("petitions.blocks"), 303)
    listed = block_queries.list_blocks()
    page = render_template("petitions/blocks.html", form=form, blocks=listed, words=words)
    return page, 422 if form.errors else 200


@blueprint.post("/petitions/fraud/blocks/<int:number>/remove")
@requires(Permission.SIGNATURE_INVALIDATE)
def remove_block(number: int) -> AnyResponse:
    """Take a block from the list."""
    fraud.remove_block(current_user, number, gettext("Not needed any more"))
    flash(gettext("It is not blocked any more, and this stands in the ledger."), "done")
    return redirect(url_for("petitions.blocks"), 303)


@blueprint.route("/petitions/<reference>/invalidate", methods=["GET", "POST"])
@requires(Permission.SIGNATURE_INVALIDATE)
@requires_recent
def propose_invalidation(reference: str) -> AnyResponse | tuple[str, int]:
    """Say which signatures and why; first count them, then propose."""
    petition, form, run = get_shown_petition(reference), InvalidationForm.prefilled(), None
    if form.validate_on_submit():
        try:
            if form.is_final():
                number = invalidation.propose_invalidation(
                    current_user, reference, form.as_criteria(), form.reason.data or "", form.note.data or ""
                )
                flash(gettext("The proposal waits for a second person."), "done")
                return redirect(url_for("petitions.show_invalidation", number=number), 303)
            run = queries.try_criteria(petition.id, form.as_criteria())
        except (NoCriteria, NothingMatches) as refusal:
            form.domain.errors = [f"{refusal.title}. {refusal.advice}"]
    page = render_template("petitions/invalidate.html", petition=petition, form=form, run=run, words=words)
    return page, 422 if form.errors else 200


@blueprint.get("/petitions/fraud/invalidations/<int:number>")
@requires(Permission.SIGNATURE_INVALIDATE)
def show_invalidation(number: int) -> str:
    """One invalidation: what it would change or has changed, and what can be done now."""
    found = queries.get_invalidation(number)
    return render_template(
        "petitions/invalidation.html",
        invalidation=found,
        changed=queries.count_changed(number),
        objections=queries.list_objections(number),
        form=UndoForm(),
        words=words,
    )


@blueprint.post("/petitions/fraud/invalidations/<int:number>/confirm")
@requires(Permission.SIGNATURE_INVALIDATE)
@requires_recent
def confirm_invalidation(number: int) -> AnyResponse:
    """Confirm as the second person."""
    invalidation.confirm_invalidation(current_user, number)
    flash(gettext("It is confirmed, and is being done."), "done")
    return redirect(url_for("petitions.show_invalidation", number=number), 303)


@blueprint.post("/petitions/fraud/invalidations/<int:number>/refuse")
@requires(Permission.SIGNATURE_INVALIDATE)
def refuse_invalidation(number: int) -> AnyResponse:
    """Turn a proposal down, or take one's own back."""
    invalidation.refuse_invalidation(current_user, number)
    flash(gettext("The proposal is turned down. Nothing has changed."), "done")
    return redirect(url_for("petitions.show_invalidation", number=number), 303)


@blueprint.post("/petitions/fraud/invalidations/<int:number>/undo")
@requires(Permission.SIGNATURE_INVALIDATE)
@requires_recent
def undo_invalidation(number: int) -> AnyResponse:
    """Propose that the signatures count again."""
    form = UndoForm()
    if form.validate_on_submit():
        invalidation.propose_undoing(current_user, number, form.note.data or "")
        flash(gettext("The proposal waits for a second person."), "done")
    else:
        flash(gettext("Write why these signatures should count again."), "refused")
    return redirect(url_for("petitions.show_invalidation", number=number), 303)


@blueprint.route("/petitions/<reference>/objection", methods=["GET", "POST"])
@login_required
def object_to_invalidation(reference: str) -> AnyResponse | tuple[str, int]:
    """A signer's word against the invalidation of their own signature."""
    petition, form = get_shown_petition(reference), ObjectionForm()
    if form.validate_on_submit():
        objections.object_to_invalidation(current_user, reference, form.text.data or "")
        flash(gettext("The moderators have your objection."), "done")
        return redirect(url_for("petitions.my_signature", reference=reference), 303)
    page = render_template("petitions/objection.html", petition=petition, form=form)
    return page, 422 if form.errors else 200
