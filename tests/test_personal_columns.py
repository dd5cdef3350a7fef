"""Personal columns are read in the places listed here, and nowhere else.

What others hold about a person is read by `access_records.services.look_up.release_data`, which records the
reading first. An account's own columns are read for the account's own holder, to sign in, to deliver mail
and to make a voter roll. Who signed a petition is read for the signer's own holder, and to look for fraud.

Four columns of other people's data are closed by construction: loading their row does not load them. For the
rest every source and template is parsed. A name that means a person's datum wherever it stands (`.email`) is
a reading whatever the variable is called; one that means other things too (`.name`) is a reading where the
file imports its model. Forms' fields are what a visitor typed, and no column.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, nodes
from sqlalchemy import inspect, select
from sqlalchemy.exc import InvalidRequestError

from app.access_records.models import EpochLeaf, SystemDatum
from app.access_records.queries import oversight
from app.access_records.services.epochs import close_epoch
from app.accounts.models import Account, Person, Resident
from app.civil_requests.models import Assignment
from app.elections.models import RollVoter
from app.elections.queries import get_election, list_roll
from app.extensions import db as database
from app.ledger.services.sequencer import sequence_batch
from app.petitions.models import EmailSigner, Signature
from app.platform import clock
from app.platform.transaction import transaction
from tests.access_records.kit import found_country
from tests.elections.town import make_draft

APP = Path(__file__).resolve().parents[1] / "app"
# Each model's personal columns.
COLUMNS = {
    Account: {"email", "display_name", "district"},
    Resident: {"name", "district"},
    RollVoter: {"email", "name"},
    EmailSigner: {"name", "postcode", "email", "canonical_email"},
    Signature: {"account_id", "email_signer_id", "district"},
    SystemDatum: {"value"},
    EpochLeaf: {"sealed", "sealed_nonce"},
    Person: {"birth_year"},
    Assignment: {"address"},
}
# These mean a person's datum wherever they stand.
PLAIN = {
    "email",
    "display_name",
    "district",
    "postcode",
    "canonical_email",
    "email_signer_id",
    "sealed_nonce",
    "birth_year",
}
# What a form's field has and a column has not.
OF_FIELDS = {"data", "errors", "choices"}
# What no code of ours says but SQL does.
TABLES = {"system_datum", "petition_email_signer", "election_roll_voter"}
# The protocol and the outsiders' commands know no database; the demo's people are made up.
OUTSIDE = ("core/", "auditor/", "client/", "demo/")

# Where a personal column may be read, and why: the one list.
READERS = {
    "access_records/queries/circumstances.py": "whether two people are neighbours; told to nobody",
    "access_records/queries/labels.py": "the year goes with the enrolment that a signature is made from",
    "access_records/queries/held.py": "the person's own session",
    "access_records/queries/oversight.py": "the oversight body's own file of an epoch",
    "access_records/services/held_data.py": "changes what its callers have recorded, reads nothing",
    "access_records/services/look_up.py": "records, then reads",
    "accounts/queries.py": "sign-in and the outbox by address, rolls by district",
    "accounts/routes/desk.py": "the person is present",
    "accounts/routes/desk_acts.py": "the person is present",
    "accounts/routes/profile.py": "the holder's own session",
    "accounts/routes/second_factor.py": "the holder's own sign-in",
    "accounts/routes/sign_in.py": "sign-in",
    "accounts/services/birth_years.py": "writes it, and gives it back",
    "accounts/services/desk_registration.py": "the person is present and shows who they are",
    "accounts/services/identity_provider.py": "what the provider says about whoever signs in",
    "accounts/services/passkeys.py": "the holder's own keys",
    "accounts/services/passwords.py": "the holder's own password",
    "accounts/services/persons.py": "attesting at a desk writes the district",
    "accounts/services/registration.py": "the holder's own registration",
    "accounts/services/roles.py": "what the ledger commits to when an account is made",
    "accounts/templates/accounts/account.html": "an administrator grants a role to somebody by name",
    "accounts/templates/accounts/accounts.html": "an administrator grants a role to somebody by name",
    "accounts/templates/accounts/confirm.html": "the holder's own registration",
    "accounts/templates/accounts/profile.html": "the holder's own page",
    "civil_requests/services/filing.py": "writes what the person has typed for this agency",
    "civil_requests/services/handling.py": "goes along to the agency that takes the request over",
    "civil_requests/services/publishing.py": "whether a text to be published still names its filers",
    "elections/queries.py": "whether the holder is on a roll",
    "elections/routes/management.py": "the roll, for the credential authority's own computer",
    "elections/services/drafts.py": "the roll's district rules, and a trustee's name",
    "elections/templates/elections/show.html": "the district of an election, no person's",
    "notifications/mail.py": "delivery",
    "petitions/queries/admission.py": "what the holder's own signature would say",
    "petitions/queries/email_signers.py": "whether the address's own account has signed; told to it by mail",
    "petitions/queries/fraud.py": "counts by domain and network; no address leaves it",
    "petitions/queries/receipts.py": "the receipt of the holder's own signature, made from the address",
    "petitions/queries/signatures.py": "the holder's own signatures",
    "petitions/routes/signature_steps.py": "the holder's own signature",
    "petitions/rules/admission.py": "the district of whoever wants to sign, against the petition's",
    "petitions/services/counting.py": "totals of a district, no person's",
    "petitions/services/desk_signing.py": "the person is present and signs",
    "petitions/services/drafts.py": "whether the holder may start or sign",
    "petitions/services/email_signing.py": "the holder's own signature, by the link that was mailed to them",
    "petitions/services/followers.py": "whom a petition's news go to",
    "petitions/services/invalidation.py": "tells the signer",
    "petitions/services/joining.py": "a follower by e-mail goes on under the same address",
    "petitions/services/objections.py": "the holder's own signature",
    "petitions/services/paper.py": "makes a pseudonym of a line of paper and keeps neither",
    "petitions/services/samples.py": "an appointed auditor's sample; each opening is recorded first",
    "petitions/services/signing.py": "the holder's own signature, under the address where no person is known",
    "petitions/templates/petitions/email_signature.html": "the holder's own signature, by the link",
    "petitions/templates/petitions/sampled.html": "an appointed auditor's sample; each opening is recorded",
}


def sources(*suffixes: str) -> Iterator[tuple[str, str]]:
    """Each source: its path within the application and its text."""
    for path in sorted(APP.rglob("*")):
        name = path.relative_to(APP).as_posix()
        is_ours = not {"static", "models", "models.py"} & set(path.parts) and not name.startswith(OUTSIDE)
        if path.suffix in suffixes and is_ours:
            yield name, path.read_text("utf-8")


def personal_in(tree: ast.Module) -> set[str]:
    """The attribute names that are personal in this file: the plain ones, and those of models it imports."""
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    used |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    used |= {node.name for node in ast.walk(tree) if isinstance(node, ast.alias)}
    imported = [columns for model, columns in COLUMNS.items() if model.__name__ in used]
    return PLAIN.union(*imported)


def reads(tree: ast.Module) -> bool:
    """Whether a file reads a personal column, as far as its text can say."""
    personal = personal_in(tree)
    of_fields = {
        node.value for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr in OF_FIELDS
    }
    return any(is_reading(node, personal) for node in ast.walk(tree) if node not in of_fields)


def is_reading(node: ast.AST, personal: set[str]) -> bool:
    """An attribute, its name in `getattr`, or a table in SQL."""
    match node:
        case ast.Attribute(value=ast.Name(id="form")):
            return False
        case ast.Attribute(value=ast.Name(id=owner), attr=name) if owner[:1].isupper():
            return any(owner == model.__name__ and name in columns for model, columns in COLUMNS.items())
        case ast.Name(id="SystemDatum") | ast.alias(name="SystemDatum") | ast.Attribute(attr="SystemDatum"):
            return True
        case ast.Attribute(attr=name):
            return name in personal
        case ast.Call(func=ast.Name(id="getattr"), args=[_, ast.Constant(value=name), *_]):
            return name in personal
        case ast.Constant(value=str(text)):
            return any(f" {table}" in text for table in TABLES)
    return False


def reads_template(text: str) -> bool:
    """Whether a template reads a personal column."""
    tree = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"]).parse(text)
    found: Any = tree.find_all((nodes.Getattr, nodes.Getitem))
    return any(
        (node.attr if isinstance(node, nodes.Getattr) else getattr(node.arg, "value", "")) in PLAIN
        for node in found
        if not (isinstance(node.node, nodes.Name) and node.node.name == "form")
    )


@cache
def list_readers() -> set[str]:
    """Every file that reads a personal column."""
    found = {name for name, text in sources(".py") if reads(ast.parse(text))}
    return found | {name for name, text in sources(".html", ".txt") if reads_template(text)}


def test_personal_columns_are_read_in_the_listed_places_only() -> None:
    assert list_readers() - set(READERS) == set()


def test_the_list_names_nobody_who_reads_nothing() -> None:
    assert set(READERS) - list_readers() == set()


def test_the_columns_are_those_of_the_models() -> None:
    assert {(model, name) for model, names in COLUMNS.items() for name in names} == {
        (model, name)
        for model, names in COLUMNS.items()
        for name in names & set(inspect(model).columns.keys())
    }


@pytest.mark.parametrize(
    "source",
    [
        "def f(a): return a.email",
        "def f(served): return served.holder.district",
        "from app.accounts.models import Account\nselect(Account.display_name)",
        "from app.accounts.models import Resident\ndef f(row): return row.name",
        "from app.access_records import models\nselect(models.SystemDatum)",
        "from app.access_records.models import SystemDatum as Datum\nselect(Datum)",
        "from app.petitions.models import Signature\ndef f(x): return x.account_id",
        "def f(a): return getattr(a, 'email')",
        "text('SELECT value FROM system_datum')",
    ],
)
def test_a_reading_is_found_whatever_the_variable_is_called(source: str) -> None:
    assert reads(ast.parse(source))


@pytest.mark.parametrize(
    "source",
    [
        "def f(form): return form.email.data",
        "class Form:\n    def check(self): return self.email.data",
        "def f(election): return election.name",
        "from app.petitions.models import Signature, Sponsor\nselect(Sponsor.account_id)",
    ],
)
def test_what_is_no_column_of_a_person_is_no_reading(source: str) -> None:
    assert not reads(ast.parse(source))


def test_a_template_is_read_too() -> None:
    assert reads_template("{{ anybody.email }}")
    assert reads_template("{{ row['postcode'] }}")
    assert not reads_template("{{ ui.field(form.email) }} {{ url_for('petitions.email') }}")


def test_a_datum_that_is_loaded_does_not_carry_its_value(db) -> None:
    country = found_country(1)
    with transaction():
        database.session.add(
            SystemDatum(
                system_id=country.system_id,
                person_id=country.person_ids[0],
                category="address",
                value="12 Riverside Street",
                updated_at=clock.now(),
            )
        )
    database.session.expunge_all()
    datum = database.session.scalars(select(SystemDatum)).one()
    with pytest.raises(InvalidRequestError):
        _ = datum.value


def test_what_is_sealed_is_loaded_for_the_oversight_body_alone(db) -> None:
    country = found_country(1)
    close_epoch()
    sequence_batch()
    database.session.expunge_all()
    leaf = database.session.get_one(EpochLeaf, (0, country.person_ids[0]))
    for name in ("sealed", "sealed_nonce"):
        with pytest.raises(InvalidRequestError):
            getattr(leaf, name)
    database.session.expunge_all()
    opened = oversight.open_leaves(0)
    assert opened is not None
    assert [len(leaf.sealed_nonce) for leaf in opened.leaves] == [32]


def test_looking_a_voter_up_does_not_load_who_they_are(db) -> None:
    poll = make_draft(voters=1)
    database.session.expunge_all()
    voter = database.session.scalars(select(RollVoter)).one()
    for name in ("email", "name"):
        with pytest.raises(InvalidRequestError):
            getattr(voter, name)
    database.session.expunge_all()
    (listed,) = list_roll(get_election(poll.uuid))
    assert listed.email == "voter1@hanbit.test"
