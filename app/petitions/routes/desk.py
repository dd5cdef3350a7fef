"""What clerks do: enter sheets of paper, and sign for a person at a desk (an entry of `DESK_ACTS`)."""

from collections.abc import Mapping

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from app.accounts.queries import Served
from app.accounts.services.desk import DeskAct
from app.petitions.forms.paper import DeskSigningForm, SheetForm
from app.petitions.queries import paper as queries
from app.petitions.queries.petitions import get_shown_petition
from app.petitions.routes.blueprint import blueprint
from app.petitions.rules.paper import LinesRefused, SheetKnown, parse_lines
from app.petitions.services.desk_signing import KIND, sign_at_desk, withdraw_at_desk
from app.petitions.services.paper import Sheet, enter_sheet
from app.platform.access import requires, requires_recent
from app.platform.permissions import Permission


@blueprint.get("/petitions/paper")
@requires(Permission.SIGNATURE_ENTER)
def paper() -> str:
    """The petitions that take signatures on paper."""
    return render_template("petitions/paper.html", petitions=queries.list_open_petitions(on_paper=True))


@blueprint.route("/petitions/<reference>/paper", methods=["GET", "POST"])
@requires(Permission.SIGNATURE_ENTER)
@requires_recent
def sheet(reference: str) -> tuple[str, int] | AnyResponse:
    """Enter one sheet, whole or not at all."""
    petition, form = get_shown_petition(reference), SheetForm()
    if form.validate_on_submit():
        try:
            count = enter_sheet(current_user, reference, _read(form))
        except LinesRefused as refusal:
            form.lines.errors = [
                gettext("Line %(line)s: %(problem)s", line=problem.line, problem=problem.text)
                for problem in refusal.problems
            ]
        except SheetKnown as refusal:
            form.number.errors = [str(refusal.title)]
        else:
            flash(_entered(count), "done")
            return redirect(url_for("petitions.sheet", reference=reference), 303)
    sheets = queries.list_sheets(petition.id)
    page = render_template("petitions/sheet.html", petition=petition, form=form, sheets=sheets)
    return page, 422 if form.is_submitted() else 200


def _read(form: SheetForm) -> Sheet:
    entries = tuple(parse_lines(form.lines.data or ""))
    return Sheet((form.number.data or "").strip(), entries, form.scan.data or None)


def _entered(count: int) -> str:
    return ngettext(
        "The sheet is entered: %(num)s signature.", "The sheet is entered: %(num)s signatures.", count
    )


def _form(_served: Served) -> DeskSigningForm:
    form = DeskSigningForm()
    form.offer_petitions()
    return form


def _describe(details: Mapping[str, str]) -> str:
    return gettext("Signature under the petition “%(title)s”", title=details["title"])


def _has_petitions(_served: Served) -> bool:
    return bool(queries.list_open_petitions())


SIGN_AT_DESK = DeskAct(
    kind=KIND,
    name=_l("Signature under a petition"),
    describe=_describe,
    form=_form,
    carry_out=sign_at_desk,
    undo=withdraw_at_desk,
    is_offered=_has_petitions,
)
