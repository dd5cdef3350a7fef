"""Signing without an account: the form, and the pages that the mailed link leads to."""

from flask import Response, flash, jsonify, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from app.petitions.forms.fraud import ObjectionForm
from app.petitions.forms.signing import EmailSigningForm
from app.petitions.queries import admission, email_signers
from app.petitions.queries.facts import get_facts
from app.petitions.queries.fraud import find_objection_day
from app.petitions.queries.petitions import get_shown_petition
from app.petitions.queries.receipts import get_email_receipt
from app.petitions.queries.signatures import find_signature_by_email
from app.petitions.routes.blueprint import blueprint
from app.petitions.routes.receipts import download_receipt
from app.petitions.routes.signature_steps import list_steps
from app.petitions.rules.refusals import NotSigned, ProofOfWorkRefused
from app.petitions.rules.signing import SignatureState
from app.petitions.services import email_signing, proof_of_work
from app.petitions.services.email_signing import Wish
from app.petitions.services.objections import object_by_link
from app.platform.access import public
from app.platform.error_pages import wants_json
from app.platform.errors import HwabaekError, TooManyRequests
from app.platform.language import current_language
from app.platform.rate_limit import client_network

# ALTCHA's own name for it.
PROOF_FIELD = "altcha"


@blueprint.route("/petitions/<reference>/sign/email", methods=["GET", "POST"])
@public
def sign_by_email(reference: str) -> Response | AnyResponse:
    """Name, postcode and address; the answer is the same for every address."""
    form, payload = EmailSigningForm(), request.form.get(PROOF_FIELD, "")
    if not form.validate_on_submit():
        return _draw(reference, form, 422 if form.is_submitted() else 200)
    try:
        proof = proof_of_work.verify_solution(reference, payload) if payload else None
        email_signing.request_signature(reference, _read(form), client_network(), proof)
    except (TooManyRequests, ProofOfWorkRefused) as refusal:
        if wants_json():
            raise
        # The form stays as it was filled in.
        return _draw(reference, form, refusal.status, refusal=refusal, has_proof=bool(payload))
    return redirect(url_for("petitions.mail_under_way", reference=reference), 303)


@blueprint.get("/petitions/<reference>/sign/challenge")
@public
def challenge(reference: str) -> Response:
    """What the form's script solves before the form is sent; a new one each time."""
    get_shown_petition(reference)
    response = jsonify(proof_of_work.create_challenge(reference))
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/petitions/<reference>/sign/mail")
@public
def mail_under_way(reference: str) -> str:
    """Look into your mailbox."""
    return render_template("petitions/mail_under_way.html", petition=get_shown_petition(reference))


@blueprint.get("/petitions/signed/<token>")
@public
def email_signature(token: str) -> str:
    """What the link shows: a button to confirm, or what has become of the signature. Changes nothing."""
    return _render(token, ObjectionForm())


@blueprint.post("/petitions/signed/<token>/objection")
@public
def object_by_email(token: str) -> AnyResponse | tuple[str, int]:
    """A signer's word against the invalidation of their signature, by whoever holds the link."""
    form = ObjectionForm()
    if form.validate_on_submit():
        object_by_link(token, form.text.data or "")
        flash(gettext("The moderators have your objection."), "done")
        return redirect(url_for("petitions.email_signature", token=token), 303)
    return _render(token, form), 422


def _render(token: str, objection: ObjectionForm) -> str:
    signer, petition = email_signers.get_email_signer(token)
    signature = find_signature_by_email(signer.id)
    confirmed_at = signer.confirmed_at if signature else None
    objected_at = find_objection_day(signature.id) if signature else None
    may_object = signature is not None and signature.state == SignatureState.INVALIDATED and not objected_at
    return render_template(
        "petitions/email_signature.html",
        petition=petition,
        signer=signer,
        signature=signature,
        token=token,
        follows=email_signers.follows_by_email(signer.id),
        place=admission.name_place(signature.place) if signature else None,
        steps=list_steps(signature, signer.requested_at, confirmed_at),
        objection=objection if may_object else None,
        objected_at=objected_at,
    )


@blueprint.get("/petitions/signed/<token>/receipt")
@public
def email_receipt(token: str) -> Response:
    """The receipt of what was signed by e-mail, for whoever holds the link."""
    signer, petition = email_signers.get_email_signer(token)
    signature = find_signature_by_email(signer.id)
    if signature is None:
        raise NotSigned
    return download_receipt(get_email_receipt(petition, signature))


@blueprint.post("/petitions/signed/<token>/confirm")
@public
def confirm_email_signature(token: str) -> AnyResponse:
    """Sign; by POST, since mail scanners follow every link."""
    email_signing.confirm_signature(token)
    flash(gettext("You have signed. Thank you."), "done")
    return redirect(url_for("petitions.email_signature", token=token), 303)


@blueprint.post("/petitions/signed/<token>/withdraw")
@public
def withdraw_email_signature(token: str) -> AnyResponse:
    """Take it back."""
    email_signing.withdraw_by_link(token)
    flash(gettext("Your signature is withdrawn, and counts no more."), "done")
    return redirect(url_for("petitions.email_signature", token=token), 303)


@blueprint.post("/petitions/signed/<token>/unfollow")
@public
def unfollow_by_email(token: str) -> AnyResponse:
    """End the mails."""
    email_signing.unfollow_by_link(token)
    flash(gettext("You get no more mails about this petition."), "done")
    return redirect(url_for("petitions.email_signature", token=token), 303)


def _read(form: EmailSigningForm) -> Wish:
    return Wish(
        name=(form.name.data or "").strip(),
        postcode=(form.postcode.data or "").strip(),
        email=(form.email.data or "").strip(),
        language=current_language(),
        follows=bool(form.follow.data),
    )


def _draw(
    reference: str,
    form: EmailSigningForm,
    status: int,
    *,
    refusal: HwabaekError | None = None,
    has_proof: bool = False,
) -> Response:
    petition, rules = get_shown_petition(reference), get_facts(reference).rules
    page = {"petition": petition, "rules": rules, "form": form, "refusal": refusal, "has_proof": has_proof}
    response = make_response(render_template("petitions/sign_as_stranger.html", **page), status)
    if refusal is not None and refusal.retry_after is not None:
        response.headers["Retry-After"] = str(refusal.retry_after)
    return response
