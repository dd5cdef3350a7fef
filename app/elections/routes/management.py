"""The officials' pages: from a draft to an election that is open, and to its closing."""

import csv
import io

from flask import Response, flash, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from app.accounts import queries as accounts
from app.elections import jobs, policy, queries
from app.elections.forms import (
    ConfirmForm,
    DraftForm,
    QuestionForm,
    ReasonForm,
    RollRuleForm,
    TrusteeForm,
    UploadForm,
)
from app.elections.models import Election
from app.elections.routes.blueprint import blueprint
from app.elections.services import drafts, setup
from app.elections.services.tallies import close_election
from app.platform.access import requires
from app.platform.errors import PermissionDenied
from app.platform.forms import HwabaekForm, SelectChoice
from app.platform.language import current_language
from app.platform.permissions import Permission

STEPS = ("questions", "roll", "trustees", "credentials")


def _managed(uuid: str) -> Election:
    election = queries.get_election(uuid)
    if not policy.can_manage(current_user, election.agency_id):
        raise PermissionDenied
    return election


def _back(uuid: str, text: str) -> AnyResponse:
    flash(text, "done")
    return redirect(url_for("elections.manage", uuid=uuid))


def _form_page(election: Election | None, form: HwabaekForm, step: str) -> tuple[str, int]:
    status = 422 if form.is_submitted() else 200
    return render_template(f"elections/manage_{step}.html", election=election, form=form), status


@blueprint.get("/elections/manage")
@requires(Permission.ELECTION_MANAGE)
def managed() -> str:
    """The elections of the official's agency."""
    return render_template("elections/managed.html", elections=queries.list_managed_elections(current_user))


@blueprint.get("/elections/<uuid>/manage")
@requires(Permission.ELECTION_MANAGE)
def manage(uuid: str) -> str:
    """One election with its steps and what to do next."""
    election = _managed(uuid)
    return render_template(
        "elections/manage.html", election=election, missing=queries.list_missing_steps(election), steps=STEPS
    )


@blueprint.route("/elections/new", methods=["GET", "POST"])
@requires(Permission.ELECTION_CREATE)
def create() -> AnyResponse | tuple[str, int]:
    """Begin a draft."""
    form = DraftForm()
    if form.validate_on_submit():
        election = drafts.create_election(current_user, form.as_draft())
        return _back(election.uuid, gettext("The draft is saved."))
    return _form_page(None, form, "text")


@blueprint.route("/elections/<uuid>/manage/text", methods=["GET", "POST"])
@requires(Permission.ELECTION_MANAGE)
def edit(uuid: str) -> AnyResponse | tuple[str, int]:
    """Rewrite a draft's text and schedule."""
    form = DraftForm(obj=_managed(uuid))
    if form.validate_on_submit():
        drafts.edit_election(current_user, uuid, form.as_draft())
        return _back(uuid, gettext("The draft is saved."))
    return _form_page(_managed(uuid), form, "text")


@blueprint.route("/elections/<uuid>/manage/questions", methods=["GET", "POST"])
@requires(Permission.ELECTION_MANAGE)
def manage_questions(uuid: str) -> AnyResponse | tuple[str, int]:
    """Add a question."""
    form = QuestionForm()
    if form.validate_on_submit():
        drafts.add_question(current_user, uuid, form.as_question())
        return _back(uuid, gettext("The question is added."))
    return _form_page(_managed(uuid), form, "questions")


@blueprint.post("/elections/<uuid>/manage/questions/<int:position>/remove")
@requires(Permission.ELECTION_MANAGE)
def remove_question(uuid: str, position: int) -> AnyResponse:
    """Take a question out."""
    drafts.remove_question(current_user, uuid, position)
    return _back(uuid, gettext("The question is removed."))


@blueprint.route("/elections/<uuid>/manage/roll", methods=["GET", "POST"])
@requires(Permission.ELECTION_MANAGE)
def manage_roll(uuid: str) -> AnyResponse | tuple[str, int]:
    """Make the roll of a district's verified citizens."""
    form = RollRuleForm()
    everyone = SelectChoice("", gettext("All verified citizens of the town"))
    districts = [
        SelectChoice(d.code, d.name_ko if current_language() == "ko" else d.name)
        for d in accounts.list_districts()
    ]
    form.district.choices = [everyone, *districts]
    if form.validate_on_submit():
        size = drafts.fix_roll_by_district(current_user, uuid, form.district.data)
        return _back(uuid, gettext("The roll has %(size)s voters.", size=size))
    return _form_page(_managed(uuid), form, "roll")


