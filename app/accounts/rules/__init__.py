"""What a password, an address and a link must be like, and how each refusal is named. Pure."""

import hmac
import re
import unicodedata
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from enum import StrEnum

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from flask_babel import lazy_gettext as _l

from app.platform.errors import HwabaekError

PASSWORD_MINIMUM = 8
# Long passphrases are welcome; the limit only keeps hashing cheap.
PASSWORD_MAXIMUM = 200
CLAIM_MINIMUM, CLAIM_MAXIMUM = 6, 128
SESSION_LIFETIME = timedelta(hours=12)
IDLE_END, OFFICIAL_IDLE_END = timedelta(minutes=30), timedelta(minutes=15)
# How often a session's last use is written down.
SEEN_EVERY = timedelta(minutes=1)
# A sensitive act asks again after this time.
RECENT = timedelta(minutes=10)
SAVED_TEXT_LIFETIME = timedelta(days=30)
SAVED_TEXT_MAXIMUM, FORM_KEY_MAXIMUM = 200_000, 200
# Never kept with a text: a secret, or what belongs to the page.
NEVER_SAVED = frozenset({"csrf_token", "autosave", "submit", "password", "present", "proof", "code", "claim"})
TOTP_STEP_SECONDS, TOTP_DIGITS, TOTP_SECRET_BYTES = 30, 6, 20
RECOVERY_CODES = 8


class SessionFactor(StrEnum):
    """How far a session has come with the second factor."""

    NONE = "none"
    WANTED = "wanted"
    PASSED = "passed"


class TokenPurpose(StrEnum):
    """What a link sent by mail is good for."""

    CONFIRM = "confirm"
    RESET = "reset"
    # Registered at a desk; works together with the code on the paper receipt.
    DESK = "desk"


class Undoer(StrEnum):
    """Who undid an act that was done at a desk."""

    PERSON = "person"
    DESK = "desk"


TOKEN_LIFETIMES = {
    TokenPurpose.CONFIRM: timedelta(hours=48),
    TokenPurpose.RESET: timedelta(hours=1),
    TokenPurpose.DESK: timedelta(days=7),
}
# A desk session serves one person, and ends by itself.
DESK_SESSION_LIFETIME = timedelta(minutes=15)
DESK_CODE_DIGITS = 8


class PasswordWeakness(StrEnum):
    """Why a password is refused."""

    TOO_SHORT = "too-short"
    TOO_LONG = "too-long"
    COMMON = "common"
    ABOUT_YOU = "about-you"


WEAKNESS_TEXTS = {
    PasswordWeakness.TOO_SHORT: _l("Enter at least 8 characters"),
    PasswordWeakness.TOO_LONG: _l("Enter at most 200 characters"),
    PasswordWeakness.COMMON: _l("This password is among the first that attackers try. Choose another"),
    PasswordWeakness.ABOUT_YOU: _l("Do not use your e-mail address as the password"),
}


class WeakPasswordError(HwabaekError):
    """The password is one that attackers would guess."""

    status = 422
    code = "password-too-weak"
    title = _l("Choose another password")
    advice = _l("Use at least 8 characters that are not a common password. A few random words do well.")


class SignInFailed(HwabaekError):
    """Address and password do not belong together, or there is no such account: nobody is told which."""

    status = 401
    code = "sign-in-failed"
    title = _l("E-mail address or password is wrong")
    advice = _l("Check both, or ask for a new password.")


class AddressNotConfirmed(HwabaekError):
    """The password is right, but the address has never answered."""

    status = 403
    code = "address-not-confirmed"
    title = _l("Confirm your e-mail address first")
    advice = _l("Open the link in the message we have sent you. We have just sent it again.")


class LinkExpired(HwabaekError):
    """The link was used, replaced by a newer one, or is too old."""

    status = 410
    code = "link-expired"
    title = _l("This link no longer works")
    advice = _l("Each link works once and only for a while. Ask for a new one.")


class SecondFactorNeeded(HwabaekError):
    """The session has not passed the second factor."""

    status = 403
    code = "second-factor-needed"
    title = _l("Enter your second factor first")
    advice = _l("Whoever acts for a public body signs in with a code or a passkey beside the password.")


