"""The officials' pages: from a draft to an election that is open, and to its closing."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Response, flash, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from app.accounts import queries as accounts
from app.elections import jobs, policy, queries
from app.elections.forms import (
    ConfirmForm,
    CredentialsForm,
    DraftForm,
    QuestionForm,
    ReasonForm,
    RollListForm,
    RollRuleForm,
    TrusteeForm,
)
from app.elections.models import Election
from app.elections.routes.blueprint import blueprint
from app.elections.rules import SERVER_AUTHORITY_LIMIT, Act, ElectionRefusal, next_state
from app.elections.services import drafts, setup
from app.elections.services.tallies import close_election
from app.platform.access import requires, requires_recent
from app.platform.errors import PermissionDenied
from app.platform.forms import HwabaekForm, SelectChoice
from app.platform.language import current_language
from app.platform.permissions import Permission


def _managed(uuid: str, act: Act | None = None) -> Election:
    """The election, if this official manages it and `act` is possible now."""
    election = queries.get_election(uuid)
    if not policy.can_manage(current_user, election.agency_id):
        raise PermissionDenied
    if act is not None:
        next_state(election.state, act)
    return election


def _back(uuid: str, text: str) -> AnyResponse:
    flash(text, "done")
    return redirect(url_for("elections.manage", uuid=uuid))


def _form_page(election: Election | None, form: HwabaekForm, step: str, **facts: Any) -> tuple[str, int]:
    status = 422 if form.is_submitted() else 200
    return render_template(f"elections/manage_{step}.html", election=election, form=form, **facts), status


@contextmanager
def _shown_beside(field: Any) -> Iterator[None]:
    """Show what is wrong with an input beside its field, so that nothing typed is lost."""
    try:
        yield
    except ElectionRefusal as refusal:
        if refusal.status != 422:
            raise
        detail = f" ({refusal.detail})" if refusal.detail else ""
        field.errors = [f"{refusal.title}{detail}. {refusal.advice}"]


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
        "elections/manage.html",
        election=election,
        facts=queries.get_facts(election, current_user),
        missing=queries.list_missing_steps(election),
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
    form = DraftForm(obj=_managed(uuid, Act.EDIT))
    if form.validate_on_submit():
        drafts.edit_election(current_user, uuid, form.as_draft())
        return _back(uuid, gettext("The draft is saved."))
    return _form_page(_managed(uuid), form, "text")


@blueprint.route("/elections/<uuid>/manage/questions", methods=["GET", "POST"])
@requires(Permission.ELECTION_MANAGE)
def manage_questions(uuid: str) -> AnyResponse | tuple[str, int]:
    """Add a question."""
    election, form = _managed(uuid, Act.EDIT), QuestionForm()
    if form.validate_on_submit():
        with _shown_beside(form.answers):
            drafts.add_question(current_user, uuid, form.as_question())
            flash(gettext("The question is added."), "done")
            return redirect(url_for("elections.manage_questions", uuid=uuid))
    return _form_page(election, form, "questions")


@blueprint.post("/elections/<uuid>/manage/questions/<int:position>/remove")
@requires(Permission.ELECTION_MANAGE)
def remove_question(uuid: str, position: int) -> AnyResponse:
    """Take a question out."""
    drafts.remove_question(current_user, uuid, position)
    flash(gettext("The question is removed."), "done")
    return redirect(url_for("elections.manage_questions", uuid=uuid))


@blueprint.route("/elections/<uuid>/manage/roll", methods=["GET", "POST"])
@requires(Permission.ELECTION_MANAGE)
def manage_roll(uuid: str) -> AnyResponse | tuple[str, int]:
    """Make the roll of a district's verified citizens."""
    election = _managed(uuid, Act.FIX_ROLL)
    form = RollRuleForm(data={"district": election.roll_district})
    everyone = SelectChoice("", gettext("All verified citizens of the town"))
    districts = [
        SelectChoice(d.code, d.name_ko if current_language() == "ko" else d.name)
        for d in accounts.list_districts()
    ]
    form.district.choices = [everyone, *districts]
    if form.validate_on_submit():
        size = drafts.fix_roll_by_district(current_user, uuid, form.district.data)
        return _back(uuid, gettext("The roll has %(size)s voters.", size=size))
    return _form_page(election, form, "roll", district=queries.find_district(election))


