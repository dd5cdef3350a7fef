"""The list of elections for programs."""

from flask import Response, jsonify, url_for

from app.elections import queries
from app.elections.routes.blueprint import blueprint
from app.platform.access import public


@blueprint.get("/api/v1/elections")
@public
def api_index() -> Response:
    """Every election that is set up: uuid, name, state, group, ballot_count, archive_url."""
    return jsonify(
        [
            {
                "uuid": election.uuid,
                "name": election.name,
                "state": election.state,
                "group": election.group_name,
                "ballot_count": election.ballot_count,
                "archive_url": url_for("elections.archive", uuid=election.uuid),
            }
            for election in queries.list_public_elections()
        ]
    )
