"""Refusals as named types, and how they reach people (a page) and programs (RFC 9457 problem+json)."""

from typing import Any

from flask_babel import lazy_gettext as _l


class HwabaekError(Exception):
    """Base of everything a person can be told. Subclasses set the class attributes.

    `detail` says more about this one case; `extras` are further members of the problem document;
    `retry_after` (seconds) becomes the header of that name.
    """

    status: int = 400
    code: str = "bad-request"
    title: Any = _l("This request cannot be carried out")
    advice: Any = _l("Go back and try again.")

    def __init__(self, detail: Any = None, *, retry_after: int | None = None, **extras: Any) -> None:
        super().__init__(str(self.code))
        self.detail = detail
        self.retry_after = retry_after
        self.extras = extras


class SignInNeeded(HwabaekError):
    """The endpoint is for signed-in accounts."""

    status = 401
    code = "sign-in-needed"
    title = _l("Sign in first")
    advice = _l("This page is for people with an account. Sign in, then try again.")


class PermissionDenied(HwabaekError):
    """The account may not do this."""

    status = 403
    code = "permission-denied"
    title = _l("You are not allowed to do this")
    advice = _l(
        "Your account lacks the role that this needs. Ask an administrator if you think it should have it."
    )


class FormExpired(HwabaekError):
    """The CSRF token is missing, wrong or from an earlier session."""

    status = 400
    code = "csrf-token-invalid"
    title = _l("This form is no longer valid")
    advice = _l("Go back, reload the page and send the form again. Nothing has been changed.")


class NotFound(HwabaekError):
    """There is nothing at this address, or nothing that this account may know of."""

    status = 404
    code = "not-found"
    title = _l("Page not found")
    advice = _l("Check the address, or start from the front page.")


class TooManyRequests(HwabaekError):
    """A limit is used up; `retry_after` says when to come back."""

    status = 429
    code = "too-many-requests"
    title = _l("Too many attempts")
    advice = _l("Wait a little, then try again.")


class ServerError(HwabaekError):
    """Something broke here; the log has the reason."""

    status = 500
    code = "server-error"
    title = _l("Something went wrong on our side")
    advice = _l("Nothing you did caused this. Try again in a few minutes.")


class DatabaseUnavailable(HwabaekError):
    """The database is down, locked for too long, or its disk is full."""

    status = 503
    code = "database-unavailable"
    title = _l("The service is busy")
    advice = _l("Nothing has been changed. Try again in a few seconds.")

    def __init__(self, detail: Any = None, *, retry_after: int | None = 2, **extras: Any) -> None:
        super().__init__(detail, retry_after=retry_after, **extras)