@blueprint.route("/elections/<uuid>/manage/roll-list", methods=["GET", "POST"])
@requires(Permission.ELECTION_MANAGE)
def manage_roll_list(uuid: str) -> AnyResponse | tuple[str, int]:
    """Make the roll of an uploaded list."""
    election, form = _managed(uuid, Act.FIX_ROLL), RollListForm()
    if form.validate_on_submit():
        with _shown_beside(form.document):
            size = drafts.fix_roll_by_list(current_user, uuid, drafts.parse_roll(form.text))
            return _back(uuid, gettext("The roll has %(size)s voters.", size=size))
    return _form_page(election, form, "roll_list")


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
    election, form = _managed(uuid, Act.EDIT), TrusteeForm()
    if form.validate_on_submit():
        with _shown_beside(form.email):
            drafts.add_trustee(current_user, uuid, form.email.data or "")
            flash(gettext("The trustee is added and finds the key page under “My page”."), "done")
            return redirect(url_for("elections.manage_trustees", uuid=uuid))
    return _form_page(election, form, "trustees")


@blueprint.route("/elections/<uuid>/manage/credentials", methods=["GET", "POST"])
@requires(Permission.ELECTION_MANAGE)
def manage_credentials(uuid: str) -> AnyResponse | tuple[str, int]:
    """Upload the credential authority's public list."""
    election, form = _managed(uuid, Act.PUBLISH_CREDENTIALS), CredentialsForm()
    if form.validate_on_submit():
        with _shown_beside(form.document):
            fingerprint = drafts.publish_credentials(current_user, uuid, form.document.data.read())
            return _back(uuid, gettext("The public credentials are recorded: %(code)s", code=fingerprint))
    unknown = queries.count_roll_without_account(election)
    facts = {"limit": SERVER_AUTHORITY_LIMIT, "without_account": unknown}
    return _form_page(election, form, "credentials", **facts)


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
    election = _managed(uuid, Act.SET_UP)
    return _form_page(election, form, "set_up", missing=queries.list_missing_steps(election))


@blueprint.route("/elections/<uuid>/manage/open", methods=["GET", "POST"])
@requires(Permission.ELECTION_MANAGE)
def open_voting(uuid: str) -> AnyResponse | tuple[str, int]:
    """Open by hand, with a reason."""
    form = ReasonForm()
    if form.validate_on_submit():
        setup.open_election(current_user, uuid, form.reason.data or "")
        return _back(uuid, gettext("Voting is open."))
    return _form_page(_managed(uuid, Act.OPEN), form, "open")


@blueprint.route("/elections/<uuid>/manage/close", methods=["GET", "POST"])
@requires(Permission.ELECTION_MANAGE)
@requires_recent
def close_voting(uuid: str) -> AnyResponse | tuple[str, int]:
    """Close by hand, with a reason."""
    form = ReasonForm()
    if form.validate_on_submit():
        close_election(current_user, uuid, form.reason.data or "")
        jobs.advance_elections()
        return _back(uuid, gettext("Voting is closed. The trustees are asked to decrypt."))
    return _form_page(_managed(uuid, Act.CLOSE), form, "close")


@blueprint.route("/elections/<uuid>/manage/cancel", methods=["GET", "POST"])
@requires(Permission.ELECTION_MANAGE)
def cancel(uuid: str) -> AnyResponse | tuple[str, int]:
    """Give the election up before voting began."""
    form = ReasonForm()
    if form.validate_on_submit():
        setup.cancel_election(current_user, uuid, form.reason.data or "")
        return _back(uuid, gettext("The election is cancelled."))
    return _form_page(_managed(uuid, Act.CANCEL), form, "cancel")