class WrongCode(HwabaekError):
    """The code is wrong, too old, or was used before."""

    status = 422
    code = "code-wrong"
    title = _l("This code is not right")
    advice = _l("Each code works once and for a short while. Wait for the next one and enter that.")


class WrongPassword(HwabaekError):
    """The present password or code does not prove who this is."""

    status = 422
    code = "proof-wrong"
    title = _l("This is not your password or code")
    advice = _l("Check it and enter it again.")


class PasskeyRefused(HwabaekError):
    """The browser's passkey did not answer as it should."""

    status = 422
    code = "passkey-refused"
    title = _l("The passkey was not accepted")
    advice = _l("Try again, or use a code.")


class ProofNeeded(HwabaekError):
    """The act is sensitive, and the person last proved who they are too long ago."""

    status = 403
    code = "proof-needed"
    title = _l("Show once more that it is you")
    advice = _l("This needs your password or a code within the last ten minutes. Nothing has been changed.")


class TextNotSaved(HwabaekError):
    """What was sent to be kept is no form's text, or too long."""

    status = 422
    code = "text-not-saved"
    title = _l("This text cannot be kept")
    advice = _l("Copy it to a safe place before you leave the page.")


class ProviderNotSet(HwabaekError):
    """This instance knows no identity provider."""

    status = 404
    code = "identity-provider-not-set"
    title = _l("There is no identity provider here")
    advice = _l("Sign in with your e-mail address and password.")


class ProviderRefused(HwabaekError):
    """The identity provider did not answer, or its answer does not hold."""

    status = 502
    code = "identity-provider-refused"
    title = _l("The identity provider's answer cannot be used")
    advice = _l("Nothing has been changed. Try again, or sign in with your password.")


class IdentityNotLinked(HwabaekError):
    """The provider knows this person, but no account here does."""

    status = 403
    code = "identity-not-linked"
    title = _l("No account is linked with this identity")
    advice = _l("Sign in with your password, then link the provider on the page “Sign-in and sessions”.")


class IdentityTaken(HwabaekError):
    """Another account is linked with this identity."""

    status = 409
    code = "identity-taken"
    title = _l("Another account is linked with this identity")
    advice = _l("Sign in to that account.")


class LastAdministrator(HwabaekError):
    """Taking this role away would leave nobody who can give it back."""

    status = 409
    code = "last-administrator"
    title = _l("This is the last administrator")
    advice = _l("Make somebody else an administrator first.")


class RolesNotCombinable(HwabaekError):
    """The oversight body watches the others, so its people have no other role."""

    status = 409
    code = "roles-not-combinable"
    title = _l("The oversight body has no other role")
    advice = _l("Make an account of its own for the oversight body.")


class AddressTaken(HwabaekError):
    """The address already has an account; only those who may know it are told."""

    status = 409
    code = "address-taken"
    title = _l("This address already has an account")


class AccountNotFound(HwabaekError):
    """There is no account of this number."""

    status = 404
    code = "account-not-found"
    title = _l("There is no such account")


class ClaimNotUsable(HwabaekError):
    """What should name a person is too short, too long or not a number of an identity document."""

    status = 422
    code = "identity-claim-invalid"
    title = _l("This is not the number of an identity card")
    advice = _l("Enter it as it stands on the card.")


class PersonHasAccount(HwabaekError):
    """One person has one verified account, so that one person counts once."""

    status = 409
    code = "person-has-account"
    title = _l("This person already has a verified account")
    advice = _l("One person has one verified account. They can go on using the other one.")


class VerifiedAsSomebodyElse(HwabaekError):
    """The account belongs to another person already."""

    status = 409
    code = "verified-as-somebody-else"
    title = _l("This account is verified for another person")
    advice = _l("Check the address and the number on the card.")


class OwnAttestation(HwabaekError):
    """Nobody attests for themselves."""

    status = 403
    code = "own-attestation"
    title = _l("You cannot attest for yourself")
    advice = _l("Ask a colleague to look at your identity card.")


