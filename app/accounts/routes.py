"""Pages of accounts."""

from flask import Blueprint, render_template

from app.platform.access import login_required

blueprint = Blueprint("accounts", __name__, template_folder="templates")


@blueprint.get("/account/")
@login_required
def profile() -> str:
    """My page."""
    return render_template("accounts/profile.html")
