"""The oversight body's desk, and the statements that it signed."""

from flask import Response, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from app.access_records.queries import seals
from app.access_records.routes.blueprint import blueprint
from app.access_records.rules import NoStatement
from app.access_records.services.oversight import attest_epoch, get_oversight_key
from app.platform.access import public, requires
from app.platform.permissions import Permission


@blueprint.get("/data/oversight/")
@requires(Permission.OVERSIGHT_OPEN)
def oversight() -> str:
    """The epochs, and which of them wait to be examined."""
    return render_template("access_records/oversight.html", epochs=seals.list_epochs())


@blueprint.post("/data/oversight/<int:number>")
@requires(Permission.OVERSIGHT_OPEN)
def attest(number: int) -> AnyResponse:
    """Open all leaves of an epoch, recompute the map, sign what was found."""
    if attest_epoch(current_user, number) is None:
        raise NoStatement
    return redirect(url_for("access_records.oversight"), 303)


@blueprint.get("/data/oversight/<int:number>/statement.txt")
@public
def statement(number: int) -> Response:
    """A statement as it was signed."""
    found = seals.find_statement(number)
    if found is None:
        raise NoStatement
    return Response(found.note, mimetype="text/plain")


@blueprint.get("/data/oversight/vkey")
@public
def oversight_vkey() -> Response:
    """The key that statements are signed with, in note form."""
    return Response(f"{get_oversight_key().verifier}\n", mimetype="text/plain")
