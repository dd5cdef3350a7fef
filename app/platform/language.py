"""Which language a request is answered in: the cookie's, the account's, the browser's, or English."""

from flask import Flask, Response, current_app, has_request_context, request
from flask_babel import get_locale
from flask_login import current_user

from app.extensions import babel
from app.platform import clock

LANGUAGES = ("en", "ko")
COOKIE_SECONDS = 365 * 24 * 3600


def init_app(app: Flask) -> None:
    """Let Flask-Babel ask `choose_language`."""
    app.config["BABEL_DEFAULT_LOCALE"] = LANGUAGES[0]
    app.config["BABEL_DEFAULT_TIMEZONE"] = clock.TOWN_ZONE.key
    babel.init_app(app, locale_selector=choose_language)


def choose_language() -> str:
    """The language of this request (`en` or `ko`)."""
    if not has_request_context():
        return LANGUAGES[0]
    cookie = request.cookies.get(cookie_name(), "")
    if cookie in LANGUAGES:
        return cookie
    if current_user and current_user.is_authenticated and current_user.language in LANGUAGES:
        return str(current_user.language)
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


def current_language() -> str:
    """The language in force, for the `lang` attribute."""
    locale = get_locale()
    return locale.language if locale is not None else LANGUAGES[0]


def cookie_name() -> str:
    """The name of the cookie that remembers a choice made before signing in."""
    return "__Host-language" if current_app.config["SESSION_COOKIE_SECURE"] else "language"


def remember_language(response: Response, language: str) -> Response:
    """Set the cookie that keeps the choice for a year."""
    response.set_cookie(
        cookie_name(),
        language,
        max_age=COOKIE_SECONDS,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return response
