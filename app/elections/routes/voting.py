"""The booth's page, and the one address that takes ballots."""

from flask import Response, jsonify, render_template, request, url_for
from flask_login import current_user

from app.elections import queries
from app.elections.routes.blueprint import blueprint
from app.elections.routes.public import to_url_form
from app.elections.services.ballots import cast_ballot
from app.platform.access import public, requires
from app.platform.permissions import Permission


@blueprint.get("/elections/<uuid>/vote")
@public
def vote(uuid: str) -> str:
    """The booth: everything else happens on the voter's device."""
    return render_template("elections/vote.html", election=queries.get_public_election(uuid))


@blueprint.post("/elections/<uuid>/ballots")
@requires(Permission.BALLOT_CAST)
def cast(uuid: str) -> tuple[Response, int]:
    """Take a ballot: the request's body is the ballot, byte for byte."""
    accepted = cast_ballot(current_user, uuid, request.get_data())
    receipt_url = url_for("elections.receipt", uuid=uuid, tracker=to_url_form(accepted.tracker))
    return jsonify(tracker=accepted.tracker, number=accepted.number, receipt_url=receipt_url), 201
