"""Turns refusals and failures into a page or a problem document (RFC 9457); never fails itself."""

from typing import Any

from flask import (
    Flask,
    Response,
    current_app,
    g,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_login import AnonymousUserMixin
from flask_wtf.csrf import CSRFError
from markupsafe import escape
from werkzeug.exceptions import HTTPException

from app.extensions import login_manager
from app.platform.database import is_unavailable
from app.platform.errors import (
    DatabaseUnavailable,
    FormExpired,
    HwabaekError,
    NotFound,
    ServerError,
    SignInNeeded,
)


def init_app(app: Flask) -> None:
    """Register the handlers of every kind of failure."""
    app.register_error_handler(HwabaekError, render_problem)
    app.register_error_handler(CSRFError, lambda _: render_problem(FormExpired()))
    app.register_error_handler(HTTPException, _on_http)
    app.register_error_handler(Exception, _on_failure)


def render_problem(error: HwabaekError) -> Response:
    """Answer with a page, or with problem+json where the request wants JSON."""
    if isinstance(error, SignInNeeded) and request.method in ("GET", "HEAD") and not wants_json():
        return _to_sign_in()
    response = _as_json(error) if wants_json() else _as_page(error)
    response.status_code = error.status
    response.headers["Cache-Control"] = "no-store"
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    for name, value in getattr(error, "headers", {}).items():
        response.headers[name] = value
    return response


def wants_json() -> bool:
    """Whether this request is a program's: under /api, with a JSON body, or preferring JSON."""
    if request.path.startswith("/api/") or request.is_json:
        return True
    accepted = request.accept_mimetypes
    best = accepted.best_match(
        ["text/html", "application/json", "application/problem+json"], default="text/html"
    )
    return best != "text/html"


def _to_sign_in() -> Response:
    here = request.full_path.rstrip("?")
    return make_response(redirect(url_for(login_manager.login_view, next=here), 303))


def _as_json(error: HwabaekError) -> Response:
    body: dict[str, Any] = {
        "type": f"/problems/{error.code}",
        "title": str(error.title),
        "status": error.status,
        "code": error.code,
        "detail": str(error.detail or error.advice),
        "advice": str(error.advice),
    }
    response = jsonify(body | error.extras)
    response.mimetype = "application/problem+json"
    return response


def _as_page(error: HwabaekError) -> Response:
    try:
        return make_response(render_template("errors/problem.html", error=error))
    except Exception:
        # The page itself needs what is broken (a template, the database): say it plainly.
        current_app.logger.exception("error page could not be rendered")
        return make_response(_plain_page(error))


def _plain_page(error: HwabaekError) -> str:
    title, advice = escape(str(error.title)), escape(str(error.advice))
    return f'<!DOCTYPE html><html lang="en"><title>{title}</title><h1>{title}</h1><p>{advice}</p></html>'


def _on_http(error: HTTPException) -> Response:
    if error.response is not None or (error.code or 500) < 400:
        return make_response(error.get_response())
    if error.code == 404:
        return render_problem(NotFound())
    refusal = HwabaekError()
    refusal.status = error.code or 500
    refusal.code = error.name.lower().replace(" ", "-")
    refusal.title = error.name
    response = render_problem(refusal)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _on_failure(error: Exception) -> Response:
    if is_unavailable(error):
        current_app.logger.warning("database unavailable: %s", type(getattr(error, "orig", error)).__name__)
        # Whoever is signed in cannot be asked now; the page is drawn for a stranger.
        g._login_user = AnonymousUserMixin()  # noqa: SLF001 - where Flask-Login keeps its answer
        return render_problem(DatabaseUnavailable())
    current_app.logger.error("unhandled failure on %s", request.endpoint, exc_info=error)
    return render_problem(ServerError())
