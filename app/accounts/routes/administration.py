"""The administrators' list of accounts."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from app.accounts import queries
from app.accounts.forms import ROLE_NAMES, RoleForm
from app.accounts.policy import Role
from app.accounts.routes.blueprint import blueprint
from app.accounts.services import roles
from app.platform.access import requires, requires_recent
from app.platform.errors import HwabaekError
from app.platform.pagination import requested_page
from app.platform.permissions import Permission


@blueprint.get("/admin/accounts")
@requires(Permission.ACCOUNT_LIST)
def accounts() -> str:
    """All accounts, by name, with their roles."""
    search = request.args.get("q", "").strip()
    page = queries.list_accounts(search, requested_page())
    return render_template("accounts/accounts.html", page=page, search=search, role_names=ROLE_NAMES)


@blueprint.get("/admin/accounts/<int:account_id>")
@requires(Permission.ACCOUNT_LIST)
def account(account_id: int) -> str:
    """One account: its roles, and whether the person is known."""
    return render_template(
        "accounts/account.html",
        account=queries.get_account(account_id),
        role_names=ROLE_NAMES,
    )


@blueprint.post("/admin/accounts/<int:account_id>/roles")
@requires(Permission.ROLE_GRANT)
@requires_recent
def change_role(account_id: int) -> AnyResponse:
    """Give or take a role."""
    form = RoleForm()
    if not form.validate_on_submit():
        raise HwabaekError
    role = Role(form.role.data)
    if form.act.data == "grant":
        roles.grant_role(current_user, account_id, role)
    else:
        roles.revoke_role(current_user, account_id, role)
    flash(gettext("The roles are changed, and the change is in the ledger."), "done")
    return redirect(url_for("accounts.account", account_id=account_id), 303)
