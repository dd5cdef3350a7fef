"""Following a petition, and the end of it, by a button or by the link in a mail."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from app.extensions import csrf
from app.petitions.routes.blueprint import blueprint
from app.petitions.rules.refusals import LinkNotValid
from app.petitions.services import followers
from app.platform.access import login_required, public


@blueprint.post("/petitions/<reference>/follow")
@login_required
def follow(reference: str) -> AnyResponse:
    """Get a mail about each step."""
    followers.follow_petition(current_user, reference)
    flash(gettext("You get a mail at each step of this petition."), "done")
    return redirect(url_for("petitions.show", reference=reference), 303)


@blueprint.post("/petitions/<reference>/unfollow")
@login_required
def unfollow(reference: str) -> AnyResponse:
    """Get no more mails."""
    followers.unfollow_petition(current_user, reference)
    flash(gettext("You get no more mails about this petition."), "done")
    return redirect(url_for("petitions.show", reference=reference), 303)


@blueprint.route("/petitions/unsubscribe/<int:follower_id>/<mail_token>", methods=["GET", "POST"])
@csrf.exempt
@public
def unsubscribe(follower_id: int, mail_token: str) -> str:
    """The link of a mail: a page with a button. Mail programs post here by themselves (RFC 8058).

    They have no session, so the token of the link is what authorises it.
    """
    if not followers.is_token_of(follower_id, mail_token):
        raise LinkNotValid
    if request.method == "POST":
        followers.unsubscribe(follower_id, mail_token)
    return render_template("petitions/unsubscribe.html", is_done=request.method == "POST")