@blueprint.route("/elections/<uuid>/manage/roll-list", methods=["GET", "POST"])
@requires(Permission.ELECTION_MANAGE)
def manage_roll_list(uuid: str) -> AnyResponse | tuple[str, int]:
    """Make the roll of an uploaded list."""
    form = UploadForm()
    if form.validate_on_submit():
        text = form.document.data.read().decode("utf-8", errors="replace")
        size = drafts.fix_roll_by_list(current_user, uuid, drafts.parse_roll(text))
        return _back(uuid, gettext("The roll has %(size)s voters.", size=size))
    return _form_page(_managed(uuid), form, "roll_list")


@blueprint.get("/elections/<uuid>/manage/roll.csv")
@requires(Permission.ELECTION_MANAGE)
def roll_csv(uuid: str) -> Response:
    """The roll, for the credential authority's offline computer."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["id", "email", "name", "weight"])
    for voter in queries.list_roll(_managed(uuid)):
        writer.writerow([voter.id, voter.email, voter.name, voter.weight])
    response = Response(text.getvalue(), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="roll-{uuid}.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.route("/elections/<uuid>/manage/trustees", methods=["GET", "POST"])
@requires(Permission.ELECTION_MANAGE)
def manage_trustees(uuid: str) -> AnyResponse | tuple[str, int]:
    """Name a trustee."""
    form = TrusteeForm()
    if form.validate_on_submit():
        drafts.add_trustee(current_user, uuid, form.email.data or "")
        return _back(uuid, gettext("The trustee is added and finds the key page under “My page”."))
    return _form_page(_managed(uuid), form, "trustees")


@blueprint.route("/elections/<uuid>/manage/credentials", methods=["GET", "POST"])
@requires(Permission.ELECTION_MANAGE)
def manage_credentials(uuid: str) -> AnyResponse | tuple[str, int]:
    """Upload the credential authority's public list."""
    form = UploadForm()
    if form.validate_on_submit():
        fingerprint = drafts.publish_credentials(current_user, uuid, form.document.data.read())
        return _back(uuid, gettext("The public credentials are recorded: %(code)s", code=fingerprint))
    return _form_page(_managed(uuid), form, "credentials")


@blueprint.post("/elections/<uuid>/manage/issue-credentials")
@requires(Permission.ELECTION_MANAGE)
def issue_credentials(uuid: str) -> AnyResponse:
    """Let the server be the authority of a small poll."""
    setup.issue_credentials(current_user, uuid)
    return _back(uuid, gettext("The credentials are made and on their way to the voters."))


@blueprint.route("/elections/<uuid>/manage/set-up", methods=["GET", "POST"])
@requires(Permission.ELECTION_MANAGE)
def set_up(uuid: str) -> AnyResponse | tuple[str, int]:
    """Freeze the draft."""
    form = ConfirmForm()
    if form.validate_on_submit():
        setup.set_up_election(current_user, uuid)
        return _back(uuid, gettext("The election is set up. Nothing about it can change any more."))
    return _form_page(_managed(uuid), form, "set_up")


@blueprint.route("/elections/<uuid>/manage/open", methods=["GET", "POST"])
@requires(Permission.ELECTION_MANAGE)
def open_voting(uuid: str) -> AnyResponse | tuple[str, int]:
    """Open by hand, with a reason."""
    form = ReasonForm()
    if form.validate_on_submit():
        setup.open_election(current_user, uuid, form.reason.data or "")
        return _back(uuid, gettext("Voting is open."))
    return _form_page(_managed(uuid), form, "open")


@blueprint.route("/elections/<uuid>/manage/close", methods=["GET", "POST"])
@requires(Permission.ELECTION_MANAGE)
def close_voting(uuid: str) -> AnyResponse | tuple[str, int]:
    """Close by hand, with a reason."""
    form = ReasonForm()
    if form.validate_on_submit():
        close_election(current_user, uuid, form.reason.data or "")
        jobs.advance_elections()
        return _back(uuid, gettext("Voting is closed. The trustees are asked to decrypt."))
    return _form_page(_managed(uuid), form, "close")


@blueprint.route("/elections/<uuid>/manage/cancel", methods=["GET", "POST"])
@requires(Permission.ELECTION_MANAGE)
def cancel(uuid: str) -> AnyResponse | tuple[str, int]:
    """Give the election up before voting began."""
    form = ReasonForm()
    if form.validate_on_submit():
        setup.cancel_election(current_user, uuid, form.reason.data or "")
        return _back(uuid, gettext("The election is cancelled."))
    return _form_page(_managed(uuid), form, "cancel")
