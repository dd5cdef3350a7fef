"""Those who follow a petition, and the mails that they get about each step."""

import hmac
from hashlib import sha256

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from app.accounts.models import Account
from app.extensions import db, huey
from app.notifications import services as notifications
from app.notifications.mail import mail_url
from app.petitions.models import Follower, Notice, Petition
from app.petitions.queries.facts import get_facts
from app.petitions.rules.email import EMAIL_SIGNER
from app.petitions.rules.life import Act
from app.petitions.services.joining import lock_target, move_follower
from app.platform import clock, keys
from app.platform.transaction import after_commit, transaction

TELL_JOB = "app.petitions.jobs.write_to_followers"
BATCH_SIZE = 500
_KEY_NAME = "unsubscribe"


def follow_petition(account: Account, reference: str) -> None:
    """Get a mail about each step; following twice is following. Raises PetitionNotFound."""
    petition_id, account_id, language = get_facts(reference).id, account.id, account.language
    try:
        with transaction():
            db.session.add(
                Follower(petition_id=petition_id, account_id=account_id, language=language, at=clock.now())
            )
    except IntegrityError:
        # They follow it already.
        return


def add_follower(petition: Petition, account: Account) -> None:
    """Let somebody follow, in the caller's transaction; whoever follows already goes on."""
    mine = (Follower.petition_id == petition.id, Follower.account_id == account.id)
    if db.session.scalar(select(Follower.id).where(*mine)) is None:
        db.session.add(
            Follower(
                petition_id=petition.id, account_id=account.id, language=account.language, at=clock.now()
            )
        )


def unfollow_petition(account: Account, reference: str) -> None:
    """Get no more mails. Raises PetitionNotFound."""
    petition_id = get_facts(reference).id
    with transaction():
        mine = (Follower.petition_id == petition_id, Follower.account_id == account.id)
        db.session.execute(delete(Follower).where(*mine))


def unsubscribe(follower_id: int, token: str) -> bool:
    """End the mails by the link in one of them; whether the link was right. Idempotent."""
    if not is_token_of(follower_id, token):
        return False
    with transaction():
        db.session.execute(delete(Follower).where(Follower.id == follower_id))
    return True


def is_token_of(follower_id: int, token: str) -> bool:
    """Whether a link that ends a follower's mails is ours."""
    return hmac.compare_digest(unsubscribe_token(follower_id).encode(), token.encode())


def unsubscribe_token(follower_id: int) -> str:
    """What the link of a follower's mails carries."""
    return hmac.new(keys.get(_KEY_NAME), str(follower_id).encode(), sha256).hexdigest()[:32]


def tell_followers(petition: Petition, act: Act) -> None:
    """Write down, in the act's transaction, that the followers are to be told; a job writes to them."""
    db.session.add(Notice(petition_id=petition.id, act=act.value, at=clock.now(), last_follower_id=0))
    after_commit(_start)


def tell_creator(petition: Petition, act: str) -> None:
    """Write to whoever started a petition about what happened before it was public."""
    if petition.creator_id is not None:
        context = {
            "act": act,
            "title": petition.title,
            "reference": petition.reference,
            "reason": petition.reason_code or "",
            "note": petition.reason_note,
        }
        notifications.queue(petition.creator_id, "petitions/own", context)


def write_to_followers() -> int:
    """Queue the mails of every notice, a batch at a time; how many. A stop loses and repeats nothing."""
    count = 0
    while (notice_id := db.session.scalar(select(Notice.id).order_by(Notice.id).limit(1))) is not None:
        count += _write_batch(notice_id)
    return count


def _write_batch(notice_id: int) -> int:
    with transaction():
        notice = db.session.scalar(select(Notice).where(Notice.id == notice_id).with_for_update())
        if notice is None:
            return 0
        wanted = (
            select(Follower)
            .where(Follower.petition_id == notice.petition_id, Follower.id > notice.last_follower_id)
            .order_by(Follower.id)
            .limit(BATCH_SIZE)
        )
        followers = list(db.session.scalars(wanted))
        if len(followers) < BATCH_SIZE:
            db.session.delete(notice)
        else:
            notice.last_follower_id = followers[-1].id
        petition = db.session.get_one(Petition, notice.petition_id)
        # They are told before they are moved, and by the same transaction: nobody is left out or told twice.
        target = lock_target(petition) if notice.act == Act.JOIN else None
        for follower in followers:
            kept = move_follower(follower, target) if target else follower
            _queue(kept, petition, notice.act, target)
    return len(followers)


def _queue(follower: Follower, petition: Petition, act: str, target: Petition | None) -> None:
    context = {
        "act": act,
        "title": petition.title,
        "reference": petition.reference,
        # What they follow from now on.
        "target": {"title": target.title, "reference": target.reference} if target else None,
        # Becomes the header that lets mail programs offer a button (RFC 8058), too.
        "unsubscribe_url": mail_url(
            "petitions.unsubscribe", follower_id=follower.id, mail_token=unsubscribe_token(follower.id)
        ),
    }
    if follower.account_id is not None:
        notifications.queue(follower.account_id, "petitions/step", context)
    elif follower.email_signer_id is not None:
        notifications.queue(follower.email_signer_id, "petitions/step", context, kind=EMAIL_SIGNER)


def _start() -> None:
    huey.start(TELL_JOB)
