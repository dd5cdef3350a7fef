"""Those who stand by a petition before it is published."""

from datetime import date

from sqlalchemy import func, select

from app.accounts.models import Account
from app.extensions import db
from app.ledger.entry_types import EntryType
from app.ledger.services import Personal
from app.notifications import services as notifications
from app.petitions.models import Petition, Sponsor
from app.petitions.queries.petitions import get_petition
from app.petitions.rules import refusals
from app.petitions.rules.admission import ensure_admitted
from app.petitions.rules.clocks import sponsoring_deadline
from app.petitions.rules.life import Act, Actor, PetitionState, after_sponsors
from app.petitions.rules.signing import LOCAL
from app.petitions.rules.types import parse_rules
from app.petitions.services.drafts import describe
from app.petitions.services.followers import add_follower
from app.petitions.services.signing import sign_petition
from app.petitions.services.steps import lock_petition, take_step
from app.platform import clock
from app.platform.transaction import transaction


def sponsor_petition(account: Account, reference: str) -> None:
    """Stand by a petition; its reference is the secret that the creator has sent.

    With the last sponsor that its type asks for it goes to the moderators. Raises PetitionNotFound,
    ActNotAllowed, OwnPetition, SponsorsTooLate, AlreadySponsor, SponsorsComplete and what keeps somebody from
    signing.
    """
    applicant = describe(account)
    with transaction():
        petition = lock_petition(reference)
        rules, now = parse_rules(petition.rules), clock.now()
        if petition.creator_id == account.id:
            raise refusals.OwnPetition
        if petition.state not in (PetitionState.SPONSORING, PetitionState.MODERATION):
            raise refusals.PetitionNotFound
        if _is_over(petition, now.astimezone(LOCAL).date()):
            raise refusals.SponsorsTooLate
        ensure_admitted(rules.sign, applicant, now.astimezone(LOCAL).date())
        count = _count(petition.id)
        if count >= rules.sponsors_maximum:
            raise refusals.SponsorsComplete
        mine = (Sponsor.petition_id == petition.id, Sponsor.account_id == account.id)
        if db.session.scalar(select(Sponsor.id).where(*mine)) is not None:
            raise refusals.AlreadySponsor
        db.session.add(Sponsor(petition_id=petition.id, account_id=account.id, at=now))
        personal = [Personal({"sponsor": account.id}, account.id)]
        take_step(
            petition,
            Act.SPONSOR,
            Actor.CITIZEN,
            EntryType.PETITION_SPONSOR,
            facts={"count": count + 1},
            personal=personal,
        )
        state = after_sponsors(PetitionState(petition.state), count + 1, rules.sponsors_needed)
        add_follower(petition, account)
        if state is not petition.state and petition.state == PetitionState.SPONSORING:
            petition.submitted_at = now
        petition.state = state


def lapse_petitions() -> int:
    """End the petitions whose sponsors did not come in time; how many."""
    today = clock.now().astimezone(LOCAL).date()
    waiting = select(Petition.reference).where(Petition.state == PetitionState.SPONSORING)
    return sum(_lapse(reference, today) for reference in list(db.session.scalars(waiting)))


def sign_for_sponsors(reference: str) -> int:
    """Let the sponsors of a petition that has opened sign it, each once; how many did. Idempotent."""
    wanted = (
        select(Sponsor)
        .join(Petition, Petition.id == Sponsor.petition_id)
        .where(Petition.reference == reference, Petition.state == PetitionState.OPEN, ~Sponsor.signed)
    )
    sponsors = [(sponsor.id, sponsor.account_id) for sponsor in db.session.scalars(wanted)]
    for sponsor_id, account_id in sponsors:
        _sign_for(sponsor_id, account_id, reference)
    return len(sponsors)


def _sign_for(sponsor_id: int, account_id: int, reference: str) -> None:
    refusal = None
    try:
        sign_petition(db.session.get_one(Account, account_id), reference)
    except refusals.SigningSwitchedOff:
        # Their turn comes when it is on again.
        return
    except refusals.AlreadySigned:
        # They were faster themselves.
        pass
    except refusals.PetitionRefusal as problem:
        refusal = problem.code
    with transaction():
        sponsor = db.session.scalar(select(Sponsor).where(Sponsor.id == sponsor_id).with_for_update())
        if sponsor is None or sponsor.signed:
            return
        sponsor.signed, sponsor.refusal = True, refusal
        if refusal is not None:
            title = get_petition(reference).title
            context = {"title": title, "reference": reference, "refusal": refusal}
            notifications.queue(account_id, "petitions/not_signed", context)


def _lapse(reference: str, today: date) -> bool:
    with transaction():
        petition = lock_petition(reference)
        if not _is_over(petition, today):
            return False
        take_step(petition, Act.LAPSE, Actor.CLOCK, EntryType.PETITION_LAPSE)
    return True


def _is_over(petition: Petition, today: date) -> bool:
    """Whether it still looks for sponsors, and their last day has passed."""
    if petition.state != PetitionState.SPONSORING or petition.submitted_at is None:
        return False
    begun = petition.submitted_at.astimezone(LOCAL).date()
    due = sponsoring_deadline(parse_rules(petition.rules), begun).due_on
    return due is not None and due < today


def _count(petition_id: int) -> int:
    wanted = select(func.count()).select_from(Sponsor).where(Sponsor.petition_id == petition_id)
    return db.session.scalar(wanted) or 0
