"""The oversight body's desk, and the statements that it signed."""

from flask import Response, flash, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from app.access_records.forms.oversight import StatementForm
from app.access_records.queries import seals
from app.access_records.queries.oversight import list_keys
from app.access_records.routes.blueprint import blueprint
from app.access_records.rules import NoStatement
from app.access_records.services.oversight import export_leaves, receive_statement
from app.platform.access import public, requires, requires_recent
from app.platform.permissions import Permission


@blueprint.get("/data/oversight/")
@requires(Permission.OVERSIGHT_OPEN)
def oversight() -> str:
    """The epochs, and which of them wait to be examined."""
    return render_template(
        "access_records/oversight.html",
        epochs=seals.list_epochs(),
        closed_count=len(seals.list_closed()),
        has_key=bool(list_keys()),
    )


@blueprint.post("/data/oversight/<int:number>/leaves.json")
@requires(Permission.OVERSIGHT_OPEN)
@requires_recent
def take_leaves(number: int) -> Response:
    """All leaves of an epoch, opened; each download is in the ledger."""
    response = Response(export_leaves(current_user, number), mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="epoch-{number}.json"'
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.route("/data/oversight/<int:number>/statement", methods=["GET", "POST"])
@requires(Permission.OVERSIGHT_OPEN)
@requires_recent
def hand_in(number: int) -> AnyResponse | tuple[str, int]:
    """Hand in the statement that was signed away from here."""
    form = StatementForm()
    if form.validate_on_submit():
        receive_statement(current_user, number, form.text)
        flash(gettext("The statement is published."), "done")
        return redirect(url_for("access_records.oversight"), 303)
    page = render_template("access_records/hand_in.html", form=form, number=number)
    return page, 422 if form.errors else 200


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
    """The keys that statements are signed with, in note form, newest first."""
    return Response("".join(f"{key}\n" for key in list_keys()), mimetype="text/plain")
