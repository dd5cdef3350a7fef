"""`flask accounts ...`: what an operator does before the first administrator can sign in."""

import click
from flask.cli import AppGroup

from app.accounts.policy import Role
from app.accounts.services.passwords import check_strength, hash_password
from app.accounts.services.roles import NewAccount, create_account
from app.platform.errors import HwabaekError

accounts_commands = AppGroup("accounts", help="Accounts that the town vouches for.")


@accounts_commands.command("create")
@click.argument("email")
@click.argument("name")
@click.option(
    "--role", "roles", multiple=True, type=click.Choice([role.value for role in Role]), default=["citizen"]
)
@click.option("--identity", help="The number of the identity card that the person has shown.")
@click.password_option()
def create(email: str, name: str, roles: tuple[str, ...], identity: str | None, password: str) -> None:
    """Create a confirmed account, such as the first administrator's; asks for its password."""
    try:
        check_strength(password, email)
        wanted = NewAccount(
            email, name, hash_password(password), [Role(role) for role in roles], identity=identity
        )
        account = create_account(wanted)
    except HwabaekError as refusal:
        raise click.ClickException(f"{refusal.title}. {refusal.detail or refusal.advice}") from refusal
    click.echo(f"Account {account.id} is made; the act is in the ledger.")
