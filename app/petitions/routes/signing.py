"""Signing with an account, what has become of it, and taking it back."""

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from app.petitions.forms.signing import EmailSigningForm
from app.petitions.queries import admission, signatures
from app.petitions.queries.blocks import hash_network
from app.petitions.queries.facts import get_facts
from app.petitions.queries.fraud import find_objection_day
from app.petitions.queries.petitions import get_shown_petition
from app.petitions.routes.blueprint import blueprint
from app.petitions.routes.signature_steps import list_steps, receipt_url
from app.petitions.rules.refusals import AlreadySigned
from app.petitions.services.followers import follow_petition
from app.petitions.services.signing import sign_petition, withdraw_signature
from app.platform.access import login_required, public, requires
from app.platform.error_pages import wants_json
from app.platform.permissions import Permission
from app.platform.rate_limit import client_network
from app.platform.turns import crowded


@blueprint.get("/petitions/<reference>/sign")
@public
def sign_form(reference: str) -> str | AnyResponse:
    """What signing makes public, and the one button; or what is missing, and how to get it."""
    petition = get_shown_petition(reference)
    facts = get_facts(reference)
    if not current_user.is_authenticated:
        form = EmailSigningForm()
        return render_template(
            "petitions/sign_as_stranger.html", petition=petition, rules=facts.rules, form=form
        )
    mine = signatures.find_signature_of(current_user, petition.id)
    if mine is not None and mine.state != "withdrawn":
        return redirect(url_for("petitions.my_signature", reference=reference), 303)
    publication = admission.preview_publication(current_user, facts)
    return render_template(
        "petitions/sign.html",
        petition=petition,
        refusal=admission.find_refusal(current_user, facts),
        publication=publication,
        place=admission.name_place(publication.place),
    )


@blueprint.post("/petitions/<reference>/signatures")
@requires(Permission.SIGNATURE_SIGN)
@crowded
def sign(reference: str) -> AnyResponse | tuple[AnyResponse, int]:
    """Sign with the account that is signed in."""
    try:
        signed = sign_petition(current_user, reference, hash_network(client_network()))
    except AlreadySigned as refusal:
        if wants_json():
            raise
        flash(str(refusal.title), "info")
        return redirect(url_for("petitions.my_signature", reference=reference), 303)
    if request.form.get("follow"):
        follow_petition(current_user, reference)
    if wants_json():
        return jsonify(pseudonym=signed.pseudonym.hex(), leaf_hash=signed.leaf_hash), 201
    flash(gettext("You have signed. Thank you."), "done")
    return redirect(url_for("petitions.my_signature", reference=reference), 303)


@blueprint.post("/petitions/<reference>/signatures/withdraw")
@requires(Permission.SIGNATURE_SIGN)
def withdraw(reference: str) -> AnyResponse:
    """Take one's signature back."""
    withdraw_signature(current_user, reference)
    flash(gettext("Your signature is withdrawn, and counts no more."), "done")
    return redirect(url_for("petitions.my_signature", reference=reference), 303)


@blueprint.get("/petitions/<reference>/signature")
@login_required
def my_signature(reference: str) -> str:
    """What has become of the reader's own signature."""
    petition = get_shown_petition(reference)
    signature = signatures.get_signature_of(current_user, petition.id)
    return render_template(
        "petitions/my_signature.html",
        petition=petition,
        signature=signature,
        place=admission.name_place(signature.place),
        steps=list_steps(signature, signature.signed_at, signature.signed_at),
        receipt=receipt_url(signature, reference),
        objected_at=find_objection_day(signature.id),
    )


@blueprint.get("/petitions/mine/signed")
@login_required
def my_signatures() -> str:
    """Everything that the reader has signed; and what they sponsored, but did not sign by that."""
    return render_template(
        "petitions/my_signatures.html",
        pairs=signatures.list_signatures_of(current_user),
        refused=signatures.list_refused_sponsorships(current_user.id),
    )
