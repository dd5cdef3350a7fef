"""The way to the identity provider and back, for signing in and for linking an account."""

from flask import current_app, flash, redirect, session, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from app.accounts.routes.blueprint import blueprint
from app.accounts.routes.sign_in import renew_session, way_on
from app.accounts.rules import ProviderRefused
from app.accounts.services import identity_provider as service
from app.platform.access import login_required, public, requires_recent

# What the visitor set out to do; the answer to anything else is refused.
PURPOSE_KEY = "provider_purpose"


@blueprint.get("/account/provider")
@public
def provider_sign_in() -> AnyResponse:
    """Go to the provider to sign in."""
    session[PURPOSE_KEY] = "sign-in"
    return service.begin()


@blueprint.get("/account/provider/link")
@login_required
@requires_recent
def provider_link() -> AnyResponse:
    """Go to the provider to link the present account."""
    session[PURPOSE_KEY] = f"link {current_user.id}"
    return service.begin()


@blueprint.get("/account/provider/answer")
@public
def provider_answer() -> AnyResponse:
    """Take the provider's answer."""
    purpose = session.pop(PURPOSE_KEY, None)
    identity = service.finish()
    if purpose == "sign-in":
        identifier = service.sign_in_by(identity)
        renew_session(identifier)
        return redirect(way_on(identifier, ""), 303)
    if not current_user.is_authenticated or purpose != f"link {current_user.id}":
        raise ProviderRefused
    service.link(current_user, identity)
    flash(gettext("Your account is linked. You can sign in with the provider."), "done")
    return redirect(url_for("accounts.security"), 303)


@blueprint.app_context_processor
def offer_provider() -> dict[str, bool]:
    """Tell templates whether there is a provider."""
    return {"has_provider": bool(current_app.config["OIDC_ISSUER"])}
