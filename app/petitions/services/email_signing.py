"""Signing without an account: a form, a mail with a link, a button on the page that the link opens.

Whoever fills in the form learns nothing about the address: the answer is always the same, and what is so
stands in the mail. Limits are counted from rows that are only ever inserted, so that no row is hot.
"""

import base64
import hmac
from dataclasses import dataclass, replace
from hashlib import sha256

from flask import current_app
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from app.core.pseudonyms import input_for_address
from app.extensions import db
from app.notifications import services as notifications
from app.petitions.models import EmailSigner, Follower, Signature, SignatureRequest
from app.petitions.queries import email_signers
from app.petitions.queries.blocks import hash_network
from app.petitions.queries.facts import Facts, get_facts
from app.petitions.queries.signatures import find_signature_by_email
from app.petitions.queries.switches import ensure_signing
from app.petitions.rules import refusals
from app.petitions.rules.addresses import canonical_address
from app.petitions.rules.admission import Applicant, ensure_admitted, ensure_open
from app.petitions.rules.email import (
    EMAIL_SIGNER,
    MAILS_TO_ADDRESS,
    NETWORKS_KEPT,
    REQUESTS_KEPT,
    UNCONFIRMED_KEPT,
    forms_allowed,
)
from app.petitions.rules.life import Act, Actor, next_state
from app.petitions.rules.signing import LOCAL, Level, SignatureState
from app.petitions.services.fraud import ensure_not_blocked
from app.petitions.services.limits import ensure_within
from app.petitions.services.signing import (
    Support,
    change_signature,
    insert_support,
    lock_for_signing,
    lock_signature,
    make_support,
)
from app.platform import clock, keys
from app.platform.transaction import transaction

_KEY_NAME = "email-signing"
_TOKEN_BYTES = 24


@dataclass(frozen=True)
class Wish:
    """What somebody without an account has filled in."""

    name: str
    postcode: str
    email: str
    language: str
    follows: bool = False


def request_signature(reference: str, wish: Wish, network: str, challenge: bytes | None = None) -> None:
    """Send a link by which the holder of the address can sign; or say by mail that they have.

    `challenge` is what a verified proof-of-work solved, good once. Raises PetitionNotFound, NotOpen,
    SigningSwitchedOff, OnlyWithAccount, Blocked, BirthYearUnknown, OtherDistrict, ProofOfWorkUsed,
    NetworkLimit.
    """
    petition = get_facts(reference)
    _ensure_by_email(petition, wish)
    hashed_network = hash_network(network)
    ensure_not_blocked(wish.email, hashed_network)
    address = canonical_address(wish.email)
    request = SignatureRequest(
        petition_id=petition.id,
        network=hashed_network,
        address=_keyed(address),
        challenge=challenge,
        at=clock.now(),
    )
    try:
        with transaction():
            _ensure_proof_unused(challenge)
            _ensure_within_limits(request)
            count = email_signers.count_mails(petition.id, request.address)
            db.session.add(request)
            if count < MAILS_TO_ADDRESS:
                _write(petition, _keep_signer(petition, wish, address, request.network))
    except IntegrityError:
        _ensure_proof_unused(challenge)
        # The same form twice at the same time: the first one has done it.
        current_app.logger.info("a form for signing by e-mail came twice")


def confirm_signature(token: str) -> None:
    """Sign, as the holder of a mailed link. Raises LinkExpired, NotOpen, AlreadySigned, SignatureInvalid."""
    signer, found = email_signers.get_email_signer(token)
    petition = get_facts(found.reference)
    address, language, follows = signer.canonical_email, signer.language, signer.follows
    district = email_signers.find_district_by_postcode(signer.postcode)
    vrf_input = input_for_address(petition.reference, address)
    support = make_support(petition, vrf_input, Level.EMAIL, district, clock.now())
    support = replace(support, network=signer.network)
    spellings, signer_id = {signer.email.lower(), address}, signer.id
    try:
        with transaction():
            _lock_signer(signer_id)
            _ensure_not_with_account(petition.id, spellings)
            _count(support, signer_id)
            if follows and not email_signers.follows_by_email(signer_id):
                follower = Follower(petition_id=petition.id, email_signer_id=signer_id, language=language)
                follower.at = clock.now()
                db.session.add(follower)
    except IntegrityError as problem:
        # An account with this address was faster.
        raise refusals.AlreadySigned from problem


def withdraw_by_link(token: str) -> None:
    """Take back what was signed by e-mail. Raises LinkExpired, NotSigned, SignatureInvalid, ActNotAllowed."""
    signer, found = email_signers.get_email_signer(token)
    petition, signer_id = get_facts(found.reference), signer.id
    with transaction():
        state, _ = lock_for_signing(petition.id)
        next_state(state, Act.UNSIGN, Actor.CITIZEN)
        signature = lock_signature(Signature.email_signer_id == signer_id)
        if signature is None or signature.state == SignatureState.WITHDRAWN:
            raise refusals.NotSigned
        if signature.state == SignatureState.INVALIDATED:
            raise refusals.SignatureInvalid
        change_signature(petition, signature, SignatureState.WITHDRAWN)


def unfollow_by_link(token: str) -> None:
    """Get no more mails about the petition. Raises LinkExpired."""
    signer_id = email_signers.get_email_signer(token)[0].id
    with transaction():
        db.session.execute(delete(Follower).where(Follower.email_signer_id == signer_id))
        db.session.execute(update(EmailSigner).where(EmailSigner.id == signer_id).values(follows=False))


