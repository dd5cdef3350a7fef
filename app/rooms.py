"""The rooms, in the order of their dependence: the table of contents.

Importing a room's routes and jobs is what makes them known; nothing else does.
"""

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from click import Command
from flask import Blueprint, url_for
from flask_babel import lazy_gettext as _l

from app.access_records import jobs as access_record_jobs
from app.access_records.cli import access_records_commands
from app.access_records.routes import blueprint as access_records
from app.access_records.routes.desk import ASK_CORRECTION, CHOOSE_CONSENT, CHOOSE_NOTICES
from app.access_records.services.labels import enrol_label
from app.accounts import jobs as account_jobs
from app.accounts import queries as accounts_queries
from app.accounts.cli import accounts_commands
from app.accounts.routes import blueprint as accounts
from app.accounts.routes.desk_acts import ACTS as ACCOUNT_DESK_ACTS
from app.accounts.services.desk import DeskAct
from app.civil_requests import jobs as civil_request_jobs
from app.civil_requests.cli import civil_requests_commands
from app.civil_requests.routes import blueprint as civil_requests
from app.civil_requests.routes.desk import FILE_AT_DESK
from app.civil_requests.routes.similar import SIMILAR_ANSWERS
from app.demo.cli import demo
from app.elections import jobs as election_jobs
from app.elections.routes import blueprint as elections
from app.ledger import jobs as ledger_jobs
from app.ledger.cli import ledger_commands
from app.ledger.routes import blueprint as ledger
from app.notifications import jobs as notification_jobs
from app.notifications.routes import blueprint as notifications
from app.notifications.rules import ACCOUNT, Recipient
from app.pages.routes import blueprint as pages
from app.petitions import jobs as petition_jobs
from app.petitions.cli import petitions_commands
from app.petitions.queries.around import list_newest
from app.petitions.queries.email_signers import find_signer_recipient
from app.petitions.routes import blueprint as petitions
from app.petitions.routes.desk import SIGN_AT_DESK
from app.petitions.routes.similar import SIMILAR_PETITIONS
from app.petitions.rules.email import EMAIL_SIGNER
from app.petitions.services.counting import fold_totals
from app.platform.navigation import Audience, Item, Navigation
from app.platform.permissions import Permission
from app.platform.similar import SimilarOffer

BLUEPRINTS: tuple[Blueprint, ...] = (
    ledger,
    notifications,
    accounts,
    access_records,
    elections,
    petitions,
    civil_requests,
    pages,
)

