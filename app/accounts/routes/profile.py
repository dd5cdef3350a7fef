"""My page."""

from flask import make_response, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from app.accounts import queries
from app.accounts.forms import ROLE_NAMES, LanguageForm
from app.accounts.routes.blueprint import blueprint
from app.accounts.services.settings import choose_language
from app.platform.access import login_required
from app.platform.language import current_language, remember_language


@blueprint.get("/account/")
@login_required
def profile() -> str:
    """Who I am here, what I may do, and my settings."""
    district = queries.find_district(current_user.district)
    form = LanguageForm(language=current_language())
    roles = [ROLE_NAMES[role] for role in sorted(current_user.roles)]
    return render_template("accounts/profile.html", form=form, roles=roles, district=district)


@blueprint.post("/account/language")
@login_required
def language() -> AnyResponse:
    """Keep the language that pages and mail shall use."""
    form = LanguageForm()
    response = make_response(redirect(url_for("accounts.profile"), 303))
    if form.validate_on_submit():
        choose_language(current_user.id, form.language.data)
        remember_language(response, form.language.data)
    return response
