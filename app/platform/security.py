"""What protects every response and request: headers, cookies, hosts, CSRF, the health check."""

from collections.abc import Callable

from flask import Flask, Response, current_app, request
from sqlalchemy import text
from werkzeug.middleware.proxy_fix import ProxyFix

from app.extensions import csrf, db
from app.platform import access, keys
from config import Base

SESSION_COOKIE = "session"
# Room for the public credentials of a town of 100,000 voters.
MAXIMUM_BODY_BYTES = 8 * 1024 * 1024
BUILT_FILES = "build/"
YEAR_SECONDS = 365 * 24 * 3600
# A form has few fields; a body that claims more is refused before it is read.
MAXIMUM_FORM_PARTS = 2_000

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "require-trusted-types-for 'script'",
    )
)

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
TRANSPORT_SECURITY = "max-age=63072000; includeSubDomains"


def init_app(app: Flask, config: Base) -> None:
    """Harden the application; call before the rooms are registered."""
    _set_cookies(app, config)
    app.config["TRUSTED_HOSTS"] = trusted_hosts(config)
    app.config["MAX_CONTENT_LENGTH"] = MAXIMUM_BODY_BYTES
    app.config["MAX_FORM_PARTS"] = MAXIMUM_FORM_PARTS
    # The token lives as long as the session; a page left open over lunch can still be sent.
    app.config["WTF_CSRF_TIME_LIMIT"] = None
    # The session cookie is SameSite=Lax and the referrer policy same-origin; the token decides.
    app.config["WTF_CSRF_SSL_STRICT"] = True
    csrf.init_app(app)
    app.before_request(access.enforce)
    app.after_request(add_headers)
    app.add_url_rule("/healthz", "healthz", healthz)
    app.view_functions["static"] = access.public(_static_view(app))
    if config.trusted_proxies:
        count = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=0)  # type: ignore[method-assign]


def add_headers(response: Response) -> Response:
    """Put the protecting headers on every response, errors and files included."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers.setdefault("Strict-Transport-Security", TRANSPORT_SECURITY)
    if "Cache-Control" not in response.headers and request.endpoint != "static":
        # Pages depend on who asks; a shared cache must not keep them.
        response.headers["Cache-Control"] = "no-store" if response.vary.find("Cookie") >= 0 else "no-cache"
    response.headers.pop("Server", None)
    return response


@access.public
def healthz() -> tuple[str, int, dict[str, str]]:
    """200 when the database can be read; the error handler makes it 503 otherwise."""
    db.session.execute(text("SELECT 1"))
    return "ok\n", 200, {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}


def trusted_hosts(config: Base) -> list[str]:
    """The host names this instance answers to: its own, and loopback for the machine's own checks."""
    return [config.host, "127.0.0.1", "localhost", "[::1]"]


def _set_cookies(app: Flask, config: Base) -> None:
    secret = config.secret_key or keys.load_or_create(config.data_dir / "keys", "session").hex()
    app.config.update(
        SECRET_KEY=secret,
        SESSION_COOKIE_NAME=f"__Host-{SESSION_COOKIE}" if config.tls else SESSION_COOKIE,
        SESSION_COOKIE_SECURE=config.tls,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
    )


def _static_view(app: Flask) -> Callable[..., Response]:
    def static(filename: str) -> Response:
        response = app.send_static_file(filename)
        if filename.startswith(BUILT_FILES):
            # Their names change with their contents.
            response.cache_control.max_age = YEAR_SECONDS
            response.cache_control.public = response.cache_control.immutable = True
            response.cache_control.no_cache = None
        return response

    return static
