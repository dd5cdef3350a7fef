"""The trustees' pages. Keys are made and used in the browser or by the command line; both send the same."""

from flask import Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from app.elections import jobs, queries
from app.elections.forms import UploadForm
from app.elections.models import Election, Trustee
from app.elections.routes.blueprint import blueprint
from app.elections.rules import NotThisTrustee
from app.elections.services.drafts import register_trustee_key
from app.elections.services.tallies import accept_partial_decryption
from app.platform.access import requires
from app.platform.permissions import Permission


def _own_trusteeship(uuid: str, number: int) -> tuple[Election, Trustee]:
    election = queries.get_election(uuid)
    trustee = queries.get_trustee(election, number)
    if trustee.account_id != current_user.id:
        raise NotThisTrustee
    return election, trustee


def _sent_document() -> bytes:
    """The JSON that a script sent as the body, or a form as its file."""
    upload = request.files.get("document")
    return upload.read() if upload is not None else request.get_data()


def _answer(election: Election, text: str) -> AnyResponse:
    if request.is_json:
        return jsonify(url=url_for("elections.show", uuid=election.uuid))
    flash(text, "done")
    return redirect(url_for("elections.show", uuid=election.uuid))


@blueprint.get("/elections/trusteeships")
@requires(Permission.TRUSTEE_SERVE)
def trusteeships() -> str:
    """The elections whose key the signed-in trustee shares."""
    return render_template(
        "elections/trusteeships.html", trusteeships=queries.list_trusteeships(current_user.id)
    )


@blueprint.get("/elections/<uuid>/trustees/<int:number>/key")
@requires(Permission.TRUSTEE_SERVE)
def trustee_key(uuid: str, number: int) -> str:
    """Make a key pair in the browser."""
    election, trustee = _own_trusteeship(uuid, number)
    form = UploadForm()
    return render_template("elections/trustee_key.html", election=election, trustee=trustee, form=form)


@blueprint.post("/elections/<uuid>/trustees/<int:number>/public-key")
@requires(Permission.TRUSTEE_SERVE)
def register_key(uuid: str, number: int) -> Response | AnyResponse:
    """Take a trustee's public key with its proof of possession."""
    register_trustee_key(current_user, uuid, number, _sent_document())
    return _answer(queries.get_election(uuid), gettext("Your public key is recorded."))


@blueprint.get("/elections/<uuid>/trustees/<int:number>/decrypt")
@requires(Permission.TRUSTEE_SERVE)
def trustee_decrypt(uuid: str, number: int) -> str:
    """Verify the archive and decrypt in the browser."""
    election, trustee = _own_trusteeship(uuid, number)
    form = UploadForm()
    return render_template("elections/trustee_decrypt.html", election=election, trustee=trustee, form=form)


@blueprint.post("/elections/<uuid>/trustees/<int:number>/partial-decryption")
@requires(Permission.TRUSTEE_SERVE)
def decrypt(uuid: str, number: int) -> Response | AnyResponse:
    """Take a trustee's partial decryption; the last one brings out the result."""
    accept_partial_decryption(current_user, uuid, number, _sent_document())
    jobs.advance_elections()
    return _answer(queries.get_election(uuid), gettext("Your partial decryption is recorded."))
