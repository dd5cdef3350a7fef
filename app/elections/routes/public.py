"""What everybody sees: the list, an election, its ballots, its result, its files."""

import math

from flask import Response, render_template, request
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from app.accounts.models import Account
from app.elections import queries
from app.elections.models import Election
from app.elections.routes.blueprint import blueprint
from app.elections.rules import BallotNotFound, ElectionState
from app.platform.access import public
from app.platform.pagination import requested_page


def _reader() -> Account | None:
    return current_user if current_user.is_authenticated else None


@blueprint.get("/elections/")
@public
def index() -> str:
    """All elections that are set up."""
    return render_template("elections/index.html", elections=queries.list_public_elections())


@blueprint.get("/elections/<uuid>")
@public
def show(uuid: str) -> str:
    """One election: where it stands, and how to check it."""
    election = queries.get_visible_election(uuid, _reader())
    return render_template(
        "elections/show.html", election=election, facts=queries.get_facts(election, _reader())
    )


@blueprint.get("/elections/<uuid>/results")
@public
def results(uuid: str) -> str:
    """The result, with turnout and how to check it."""
    election = queries.get_public_election(uuid)
    counted = queries.list_results(election)
    return render_template(
        "elections/results.html",
        election=election,
        facts=queries.get_facts(election, _reader()),
        results=counted,
        total_weight=queries.get_total_weight(election) if counted else 0,
    )


@blueprint.get("/elections/<uuid>/ballots")
@public
def ballots(uuid: str) -> str:
    """All trackers, searchable."""
    election = queries.get_public_election(uuid)
    search = request.args.get("q", "").replace(" ", "")
    page = requested_page()
    found, count = queries.list_ballots(election, search, page)
    return render_template(
        "elections/ballots.html",
        election=election,
        ballots=found,
        count=count,
        search=search,
        page=page,
        page_count=max(1, math.ceil(count / queries.PAGE_SIZE)),
    )


@blueprint.get("/elections/<uuid>/receipts/<tracker>")
@public
def receipt(uuid: str, tracker: str) -> str:
    """Whether the ballot with this tracker is in the ballot box; the page to save or print."""
    election = queries.get_public_election(uuid)
    wanted = from_url_form(tracker)
    ballot = queries.find_ballot(election, wanted)
    return render_template("elections/receipt.html", election=election, tracker=wanted, ballot=ballot)


@blueprint.get("/elections/<uuid>/receipts/<tracker>.txt")
@public
def receipt_text(uuid: str, tracker: str) -> Response:
    """The receipt as a file to keep. It is true of this moment, so no cache may hold it."""
    election = queries.get_public_election(uuid)
    wanted = from_url_form(tracker)
    ballot = queries.find_ballot(election, wanted)
    if ballot is None:
        raise BallotNotFound
    text = render_template("elections/receipt.txt", election=election, tracker=wanted, ballot=ballot)
    response = Response(text, mimetype="text/plain")
    response.headers["Content-Disposition"] = f'attachment; filename="receipt-{tracker[:8]}.txt"'
    response.headers["Cache-Control"] = "no-store"
    return response


def from_url_form(tracker: str) -> str:
    """A tracker as it stands in an address: base64 with - and _ for + and /."""
    return tracker.replace("-", "+").replace("_", "/")


def to_url_form(tracker: str) -> str:
    """A tracker made fit for an address."""
    return tracker.replace("+", "-").replace("/", "_")


blueprint.add_app_template_filter(to_url_form, "tracker_in_url")


def _data(body: bytes, election: Election) -> AnyResponse:
    response = Response(body, mimetype="application/json")
    response.set_etag(f"{election.uuid}-{len(body)}")
    response.headers["Cache-Control"] = "public, max-age=300"
    return response.make_conditional(request)


@blueprint.get("/elections/<uuid>/election.json")
@public
def election_json(uuid: str) -> AnyResponse:
    """The exact bytes that the fingerprint covers."""
    election = queries.get_public_election(uuid)
    return _data(queries.get_document(election, 0), election)


@blueprint.get("/elections/<uuid>/trustees.json")
@public
def trustees_json(uuid: str) -> AnyResponse:
    """The trustees' public keys with their proofs."""
    election = queries.get_public_election(uuid)
    return _data(queries.get_document(election, 1), election)


@blueprint.get("/elections/<uuid>/credentials.json")
@public
def credentials_json(uuid: str) -> AnyResponse:
    """The public credentials."""
    election = queries.get_public_election(uuid)
    return _data(queries.get_document(election, 2), election)


@blueprint.get("/elections/<uuid>/archive.bel")
@public
def archive(uuid: str) -> Response:
    """Everything that is public, as one file for the verifiers."""
    election = queries.get_public_election(uuid)
    response = Response(b"".join(queries.iterate_archive(election)), mimetype="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="{election.uuid}.bel"'
    is_final = ElectionState(election.state) is ElectionState.FINISHED
    response.headers["Cache-Control"] = "public, max-age=300" if is_final else "no-cache"
    return response