class AlreadyRegistered(HwabaekError):
    """The person of this claim is registered, with an account or at a desk."""

    status = 409
    code = "already-registered"
    title = _l("This person is registered already")
    advice = _l("Identify them on the desk's page and act for them there.")


class OwnDeskSession(HwabaekError):
    """A clerk does not serve themselves."""

    status = 403
    code = "own-desk-session"
    title = _l("You cannot act for yourself at the desk")
    advice = _l("Use your own page, or ask a colleague.")


class NoDeskSession(HwabaekError):
    """The desk serves nobody, or the time of the session is over."""

    status = 409
    code = "no-desk-session"
    title = _l("Nobody is being served at this desk")
    advice = _l("A desk session ends after fifteen minutes. Identify the person on the desk's page again.")


class DeskSessionOpen(HwabaekError):
    """While a clerk serves somebody, nothing but the desk's own acts can be done, least of all voting."""

    status = 409
    code = "desk-session-open"
    title = _l("You are serving somebody at the desk")
    advice = _l("Finish serving this person first. Nobody can vote from a desk.")


class DeskActNotOffered(HwabaekError):
    """The desk does not do this, or not for this person."""

    status = 404
    code = "desk-act-not-offered"
    title = _l("The desk cannot do this for this person")
    advice = _l("Choose one of the acts on the person's page.")


class DeskActNotFound(HwabaekError):
    """No act of this number was done for the person."""

    status = 404
    code = "desk-act-not-found"
    title = _l("There is no such act")
    advice = _l("Look for it in the list of what was done for you.")


class NotUndoable(HwabaekError):
    """The act was undone already, was changed since, or cannot be undone."""

    status = 409
    code = "act-not-undoable"
    title = _l("This can no longer be undone")
    advice = _l("It was undone already, or something later has changed it. Nothing has been changed.")


def normalize_claim(claim: str) -> str:
    """The form in which an identity claim is hashed: without blanks and hyphens. Raises ClaimNotUsable."""
    plain = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", claim)).upper()
    if not CLAIM_MINIMUM <= len(plain) <= CLAIM_MAXIMUM:
        raise ClaimNotUsable
    return plain


def totp_code(secret: bytes, step: int) -> str:
    """The code of one step (RFC 6238, SHA-1, six digits)."""
    return _totp(secret).generate(step * TOTP_STEP_SECONDS).decode()


def totp_step(at: datetime) -> int:
    """The step that a moment lies in."""
    return int(at.timestamp()) // TOTP_STEP_SECONDS


def find_step(secret: bytes, code: str, at: datetime, last_step: int) -> int | None:
    """The step that `code` belongs to: now, one before or after, and later than the last accepted one."""
    now = totp_step(at)
    for step in (now, now - 1, now + 1):
        if step > last_step and hmac.compare_digest(totp_code(secret, step), code):
            return step
    return None


def totp_address(secret: bytes, email: str) -> str:
    """What an authenticator's camera reads."""
    return _totp(secret).get_provisioning_uri(email, "Hwabaek")


def idle_end(official: bool) -> timedelta:
    """After how long without use a session ends."""
    return OFFICIAL_IDLE_END if official else IDLE_END


def _totp(secret: bytes) -> TOTP:
    return TOTP(secret, TOTP_DIGITS, SHA1(), TOTP_STEP_SECONDS)  # noqa: S303 - what authenticators know


def find_weakness(password: str, email: str, common: AbstractSet[str]) -> PasswordWeakness | None:
    """Say why `password` is refused, or None.

    Length counts, not mixtures of signs (NIST SP 800-63B, 3.1.1).
    """
    if len(password) < PASSWORD_MINIMUM:
        return PasswordWeakness.TOO_SHORT
    if len(password) > PASSWORD_MAXIMUM:
        return PasswordWeakness.TOO_LONG
    if password.lower() in common or len(set(password)) == 1:
        return PasswordWeakness.COMMON
    address = normalize_email(email)
    if password.lower() in {address, address.partition("@")[0]}:
        return PasswordWeakness.ABOUT_YOU
    return None


def normalize_email(email: str) -> str:
    """The form in which addresses are stored and compared."""
    return email.strip().lower()
