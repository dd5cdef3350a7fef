"""What an appointed auditor does: ask for a sample, open it one by one, note what was found."""

from flask import flash, make_response, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from app.petitions.forms.samples import FindingForm, SampleForm
from app.petitions.queries import samples as queries
from app.petitions.routes.blueprint import blueprint
from app.petitions.rules.refusals import NeverOpened, PetitionNotFound, SampleTooLarge
from app.petitions.rules.samples import SampleFinding
from app.petitions.services import samples as services
from app.platform.access import requires, requires_recent
from app.platform.permissions import Permission


@blueprint.route("/petitions/samples/", methods=["GET", "POST"])
@requires(Permission.SAMPLE_OPEN)
def samples() -> AnyResponse | tuple[str, int]:
    """The auditor's samples, and asking for another."""
    form = SampleForm()
    if form.validate_on_submit():
        size = (form.size.data or "").strip()
        try:
            number = int(size) if size.isascii() and size.isdigit() else 0
            sample = services.request_sample(current_user, form.read_reference(), number)
        except SampleTooLarge as refusal:
            form.size.errors = [str(refusal.title)]
        except (PetitionNotFound, NeverOpened) as refusal:
            form.petition.errors = [str(refusal.title)]
        else:
            return redirect(url_for("petitions.sample", number=sample.id), 303)
    listed = queries.list_samples(current_user)
    return render_template("petitions/samples.html", form=form, samples=listed), 422 if form.errors else 200


@blueprint.get("/petitions/samples/<int:number>")
@requires(Permission.SAMPLE_OPEN)
def sample(number: int) -> str:
    """One sample: whether it is drawn, and what it holds."""
    found = queries.get_sample(current_user, number)
    return render_template("petitions/sample.html", sample=found, sampled=queries.list_sampled(found))


@blueprint.post("/petitions/samples/<int:number>/draw")
@requires(Permission.SAMPLE_OPEN)
def draw_sample(number: int) -> AnyResponse:
    """Draw it by the ledger's root."""
    services.draw(current_user, number)
    return redirect(url_for("petitions.sample", number=number), 303)


@blueprint.post("/petitions/samples/<int:number>/signatures/<int:sampled>")
@requires(Permission.SAMPLE_OPEN)
@requires_recent
def open_sampled(number: int, sampled: int) -> AnyResponse:
    """Show who signed, after it was recorded."""
    opened = services.open_signature(current_user, sampled)
    page = render_template(
        "petitions/sampled.html", opened=opened, number=number, sampled=sampled, form=FindingForm()
    )
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/petitions/samples/<int:number>/signatures/<int:sampled>/finding")
@requires(Permission.SAMPLE_OPEN)
def note_finding(number: int, sampled: int) -> AnyResponse:
    """Write down what was found."""
    form = FindingForm()
    if form.validate_on_submit():
        services.note_finding(current_user, sampled, SampleFinding(form.finding.data), form.note.data or "")
        flash(gettext("The finding is noted, and stands in the ledger."), "done")
    else:
        flash(gettext("Choose what you found"), "error")
    return redirect(url_for("petitions.sample", number=number), 303)