def forget_requests() -> None:
    """Delete unconfirmed requests, counts of forms and hashes of networks whose time is over.

    An unconfirmed address that follows, since what it followed was joined to this petition, is kept.
    """
    now = clock.now()
    follows = select(Follower.id).where(Follower.email_signer_id == EmailSigner.id).exists()
    with transaction():
        db.session.execute(delete(SignatureRequest).where(SignatureRequest.at < now - REQUESTS_KEPT))
        db.session.execute(
            delete(EmailSigner).where(
                EmailSigner.confirmed_at.is_(None),
                EmailSigner.requested_at < now - UNCONFIRMED_KEPT,
                ~follows,
            )
        )
        for table, time in ((EmailSigner, EmailSigner.requested_at), (Signature, Signature.signed_at)):
            old = (table.network.is_not(None), time < now - NETWORKS_KEPT)
            db.session.execute(update(table).where(*old).values(network=None))


def link_token(petition_id: int, address: str) -> str:
    """The secret part of an address's link: always the same, so that a second mail does not end the first."""
    key = keys.get(_KEY_NAME)
    digest = hmac.new(key, f"link\0{petition_id}\0{address}".encode(), sha256).digest()
    return base64.urlsafe_b64encode(digest[:_TOKEN_BYTES]).decode()


def link_of_signer(email_signer_id: int) -> str:
    """The secret part of the link that was mailed to somebody who has signed."""
    signer = db.session.get_one(EmailSigner, email_signer_id)
    return link_token(signer.petition_id, signer.canonical_email)


def _ensure_by_email(petition: Facts, wish: Wish) -> None:
    ensure_signing()
    today = clock.now().astimezone(LOCAL).date()
    ensure_open(petition.state, petition.closes_on, today)
    if not petition.rules.sign.by_email:
        raise refusals.OnlyWithAccount
    district = email_signers.find_district_by_postcode(wish.postcode)
    ensure_admitted(petition.rules.sign, Applicant(1, district, None), today)


def _ensure_proof_unused(challenge: bytes | None) -> None:
    if challenge is not None and email_signers.is_proof_used(challenge):
        raise refusals.ProofOfWorkUsed


def _ensure_within_limits(request: SignatureRequest) -> None:
    """Verified persons are not limited by network: each signs once, and a town hall has one network."""
    allowed = forms_allowed(has_proof=request.challenge is not None)
    ensure_within(request.petition_id, request.network, allowed)


def _keep_signer(petition: Facts, wish: Wish, address: str, network: bytes) -> EmailSigner:
    """The address's row. Until it is confirmed, the newest form decides what stands there."""
    mine = (EmailSigner.petition_id == petition.id, EmailSigner.canonical_email == address)
    signer = db.session.scalar(select(EmailSigner).where(*mine).with_for_update())
    if signer is None:
        token = link_token(petition.id, address)
        signer = EmailSigner(petition_id=petition.id, canonical_email=address)
        signer.token_hash = sha256(token.encode()).digest()
        db.session.add(signer)
    if signer.confirmed_at is None:
        signer.name, signer.postcode, signer.email = wish.name, wish.postcode, wish.email
        signer.language, signer.follows = wish.language, wish.follows
        signer.network, signer.requested_at = network, clock.now()
    db.session.flush()
    return signer


def _write(petition: Facts, signer: EmailSigner) -> None:
    signature = find_signature_by_email(signer.id)
    signed = signature is not None and signature.state != SignatureState.WITHDRAWN
    spellings = {signer.email.lower(), signer.canonical_email}
    by_account = not signed and email_signers.find_state_with_account(petition.id, spellings) is not None
    context = {
        "reference": petition.reference,
        "token": link_token(petition.id, signer.canonical_email),
        "has_signed": signed,
        "by_account": by_account,
    }
    notifications.queue(signer.id, "petitions/sign_by_email", context, kind=EMAIL_SIGNER)


def _lock_signer(signer_id: int) -> None:
    """Hold the signer's row, as `withdraw_of_address` does for a person's own signature."""
    db.session.execute(select(EmailSigner.id).where(EmailSigner.id == signer_id).with_for_update())


def _ensure_not_with_account(petition_id: int, spellings: set[str]) -> None:
    """Demand that the address's account has not signed, and was not declared invalid either."""
    state = email_signers.find_state_with_account(petition_id, spellings)
    if state is SignatureState.INVALIDATED:
        raise refusals.SignatureInvalid
    if state is not None:
        raise refusals.AlreadySigned


def _count(support: Support, signer_id: int) -> None:
    known = lock_signature(
        Signature.petition_id == support.petition.id, Signature.pseudonym == support.pseudonym
    )
    if known is None:
        insert_support(support, None, signer_id)
    elif known.state == SignatureState.WITHDRAWN:
        ensure_open(*lock_for_signing(support.petition.id), support.now.astimezone(LOCAL).date())
        change_signature(support.petition, known, SignatureState.COUNTED, {"by": "signer"})
    elif known.state == SignatureState.INVALIDATED:
        raise refusals.SignatureInvalid
    else:
        raise refusals.AlreadySigned
    confirmed = update(EmailSigner).where(EmailSigner.id == signer_id).values(confirmed_at=support.now)
    db.session.execute(confirmed)


def _keyed(text: str) -> bytes:
    """A hash of an address that only this instance can make."""
    return hmac.new(keys.get(_KEY_NAME), f"count\0{text}".encode(), sha256).digest()[:16]