# The words of the teal bar and the footer; one whose room is not there yet is left out.
NAVIGATION = Navigation(
    home="pages.home",
    choose_language="pages.choose_language",
    main=(
        Item("petitions.index", _l("Petitions")),
        Item("forum.index", _l("Discussions")),
        Item("elections.index", _l("Votes")),
        Item("publications.index", _l("Information")),
        Item("access_records.show_timeline", _l("My data"), Audience.SIGNED_IN),
        Item("accounts.profile", _l("My page"), Audience.SIGNED_IN),
        Item("accounts.sign_in", _l("Sign in"), Audience.SIGNED_OUT),
    ),
    footer=(
        Item("civil_requests.index", _l("Answered requests")),
        Item("access_records.systems", _l("Systems that hold personal data")),
        Item("pages.how_it_works", _l("How it works")),
        Item("ledger.index", _l("The public ledger")),
        Item("pages.accessibility", _l("Accessibility")),
        Item("pages.privacy", _l("Privacy")),
    ),
    personal=(
        Item("access_records.show_timeline", _l("Who looked at my data")),
        Item("access_records.held", _l("What agencies hold about me")),
        Item("access_records.consents", _l("What agencies may share")),
        Item("access_records.address", _l("Change my address")),
        Item("accounts.acted", _l("Who acted for me")),
        Item("petitions.my_signatures", _l("What I have signed")),
        Item("accounts.desk", _l("The desk: serve a person"), permission=Permission.DESK_SERVE),
        Item("civil_requests.mine", _l("My requests"), permission=Permission.CIVIL_REQUEST_FILE),
        Item(
            "civil_requests.waiting", _l("Requests to my agency"), permission=Permission.CIVIL_REQUEST_ANSWER
        ),
        Item("petitions.paper", _l("Enter signatures from paper"), permission=Permission.SIGNATURE_ENTER),
        Item("elections.index", _l("Vote: see what is open"), permission=Permission.BALLOT_CAST),
        Item("petitions.own", _l("Petitions that I started"), permission=Permission.PETITION_START),
        Item("petitions.moderation_queue", _l("Petitions to check"), permission=Permission.PETITION_MODERATE),
        Item("petitions.owed", _l("Petitions to answer"), permission=Permission.PETITION_ANSWER),
        Item("elections.trusteeships", _l("My trusteeships"), permission=Permission.TRUSTEE_SERVE),
        Item("accounts.attest", _l("Attest who holds an account"), permission=Permission.PERSON_ATTEST),
        Item(
            "access_records.oversight",
            _l("Oversight of access records"),
            permission=Permission.OVERSIGHT_OPEN,
        ),
        Item("access_records.look_up_form", _l("Look a person up"), permission=Permission.PERSON_LOOK_UP),
        Item("access_records.seal", _l("Look a person up under seal"), permission=Permission.ACCESS_SEAL),
        Item(
            "access_records.reviews",
            _l("Emergency look-ups to review"),
            permission=Permission.BREAK_GLASS_REVIEW,
        ),
        Item(
            "access_records.waiting_disputes",
            _l("Questions about accesses"),
            permission=Permission.DISPUTE_ANSWER,
        ),
        Item(
            "access_records.waiting_disputes",
            _l("Appeals about accesses"),
            permission=Permission.DISPUTE_DECIDE,
        ),
        Item("access_records.supervision", _l("Supervision"), permission=Permission.SUPERVISION_INSPECT),
        Item(
            "access_records.alerts_to_explain", _l("Look-ups to explain"), permission=Permission.ALERT_EXPLAIN
        ),
        Item(
            "access_records.waiting_corrections",
            _l("Requests for correction"),
            permission=Permission.CORRECTION_ANSWER,
        ),
        Item(
            "access_records.waiting_corrections",
            _l("Appeals about corrections"),
            permission=Permission.CORRECTION_DECIDE,
        ),
        Item("petitions.samples", _l("Samples of signatures"), permission=Permission.SAMPLE_OPEN),
        Item("petitions.fraud_desk", _l("Fraud: what waits"), permission=Permission.SIGNATURE_INVALIDATE),
        Item("petitions.switches", _l("Switch petitions off or on"), permission=Permission.SWITCH_SET),
        Item("elections.managed", _l("My elections"), permission=Permission.ELECTION_MANAGE),
    ),
)

# Modules that declare background jobs, listed so that the worker knows them all.
JOB_MODULES: tuple[ModuleType, ...] = (
    ledger_jobs,
    notification_jobs,
    account_jobs,
    access_record_jobs,
    election_jobs,
    petition_jobs,
    civil_request_jobs,
)

# What `flask --app wsgi` can do besides Flask's own.
COMMANDS: tuple[Command, ...] = (
    ledger_commands,
    accounts_commands,
    access_records_commands,
    civil_requests_commands,
    petitions_commands,
    demo,
)

# Notifications stand below accounts; this is how they learn the address of each kind of recipient.
recipient_finders: Mapping[str, Callable[[int], Recipient | None]] = {
    ACCOUNT: accounts_queries.find_recipient,
    EMAIL_SIGNER: find_signer_recipient,
}

# Done every few seconds by the sequencer's process.
ticks: tuple[Callable[[], object], ...] = (fold_totals,)


def list_busy_pages() -> list[str]:
    """The paths that most come for: the front page, the petitions, and the newest of them."""
    newest = [url_for("petitions.show", reference=one.reference) for one in list_newest()[:1]]
    return [url_for("pages.home"), url_for("petitions.index"), *newest]


# Called with each new Person, in the transaction that makes them known.
person_enrolled: tuple[Callable[[Any], object], ...] = (enrol_label,)

# What a clerk can do for a person at a desk. Never voting: `index_acts` refuses it.
DESK_ACTS: tuple[DeskAct, ...] = (
    *ACCOUNT_DESK_ACTS,
    CHOOSE_NOTICES,
    CHOOSE_CONSENT,
    ASK_CORRECTION,
    SIGN_AT_DESK,
    FILE_AT_DESK,
)

# The buttons on the page of a ledger entry's receipt: each takes its `leaf_hash`, by POST.
RECEIPT_OFFERS: tuple[Item, ...] = (
    Item("notifications.mail_proof", _l("Send me the proof by e-mail"), Audience.SIGNED_IN),
)

# What one room finds that is like a text somebody writes in another, so that it need not be asked for twice.
SIMILAR_OFFERS: tuple[SimilarOffer, ...] = (SIMILAR_PETITIONS, SIMILAR_ANSWERS)
